"""The exponential of the exact arithmetic: right to the last places, and the same bits as when it was written down."""

import hashlib

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from nacomp.models.exp32 import exp32
from tests.models.exact import transcription

# The same with numpy's AVX-512, AVX2 and SSE loops; another value would need another numerics id.
EXP_SHA256 = "3daeca1a62c5621380b23bd2e34958be17253c3f0aa614e542c2586765535d7c"


def grid() -> NDArray[np.float32]:
    """-88..0 in steps of 2^-12, exact in float32."""
    return (np.arange(-88 * 4096, 1, dtype=np.int32) * 2.0**-12).astype(np.float32)


def test_exp32_is_within_two_units_of_the_last_place() -> None:
    x = grid()
    x = x[x >= -87]
    truth = np.exp(x.astype(np.float64))
    error = np.abs(exp32(x) - truth) / np.spacing(truth.astype(np.float32))
    assert error.max() < 2


def test_exp32_at_its_ends() -> None:
    x = np.array([0, -0.0, -87, np.nextafter(np.float32(-87), np.float32(-88)), -1e30, -np.inf], np.float32)
    found = exp32(x)
    assert found[:2].tolist() == [1, 1]
    assert found[2] > 0
    assert found[3:].tobytes() == bytes(12)


def test_exp32_bits_are_recorded() -> None:
    assert hashlib.sha256(exp32(grid()).astype("<f4").tobytes()).hexdigest() == EXP_SHA256


@given(st.floats(-1e4, 0, width=32))
def test_exp32_is_the_written_steps(x: float) -> None:
    assert exp32(np.array([x], np.float32))[0] == transcription.exp32(np.float32(x))
