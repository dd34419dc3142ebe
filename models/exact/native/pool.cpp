#include "pool.h"

#include "native/float_rules.h"
#include "native/target.h"

#if defined(NACOMP_X86_64)
#include <immintrin.h>
#endif

namespace nacomp::exact {
namespace {

// About 20-40 us on current machines: longer than any gap between two steps of one pass, much shorter than a time slice.
constexpr int kSpins = 2000;

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

}  // namespace

Pool::Pool(int threads) {
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
    if (workers_.empty() || count == 1) {
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
    take_tasks(generation, 0);
    for (int spins = 0; done_.load(std::memory_order_acquire) < count; spins++) {
        if (spins < kSpins)
            pause();
        else
            std::this_thread::yield();
    }
}

void Pool::take_tasks(uint32_t generation, int thread) {
    Task task = task_.load(std::memory_order_relaxed);
    void* context = context_.load(std::memory_order_relaxed);
    int count = count_.load(std::memory_order_relaxed);
    // If a newer step has begun, what was read above may be a mixture; but then the ticket has changed, for good, before the
    // fields did, and the exchange below fails (a sequence lock; Boehm, "Can seqlocks get along with programming language
    // memory models?", 2012).
    std::atomic_thread_fence(std::memory_order_acquire);
    uint64_t ticket = ticket_.load(std::memory_order_relaxed);
    while (generation_of(ticket) == generation && (ticket & kClosed) < static_cast<uint64_t>(count)) {
        if (!ticket_.compare_exchange_weak(ticket, ticket + 1, std::memory_order_acq_rel, std::memory_order_relaxed)) continue;
        task(context, static_cast<int>(ticket & kClosed), thread);
        done_.fetch_add(1, std::memory_order_release);
        ticket = ticket_.load(std::memory_order_relaxed);
    }
}

void Pool::work(int thread) {
    FloatRules rules;
    uint32_t seen = 0;
    while (!stop_.load(std::memory_order_relaxed)) {
        uint32_t generation = generation_of(ticket_.load(std::memory_order_acquire));
        for (int spins = 0; generation == seen && spins < kSpins; spins++) {
            pause();
            generation = generation_of(ticket_.load(std::memory_order_acquire));
        }
        if (generation == seen) {
            std::unique_lock<std::mutex> lock(sleep_mutex_);
            sleepers_.fetch_add(1);
            wake_.wait(lock, [&] { return stop_.load() || generation_of(ticket_.load()) != seen; });
            sleepers_.fetch_sub(1);
            continue;
        }
        seen = generation;
        take_tasks(generation, thread);
    }
}

}  // namespace nacomp::exact
