"""The scalar and row functions of NUMERICS.md (sections 2 to 4) and PREDICTORS.md (section 2).

Rows are numpy arrays of float32, whose operators round each result on its own; numpy's sums, exp and log are not used.
Python's own floats are IEEE binary64.
"""

from math import factorial, frexp, ldexp, sqrt

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

_EXP32 = [np.float32(c) for c in (
    "1.9875691500e-4", "1.3981999507e-3", "8.3334519073e-3", "4.1665795894e-2", "1.6666665459e-1", "5.0000001201e-1",
)]  # fmt: skip
_LOG2E, _LN2_HIGH, _LN2_LOW = np.float32(1.44269504), np.float32(0.693359375), np.float32(-2.12194440e-4)
_ZERO, _ONE, _TOP, _LOWEST = np.float32(0), np.float32(1), np.float32(127), np.float32(-87)


def exp32(x: F32) -> F32:
    """NUMERICS 3, for x <= 0."""
    low = x < _LOWEST
    x = np.where(low, _ZERO, x)
    n = np.rint(x * _LOG2E)
    r = x - n * _LN2_HIGH
    r = r - n * _LN2_LOW
    p = _EXP32[0] * r + _EXP32[1]
    for c in _EXP32[2:]:
        p = p * r + c
    p = p * (r * r) + r
    return np.where(low, _ZERO, np.ldexp(p + _ONE, n.astype(np.int32)))


def sigmoid(x: F32) -> F32:
    """NUMERICS 3."""
    e = exp32(-np.abs(x))
    made: F32 = np.where(x >= 0, _ONE, e) / (_ONE + e)
    return made


def silu(x: F32) -> F32:
    """NUMERICS 3."""
    return x * sigmoid(x)


def gelu(x: F32) -> F32:
    """NUMERICS 3."""
    return x * sigmoid((np.float32(1.5957691216) * x) * (_ONE + np.float32(0.044715) * (x * x)))


def lanesum(rows: F32) -> F32:
    """NUMERICS 2, of each row of a (rows, n) array: (rows, 1)."""
    count, n = rows.shape
    s = np.zeros((count, 16), np.float32)
    for start in range(0, n, 16):
        lanes = rows[:, start : start + 16]
        s[:, : lanes.shape[1]] += lanes
    for half in (8, 4, 2, 1):
        s = s[:, :half] + s[:, half:]
    return s


def quantise(rows: F32) -> tuple[F32, F32]:
    """NUMERICS 4, of each row of a (.., n) array: whole numbers, kept as float32, and scales (.., 1).

    The clamp has nothing to do: `a * v` is at most 127 * (1 + 2^-23), which `rint` takes to 127.
    """
    a: F32 = np.maximum.reduce(np.abs(rows), axis=-1, keepdims=True)
    v = _TOP / a
    if np.isfinite(v).all() and np.isfinite(a).all():
        return np.rint(rows * v), a / _TOP
    if not np.isfinite(a).all():
        raise ArithmeticError("row is not finite")
    usable = np.isfinite(v)
    return np.rint(rows * np.where(usable, v, _ZERO)), np.where(usable, a / _TOP, _ZERO)


# From here on binary64, one value at a time: PREDICTORS 2.
_H, _L = 0.693147180369123816490, 1.90821492927058770002e-10
_ODD = [1 / n for n in range(21, 1, -2)]
_FACTORIALS = [1 / factorial(n) for n in range(13, -1, -1)]
_EDGE = 6.2e-6
root = sqrt


def log(x: float) -> float:
    m, e = frexp(x)
    if m < 0.70710678118654752440:
        m, e = 2 * m, e - 1
    t = (m - 1) / (m + 1)
    q, s = t * t, 0.0
    for c in _ODD:
        s = (s + c) * q
    return e * _H + (e * _L + (t * s + t) * 2)


def exp(x: float) -> float:
    n = round(x * 1.44269504088896338700)
    r = (x - n * _H) - n * _L
    s = _FACTORIALS[0]
    for c in _FACTORIALS[1:]:
        s = s * r + c
    return ldexp(s, n)


def exps(x: F64) -> F64:
    """`exp` of each value of an array."""
    n = np.rint(x * 1.44269504088896338700)
    r = (x - n * _H) - n * _L
    s = np.full_like(x, _FACTORIALS[0])
    for c in _FACTORIALS[1:]:
        s = s * r + c
    return np.ldexp(s, n.astype(np.int32))


def stretch(p: float) -> float:
    if p <= _EDGE:
        return -12.0
    return 12.0 if p >= 1 - _EDGE else log(p / (1 - p))


def squash(x: float) -> float:
    return 1 / (1 + exp(-min(12.0, max(-12.0, x))))
