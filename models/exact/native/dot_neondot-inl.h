// Byte products by SDOT: four columns a register. See dot-inl.h for what each name must do.
#pragma once

#include "panels_neon-inl.h"

NACOMP_TARGET_BEGIN
namespace nacomp::exact::NACOMP_TARGET {
using namespace nacomp::NACOMP_TARGET;
namespace {

using Acc = I;

constexpr int kProductRows = 4;
constexpr int kProductBlocks = 1;
constexpr int kHeadRows = 4;
constexpr int kScoreBlocks = 1;
constexpr int kValueBlocks = 1;

inline Acc acc_start(int32_t) { return i_set(0); }
inline I acc_finish(Acc x) { return x; }
inline Acc step(Acc acc, Panel panel, Quad q) {
    NACOMP_UNROLL
    for (int i = 0; i < 4; i++) acc.v[i] = vdotq_s32(acc.v[i], panel.v[i], q);
    return acc;
}
inline Acc weight_step(Acc acc, Panel panel, Quad q) { return step(acc, panel, q); }

}  // namespace
}  // namespace nacomp::exact::NACOMP_TARGET
NACOMP_TARGET_END
