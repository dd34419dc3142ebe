// 16 lanes in four registers of AArch64.
#pragma once

#include <arm_neon.h>

#include <cstdint>

#include "target.h"

NACOMP_TARGET_BEGIN
namespace nacomp::NACOMP_TARGET {
namespace {

struct F {
    float32x4_t v[4];
};
struct I {
    int32x4_t v[4];
};

#define NACOMP_EACH(type, expression)             \
    type out;                                     \
    NACOMP_UNROLL                                 \
    for (int i = 0; i < 4; i++) out.v[i] = (expression); \
    return out;

inline void prefetch(const uint8_t*) {}

inline F f_set(float x) { NACOMP_EACH(F, vdupq_n_f32(x)) }
inline F f_load(const float* p) { NACOMP_EACH(F, vld1q_f32(p + 4 * i)) }
inline void f_store(float* p, F x) {
    for (int i = 0; i < 4; i++) vst1q_f32(p + 4 * i, x.v[i]);
}
inline F f_add(F x, F y) { NACOMP_EACH(F, vaddq_f32(x.v[i], y.v[i])) }
inline F f_sub(F x, F y) { NACOMP_EACH(F, vsubq_f32(x.v[i], y.v[i])) }
inline F f_mul(F x, F y) { NACOMP_EACH(F, vmulq_f32(x.v[i], y.v[i])) }
inline F f_div(F x, F y) { NACOMP_EACH(F, vdivq_f32(x.v[i], y.v[i])) }
inline F f_max(F x, F y) { NACOMP_EACH(F, vmaxq_f32(x.v[i], y.v[i])) }
inline F f_rint(F x) { NACOMP_EACH(F, vrndnq_f32(x.v[i])) }
inline I f_round(F x) { NACOMP_EACH(I, vcvtnq_s32_f32(x.v[i])) }
inline F f_scale2(F p, F n) {
    NACOMP_EACH(F, vreinterpretq_f32_s32(vaddq_s32(vreinterpretq_s32_f32(p.v[i]),
                                                   vshlq_n_s32(vcvtnq_s32_f32(n.v[i]), 23))))
}
inline F f_zero_if_less(F value, F x, F limit) {
    NACOMP_EACH(F, vbslq_f32(vcltq_f32(x.v[i], limit.v[i]), vdupq_n_f32(0.0f), value.v[i]))
}
inline F f_one_if_positive(F otherwise, F x) {
    NACOMP_EACH(F, vbslq_f32(vcgeq_f32(x.v[i], vdupq_n_f32(0.0f)), vdupq_n_f32(1.0f), otherwise.v[i]))
}
inline I f_bits(F x) { NACOMP_EACH(I, vreinterpretq_s32_f32(x.v[i])) }
inline F f_negative_abs(F x) { NACOMP_EACH(F, vnegq_f32(vabsq_f32(x.v[i]))) }
inline F f_swap_pairs(F x) { NACOMP_EACH(F, vrev64q_f32(x.v[i])) }
inline float f_reduce_max(F x) {
    return vmaxvq_f32(vmaxq_f32(vmaxq_f32(x.v[0], x.v[1]), vmaxq_f32(x.v[2], x.v[3])));
}

inline I i_set(int32_t x) { NACOMP_EACH(I, vdupq_n_s32(x)) }
inline I i_load(const int32_t* p) { NACOMP_EACH(I, vld1q_s32(p + 4 * i)) }
inline void i_store(int32_t* p, I x) {
    for (int i = 0; i < 4; i++) vst1q_s32(p + 4 * i, x.v[i]);
}
inline I i_add(I x, I y) { NACOMP_EACH(I, vaddq_s32(x.v[i], y.v[i])) }
inline I i_and(I x, I y) { NACOMP_EACH(I, vandq_s32(x.v[i], y.v[i])) }
inline I i_max(I x, I y) { NACOMP_EACH(I, vmaxq_s32(x.v[i], y.v[i])) }
template <int N>
inline I i_shift_left(I x) {
    NACOMP_EACH(I, vshlq_n_s32(x.v[i], N))
}
template <int N>
inline I i_shift_right(I x) {
    NACOMP_EACH(I, vshrq_n_s32(x.v[i], N))
}
inline F i_float(I x) { NACOMP_EACH(F, vcvtq_f32_s32(x.v[i])) }
inline int32_t i_reduce_max(I x) {
    return vmaxvq_s32(vmaxq_s32(vmaxq_s32(x.v[0], x.v[1]), vmaxq_s32(x.v[2], x.v[3])));
}
inline int32_t i_reduce_add(I x) {
    return vaddvq_s32(vaddq_s32(vaddq_s32(x.v[0], x.v[1]), vaddq_s32(x.v[2], x.v[3])));
}
inline void i_narrow(int8_t* p, I x) {
    int16x8_t low = vcombine_s16(vmovn_s32(x.v[0]), vmovn_s32(x.v[1]));
    int16x8_t high = vcombine_s16(vmovn_s32(x.v[2]), vmovn_s32(x.v[3]));
    vst1q_s8(p, vcombine_s8(vmovn_s16(low), vmovn_s16(high)));
}

inline float square_root(float x) { return vget_lane_f32(vsqrt_f32(vdup_n_f32(x)), 0); }
#undef NACOMP_EACH

}  // namespace
}  // namespace nacomp::NACOMP_TARGET
NACOMP_TARGET_END
