// What both kinds of dot product on AArch64 share: panels, and activations and weights of signed bytes.
#pragma once

#include <arm_neon.h>

#include <cstdint>
#include <cstring>

#include "native/lanes-inl.h"

NACOMP_TARGET_BEGIN
namespace nacomp::exact::NACOMP_TARGET {
using namespace nacomp::NACOMP_TARGET;
namespace {

using AElem = int8_t;
using WElem = int8_t;
using Quad = int8x16_t;
struct Panel {
    int8x16_t v[4];
};

// Both operands are signed, so nothing is flipped, and the 12-bit weights split into two planes of 6 bits.
constexpr uint8_t kMatrixFlip = 0;
constexpr int32_t kBiasPerSum = 0;
constexpr int kPlanes = 2;
constexpr int kPlaneShift = 6;

inline Panel load_panel(const uint8_t* p) {
    const int8_t* bytes = reinterpret_cast<const int8_t*>(p);
    return {{vld1q_s8(bytes), vld1q_s8(bytes + 16), vld1q_s8(bytes + 32), vld1q_s8(bytes + 48)}};
}
inline Quad load_quad(const AElem* p) {
    int32_t four;
    memcpy(&four, p, 4);
    return vreinterpretq_s8_s32(vdupq_n_s32(four));
}
inline int value_of(const AElem* p, int i) { return p[i]; }
inline I bias_terms(I x) { return x; }
inline Quad load_weight_quad(const WElem* p) { return load_quad(p); }
inline void store_weights(WElem* low, WElem* high, I w) {
    i_narrow(low, i_and(w, i_set((1 << kPlaneShift) - 1)));
    i_narrow(high, i_shift_right<kPlaneShift>(w));
}

}  // namespace
}  // namespace nacomp::exact::NACOMP_TARGET
NACOMP_TARGET_END
