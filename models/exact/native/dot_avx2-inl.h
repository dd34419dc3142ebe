// Dot products of bytes by vpmaddubsw. See dot-inl.h for what each name must do.
//
// vpmaddubsw multiplies unsigned by signed bytes and adds pairs into int16, saturating. It is exact here: activations are
// magnitudes, and where one is negative the other factor w becomes ~w = -w - 1, so that a pair is at most 2 * 127 * 128 =
// 32,512; the magnitudes of the negative ones, once too few for each, are what accumulators start at. Attention weights are
// unsigned as they are, in planes of 7 and 5 bits.
//
// Zen 3 has two units for multiplications, vpsignb and vpabsb, and four for vpxor: with the sign lent by vpsignb, and the
// magnitude made in the inner loop, products took a quarter longer (64 rows of the embedded model's matrices: 62 and 76 billion
// products a second). Widening the bytes to int16 for vpmaddwd lost more: half as many rows fit the registers.
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
    __m256i magnitude, negative;  // the latter 0xFF where it is
};
// Of four activations in turn: four magnitudes, and four bytes that say which are negative.
struct AElem {
    uint8_t bytes[2];
};
using WElem = uint8_t;

constexpr uint8_t kMatrixFlip = 0;
constexpr int32_t kBiasPerSum = 1;
constexpr int kPlanes = 2;
constexpr int kPlaneShift = 7;
// 4 x 16 outputs: 8 accumulators, a panel, a quad, the ones and two temporaries fit the 16 registers.
constexpr int kProductRows = 4;
constexpr int kProductBlocks = 1;
constexpr int kHeadRows = 4;
constexpr int kScoreBlocks = 1;
constexpr int kValueBlocks = 1;

inline Acc acc_start(int32_t x) { return {{_mm256_set1_epi32(x), _mm256_set1_epi32(x)}}; }
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
inline Quad load_quad(const AElem* p) { return {broadcast4(p), broadcast4(p + 2)}; }
inline Quad load_weight_quad(const WElem* p) { return {broadcast4(p), _mm256_setzero_si256()}; }
inline __m256i add_pairs(__m256i acc, __m256i pairs) {
    acc = _mm256_add_epi32(acc, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
#if defined(__GNUC__) && !defined(__clang__)
    __asm__("" : "+x"(acc));  // GCC 12 kept two sums of a tile on the stack otherwise, where each waited for itself
#endif
    return acc;
}
inline Acc step(Acc acc, Panel panel, Quad q) {
    NACOMP_UNROLL
    for (int i = 0; i < 2; i++)
        acc.v[i] = add_pairs(acc.v[i], _mm256_maddubs_epi16(q.magnitude, _mm256_xor_si256(panel.v[i], q.negative)));
    return acc;
}
inline Acc weight_step(Acc acc, Panel panel, Quad q) {
    NACOMP_UNROLL
    for (int i = 0; i < 2; i++) acc.v[i] = add_pairs(acc.v[i], _mm256_maddubs_epi16(q.magnitude, panel.v[i]));
    return acc;
}
inline void i_narrow(AElem* p, I x) {
    alignas(16) int8_t bytes[16];
    narrow_bytes(bytes, x);
    const __m128i value = _mm_load_si128(reinterpret_cast<const __m128i*>(bytes));
    const __m128i magnitude = _mm_abs_epi8(value), negative = _mm_cmpgt_epi8(_mm_setzero_si128(), value);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm_unpacklo_epi32(magnitude, negative));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p) + 1, _mm_unpackhi_epi32(magnitude, negative));
}
inline int value_of(const AElem* p, int i) {
    const uint8_t* quad = p[i & ~3].bytes;
    return quad[4 + (i & 3)] ? -quad[i & 3] : quad[i & 3];
}
// The magnitude of what is negative, else 0.
inline I bias_terms(I x) {
    const __m256i zero = _mm256_setzero_si256();
    return {_mm256_sub_epi32(zero, _mm256_min_epi32(zero, x.a)), _mm256_sub_epi32(zero, _mm256_min_epi32(zero, x.b))};
}
inline void store_weights(WElem* low, WElem* high, I w) {
    narrow_bytes(low, i_and(w, i_set((1 << kPlaneShift) - 1)));
    narrow_bytes(high, i_shift_right<kPlaneShift>(w));
}

}  // namespace
}  // namespace nacomp::exact::NACOMP_TARGET
NACOMP_TARGET_END
