// The row of integer weights that a token is coded under, as its tree sees it: sums over ranges of places, and their logarithms.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "arithmetic.h"

namespace nacomp::mixing {

// ln(x) * 2^16 of a positive integer, from its 11 upper bits: integers alone (formats/PREDICTORS.md, section 14).
int32_t log_weight(uint64_t x);

// The logistic domain's point of "weight `one` against weight `zero`".
inline int odds(uint64_t zero, uint64_t one) {
    const int32_t difference = log_weight(one + 1) - log_weight(zero + 1);
    return clamp_logistic((difference + 128) >> 8);
}

struct TokenRow {
    static constexpr int kMostCandidates = 16;
    std::vector<uint64_t> sums;  // (places + 1) of the base row before each place
    int likeliest = 0;           // the first place of the base row's greatest weight
    double scale = 0.0;          // what a unit of the base row weighs beside the candidates' masses
    int candidates = 0;
    int32_t place[kMostCandidates];     // of a candidate, -1 for none
    uint64_t weight[kMostCandidates];   // in the base row
    uint64_t mass[kMostCandidates];     // after the chain, 2^-44
    bool asked = false;                 // whether the base row is the model's

    uint64_t base(int lo, int hi) const { return sums[static_cast<size_t>(hi)] - sums[static_cast<size_t>(lo)]; }
    // The weight of a range with the candidates' masses in place of their weights.
    uint64_t chained(int lo, int hi) const {
        uint64_t rest = base(lo, hi), masses = 0;
        for (int i = 0; i < candidates; i++)
            if (place[i] >= lo && place[i] < hi) {
                rest -= weight[i];
                masses += mass[i];
            }
        return static_cast<uint64_t>(std::floor(static_cast<double>(rest) * scale)) + masses;
    }
};

}  // namespace nacomp::mixing
