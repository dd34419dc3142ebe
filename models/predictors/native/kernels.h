// Loops over whole arrays, one table of functions per instruction set: the language model's row with its bias as integer
// weights, and exponentials of many biases. All kernels give the same bits.
#pragma once

#include <cstddef>
#include <cstdint>

namespace nacomp::predictors {

// A bias and the sum of its squared gradients.
struct Bias {
    float value, squares;
};

constexpr int kLikely = 12;  // the most that `Rates::likely` may be
constexpr int kDistances = 16, kLikelihoods = kLikely + 1;

// How many places behind the last one `list` may write to.
constexpr std::size_t kListRoom = 16;

struct Kernel {
    const char* name;
    bool (*runs_here)();
    // Whether all logits are finite; then, in *top, the max over i of logits[i] + bias[i]. `pages` counts pages of 256.
    bool (*highest)(const float* logits, const float* bias, std::size_t pages, float* top);
    // weights[i] = rint(exp32((logits[i] + bias[i]) - top) * 2^26) + 1; sums[page] = their sum,
    // highs[page] = the highest of them. Logits and top are finite.
    void (*weigh)(const float* logits, const float* bias, float top, std::uint32_t* weights, std::int64_t* sums,
                  std::uint32_t* highs, std::size_t pages);
    // first + each place of a page of weights that holds `least` or more, in rising order, into out; gives how many. Both are
    // below 2^31.
    std::size_t (*list)(const std::uint32_t* weights, std::uint32_t least, std::uint32_t first, std::uint32_t* out);
    // out[i] = the entry of (context, tokens[i]) in a table of context biases: the upper bits of a hash, shifted down.
    void (*find_entries)(std::uint64_t context, const std::uint32_t* tokens, std::size_t n, int shift, std::uint32_t* out);
    // A step of bias_table.h on each entry listed, one after the other.
    void (*move_biases)(Bias* table, const std::uint32_t* listed, const double* gradients, std::size_t n, double rate);
    // The same of biases and squares in arrays of their own.
    void (*move_tokens)(float* values, float* squares, const std::uint32_t* listed, const double* gradients, std::size_t n,
                        double rate);
    // x[i] = exp64(x[i])
    void (*exponentials)(double* x, std::size_t n);
    // out[i] = the recency entry of tokens[i] with weights[i], from 1 and below 2^31, of `total`: how long ago it came (a power of
    // two, the last for never too), and how likely it is. last[token]: where it came last, before `position`, or -1.
    void (*find_recency)(const std::int32_t* last, std::int32_t position, std::int64_t total, const std::uint32_t* tokens,
                         const std::uint32_t* weights, std::size_t n, std::uint32_t* out);
    // out[i] = what the four tables' entries say together, between -8 and 4.
    void (*sum_biases)(const Bias* const (&tables)[4], const std::uint32_t* const (&listed)[4], std::size_t n, double* out);
    // weights[i] = weights[i] * factors[i], cut to a whole number, below 2^32
    void (*scale_weights)(std::uint32_t* weights, const double* factors, std::size_t n);
    // out[i] = weights[i] / total
    void (*find_shares)(const std::uint32_t* weights, double total, std::size_t n, double* out);
    // out[i] = floor(weights[i] * scale), of a page
    void (*scale_page)(const std::uint32_t* weights, double scale, double* out);
    // Frequencies (n,) for the coder from whole weights (n,); to_frequencies.py says why.
    void (*quantise)(const double* weights, std::size_t n, double* frequencies);
};

// Kernels compiled into this build, best first and ended by a null; the last is `scalar`, which runs everywhere.
// native/dispatch.h finds the best one that runs here.
const Kernel* const* compiled_kernels();

}  // namespace nacomp::predictors
