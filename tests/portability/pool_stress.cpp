// Steps of few and of many tasks, one right behind the other, on more threads than there are cores: every task of every
// step must run exactly once. With a third argument, so many callers at the same time, each with a pool that it borrows for ten
// steps and gives back. Prints what went wrong and leaves with 1 at the first fault.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

#include "pool.h"

namespace {

constexpr int kMany = 64;

// Whether all went well.
bool run_steps(nacomp::exact::Pool& pool, int steps) {
    const std::unique_ptr<std::atomic<int>[]> runs(new std::atomic<int>[kMany]);
    for (int step = 0; step < steps; step++) {
        const int count = step % 2 ? kMany : 2;
        for (int i = 0; i < kMany; i++) runs[i].store(0);
        pool.run(
            count, [](void* context, int task, int) { static_cast<std::atomic<int>*>(context)[task].fetch_add(1); },
            runs.get());
        for (int i = 0; i < count; i++)
            if (runs[i].load() != 1) {
                std::printf("step %d: task %d of %d ran %d times\n", step, i, count, runs[i].load());
                return false;
            }
    }
    return true;
}

bool borrow(nacomp::exact::Pools& pools, int threads, int steps) {
    bool good = true;
    for (int step = 0; good && step < steps; step += 10) {
        nacomp::exact::Pool* pool = pools.take(2 + step / 10 % (threads - 1));
        good = run_steps(*pool, 10);
        pools.give_back(pool);
    }
    return good;
}

}  // namespace

int main(int count, char** arguments) {
    const int threads = std::atoi(arguments[1]), steps = std::atoi(arguments[2]);
    if (count < 4) {
        nacomp::exact::Pool pool(threads, false);
        return run_steps(pool, steps) ? 0 : 1;
    }
    nacomp::exact::Pools pools;
    std::atomic<bool> good{true};
    std::vector<std::thread> callers;
    for (int i = 0; i < std::atoi(arguments[3]); i++)
        callers.emplace_back([&] {
            if (!borrow(pools, threads, steps)) good.store(false);
        });
    for (std::thread& caller : callers) caller.join();
    return good.load() ? 0 : 1;
}
