#include "token_row.h"

namespace nacomp::mixing {

namespace {

constexpr int kMantissaBits = 10;
constexpr int32_t kLn2 = 45426;  // rint(2^16 * ln 2)

// 2^16 * ln(1 + (2 i + 1) / 2^11) by the series of atanh(y), y = n / d, in units of 2^-30: ln((d + n) / (d - n)) is twice that.
struct Logarithms {
    int32_t of[1 << kMantissaBits];
    Logarithms() {
        for (uint64_t i = 0; i < 1 << kMantissaBits; i++) {
            const uint64_t y = ((2 * i + 1) << 30) / (4096 + 2 * i + 1), square = (y * y) >> 30;
            uint64_t power = y, sum = 0;
            for (uint64_t k = 1; k < 30; k += 2) {
                sum += power / k;
                power = (power * square) >> 30;
            }
            of[i] = static_cast<int32_t>((2 * sum + (uint64_t{1} << 13)) >> 14);
        }
    }
};

const Logarithms logarithms;

int high_bit(uint64_t value) {
#if defined(__GNUC__)
    return 63 - __builtin_clzll(value);
#else
    int bit = -1;
    for (; value; value >>= 1) ++bit;
    return bit;
#endif
}

}  // namespace

int32_t log_weight(uint64_t x) {
    const int exponent = high_bit(x);
    const uint64_t mantissa = x << (63 - exponent);  // its leading 1 on top
    return exponent * kLn2 + logarithms.of[(mantissa >> (63 - kMantissaBits)) & ((1 << kMantissaBits) - 1)];
}

}  // namespace nacomp::mixing
