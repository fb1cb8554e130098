// Threads that share out the parts of one job after another: no part waits for a thread that the system took away.
#pragma once

#include <immintrin.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

class Pool {
 public:
  explicit Pool(int threads) {
    for (int index = 1; index < threads; ++index) helpers_.emplace_back([this, index] { help(index); });
  }
  ~Pool() {
    ends_ = true;
    state_.fetch_add(uint64_t(1) << 32);
    state_.notify_all();
    for (auto& one : helpers_) one.join();
  }
  int threads() const { return int(helpers_.size()) + 1; }

  // Calls job(part, thread) for every part from 0 to parts - 1, each once, and returns when all are done.
  template <typename Job>
  void run(int parts, const Job& job) {
    if (helpers_.empty() || parts == 1) {
      for (int part = 0; part < parts; ++part) job(part, 0);
      return;
    }
    call_.store([](const void* what, int part, int thread) { (*static_cast<const Job*>(what))(part, thread); });
    job_.store(&job);
    parts_.store(parts);
    done_.store(0);
    const uint64_t round = (state_.load() >> 32) + 1;
    state_.store(round << 32);
    state_.notify_all();
    take(round, 0);
    for (int spins = 0; done_.load() < parts; ++spins) spins < kSpins ? _mm_pause() : std::this_thread::yield();
  }

 private:
  static constexpr int kSpins = 2000;
  using Call = void (*)(const void*, int, int);

  // The state is the number of the round and the next part. A part is claimed only while the round is still the one
  // that its job was read in, and a round is not over before its parts are done.
  void take(uint64_t round, int thread) {
    for (uint64_t seen = state_.load(); (seen >> 32) == round;) {
      const Call call = call_.load();
      const void* job = job_.load();
      const int part = int(seen & 0xffffffff);
      if (part >= parts_.load()) return;
      if (!state_.compare_exchange_weak(seen, seen + 1)) continue;
      call(job, part, thread);
      done_.fetch_add(1);
      seen = state_.load();
    }
  }
  void help(int thread) {
    uint64_t known = 0;
    while (!ends_) {
      uint64_t seen = state_.load();
      for (int spins = 0; (seen >> 32) == known && spins < kSpins; ++spins) _mm_pause(), seen = state_.load();
      if ((seen >> 32) == known) {
        state_.wait(seen);
        continue;
      }
      known = seen >> 32;
      take(known, thread);
    }
  }

  std::vector<std::thread> helpers_;
  std::atomic<uint64_t> state_{0};
  std::atomic<Call> call_{nullptr};
  std::atomic<const void*> job_{nullptr};
  std::atomic<int> parts_{0}, done_{0};
  std::atomic<bool> ends_{false};
};
