// Loops over whole arrays: the language model's row with its bias as integer weights, and exponentials of many lifts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

namespace nacomp {

constexpr std::size_t kPage = 256;
constexpr float kMasked = -std::numeric_limits<float>::infinity();  // bias of what is never coded
constexpr float kOne = 67108864.0f;  // 2^26, weight of the likeliest token but for the floor

// One instruction set's version of the loops. All versions give the same bits. `pages` counts pages of 256.
struct DenseKernel {
    const char* name;
    // Whether all logits are finite; then, in *top, the max over i of logits[i] + bias[i]
    bool (*highest)(const float* logits, const float* bias, std::size_t pages, float* top);
    // weights[i] = rint(exp32((logits[i] + bias[i]) - top) * 2^26) + 1; sums[page] = their sum,
    // highs[page] = the highest of them. Logits and top are finite, as exp32 turns whole floats into integers.
    void (*weigh)(const float* logits, const float* bias, float top, std::uint32_t* weights, std::int64_t* sums,
                  std::uint32_t* highs, std::size_t pages);
    // x[i] = exp64(x[i])
    void (*exponentials)(double* x, std::size_t n);
};

// The widest version this CPU runs.
const DenseKernel& dense_kernel();

// Every version this CPU runs, by name, for tests; null if it cannot.
const DenseKernel* dense_kernel(const char* name);

}  // namespace nacomp
