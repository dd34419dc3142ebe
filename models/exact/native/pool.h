// A few threads that share out the tasks of one step at a time.
//
// Tasks are taken one by one from a counter, so a thread that lost its core to another process only delays the task it
// holds; the caller works too and takes what is left. Whoever waits, a worker for the next step or the caller for the last
// task, spins briefly (steps follow each other within microseconds) and then sleeps: an idle engine costs nothing, and where
// other processes want the cores too, a sleeping thread leaves its own to the one that is waited for. Spinning on, even with
// yields, made two threads slower than one there. Which thread runs a task never changes a
// bit: every sum that tasks could share is an integer or lies within one task.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace nacomp::exact {

// Whether sharing out pays just now. Where other processes hold the cores, a worker comes late or loses its core with a task in
// hand, and two threads are slower than one: then the caller works alone for a while, and tries again.
class Patience {
public:
    using Clock = std::chrono::steady_clock;

    // Not for a while: too many of the latest steps were held up.
    bool gone(Clock::time_point now) const { return now < back_; }
    // A shared step: when it began, when the caller found no task left, when all were done; whether it did all by itself.
    void note(Clock::time_point began, Clock::time_point left, Clock::time_point done, bool by_itself);
    // How long to look for what is awaited before falling asleep.
    std::chrono::microseconds spin() const { return calm_ ? kLongSpin : kSpin; }

private:
    static constexpr int kWindow = 32, kMost = 8, kFew = 2;
    static constexpr std::chrono::microseconds kShort{50}, kWorthIt{100}, kLost{1000};
    static constexpr std::chrono::milliseconds kFirst{25}, kLongest{1600};
    // About what falling asleep and waking up costs, and much shorter than a time slice, so that a thread which waits for one that
    // lost its core soon lets go of its own; and where nobody else wants the cores, about how much longer one part of a decoder's
    // step takes than another: who fell asleep meanwhile came late to the next step, and then to the one behind it.
    static constexpr std::chrono::microseconds kSpin{15}, kLongSpin{75};

    Clock::time_point back_{};
    std::chrono::milliseconds pause_ = kFirst;
    int steps_ = 0, held_up_ = 0;
    bool calm_ = true;  // hardly any of the steps before the latest ones was held up
};

class Pool {
public:
    // One task: (context, task number, thread number in 0..threads()-1).
    using Task = void (*)(void*, int, int);

    // `patient` false: every step of several tasks is shared out, however late the threads come; for tests.
    explicit Pool(int threads, bool patient = true);
    ~Pool();
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    int threads() const { return static_cast<int>(workers_.size()) + 1; }
    // Runs tasks 0..count-1 and returns when all are done. Only by the holder of `owner`.
    void run(int count, Task task, void* context);
    // Whether `run` would do all on the caller's thread just now. Only by the holder of `owner`.
    bool alone() const { return alone(Patience::Clock::now()); }

    // Held for a whole forward pass. A session that finds it taken works on its own thread alone.
    std::mutex owner;

private:
    void work(int thread);
    bool alone(Patience::Clock::time_point now) const { return workers_.empty() || (patient_ && patience_.gone(now)); }
    // Gives how many it took.
    int take_tasks(uint32_t generation, int thread);
    void wait_for(int count);

    std::vector<std::thread> workers_;
    bool patient_;
    Patience patience_;
    std::atomic<std::chrono::microseconds> spin_{patience_.spin()};
    // Upper half: generation of the current step; lower half: its next task.
    std::atomic<uint64_t> ticket_{0};
    std::atomic<Task> task_{nullptr};
    std::atomic<void*> context_{nullptr};
    std::atomic<int> count_{0};
    std::atomic<int> done_{0};
    std::atomic<int> sleepers_{0};
    std::atomic<bool> stop_{false};
    std::mutex sleep_mutex_;
    std::atomic<bool> caller_sleeps_{false};
    std::condition_variable wake_, finished_;
};

// Pools for blocks that are coded side by side, each with threads of its own: made when they are first asked for, and kept.
class Pools {
public:
    // One of so many threads that nobody else uses until it is given back.
    Pool* take(int threads);
    void give_back(Pool* pool);

private:
    std::mutex mutex_;
    std::vector<std::unique_ptr<Pool>> free_;
    std::vector<std::unique_ptr<Pool>> taken_;
};

}  // namespace nacomp::exact
