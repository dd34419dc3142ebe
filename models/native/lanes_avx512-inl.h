// 16 lanes in one register.
#pragma once

#include <immintrin.h>

#include <cstdint>

#include "target.h"

// GCC 12 reports the deliberately undefined operands inside its own intrinsics (its bug 105593).
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

NACOMP_TARGET_BEGIN
namespace nacomp::NACOMP_TARGET {
namespace {

using F = __m512;
using I = __m512i;
inline void prefetch(const uint8_t* p) { _mm_prefetch(reinterpret_cast<const char*>(p), _MM_HINT_T0); }

inline F f_set(float x) { return _mm512_set1_ps(x); }
inline F f_load(const float* p) { return _mm512_loadu_ps(p); }
inline void f_store(float* p, F x) { _mm512_storeu_ps(p, x); }
inline F f_add(F a, F b) { return _mm512_add_ps(a, b); }
inline F f_sub(F a, F b) { return _mm512_sub_ps(a, b); }
inline F f_mul(F a, F b) { return _mm512_mul_ps(a, b); }
inline F f_div(F a, F b) { return _mm512_div_ps(a, b); }
inline F f_max(F a, F b) { return _mm512_max_ps(a, b); }
inline F f_rint(F x) { return _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
inline I f_round(F x) { return _mm512_cvtps_epi32(x); }
inline F f_scale2(F p, F n) { return _mm512_scalef_ps(p, n); }
inline F f_zero_if_less(F value, F x, F limit) {
    return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(x, limit, _CMP_NLT_UQ), value);
}
inline F f_one_if_positive(F otherwise, F x) {
    return _mm512_mask_mov_ps(otherwise, _mm512_cmp_ps_mask(x, _mm512_setzero_ps(), _CMP_GE_OQ), f_set(1.0f));
}
inline I f_bits(F x) { return _mm512_castps_si512(x); }
inline F f_negative_abs(F x) {
    return _mm512_castsi512_ps(_mm512_or_si512(f_bits(x), _mm512_set1_epi32(INT32_MIN)));
}
inline F f_swap_pairs(F x) { return _mm512_permute_ps(x, 0xB1); }
inline float f_reduce_max(F x) { return _mm512_reduce_max_ps(x); }

inline I i_set(int32_t x) { return _mm512_set1_epi32(x); }
inline I i_load(const int32_t* p) { return _mm512_loadu_si512(p); }
inline void i_store(int32_t* p, I x) { _mm512_storeu_si512(p, x); }
inline I i_add(I a, I b) { return _mm512_add_epi32(a, b); }
inline I i_and(I a, I b) { return _mm512_and_si512(a, b); }
inline I i_max(I a, I b) { return _mm512_max_epi32(a, b); }
template <int N>
inline I i_shift_left(I x) {
    return _mm512_slli_epi32(x, N);
}
template <int N>
inline I i_shift_right(I x) {
    return _mm512_srli_epi32(x, N);
}
inline F i_float(I x) { return _mm512_cvtepi32_ps(x); }
inline int32_t i_reduce_max(I x) { return _mm512_reduce_max_epi32(x); }
inline int32_t i_reduce_add(I x) { return _mm512_reduce_add_epi32(x); }
inline void i_narrow(int8_t* p, I x) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm512_cvtepi32_epi8(x));
}

inline float square_root(float x) { return _mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(x))); }

}  // namespace
}  // namespace nacomp::NACOMP_TARGET
NACOMP_TARGET_END
