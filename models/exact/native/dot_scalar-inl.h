// Dot products in plain C++. See dot-inl.h for what each name must do.
#pragma once

#include <cstdint>

#include "native/lanes-inl.h"

NACOMP_TARGET_BEGIN
namespace nacomp::exact::NACOMP_TARGET {
using namespace nacomp::NACOMP_TARGET;
namespace {

using Acc = I;
struct Panel {
    const int8_t* bytes;
};
using Quad = const int16_t*;
using AElem = int16_t;
using WElem = int16_t;

constexpr uint8_t kMatrixFlip = 0;
constexpr int32_t kBiasPerSum = 0;
constexpr int kPlanes = 1;
constexpr int kPlaneShift = 0;
constexpr int kProductRows = 1;
constexpr int kProductBlocks = 1;
constexpr int kHeadRows = 1;
constexpr int kScoreBlocks = 1;
constexpr int kValueBlocks = 1;

inline Acc acc_start(int32_t) { return i_set(0); }
inline I acc_finish(Acc x) { return x; }
inline Panel load_panel(const uint8_t* p) { return {reinterpret_cast<const int8_t*>(p)}; }
inline Quad load_quad(const AElem* p) { return p; }
inline int value_of(const AElem* p, int i) { return p[i]; }
inline I bias_terms(I x) { return x; }
inline Quad load_weight_quad(const WElem* p) { return p; }
inline Acc step(Acc acc, Panel panel, Quad q) {
    for (int i = 0; i < 16; i++)
        for (int j = 0; j < 4; j++) acc.v[i] += panel.bytes[i * 4 + j] * q[j];
    return acc;
}
inline Acc weight_step(Acc acc, Panel panel, Quad q) { return step(acc, panel, q); }
inline void store_weights(WElem* low, WElem*, I w) { i_narrow(low, w); }

}  // namespace
}  // namespace nacomp::exact::NACOMP_TARGET
NACOMP_TARGET_END
