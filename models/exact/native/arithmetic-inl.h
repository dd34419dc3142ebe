// Rows of activations: quantising, norms, rotary positions and the gate (NUMERICS 2 to 4, 6 and 7). Mirrors arithmetic.py.
#pragma once

#include <cstdint>
#include <cstring>

#include "dot-inl.h"
#include "kernels.h"
#include "native/exp32-inl.h"

NACOMP_TARGET_BEGIN
namespace nacomp::exact::NACOMP_TARGET {
using namespace nacomp::NACOMP_TARGET;
namespace {

inline bool finite_bits(int32_t bits) { return bits < 0x7f800000; }

inline float float_of(int32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

inline int32_t bits_of(float value) {
    int32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

// The largest |x[i]| as its bit pattern: integers compare like the floats do, and a NaN comes out on top.
inline int32_t largest_bits(const float* x, int n) {
    I top = i_set(0);
    for (int i = 0; i < n; i += 16) top = i_max(top, i_and(f_bits(f_load(x + i)), i_set(0x7fffffff)));
    return i_reduce_max(top);
}

template <class T>
inline bool quantise_to(const float* x, int n, T* q, float* scale, int32_t* sum) {
    int32_t bits = largest_bits(x, n);
    float a = float_of(bits);
    float v = a > 0 ? 127.0f / a : float_of(0x7f800000);
    I total = i_set(0);
    if (!finite_bits(bits)) return false;
    if (v > 3.402823466e38f) {
        for (int i = 0; i < n; i += 16) i_narrow(q + i, total);
        *scale = 0.0f;
        *sum = 0;
        return true;
    }
    // |x * v| <= 127 * (1 + 2^-22), so the clamp of NUMERICS 4 can never act.
    for (int i = 0; i < n; i += 16) {
        I k = f_round(f_mul(f_load(x + i), f_set(v)));
        i_narrow(q + i, k);
        total = i_add(total, bias_terms(k));
    }
    *scale = a / 127.0f;
    *sum = i_reduce_add(total);
    return true;
}

bool quantise(const float* x, int n, QuantRows out, int row) {
    int32_t sum = 0;
    AElem* q = reinterpret_cast<AElem*>(out.values) + row * out.stride;
    bool good = quantise_to(x, n, q, out.scale + row, &sum);
    out.bias[row] = kBiasPerSum * sum;
    return good;
}

bool quantise_rest(float* x, int n, QuantRows first, QuantRows rest, int row) {
    const AElem* q = reinterpret_cast<const AElem*>(first.values) + row * first.stride;
    float s = first.scale[row];
    for (int i = 0; i < n; i++) x[i] = x[i] - static_cast<float>(value_of(q, i)) * s;
    return quantise(x, n, rest, row);
}

bool quantise_head(const float* x, int n, int8_t* q, float* scale) {
    int32_t sum = 0;
    return quantise_to(x, n, q, scale, &sum);
}

inline float lanesum_of_squares(const float* x, int n) {
    F lanes = f_set(0.0f);
    for (int i = 0; i < n; i += 16) {
        F v = f_load(x + i);
        lanes = f_add(lanes, f_mul(v, v));
    }
    float s[16];
    f_store(s, lanes);
    for (int half = 8; half > 0; half /= 2)
        for (int j = 0; j < half; j++) s[j] = s[j] + s[j + half];
    return s[0];
}

void norm(const float* x, const float* w, int n, float eps, float* y) {
    float m = lanesum_of_squares(x, n) / static_cast<float>(n);
    F c = f_set(1.0f / square_root(m + eps));
    for (int i = 0; i < n; i += 16) f_store(y + i, f_mul(f_mul(f_load(x + i), c), f_load(w + i)));
}

void add(const float* x, int n, float* y) {
    for (int i = 0; i < n; i += 16) f_store(y + i, f_add(f_load(y + i), f_load(x + i)));
}

bool norm_quantise(const float* x, const float* w, int n, float eps, float* scratch, QuantRows out, int row) {
    norm(x, w, n, eps, scratch);
    return quantise(scratch, n, out, row);
}

// y0 = x0 c - x1 s and y1 = x0 s + x1 c: with s negated in even lanes both are x c + swapped(x) s, bit for bit.
void rope(const float* x, const float* cosines, const float* sines, int d, float* y) {
    for (int i = 0; i < d; i += 16) {
        F v = f_load(x + i);
        f_store(y + i, f_add(f_mul(v, f_load(cosines + i)), f_mul(f_swap_pairs(v), f_load(sines + i))));
    }
}

inline F sigmoid(F x) {
    F e = exp32(f_negative_abs(x));
    return f_div(f_one_if_positive(e, x), f_add(f_set(1.0f), e));
}

void silu_multiply(const float* g, const float* u, int n, float* f) {
    for (int i = 0; i < n; i += 16) {
        F x = f_load(g + i);
        f_store(f + i, f_mul(f_mul(x, sigmoid(x)), f_load(u + i)));
    }
}

void gelu_multiply(const float* g, const float* u, int n, float* f) {
    F slope = f_set(1.5957691216f), bend = f_set(0.044715f), one = f_set(1.0f);
    for (int i = 0; i < n; i += 16) {
        F x = f_load(g + i);
        F z = f_mul(f_mul(slope, x), f_add(one, f_mul(bend, f_mul(x, x))));
        f_store(f + i, f_mul(f_mul(x, sigmoid(z)), f_load(u + i)));
    }
}

}  // namespace
}  // namespace nacomp::exact::NACOMP_TARGET
NACOMP_TARGET_END
