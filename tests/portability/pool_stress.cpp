// Steps of few and of many tasks, one right behind the other, on more threads than there are cores: every task of every
// step must run exactly once. Prints what went wrong and leaves with 1 at the first fault.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "pool.h"

int main(int, char** arguments) {
    const int threads = std::atoi(arguments[1]), steps = std::atoi(arguments[2]), many = 64;
    nacomp::exact::Pool pool(threads, false);
    const std::unique_ptr<std::atomic<int>[]> runs(new std::atomic<int>[many]);
    for (int step = 0; step < steps; step++) {
        const int count = step % 2 ? many : 2;
        for (int i = 0; i < many; i++) runs[i].store(0);
        pool.run(
            count, [](void* context, int task, int) { static_cast<std::atomic<int>*>(context)[task].fetch_add(1); },
            runs.get());
        for (int i = 0; i < count; i++)
            if (runs[i].load() != 1) {
                std::printf("step %d: task %d of %d ran %d times\n", step, i, count, runs[i].load());
                return 1;
            }
    }
    return 0;
}
