// A few threads that share out the tasks of one step at a time.
//
// Tasks are taken one by one from a counter, so a thread that lost its core to another process only delays the task it
// holds; the caller works too and takes what is left. Workers spin briefly for the next step (steps follow each
// other within microseconds) and then sleep, so an idle engine costs nothing. Which thread runs a task never changes a
// bit: every sum that tasks could share is an integer or lies within one task.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace nacomp::exact {

class Pool {
public:
    // One task: (context, task number, thread number in 0..threads()-1).
    using Task = void (*)(void*, int, int);

    explicit Pool(int threads);
    ~Pool();
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    int threads() const { return static_cast<int>(workers_.size()) + 1; }
    // Runs tasks 0..count-1 and returns when all are done. Only by the holder of `owner`.
    void run(int count, Task task, void* context);

    // Held for a whole forward pass. A session that finds it taken works on its own thread alone.
    std::mutex owner;

private:
    void work(int thread);
    void take_tasks(uint32_t generation, int thread);

    std::vector<std::thread> workers_;
    // Upper half: generation of the current step; lower half: its next task.
    std::atomic<uint64_t> ticket_{0};
    std::atomic<Task> task_{nullptr};
    std::atomic<void*> context_{nullptr};
    std::atomic<int> count_{0};
    std::atomic<int> done_{0};
    std::atomic<int> sleepers_{0};
    std::atomic<bool> stop_{false};
    std::mutex sleep_mutex_;
    std::condition_variable wake_;
};

}  // namespace nacomp::exact
