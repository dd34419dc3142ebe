#include "arithmetic.h"

namespace nacomp::mixing {

// e^(-k/256) in units of 2^-32 by repeated multiplication, then p = 1 / (1 + e^-x).
Tables::Tables() {
    constexpr uint64_t kRatio = 4278222805u;  // rint(2^32 * e^(-1/256))
    uint64_t power = uint64_t{1} << 32;
    for (int k = 0; k <= kLimit; k++) {
        const uint32_t below = static_cast<uint32_t>((power << kBits) / ((uint64_t{1} << 32) + power));
        squash[kLimit - k] = below;
        squash[kLimit + k] = kOne - below;
        power = (power * kRatio + (uint64_t{1} << 31)) >> 32;
    }
    // The middle of the 4,096 classes of a probability: the first point that reaches it.
    int x = -kLimit;
    for (uint32_t p = 0; p < (1u << kStretchBits); p++) {
        const uint32_t middle = (2 * p + 1) << (kBits - kStretchBits - 1);
        while (x < kLimit && squash[x + kLimit] < middle) x++;
        stretch[p] = static_cast<int16_t>(x);
    }
}

const Tables tables;

}  // namespace nacomp::mixing
