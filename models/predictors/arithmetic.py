"""Deterministic scalar arithmetic of the predictors (formats/PREDICTORS.md, section 2).

Python floats are IEEE-754 doubles and Python evaluates one operation at a time, so plain expressions here are
the definition that the native core repeats. `math.log` and `math.exp` are libm and differ by platform; the
functions below use only `+ - * /` and exact operations (`frexp`, `ldexp`, `rint`).
"""

import math

LN2_HIGH = 0.693147180369123816490
LN2_LOW = 1.90821492927058770002e-10
STRETCH_LIMIT = 12.0
"""Logits of binary decisions stay within +-12: no decision is surer than 1 in 160,000."""

# 1/3, 1/5, ... for the series of atanh, which is ln((1+t)/(1-t)) / 2.
_LOG_TERMS = tuple(1.0 / k for k in range(21, 1, -2))
# 1/13!, 1/12!, ... 1/2!, 1, 1 for the series of exp.
_EXP_TERMS = tuple(1.0 / math.factorial(k) for k in range(13, -1, -1))


def log64(x: float) -> float:
    """Natural logarithm of a positive, normal double."""
    mantissa, exponent = math.frexp(x)
    if mantissa < 0.70710678118654752440:
        mantissa, exponent = mantissa * 2.0, exponent - 1
    t = (mantissa - 1.0) / (mantissa + 1.0)
    square = t * t
    series = 0.0
    for term in _LOG_TERMS:
        series = (series + term) * square
    return exponent * LN2_HIGH + (exponent * LN2_LOW + (t * series + t) * 2.0)


def exp64(x: float) -> float:
    """e^x for |x| <= 700."""
    n = float(round(x * 1.44269504088896338700))
    r = (x - n * LN2_HIGH) - n * LN2_LOW
    series = _EXP_TERMS[0]
    for term in _EXP_TERMS[1:]:
        series = series * r + term
    return math.ldexp(series, int(n))


def stretch(p: float) -> float:
    """ln(p / (1 - p)) limited to +-STRETCH_LIMIT; 0 and 1 are allowed."""
    if p <= 6.2e-6:
        return -STRETCH_LIMIT
    if p >= 1.0 - 6.2e-6:
        return STRETCH_LIMIT
    return log64(p / (1.0 - p))


def squash(x: float) -> float:
    """1 / (1 + e^-x), the inverse of `stretch`, for x limited to +-STRETCH_LIMIT."""
    x = max(-STRETCH_LIMIT, min(STRETCH_LIMIT, x))
    return 1.0 / (1.0 + exp64(-x))
