// Dot products of bytes by vpmaddubsw. See dot-inl.h for what each name must do.
//
// vpmaddubsw multiplies unsigned by signed bytes and adds pairs into int16, saturating. It is exact here: activations lend
// their sign to the other factor, so both magnitudes are at most 127 and a pair at most 2 * 127 * 127 = 32,258; attention
// weights are unsigned as they are, in planes of 7 and 5 bits. Widening the bytes to int16 for vpmaddwd lost: half as
// many rows fit the registers, and GCC kept one accumulator of the inner loop on the stack (64 rows of SmolLM2 on one Zen 3
// core: 198 tokens/s; like this 380).
#pragma once

#include <immintrin.h>

#include <cstdint>
#include <cstring>

#include "native/lanes-inl.h"

NACOMP_TARGET_BEGIN
namespace nacomp::exact::NACOMP_TARGET {
using namespace nacomp::NACOMP_TARGET;
namespace {

// Eight columns a register.
struct Acc {
    __m256i v[2];
};
struct Panel {
    __m256i v[2];
};
struct Quad {
    __m256i value, magnitude;
};
using AElem = int8_t;
using WElem = uint8_t;

constexpr uint8_t kMatrixFlip = 0;
constexpr int32_t kBiasPerSum = 0;
constexpr int kPlanes = 2;
constexpr int kPlaneShift = 7;
// 4 x 16 outputs: 8 accumulators, a panel, a quad, the ones and two temporaries fit the 16 registers.
constexpr int kProductRows = 4;
constexpr int kProductBlocks = 1;
constexpr int kHeadRows = 4;
constexpr int kScoreBlocks = 1;
constexpr int kValueBlocks = 1;

inline Acc acc_start(int32_t) { return {{_mm256_setzero_si256(), _mm256_setzero_si256()}}; }
inline I acc_finish(Acc x) { return {x.v[0], x.v[1]}; }
inline Panel load_panel(const uint8_t* p) {
    const __m256i* v = reinterpret_cast<const __m256i*>(p);
    return {{_mm256_loadu_si256(v), _mm256_loadu_si256(v + 1)}};
}
inline __m256i broadcast4(const void* p) {
    int32_t four;
    memcpy(&four, p, 4);
    return _mm256_set1_epi32(four);
}
inline Quad load_quad(const AElem* p) {
    __m256i value = broadcast4(p);
    return {value, _mm256_abs_epi8(value)};
}
inline Quad load_weight_quad(const WElem* p) {
    __m256i value = broadcast4(p);
    return {value, value};
}
inline __m256i add_pairs(__m256i acc, __m256i pairs) {
    return _mm256_add_epi32(acc, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}
inline Acc step(Acc acc, Panel panel, Quad q) {
    NACOMP_UNROLL
    for (int i = 0; i < 2; i++)
        acc.v[i] = add_pairs(acc.v[i], _mm256_maddubs_epi16(q.magnitude, _mm256_sign_epi8(panel.v[i], q.value)));
    return acc;
}
inline Acc weight_step(Acc acc, Panel panel, Quad q) {
    NACOMP_UNROLL
    for (int i = 0; i < 2; i++) acc.v[i] = add_pairs(acc.v[i], _mm256_maddubs_epi16(q.magnitude, panel.v[i]));
    return acc;
}
inline void store_weights(WElem* low, WElem* high, I w) {
    narrow_bytes(low, i_and(w, i_set((1 << kPlaneShift) - 1)));
    narrow_bytes(high, i_shift_right<kPlaneShift>(w));
}

}  // namespace
}  // namespace nacomp::exact::NACOMP_TARGET
NACOMP_TARGET_END
