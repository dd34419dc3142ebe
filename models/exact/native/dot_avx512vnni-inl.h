// Dot products of bytes by VNNI. See dot-inl.h for what each name must do.
//
// vpdpbusd multiplies unsigned by signed bytes: matrices and keys are stored with 128 added (kMatrixFlip) and the
// accumulator starts at -128 * sum(activations); attention weights are unsigned as they are, in two byte planes.
#pragma once

#include <immintrin.h>

#include <cstdint>
#include <cstring>

#include "native/lanes-inl.h"

NACOMP_TARGET_BEGIN
namespace nacomp::exact::NACOMP_TARGET {
using namespace nacomp::NACOMP_TARGET;
namespace {

using Acc = __m512i;
using Panel = __m512i;
using Quad = __m512i;
using AElem = int8_t;
using WElem = uint8_t;

constexpr uint8_t kMatrixFlip = 0x80;
constexpr int32_t kBiasPerSum = -128;
constexpr int kPlanes = 2;
constexpr int kPlaneShift = 8;
// 8 x 32 outputs: 16 accumulators, 2 panels and a broadcast fit the 32 registers.
constexpr int kProductRows = 8;
constexpr int kProductBlocks = 2;
constexpr int kHeadRows = 4;
constexpr int kScoreBlocks = 4;
constexpr int kValueBlocks = 4;

inline Acc acc_start(int32_t x) { return _mm512_set1_epi32(x); }
inline I acc_finish(Acc x) { return x; }
inline Panel load_panel(const uint8_t* p) { return _mm512_loadu_si512(p); }
inline Quad load_quad(const AElem* p) {
    int32_t four;
    memcpy(&four, p, 4);
    return _mm512_set1_epi32(four);
}
inline int value_of(const AElem* p, int i) { return p[i]; }
inline I bias_terms(I x) { return x; }
inline Quad load_weight_quad(const WElem* p) { return load_quad(reinterpret_cast<const AElem*>(p)); }
inline Acc step(Acc acc, Panel unsigned_panel, Quad q) { return _mm512_dpbusd_epi32(acc, unsigned_panel, q); }
inline Acc weight_step(Acc acc, Panel panel, Quad unsigned_q) { return _mm512_dpbusd_epi32(acc, unsigned_q, panel); }

inline void store_weights(WElem* low, WElem* high, I w) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(low), _mm512_cvtepi32_epi8(w));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(high), _mm512_cvtepi32_epi8(i_shift_right<kPlaneShift>(w)));
}

}  // namespace
}  // namespace nacomp::exact::NACOMP_TARGET
NACOMP_TARGET_END
