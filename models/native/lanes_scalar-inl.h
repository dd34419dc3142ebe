// 16 lanes as an array: plain C++ for any processor.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

#include "target.h"

NACOMP_TARGET_BEGIN
namespace nacomp::NACOMP_TARGET {
namespace {

struct F {
    float v[16];
};
struct I {
    int32_t v[16];
};
#define NACOMP_LANES(type, expression)             \
    type out;                                      \
    for (int i = 0; i < 16; i++) out.v[i] = (expression); \
    return out;

inline void prefetch(const uint8_t*) {}

inline F f_set(float x) { NACOMP_LANES(F, x) }
inline F f_load(const float* p) { NACOMP_LANES(F, p[i]) }
inline void f_store(float* p, F x) {
    for (int i = 0; i < 16; i++) p[i] = x.v[i];
}
inline F f_add(F x, F y) { NACOMP_LANES(F, x.v[i] + y.v[i]) }
inline F f_sub(F x, F y) { NACOMP_LANES(F, x.v[i] - y.v[i]) }
inline F f_mul(F x, F y) { NACOMP_LANES(F, x.v[i] * y.v[i]) }
inline F f_div(F x, F y) { NACOMP_LANES(F, x.v[i] / y.v[i]) }
inline F f_max(F x, F y) { NACOMP_LANES(F, x.v[i] > y.v[i] ? x.v[i] : y.v[i]) }
// Adding 1.5 * 2^23 leaves no room for a fraction: ties go to even.
inline F f_rint(F x) { NACOMP_LANES(F, (x.v[i] + 12582912.0f) - 12582912.0f) }
inline I f_round(F x) {
    // From 2^22 on floats have halves, and 2^23 of the same sign is enough; from 2^23 on they have no fraction.
    F whole;
    for (int i = 0; i < 16; i++) {
        float shift = std::copysign(8388608.0f, x.v[i]);
        whole.v[i] = std::fabs(x.v[i]) < 8388608.0f ? (x.v[i] + shift) - shift : x.v[i];
    }
    NACOMP_LANES(I, static_cast<int32_t>(whole.v[i]))
}
inline F f_scale2(F p, F n) {
    F out;
    for (int i = 0; i < 16; i++) {
        uint32_t bits;
        memcpy(&bits, &p.v[i], 4);
        bits += static_cast<uint32_t>(static_cast<int32_t>(n.v[i])) << 23;
        memcpy(&out.v[i], &bits, 4);
    }
    return out;
}
inline F f_zero_if_less(F value, F x, F limit) { NACOMP_LANES(F, x.v[i] < limit.v[i] ? 0.0f : value.v[i]) }
inline F f_one_if_positive(F otherwise, F x) { NACOMP_LANES(F, x.v[i] >= 0.0f ? 1.0f : otherwise.v[i]) }
inline I f_bits(F x) {
    I out;
    memcpy(&out, &x, sizeof out);
    return out;
}
inline F f_negative_abs(F x) { NACOMP_LANES(F, x.v[i] > 0.0f ? -x.v[i] : x.v[i]) }
inline F f_swap_pairs(F x) { NACOMP_LANES(F, x.v[i ^ 1]) }
inline float f_reduce_max(F x) {
    float top = x.v[0];
    for (int i = 1; i < 16; i++) top = x.v[i] > top ? x.v[i] : top;
    return top;
}

inline I i_set(int32_t x) { NACOMP_LANES(I, x) }
inline I i_load(const int32_t* p) { NACOMP_LANES(I, p[i]) }
inline void i_store(int32_t* p, I x) {
    for (int i = 0; i < 16; i++) p[i] = x.v[i];
}
inline I i_add(I x, I y) { NACOMP_LANES(I, x.v[i] + y.v[i]) }
inline I i_and(I x, I y) { NACOMP_LANES(I, x.v[i] & y.v[i]) }
inline I i_max(I x, I y) { NACOMP_LANES(I, x.v[i] > y.v[i] ? x.v[i] : y.v[i]) }
template <int N>
inline I i_shift_left(I x) {
    NACOMP_LANES(I, x.v[i] * (1 << N))
}
inline F i_float(I x) { NACOMP_LANES(F, static_cast<float>(x.v[i])) }
inline int32_t i_reduce_max(I x) {
    int32_t top = x.v[0];
    for (int i = 1; i < 16; i++) top = x.v[i] > top ? x.v[i] : top;
    return top;
}
inline int32_t i_reduce_add(I x) {
    int32_t sum = 0;
    for (int i = 0; i < 16; i++) sum += x.v[i];
    return sum;
}
template <class T>
inline void i_narrow(T* p, I x) {
    for (int i = 0; i < 16; i++) p[i] = static_cast<T>(x.v[i]);
}

inline float square_root(float x) { return std::sqrt(x); }
#undef NACOMP_LANES

}  // namespace
}  // namespace nacomp::NACOMP_TARGET
NACOMP_TARGET_END
