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
    state_.store(next() | kClosed);
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
    // Nobody claims a part of the round before while the next one is written down.
    state_.store(uint64_t(round_) << 32 | kClosed);
    call_.store([](const void* what, int part, int thread) { (*static_cast<const Job*>(what))(part, thread); });
    job_.store(&job);
    parts_.store(parts);
    done_.store(0);
    state_.store(next());
    state_.notify_all();
    take(round_, 0);
    for (int spins = 0; done_.load() < parts; ++spins) spins < kSpins ? _mm_pause() : std::this_thread::yield();
  }

 private:
  static constexpr int kSpins = 2000;
  static constexpr uint64_t kClosed = 0xffffffff;
  using Call = void (*)(const void*, int, int);

  uint64_t next() { return uint64_t(++round_) << 32; }

  // The state is the number of the round and the next part. A part is claimed only while the round is still the one
  // that its job was read in, and a round is not over before its parts are done.
  void take(uint32_t round, int thread) {
    for (uint64_t seen = state_.load(); (seen >> 32) == round;) {
      const Call call = call_.load();
      const void* job = job_.load();
      const uint64_t part = seen & kClosed;
      if (part >= uint64_t(parts_.load())) return;
      if (!state_.compare_exchange_weak(seen, seen + 1)) continue;
      call(job, int(part), thread);
      done_.fetch_add(1);
      seen = state_.load();
    }
  }
  void help(int thread) {
    uint32_t known = 0;
    while (!ends_) {
      uint64_t seen = state_.load();
      for (int spins = 0; (seen >> 32) == known && spins < kSpins; ++spins) _mm_pause(), seen = state_.load();
      if ((seen >> 32) == known) {
        state_.wait(seen);
        continue;
      }
      known = uint32_t(seen >> 32);
      take(known, thread);
    }
  }

  std::vector<std::thread> helpers_;
  uint32_t round_ = 0;  // wraps after days of writing, as the upper half of the state does
  std::atomic<uint64_t> state_{kClosed};
  std::atomic<Call> call_{nullptr};
  std::atomic<const void*> job_{nullptr};
  std::atomic<int> parts_{0}, done_{0};
  std::atomic<bool> ends_{false};
};
