"""Probabilities as integers and their logistic domain, ln(p / (1 - p)) * 256 (formats/MIXING.md, section 2)."""

BITS = 22
ONE = 1 << BITS
"""Probabilities that a bit is 1 are in units of 2^-22."""
LIMIT = 3071
"""The logistic domain goes from -LIMIT to LIMIT."""
MASK = 0xFFFFFFFF
GOLDEN = 0x9E3779B1
"""2^32 divided by the golden ratio, odd."""
_APART = 0x27D4EB2F
"""Odd: without it two small values go into a hash as their exclusive or, which many pairs share."""
_ODDS_FACTOR = 45426
"""256 ln 2, 2^-8."""
_RATIO = 4278222805
"""2^32 * e^(-1/256), rounded."""


def _squash_table() -> list[int]:
    power, below = 1 << 32, []
    for _ in range(LIMIT + 1):
        below.append((power << BITS) // ((1 << 32) + power))
        power = (power * _RATIO + (1 << 31)) >> 32
    return [*reversed(below[1:]), ONE - below[0], *(ONE - p for p in below[1:])]


def _stretch_table() -> list[int]:
    found, x = [], -LIMIT
    for p in range(4096):
        while x < LIMIT and _SQUASH[x + LIMIT] < (2 * p + 1) << 9:
            x += 1
        found.append(x)
    return found


_SQUASH = _squash_table()
_STRETCH = _stretch_table()


def clamp(x: int) -> int:
    """Within the logistic domain."""
    return max(-LIMIT, min(LIMIT, x))


def squash(x: int) -> int:
    """The probability behind a point of the logistic domain, 2^-22."""
    return _SQUASH[clamp(x) + LIMIT]


def stretch(p: int) -> int:
    """The point of a probability of 22 bits."""
    return _STRETCH[p >> 10]


def odds(p: int, bits: int) -> int:
    """The point of a probability of so many bits, with logarithms by straight lines between the powers of two."""
    one = 2 * p + 1
    return (((_log2(one) - _log2((2 << bits) - one)) >> 12) * _ODDS_FACTOR) >> 19


def _log2(q: int) -> int:
    """2^-23: what a float of 32 bits holds beside its bias, so that a processor's conversion gives it."""
    exponent = q.bit_length() - 1
    return (exponent << 23) + ((q - (1 << exponent)) << (23 - exponent))


def combine(value: int, other: int) -> int:
    """One step of the hash that contexts are made of."""
    value = (value * _APART ^ other) * GOLDEN & MASK
    return value ^ value >> 15
