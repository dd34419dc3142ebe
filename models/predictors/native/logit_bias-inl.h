// The loops of logit_bias.h over whole arrays, for the target of the file that includes this.
#pragma once

#include <cstddef>
#include <cstdint>

#include "arithmetic.h"
#include "native/exp32-inl.h"
#include "vocabulary.h"

NACOMP_TARGET_BEGIN
namespace nacomp::predictors::NACOMP_TARGET {
using namespace nacomp::NACOMP_TARGET;
namespace {

constexpr std::size_t kLanes = 16;

bool highest(const float* logits, const float* bias, std::size_t pages, float* top) {
    F best = f_add(f_load(logits), f_load(bias));
    I largest = i_set(0);
    for (std::size_t i = 0; i < pages * kPage; i += kLanes) {
        F z = f_load(logits + i);
        best = f_max(best, f_add(z, f_load(bias + i)));
        largest = i_max(largest, i_and(f_bits(z), i_set(0x7fffffff)));
    }
    *top = f_reduce_max(best);
    return i_reduce_max(largest) < 0x7f800000;  // infinities and NaN are the largest bit patterns
}

void weigh(const float* logits, const float* bias, float top, std::uint32_t* weights, std::int64_t* sums,
           std::uint32_t* highs, std::size_t pages) {
    const F t = f_set(top), unit = f_set(67108864.0f);  // 2^26: weight of the likeliest token but for the floor
    const I floor = i_set(1);
    for (std::size_t page = 0; page < pages; ++page) {
        I sum = i_set(0), high = i_set(0);
        for (std::size_t i = page * kPage; i < (page + 1) * kPage; i += kLanes) {
            F e = exp32(f_sub(f_add(f_load(logits + i), f_load(bias + i)), t));
            I weight = i_add(f_round(f_mul(e, unit)), floor);
            i_store(reinterpret_cast<std::int32_t*>(weights + i), weight);
            sum = i_add(sum, weight);  // 16 weights <= 2^26 + 1 a lane
            high = i_max(high, weight);
        }
        std::int32_t lanes[kLanes];
        i_store(lanes, sum);
        std::int64_t total = 0;
        for (std::int32_t lane : lanes) total += lane;
        sums[page] = total;
        highs[page] = static_cast<std::uint32_t>(i_reduce_max(high));
    }
}

// Left to the compiler, which uses vectors of the target's width: all of exp64 is elementwise.
void exponentials(double* x, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) x[i] = exp64(x[i]);
}

}  // namespace
}  // namespace nacomp::predictors::NACOMP_TARGET
NACOMP_TARGET_END
