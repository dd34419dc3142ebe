// The loops of logit_bias.h over whole arrays, for the target of the file that includes this.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "arithmetic.h"
#include "kernels.h"
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

#if defined(NACOMP_TARGET_AVX512)
std::size_t list(const std::uint32_t* weights, std::uint32_t least, std::uint32_t first, std::uint32_t* out) {
    const I low = i_set(static_cast<std::int32_t>(least));
    I places = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    places = i_add(places, i_set(static_cast<std::int32_t>(first)));
    std::size_t count = 0;
    for (std::size_t i = 0; i < kPage; i += kLanes) {
        const __mmask16 likely = _mm512_cmpge_epi32_mask(_mm512_loadu_si512(weights + i), low);
        _mm512_storeu_si512(out + count, _mm512_maskz_compress_epi32(likely, places));
        count += static_cast<std::size_t>(_mm_popcnt_u32(likely));
        places = i_add(places, i_set(kLanes));
    }
    return count;
}
#else
// Without a branch: one in fifteen is likely, of which a processor foresees none.
std::size_t list(const std::uint32_t* weights, std::uint32_t least, std::uint32_t first, std::uint32_t* out) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < kPage; ++i) {
        out[count] = first + static_cast<std::uint32_t>(i);
        count += weights[i] >= least;
    }
    return count;
}
#endif

void find_entries(std::uint64_t context, const std::uint32_t* tokens, std::size_t n, int shift, std::uint32_t* out) {
    for (std::size_t i = 0; i < n; ++i) {
        std::uint64_t h = context + tokens[i];
        h ^= h >> 32;
        out[i] = static_cast<std::uint32_t>((h * kMultiplier) >> shift);
    }
}

// What follows is left to the compiler, which uses vectors of the target's width: all of it is elementwise.
void exponentials(double* x, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) x[i] = exp64(x[i]);
}

inline std::int64_t bits_of(double x) {
    std::int64_t bits;
    std::memcpy(&bits, &x, 8);
    return bits;
}

// The exponents of doubles, which hold these numbers exactly, are the places of their highest bits; and the difference of two
// doubles' bits, shifted, is how often the smaller can be doubled without passing the larger.
void find_recency(const std::int32_t* last, std::int32_t position, std::int64_t total, const std::uint32_t* tokens,
                  const std::uint32_t* weights, std::size_t n, std::uint32_t* out) {
    constexpr std::int64_t kOne = std::int64_t{1023} << 52;
    const std::int64_t all = bits_of(static_cast<double>(total));
    for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<std::uint32_t>(last[tokens[i]]);
    for (std::size_t i = 0; i < n; ++i) {
        const auto place = static_cast<std::int32_t>(out[i]);
        const std::int64_t ago = (bits_of(static_cast<double>(position - place)) - kOne) >> 52;
        const std::int64_t share = (all - bits_of(static_cast<double>(static_cast<std::int32_t>(weights[i])))) >> 52;
        const std::int64_t distance = place < 0 || ago > kDistances - 1 ? kDistances - 1 : ago;
        out[i] = static_cast<std::uint32_t>(distance * kLikelihoods + (share > kLikely ? kLikely : share));
    }
}

void sum_biases(const Bias* const (&tables)[4], const std::uint32_t* const (&listed)[4], std::size_t n, double* out) {
    for (std::size_t i = 0; i < n; ++i) {
        double bias = static_cast<double>(tables[0][listed[0][i]].value) + static_cast<double>(tables[1][listed[1][i]].value);
        bias = bias + static_cast<double>(tables[2][listed[2][i]].value);
        out[i] = bias + static_cast<double>(tables[3][listed[3][i]].value);
    }
    for (std::size_t i = 0; i < n; ++i) out[i] = out[i] < -8.0 ? -8.0 : out[i] > 4.0 ? 4.0 : out[i];
}

void scale_weights(std::uint32_t* weights, const double* factors, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) weights[i] = static_cast<std::uint32_t>(static_cast<double>(weights[i]) * factors[i]);
}

void find_shares(const std::uint32_t* weights, double total, std::size_t n, double* out) {
    for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<double>(weights[i]) / total;
}

}  // namespace
}  // namespace nacomp::predictors::NACOMP_TARGET
NACOMP_TARGET_END
