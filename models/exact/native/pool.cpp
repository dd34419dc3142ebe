#include "pool.h"

#include <algorithm>

#include "native/float_rules.h"
#include "native/target.h"

#if defined(NACOMP_X86_64)
#include <immintrin.h>
#endif

namespace nacomp::exact {
namespace {

// The next task of a step that has none to give: no count is that large.
constexpr uint64_t kClosed = 0xFFFFFFFF;

void pause() {
#if defined(NACOMP_X86_64)
    _mm_pause();
#elif defined(NACOMP_AARCH64) && defined(__GNUC__)
    __asm__ volatile("yield");
#endif
}

uint32_t generation_of(uint64_t ticket) { return static_cast<uint32_t>(ticket >> 32); }

// Looks again and again, for so long; whether it came true.
template <class Condition>
bool soon(std::chrono::microseconds spin, const Condition& condition) {
    if (condition()) return true;
    const auto until = std::chrono::steady_clock::now() + spin;
    do {
        for (int i = 0; i < 16; i++) {
            pause();
            if (condition()) return true;
        }
    } while (std::chrono::steady_clock::now() < until);
    return false;
}

}  // namespace

// A step counts as held up where the caller waited longer than it worked, or did in vain what was worth a worker's while; one
// that lost its core costs a time slice, so a few of those are enough. A long step's last task alone may take more than kLost:
// an encoder's steps of 6 ms waited 1 to 2 for theirs, and so worked on one of two idle cores (alice29 at fast 3.0 s, not 2.2).
// What a decoder learns takes less than kWorthIt, and a worker that sleeps may come too late for it: the next step has it back.
void Patience::note(Clock::time_point began, Clock::time_point left, Clock::time_point done, bool by_itself) {
    const auto worked = left - began, waited = done - left;
    if (waited > std::max<Clock::duration>(kLost, worked / 2))
        held_up_ += 4;
    else if (waited > std::max<Clock::duration>(worked, kShort) || (by_itself && worked > kWorthIt))
        held_up_ += 1;
    steps_ += 1;
    if (held_up_ >= kMost) {
        calm_ = false;
        back_ = done + pause_;
        pause_ = std::min(2 * pause_, kLongest);
    } else if (steps_ < kWindow) {
        return;
    } else {
        calm_ = held_up_ <= kFew;
        pause_ = std::max(pause_ / 2, kFirst);
    }
    steps_ = held_up_ = 0;
}

Pool::Pool(int threads, bool patient) : patient_(patient) {
    for (int i = 1; i < threads; i++) workers_.emplace_back([this, i] { work(i); });
}

Pool::~Pool() {
    stop_.store(true);
    {
        std::lock_guard<std::mutex> lock(sleep_mutex_);
        wake_.notify_all();
    }
    for (std::thread& worker : workers_) worker.join();
}

void Pool::run(int count, Task task, void* context) {
    const auto began = Patience::Clock::now();
    if (count == 1 || alone(began)) {
        for (int i = 0; i < count; i++) task(context, i, 0);
        return;
    }
    // A late worker may still look at the step before. Its ticket is closed first, so that such a worker can take no task
    // with fields of this step: without that, steps that followed each other on a busy machine lost tasks.
    uint32_t closed = generation_of(ticket_.load(std::memory_order_relaxed)) + 1;
    ticket_.store(static_cast<uint64_t>(closed) << 32 | kClosed, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_release);
    task_.store(task, std::memory_order_relaxed);
    context_.store(context, std::memory_order_relaxed);
    count_.store(count, std::memory_order_relaxed);
    done_.store(0, std::memory_order_relaxed);
    uint32_t generation = closed + 1;
    // Sequentially consistent, as is the sleepers' count: either we see a worker that is about to sleep, or it sees this.
    ticket_.store(static_cast<uint64_t>(generation) << 32);
    if (sleepers_.load() > 0) {
        std::lock_guard<std::mutex> lock(sleep_mutex_);
        wake_.notify_all();
    }
    const bool by_itself = take_tasks(generation, 0) == count;
    const auto left = Patience::Clock::now();
    wait_for(count);
    patience_.note(began, left, Patience::Clock::now(), by_itself);
    spin_.store(patience_.spin(), std::memory_order_relaxed);
}

// Sequentially consistent on both sides: either the last worker sees that the caller sleeps, or the caller sees its task done.
void Pool::wait_for(int count) {
    const auto done = [&] { return done_.load() >= count; };
    if (soon(spin_.load(std::memory_order_relaxed), done)) return;
    std::unique_lock<std::mutex> lock(sleep_mutex_);
    caller_sleeps_.store(true);
    finished_.wait(lock, done);
    caller_sleeps_.store(false);
}

int Pool::take_tasks(uint32_t generation, int thread) {
    Task task = task_.load(std::memory_order_relaxed);
    void* context = context_.load(std::memory_order_relaxed);
    int count = count_.load(std::memory_order_relaxed);
    // If a newer step has begun, what was read above may be a mixture; but then the ticket has changed, for good, before the
    // fields did, and the exchange below fails (a sequence lock; Boehm, "Can seqlocks get along with programming language
    // memory models?", 2012).
    std::atomic_thread_fence(std::memory_order_acquire);
    uint64_t ticket = ticket_.load(std::memory_order_relaxed);
    int taken = 0;
    while (generation_of(ticket) == generation && (ticket & kClosed) < static_cast<uint64_t>(count)) {
        if (!ticket_.compare_exchange_weak(ticket, ticket + 1, std::memory_order_acq_rel, std::memory_order_relaxed)) continue;
        task(context, static_cast<int>(ticket & kClosed), thread);
        if (done_.fetch_add(1) + 1 >= count && caller_sleeps_.load()) {
            std::lock_guard<std::mutex> lock(sleep_mutex_);
            finished_.notify_one();
        }
        taken += 1;
        ticket = ticket_.load(std::memory_order_relaxed);
    }
    return taken;
}

void Pool::work(int thread) {
    FloatRules rules;
    uint32_t seen = 0;
    while (!stop_.load(std::memory_order_relaxed)) {
        if (!soon(spin_.load(std::memory_order_relaxed), [&] { return generation_of(ticket_.load(std::memory_order_acquire)) != seen; })) {
            std::unique_lock<std::mutex> lock(sleep_mutex_);
            sleepers_.fetch_add(1);
            wake_.wait(lock, [&] { return stop_.load() || generation_of(ticket_.load()) != seen; });
            sleepers_.fetch_sub(1);
            continue;
        }
        uint32_t generation = generation_of(ticket_.load(std::memory_order_acquire));
        seen = generation;
        take_tasks(generation, thread);
    }
}

Pool* Pools::take(int threads) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto fits = [&](const std::unique_ptr<Pool>& pool) { return pool->threads() == threads; };
    const auto found = std::find_if(free_.begin(), free_.end(), fits);
    if (found == free_.end()) {
        taken_.push_back(std::make_unique<Pool>(threads));
    } else {
        taken_.push_back(std::move(*found));
        free_.erase(found);
    }
    return taken_.back().get();
}

void Pools::give_back(Pool* pool) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = std::find_if(taken_.begin(), taken_.end(), [&](const auto& one) { return one.get() == pool; });
    free_.push_back(std::move(*found));
    taken_.erase(found);
}

}  // namespace nacomp::exact
