// 16 lanes in two registers.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "target.h"

NACOMP_TARGET_BEGIN
namespace nacomp::NACOMP_TARGET {
namespace {

struct F {
    __m256 a, b;
};
struct I {
    __m256i a, b;
};
inline void prefetch(const uint8_t* p) { _mm_prefetch(reinterpret_cast<const char*>(p), _MM_HINT_T0); }

inline F f_set(float x) { return {_mm256_set1_ps(x), _mm256_set1_ps(x)}; }
inline F f_load(const float* p) { return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)}; }
inline void f_store(float* p, F x) {
    _mm256_storeu_ps(p, x.a);
    _mm256_storeu_ps(p + 8, x.b);
}
inline F f_add(F x, F y) { return {_mm256_add_ps(x.a, y.a), _mm256_add_ps(x.b, y.b)}; }
inline F f_sub(F x, F y) { return {_mm256_sub_ps(x.a, y.a), _mm256_sub_ps(x.b, y.b)}; }
inline F f_mul(F x, F y) { return {_mm256_mul_ps(x.a, y.a), _mm256_mul_ps(x.b, y.b)}; }
inline F f_div(F x, F y) { return {_mm256_div_ps(x.a, y.a), _mm256_div_ps(x.b, y.b)}; }
inline F f_max(F x, F y) { return {_mm256_max_ps(x.a, y.a), _mm256_max_ps(x.b, y.b)}; }
inline F f_rint(F x) {
    constexpr int nearest = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
    return {_mm256_round_ps(x.a, nearest), _mm256_round_ps(x.b, nearest)};
}
inline I f_round(F x) { return {_mm256_cvtps_epi32(x.a), _mm256_cvtps_epi32(x.b)}; }
inline __m256 scale2(__m256 p, __m256 n) {
    __m256i exponent = _mm256_slli_epi32(_mm256_cvtps_epi32(n), 23);
    return _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(p), exponent));
}
inline F f_scale2(F p, F n) { return {scale2(p.a, n.a), scale2(p.b, n.b)}; }
inline F f_zero_if_less(F value, F x, F limit) {
    return {_mm256_and_ps(value.a, _mm256_cmp_ps(x.a, limit.a, _CMP_NLT_UQ)),
            _mm256_and_ps(value.b, _mm256_cmp_ps(x.b, limit.b, _CMP_NLT_UQ))};
}
inline F f_one_if_positive(F otherwise, F x) {
    __m256 one = _mm256_set1_ps(1.0f), zero = _mm256_setzero_ps();
    return {_mm256_blendv_ps(otherwise.a, one, _mm256_cmp_ps(x.a, zero, _CMP_GE_OQ)),
            _mm256_blendv_ps(otherwise.b, one, _mm256_cmp_ps(x.b, zero, _CMP_GE_OQ))};
}
inline I f_bits(F x) { return {_mm256_castps_si256(x.a), _mm256_castps_si256(x.b)}; }
inline F f_negative_abs(F x) {
    __m256 sign = _mm256_set1_ps(-0.0f);
    return {_mm256_or_ps(x.a, sign), _mm256_or_ps(x.b, sign)};
}
inline F f_swap_pairs(F x) { return {_mm256_permute_ps(x.a, 0xB1), _mm256_permute_ps(x.b, 0xB1)}; }
inline float f_reduce_max(F x) {
    __m256 v = _mm256_max_ps(x.a, x.b);
    __m128 w = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    w = _mm_max_ps(w, _mm_movehl_ps(w, w));
    return _mm_cvtss_f32(_mm_max_ss(w, _mm_movehdup_ps(w)));
}

inline I i_set(int32_t x) { return {_mm256_set1_epi32(x), _mm256_set1_epi32(x)}; }
inline I i_load(const int32_t* p) {
    const __m256i* v = reinterpret_cast<const __m256i*>(p);
    return {_mm256_loadu_si256(v), _mm256_loadu_si256(v + 1)};
}
inline void i_store(int32_t* p, I x) {
    __m256i* v = reinterpret_cast<__m256i*>(p);
    _mm256_storeu_si256(v, x.a);
    _mm256_storeu_si256(v + 1, x.b);
}
inline I i_add(I x, I y) { return {_mm256_add_epi32(x.a, y.a), _mm256_add_epi32(x.b, y.b)}; }
inline I i_and(I x, I y) { return {_mm256_and_si256(x.a, y.a), _mm256_and_si256(x.b, y.b)}; }
inline I i_max(I x, I y) { return {_mm256_max_epi32(x.a, y.a), _mm256_max_epi32(x.b, y.b)}; }
template <int N>
inline I i_shift_left(I x) {
    return {_mm256_slli_epi32(x.a, N), _mm256_slli_epi32(x.b, N)};
}
inline F i_float(I x) { return {_mm256_cvtepi32_ps(x.a), _mm256_cvtepi32_ps(x.b)}; }
template <int N>
inline I i_shift_right(I x) {
    return {_mm256_srli_epi32(x.a, N), _mm256_srli_epi32(x.b, N)};
}
inline int32_t i_reduce_max(I x) {
    __m256i v = _mm256_max_epi32(x.a, x.b);
    __m128i w = _mm_max_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    w = _mm_max_epi32(w, _mm_shuffle_epi32(w, 0x4E));
    return _mm_cvtsi128_si32(_mm_max_epi32(w, _mm_shuffle_epi32(w, 0xB1)));
}
inline int32_t i_reduce_add(I x) {
    __m256i v = _mm256_add_epi32(x.a, x.b);
    __m128i w = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    w = _mm_add_epi32(w, _mm_shuffle_epi32(w, 0x4E));
    return _mm_cvtsi128_si32(_mm_add_epi32(w, _mm_shuffle_epi32(w, 0xB1)));
}
// 16 int16 in order.
inline __m256i packed16(I x) { return _mm256_permute4x64_epi64(_mm256_packs_epi32(x.a, x.b), 0xD8); }

// 16 bytes in order, of values from -128 to 127.
inline void narrow_bytes(void* p, I x) {
    __m256i v = packed16(x);
    __m128i bytes = _mm_packs_epi16(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    _mm_storeu_si128(static_cast<__m128i*>(p), bytes);
}
inline void i_narrow(int8_t* p, I x) { narrow_bytes(p, x); }

inline float square_root(float x) { return _mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(x))); }

}  // namespace
}  // namespace nacomp::NACOMP_TARGET
NACOMP_TARGET_END
