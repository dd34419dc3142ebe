"""The exponential of single floats that language model and predictors share (formats/NUMERICS.md, section 3).

`models/native/exp32-inl.h` is its native twin. numpy's own `exp` lost, because its last bits depend on the processor.
"""

import numpy as np
from numpy.typing import NDArray

LOWEST_EXPONENT = np.float32(-87)
LOG2_E = np.float32(1.44269504)
LN2_HIGH, LN2_LOW = np.float32(0.693359375), np.float32(-2.12194440e-4)
TERMS = tuple(
    np.float32(c)
    for c in (
        1.9875691500e-4,
        1.3981999507e-3,
        8.3334519073e-3,
        4.1665795894e-2,
        1.6666665459e-1,
        5.0000001201e-1,
    )
)


def exp32(x: NDArray[np.float32]) -> NDArray[np.float32]:
    """exp(x) elementwise for x <= 0, within 2 units in the last place; +0.0 below -87. Method: Cephes `expf`."""
    r = np.maximum(x, LOWEST_EXPONENT)
    n = np.rint(r * LOG2_E)
    r -= n * LN2_HIGH
    r -= n * LN2_LOW
    p = np.full_like(r, TERMS[0])
    for term in TERMS[1:]:
        p *= r
        p += term
    p *= r * r
    p += r
    p += np.float32(1)
    exponent = n.astype(np.int32)
    exponent <<= 23
    bits = p.view(np.int32)
    bits += exponent  # p is normal and stays so: 2^n moves the exponent field alone
    p *= x >= LOWEST_EXPONENT
    return p
