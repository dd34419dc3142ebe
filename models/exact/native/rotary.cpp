#include "rotary.h"

namespace nacomp::exact {
namespace {

struct Turn {
    double cosine, sine;
};

// NUMERICS 7, from the upper 32 bits of the turn, in quarter turns.
Turn turn_of(uint64_t turn) {
    double z = static_cast<double>(static_cast<int32_t>(static_cast<uint32_t>(turn >> 32))) * (1.0 / 1073741824.0);
    // |z| <= 2: adding 1.5 * 2^52 leaves no room for a fraction, ties go to even.
    double n = (z + 6755399441055744.0) - 6755399441055744.0;
    double a = (z - n) * 1.5707963267948966;
    double b = a * a;
    double s = a * (1.0 + b * (-1.0 / 6 + b * (1.0 / 120 + b * (-1.0 / 5040 + b * (1.0 / 362880 + b * (-1.0 / 39916800))))));
    double c = 1.0 + b * (-1.0 / 2 + b * (1.0 / 24 + b * (-1.0 / 720 + b * (1.0 / 40320 +
               b * (-1.0 / 3628800 + b * (1.0 / 479001600))))));
    switch (static_cast<int>(n) & 3) {
        case 0: return {c, s};
        case 1: return {-s, c};
        case 2: return {-c, -s};
        default: return {s, -c};
    }
}

}  // namespace

void rotary_tables(const uint64_t* steps, int pairs, int d, int64_t position, float* cosines, float* sines) {
    for (int i = 0; i < d / 2; i++) {
        Turn turn = i < pairs ? turn_of(static_cast<uint64_t>(position) * steps[i]) : Turn{1.0, 0.0};
        cosines[2 * i] = cosines[2 * i + 1] = static_cast<float>(turn.cosine);
        sines[2 * i] = -static_cast<float>(turn.sine);
        sines[2 * i + 1] = static_cast<float>(turn.sine);
    }
}

}  // namespace nacomp::exact
