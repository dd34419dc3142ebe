// Loops over whole arrays, one table of functions per instruction set: the language model's row with its bias as integer
// weights, and exponentials of many biases. All kernels give the same bits.
#pragma once

#include <cstddef>
#include <cstdint>

namespace nacomp::predictors {

struct Kernel {
    const char* name;
    bool (*runs_here)();
    // Whether all logits are finite; then, in *top, the max over i of logits[i] + bias[i]. `pages` counts pages of 256.
    bool (*highest)(const float* logits, const float* bias, std::size_t pages, float* top);
    // weights[i] = rint(exp32((logits[i] + bias[i]) - top) * 2^26) + 1; sums[page] = their sum,
    // highs[page] = the highest of them. Logits and top are finite.
    void (*weigh)(const float* logits, const float* bias, float top, std::uint32_t* weights, std::int64_t* sums,
                  std::uint32_t* highs, std::size_t pages);
    // x[i] = exp64(x[i])
    void (*exponentials)(double* x, std::size_t n);
};

// Kernels compiled into this build, best first and ended by a null; the last is `scalar`, which runs everywhere.
// native/dispatch.h finds the best one that runs here.
const Kernel* const* compiled_kernels();

}  // namespace nacomp::predictors
