// Steps on many entries of a table of biases, for the target of the file that includes this.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "kernels.h"
#include "native/lanes-inl.h"

NACOMP_TARGET_BEGIN
namespace nacomp::predictors::NACOMP_TARGET {
using namespace nacomp::NACOMP_TARGET;
namespace {

// `step` of bias_table.h: a function of its own for each target.
inline void move_one(float& value, float& squares, double gradient, double rate) {
    const double e = static_cast<double>(squares) + gradient * gradient;
    value = static_cast<float>(static_cast<double>(value) - (rate * gradient) / std::sqrt(e));
    squares = static_cast<float>(e);
}

// Where biases lie: each beside its squares, or in two arrays, of which vectors read the values.
struct Together {
    Bias* table;
    float& value(std::uint32_t i) const { return table[i].value; }
    float& squares(std::uint32_t i) const { return table[i].squares; }
};
struct Apart {
    float *values, *all_squares;
    float& value(std::uint32_t i) const { return values[i]; }
    float& squares(std::uint32_t i) const { return all_squares[i]; }
};

template <class Biases>
inline void move_each(Biases biases, const std::uint32_t* listed, const double* gradients, std::size_t n, double rate) {
    for (std::size_t i = 0; i < n; ++i) move_one(biases.value(listed[i]), biases.squares(listed[i]), gradients[i], rate);
}

#if defined(NACOMP_TARGET_AVX512)
constexpr std::size_t kTogether = 8;

// Whether two of eight are equal: each is compared with the four that follow it in a circle.
inline bool any_twice(__m256i x) {
    const __m256i next = _mm256_setr_epi32(1, 2, 3, 4, 5, 6, 7, 0);
    __mmask8 same = 0;
    __m256i turned = x;
    NACOMP_UNROLL
    for (int i = 0; i < 4; ++i) {
        turned = _mm256_permutevar8x32_epi32(turned, next);
        same |= _mm256_cmpeq_epi32_mask(x, turned);
    }
    return same;
}

// Eight at a time, as a root and a quotient of eight take little longer than of one: with all tables but the smallest so, what
// 8 streams learn of a step of alice29 took 22 us on Zen 4 instead of 32.
template <class Biases>
inline void move(Biases biases, const std::uint32_t* listed, const double* gradients, std::size_t n, double rate) {
    const __m512d rates = _mm512_set1_pd(rate);
    std::size_t i = 0;
    for (; i + kTogether <= n; i += kTogether) {
        const std::uint32_t* at = listed + i;
        if (any_twice(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(at)))) {
            move_each(biases, at, gradients + i, kTogether, rate);
            continue;
        }
        alignas(32) float values[kTogether], squares[kTogether];
        NACOMP_UNROLL
        for (std::size_t j = 0; j < kTogether; ++j) values[j] = biases.value(at[j]), squares[j] = biases.squares(at[j]);
        const __m512d gradient = _mm512_loadu_pd(gradients + i);
        const __m512d e = _mm512_add_pd(_mm512_cvtps_pd(_mm256_load_ps(squares)), _mm512_mul_pd(gradient, gradient));
        const __m512d change = _mm512_div_pd(_mm512_mul_pd(rates, gradient), _mm512_sqrt_pd(e));
        _mm256_store_ps(values, _mm512_cvtpd_ps(_mm512_sub_pd(_mm512_cvtps_pd(_mm256_load_ps(values)), change)));
        _mm256_store_ps(squares, _mm512_cvtpd_ps(e));
        NACOMP_UNROLL
        for (std::size_t j = 0; j < kTogether; ++j) biases.value(at[j]) = values[j], biases.squares(at[j]) = squares[j];
    }
    move_each(biases, listed + i, gradients + i, n - i, rate);
}
#else
// Four at a time in AVX2's registers took a third longer on Zen 3: one after the other they overlap by themselves.
template <class Biases>
inline void move(Biases biases, const std::uint32_t* listed, const double* gradients, std::size_t n, double rate) {
    move_each(biases, listed, gradients, n, rate);
}
#endif

void move_biases(Bias* table, const std::uint32_t* listed, const double* gradients, std::size_t n, double rate) {
    move(Together{table}, listed, gradients, n, rate);
}

void move_tokens(float* values, float* squares, const std::uint32_t* listed, const double* gradients, std::size_t n, double rate) {
    move(Apart{values, squares}, listed, gradients, n, rate);
}

}  // namespace
}  // namespace nacomp::predictors::NACOMP_TARGET
NACOMP_TARGET_END
