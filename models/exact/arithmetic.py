"""The arithmetic of `formats/NUMERICS.md`, sections 2 and 4 to 7, on whole arrays.

The lowest step of the reference engine, and the judge of every native kernel. Only elementwise IEEE operations and
provably exact integer sums are used: numpy's own `exp`, `sum` and `dot` lost because their last bits depend on the
CPU and the number of threads. Integer products ride on float32 BLAS, which is exact while every partial sum stays
below 2^24 whatever its order; numpy's integer `@` lost because it is 40 times slower.
"""

import decimal

import numpy as np
from numpy.typing import NDArray

from nacomp.formats.records import dataclass
from nacomp.models.exp32 import exp32

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Turns = NDArray[np.uint64]

LANES = 16
INT8_MOST = np.float32(127)
EXACT_DEPTH = 1040
"""Longest sum of int8 products that float32 holds exactly: 1,040 x 127 x 127 < 2^24."""

ONE = np.float32(1)
GELU_SLOPE, GELU_BEND = np.float32(1.5957691216), np.float32(0.044715)
"""2 sqrt(2/pi), and the cubic term of GELU's tanh form."""

TWO_PI = decimal.Decimal("6.283185307179586476925286766559005768394338798750211641949889")
QUARTER_TURN = 1.5707963267948966
SIN_TERMS = (-1 / 39916800, 1 / 362880, -1 / 5040, 1 / 120, -1 / 6, 1.0)
COS_TERMS = (1 / 479001600, -1 / 3628800, 1 / 40320, -1 / 720, 1 / 24, -1 / 2, 1.0)


def lane_sum(x: Floats) -> Floats:
    """Sum over the last axis in the fixed order of section 2: (..., n) -> (...).

    The tail is padded with +0.0, which changes no lane: a lane starts at +0.0 and so is never -0.0.
    """
    depth = -(-x.shape[-1] // LANES)
    padded = np.zeros((*x.shape[:-1], depth * LANES), np.float32)
    padded[..., : x.shape[-1]] = x
    blocks = padded.reshape(*x.shape[:-1], depth, LANES)
    lanes = np.zeros((*x.shape[:-1], LANES), np.float32)
    for i in range(depth):
        lanes += blocks[..., i, :]
    for half in (8, 4, 2, 1):
        lanes = lanes[..., :half] + lanes[..., half:]
    return lanes[..., 0]


def sigmoid(x: Floats) -> Floats:
    """1 / (1 + exp(-x)), elementwise, from exp32."""
    e = exp32(-np.abs(x))
    y: Floats = np.where(x >= 0, ONE, e)
    y /= ONE + e
    return y


def gelu(x: Floats) -> Floats:
    """x * sigmoid(2 sqrt(2/pi) (x + 0.044715 x^3)), elementwise: the tanh form of GELU, section 6."""
    y: Floats = x * sigmoid((GELU_SLOPE * x) * (ONE + GELU_BEND * (x * x)))
    return y


def silu(x: Floats) -> Floats:
    """x * sigmoid(x), elementwise."""
    y: Floats = x * sigmoid(x)
    return y


def quantise(x: Floats) -> tuple[Floats, Floats]:
    """Rows to int8 with one scale each: (..., n) -> integers in -127..127 kept as float32 (..., n), scales (...).

    Raises OverflowError if a row holds an infinity or NaN.
    """
    most = np.abs(x).max(axis=-1)
    if not np.isfinite(most).all():
        raise OverflowError("a row to be quantised is not finite")
    with np.errstate(divide="ignore", over="ignore"):
        inverse = INT8_MOST / most
    usable = np.isfinite(inverse)
    inverse = np.where(usable, inverse, np.float32(0))
    scales = np.where(usable, most / INT8_MOST, np.float32(0))
    rows = x * inverse[..., None]
    np.rint(rows, out=rows)
    np.clip(rows, -INT8_MOST, INT8_MOST, out=rows)
    rows += np.float32(0)  # -0.0 becomes +0.0, so that a row is the same as after a stay in int8
    return rows, scales


Quantised = tuple[Floats, Floats]
"""What `quantise` gives: integers and scales."""


def in_planes(x: Floats, second: bool) -> tuple[Quantised, ...]:
    """Rows (row, n) quantised, and with a `second` plane what that left, quantised in turn: section 5."""
    q, s = quantise(x)
    return ((q, s), quantise(x - q * s[:, None])) if second else ((q, s),)


@dataclass(frozen=True)
class IntegerMatrix:
    """A weight matrix for exact products: integers as float32 for BLAS.

    Attributes:
        rows: (output, input) integers in -127..127.
        scales: (output,) what one step of each row is worth.
    """

    rows: Floats
    scales: Floats

    def product(self, planes: tuple[Quantised, ...]) -> Floats:
        """Quantised rows times the matrix, section 5: planes of q (row, input), s (row,) -> (row, output)."""
        first, *rest = (self._product(q, s) for q, s in planes)
        for y in rest:
            first += y
        return first

    def _product(self, q: Floats, s: Floats) -> Floats:
        y = exact_product(q, self.rows.T)
        y *= s[:, None]
        y *= self.scales
        return y


def exact_product(a: Floats, b: Floats) -> Floats:
    """int8-valued matrices, (..., m, k) @ (..., k, n), the exact sums rounded once to float32."""
    depth = a.shape[-1]
    if depth <= EXACT_DEPTH:
        exact: Floats = np.matmul(a, b)
        return exact
    total = np.zeros((*a.shape[:-1], b.shape[-1]), np.float64)
    for k in range(0, depth, EXACT_DEPTH):
        total += np.matmul(a[..., k : k + EXACT_DEPTH], b[..., k : k + EXACT_DEPTH, :])
    return total.astype(np.float32)


def rope_steps(
    dimensions: int, theta: float, factors: list[float] | None = None, stretch: float = 1.0
) -> Turns:
    """Section 7: how far pair i turns per position, in units of 2^-64 of a full turn: (dimensions / 2,) uint64.

    `stretch` makes all of them turn so many times slower.
    """
    with decimal.localcontext(decimal.Context(prec=50)) as context:
        steps = []
        for i in range(dimensions // 2):
            frequency = context.power(decimal.Decimal(theta), decimal.Decimal(-2 * i) / dimensions)
            turn = (
                frequency / TWO_PI / decimal.Decimal(factors[i] if factors else 1) / decimal.Decimal(stretch)
            )
            steps.append(int((turn * 2**64).to_integral_value(decimal.ROUND_HALF_EVEN)) % 2**64)
    return np.array(steps, np.uint64)


def rope_angles(steps: Turns, positions: NDArray[np.uint64]) -> tuple[Floats, Floats]:
    """(position,) -> cosines and sines (position, pair) of the turns at these positions."""
    turns = positions[:, None] * steps  # modulo 2^64, as uint64 wraps
    z = (turns >> np.uint64(32)).astype(np.uint32).view(np.int32) * np.float64(2.0**-30)
    n = np.rint(z)
    a = (z - n) * QUARTER_TURN
    b = a * a
    sine, cosine = a * _horner(b, SIN_TERMS), _horner(b, COS_TERMS)
    quarter = n.astype(np.int32) & 3
    cosines = np.choose(quarter, (cosine, -sine, -cosine, sine))
    sines = np.choose(quarter, (sine, cosine, -sine, -cosine))
    return cosines.astype(np.float32), sines.astype(np.float32)


def _horner(b: Doubles, terms: tuple[float, ...]) -> Doubles:
    total = np.full_like(b, terms[0])
    for term in terms[1:]:
        total = term + b * total
    return total


def rotate(x: Floats, cosines: Floats, sines: Floats) -> Floats:
    """Rotate pairs (2i, 2i+1) of each head: x (row, head, size), angles (row, pair); dimensions past R stay."""
    y = x.copy()
    size = 2 * cosines.shape[-1]
    even, odd = x[..., 0:size:2], x[..., 1:size:2]
    c, s = cosines[:, None], sines[:, None]
    y[..., 0:size:2] = even * c - odd * s
    y[..., 1:size:2] = even * s + odd * c
    return y


def rms_norm(x: Floats, weight: Floats, epsilon: np.float32) -> Floats:
    """Section 6: rows scaled to unit root mean square, then by `weight`: (row, width) -> (row, width)."""
    mean = lane_sum(x * x) / np.float32(x.shape[-1])
    factor = ONE / np.sqrt(mean + epsilon)
    y: Floats = x * factor[:, None]
    y *= weight
    return y
