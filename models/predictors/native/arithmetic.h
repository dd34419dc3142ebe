// Scalar arithmetic of the predictors, in the operations and the order of models/predictors/arithmetic.py.
// Compiled without contraction: every + - * / below is one rounded IEEE-754 double operation.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

#include "native/target.h"

namespace nacomp::predictors {

constexpr double kStretchLimit = 12.0;

inline double log64(double x) {
    static const double terms[] = {1.0 / 21, 1.0 / 19, 1.0 / 17, 1.0 / 15, 1.0 / 13,
                                   1.0 / 11, 1.0 / 9,  1.0 / 7,  1.0 / 5,  1.0 / 3};
    int exponent;
    double mantissa = std::frexp(x, &exponent);  // exact
    if (mantissa < 0.70710678118654752440) {
        mantissa = mantissa * 2.0;
        exponent -= 1;
    }
    const double t = (mantissa - 1.0) / (mantissa + 1.0);
    const double square = t * t;
    double series = 0.0;
    for (double term : terms) series = (series + term) * square;
    const double e = exponent;
    return e * 0.693147180369123816490 + (e * 1.90821492927058770002e-10 + (t * series + t) * 2.0);
}

// Inlined by force, so that each target of logit_bias-inl.h has its own.
NACOMP_INLINE double exp64(double x) {
    static constexpr double terms[] = {1.0 / 6227020800.0, 1.0 / 479001600.0, 1.0 / 39916800.0, 1.0 / 3628800.0,
                                   1.0 / 362880.0,     1.0 / 40320.0,     1.0 / 5040.0,     1.0 / 720.0,
                                   1.0 / 120.0,        1.0 / 24.0,        1.0 / 6.0,        0.5,
                                   1.0,                1.0};
    const double n = std::nearbyint(x * 1.44269504088896338700);
    const double r = (x - n * 0.693147180369123816490) - n * 1.90821492927058770002e-10;
    double series = terms[0];
    for (int i = 1; i < 14; ++i) series = series * r + terms[i];
    const std::int64_t bits = static_cast<std::int64_t>(static_cast<std::int32_t>(n) + 1023) << 52;
    double power;
    std::memcpy(&power, &bits, 8);
    return series * power;  // exact: the result is a normal number
}

inline double stretch(double p) {
    if (p <= 6.2e-6) return -kStretchLimit;
    if (p >= 1.0 - 6.2e-6) return kStretchLimit;
    return log64(p / (1.0 - p));
}

inline double squash(double x) {
    if (x > kStretchLimit) x = kStretchLimit;
    if (x < -kStretchLimit) x = -kStretchLimit;
    return 1.0 / (1.0 + exp64(-x));
}

}  // namespace nacomp::predictors
