// Plays the threads of pool.h in every order with few changes of turn, and looks for a part that is lost or done twice.
//
// Each atomic operation is a step; between two steps another thread may have its turn. Orders in which a thread loses its
// turn against its will at most so many times are all played (context bounding, Musuvathi and Qadeer 2007); all but few
// bugs of threads show within two. All operations of the pool are sequentially consistent, so orders are all there is.
// The pool's own text is compiled, over atomics and threads of ours.
//
//     g++ -std=c++20 -DPOOL='"pool.h"' pool_orders.cpp && ./a.out THREADS TURNS PARTS...

#include <immintrin.h>
#include <ucontext.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace steps {

struct Fiber {
  ucontext_t context;
  std::vector<char> stack = std::vector<char>(1 << 16);
  std::function<void()> body;
  bool is_over = true;
  const void* sleeps_on = nullptr;  // until it is notified of this
  uint64_t waits_since = 0;         // until something is written after so many writes; 0 for not waiting
};

struct Choice {
  int taken, of;
};

std::vector<Fiber> fibers(4);
std::vector<Choice> choices;  // the order that is played: at each step, which of the threads that may go on
size_t place;
int current, changes, most_changes;
uint64_t writes;
ucontext_t outside;

[[noreturn]] void fault(const char* what) {
  std::printf("%s, after %zu steps with %d changes of turn\n", what, place, changes);
  std::exit(1);
}

bool can_go(const Fiber& one) { return !one.is_over && !one.sleeps_on && one.waits_since < writes; }

// Lets any thread go on; the one whose turn it is by itself, unless it waits.
void step() {
  const bool keeps = can_go(fibers[current]);
  std::vector<int> able;
  if (keeps) able.push_back(current);
  if (!keeps || changes < most_changes)
    for (int index = 0; index < int(fibers.size()); ++index)
      if (index != current && can_go(fibers[index])) able.push_back(index);
  if (able.empty()) fault("all threads wait for each other");
  if (place == choices.size()) choices.push_back({0, int(able.size())});
  const int next = able[choices[place++].taken];
  if (next == current) return;
  changes += keeps;
  const int last = current;
  current = next;
  swapcontext(&fibers[last].context, &fibers[next].context);
}

void wrote() { ++writes; }

// Nothing new can be seen before somebody writes.
void pause() {
  fibers[current].waits_since = writes;
  step();
  fibers[current].waits_since = 0;
}

void enter(int index) {
  fibers[index].body();
  fibers[index].is_over = true;
  wrote();
  if (index == 0) setcontext(&outside);
  step();
}

int begin(std::function<void()> body) {
  int index = 0;
  while (!fibers[index].is_over) ++index;
  Fiber& one = fibers[index];
  one.body = std::move(body), one.is_over = false, one.waits_since = 0;
  getcontext(&one.context);
  one.context.uc_stack.ss_sp = one.stack.data();
  one.context.uc_stack.ss_size = one.stack.size();
  makecontext(&one.context, reinterpret_cast<void (*)()>(enter), 1, index);
  return index;
}

}  // namespace steps

namespace std {

template <typename T>
class stepped_atomic {
 public:
  stepped_atomic(T value) : value_(value) {}
  T load() const { return steps::step(), value_; }
  void store(T value) { steps::step(), value_ = value, steps::wrote(); }
  operator T() const { return load(); }
  void operator=(T value) { store(value); }
  T fetch_add(T more) {
    steps::step(), steps::wrote();
    const T before = value_;
    value_ += more;
    return before;
  }
  bool compare_exchange_weak(T& expected, T wanted) {
    steps::step();
    if (value_ != expected) return expected = value_, false;
    return value_ = wanted, steps::wrote(), true;
  }
  void wait(T old) const {
    for (steps::step(); value_ == old; steps::step()) steps::fibers[steps::current].sleeps_on = this;
  }
  void notify_all() {
    steps::step(), steps::wrote();
    for (auto& one : steps::fibers)
      if (one.sleeps_on == this) one.sleeps_on = nullptr;
  }

 private:
  T value_;
};

class stepped_thread {
 public:
  template <typename Body>
  explicit stepped_thread(Body body) : index_(steps::begin(body)) {}
  void join() {
    while (!steps::fibers[index_].is_over) steps::pause();
  }

 private:
  int index_;
};

namespace stepped_this_thread {
inline void yield() { steps::pause(); }
}  // namespace stepped_this_thread

}  // namespace std

#define atomic stepped_atomic
#define thread stepped_thread
#define this_thread stepped_this_thread
#define _mm_pause() steps::pause()
#include POOL

struct Work {
  std::vector<int> done;
  bool is_open;
  void operator()(int part, int) const {
    steps::step();  // it takes a while
    if (!is_open) steps::fault("a part of a job is done that is over or not yet begun");
    if (part >= int(done.size())) steps::fault("a part is done that the job has not");
    if (++const_cast<Work*>(this)->done[part] > 1) steps::fault("a part is done twice");
  }
};

int main(int count, char** words) {
  const int threads = std::atoi(words[1]);
  steps::most_changes = std::atoi(words[2]);
  std::vector<int> sizes;
  for (int index = 3; index < count; ++index) sizes.push_back(std::atoi(words[index]));
  for (long orders = 1;; ++orders) {
    steps::place = 0, steps::current = 0, steps::changes = 0, steps::writes = 1;
    std::vector<Work> jobs;
    for (const int size : sizes) jobs.push_back({std::vector<int>(size), false});
    steps::begin([&] {
      Pool pool(threads);
      for (Work& job : jobs) {
        job.is_open = true;
        pool.run(int(job.done.size()), job);
        job.is_open = false;
        for (const int times : job.done)
          if (!times) steps::fault("a job is over before all its parts are done");
      }
    });
    swapcontext(&steps::outside, &steps::fibers[0].context);
    while (!steps::choices.empty() && steps::choices.back().taken + 1 == steps::choices.back().of) steps::choices.pop_back();
    if (steps::choices.empty()) return std::printf("%ld orders, every part once in each\n", orders), 0;
    ++steps::choices.back().taken;
  }
}
