// Probabilities as integers, and their logistic domain. `stretch` and `squash` are tables made by integer operations alone,
// so that they are the same everywhere (formats/MIXING.md, section 2).
#pragma once

#include <cstdint>
#include <cstring>

namespace nacomp::mixing {

constexpr int kBits = 22;                  // probabilities that a bit is 1 are in units of 2^-22
constexpr uint32_t kOne = 1u << kBits;     //
constexpr int kLimit = 3071;               // the logistic domain: ln(p / (1 - p)) * 256, from -kLimit to kLimit
constexpr int kStretchBits = 12;           // of a probability that `stretch` looks at

struct Tables {
    uint32_t squash[2 * kLimit + 1];       // [x + kLimit]: 2^-22, 1 .. 2^22 - 1
    int16_t stretch[(1 << kStretchBits) + 1];  // [p >> 10]; one more, as kernels read four bytes at any of them
    Tables();
};

extern const Tables tables;

inline int clamp_logistic(int x) { return x > kLimit ? kLimit : x < -kLimit ? -kLimit : x; }
// The probability behind a point of the logistic domain, which is clamped.
inline uint32_t squash(int x) { return tables.squash[clamp_logistic(x) + kLimit]; }
inline uint32_t squash_clamped(int x) { return tables.squash[x + kLimit]; }
// The logistic domain's point of a probability of 22 bits.
inline int stretch(uint32_t p) { return tables.stretch[p >> (kBits - kStretchBits)]; }
inline int stretch12(uint32_t p) { return tables.stretch[p]; }

// log2 of a whole number from 1 to 2^24 - 1, 2^-23, by straight lines between the powers of two: what stands in a float, so that
// a processor's conversion gives it.
inline int32_t log2_by_lines(uint32_t q) {
    const float exact = static_cast<float>(q);
    int32_t bits;
    std::memcpy(&bits, &exact, sizeof bits);
    return bits;
}
constexpr int32_t kOddsFactor = 45426;  // 256 ln 2 in units of 2^-8
constexpr int kOddsDropped = 12, kOddsShift = 19;
// The logistic domain's point of a probability of so many bits, up to 22, by those lines.
template <int kOfBits> inline int odds(uint32_t p) {
    const int32_t difference = log2_by_lines(2 * p + 1) - log2_by_lines((2u << kOfBits) - 2 * p - 1);
    return ((difference >> kOddsDropped) * kOddsFactor) >> kOddsShift;
}

// One step of the hash that contexts are made of: both values go in, in this order. Without the first product two small values went in
// as their exclusive or, which many pairs share.
inline uint32_t combine(uint32_t hash, uint32_t value) {
    hash = (hash * 0x27D4EB2Fu ^ value) * 0x9E3779B1u;
    return hash ^ (hash >> 15);
}

}  // namespace nacomp::mixing
