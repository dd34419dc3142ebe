// Byte products by widening multiplication; no 16-bit sum overflows, as only single products are kept in 16 bits.
// See dot-inl.h for what each name must do.
#pragma once

#include "panels_neon-inl.h"

NACOMP_TARGET_BEGIN
namespace nacomp::exact::NACOMP_TARGET {
using namespace nacomp::NACOMP_TARGET;
namespace {

struct Acc {
    int32x4_t v[8];  // (column, half): the two pair sums of each column are added when finished
};

constexpr int kProductRows = 2;
constexpr int kProductBlocks = 1;
constexpr int kHeadRows = 2;
constexpr int kScoreBlocks = 1;
constexpr int kValueBlocks = 1;

inline Acc acc_start(int32_t) {
    Acc acc;
    NACOMP_UNROLL
    for (int i = 0; i < 8; i++) acc.v[i] = vdupq_n_s32(0);
    return acc;
}
inline I acc_finish(Acc x) {
    I out;
    NACOMP_UNROLL
    for (int i = 0; i < 4; i++) out.v[i] = vpaddq_s32(x.v[2 * i], x.v[2 * i + 1]);
    return out;
}
inline Acc step(Acc acc, Panel panel, Quad q) {
    NACOMP_UNROLL
    for (int i = 0; i < 4; i++) {
        int16x8_t low = vmull_s8(vget_low_s8(panel.v[i]), vget_low_s8(q));
        int16x8_t high = vmull_s8(vget_high_s8(panel.v[i]), vget_low_s8(q));
        acc.v[2 * i] = vpadalq_s16(acc.v[2 * i], low);
        acc.v[2 * i + 1] = vpadalq_s16(acc.v[2 * i + 1], high);
    }
    return acc;
}
inline Acc weight_step(Acc acc, Panel panel, Quad q) { return step(acc, panel, q); }

}  // namespace
}  // namespace nacomp::exact::NACOMP_TARGET
NACOMP_TARGET_END
