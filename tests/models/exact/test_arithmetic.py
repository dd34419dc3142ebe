"""The exact operations: right to the last place, and the same bits as when they were written down."""

import hashlib
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from numpy.typing import NDArray

from nacomp.models.exact import arithmetic
from tests.models.exact import transcription
from tests.models.test_exp32 import grid

FINITE = st.floats(-1e4, 1e4, width=32)
# The same with numpy's AVX-512, AVX2 and SSE loops; another value would need another numerics id.
SIGMOID_SHA256 = "5d2223501016fb5228de8b2850b2e3d173326e7dae8513e1d71a29eb1b4228ab"
ANGLES_SHA256 = "597e7363195d236b3f3ddbc09aa427db75b6cd69d92f4d3809ede1bce19988f3"


def digest(*arrays: NDArray[np.float32]) -> str:
    return hashlib.sha256(b"".join(a.astype("<f4").tobytes() for a in arrays)).hexdigest()


def rows(most: int = 40) -> st.SearchStrategy[NDArray[np.float32]]:
    return npst.arrays(np.float32, st.integers(1, most), elements=FINITE)


def test_sigmoid_bits_are_recorded() -> None:
    x = grid()
    assert digest(arithmetic.sigmoid(x), arithmetic.sigmoid(-x)) == SIGMOID_SHA256


@given(FINITE)
def test_sigmoid_is_the_written_steps(x: float) -> None:
    row = np.array([x], np.float32)
    assert arithmetic.sigmoid(row)[0] == transcription.sigmoid(row[0])


@given(rows(100))
def test_lane_sum_is_the_written_order(x: NDArray[np.float32]) -> None:
    found = arithmetic.lane_sum(np.stack([x, -x]))
    assert found.tobytes() == np.array([transcription.lane_sum(x), transcription.lane_sum(-x)]).tobytes()


def test_lane_sum_of_no_rows() -> None:
    assert arithmetic.lane_sum(np.empty((0, 20), np.float32)).shape == (0,)


@given(rows())
def test_quantise_is_the_written_steps(x: NDArray[np.float32]) -> None:
    q, s = arithmetic.quantise(x[None])
    expected, scale = transcription.quantise(x)
    assert q[0].tolist() == expected
    assert s.tobytes() == scale.tobytes()
    assert not np.signbit(q[q == 0]).any()


@pytest.mark.parametrize("most", [0.0, 1e-45, 3e-37])
def test_quantise_makes_nothing_of_next_to_nothing(most: float) -> None:
    q, s = arithmetic.quantise(np.full((1, 3), most, np.float32))
    assert not q.any()
    assert s.tobytes() == bytes(4)


@pytest.mark.parametrize("bad", [np.inf, -np.inf, np.nan])
def test_quantise_refuses_what_is_not_finite(bad: float) -> None:
    with pytest.raises(OverflowError):
        arithmetic.quantise(np.array([[1, 2], [bad, 3]], np.float32))


@pytest.mark.parametrize("depth", [1, 1040, 1041, 5000])
def test_products_are_exact_at_the_extremes(depth: int) -> None:
    random = np.random.default_rng(depth)
    a = random.choice([-127, 127], (5, depth)).astype(np.float32)
    b = np.concatenate([a[:1], -a[:1], random.integers(-127, 128, (30, depth))]).astype(np.float32)
    expected = (a.astype(np.int64) @ b.T.astype(np.int64)).astype(np.float32)
    assert expected[0, 0] == np.float32(127 * 127 * depth)
    np.testing.assert_array_equal(arithmetic.exact_product(a, b.T), expected)


def test_rope_steps_of_the_first_pair_is_a_radian() -> None:
    steps = arithmetic.rope_steps(8, 10_000.0)
    assert steps[0] == round(2**63 / math.pi) or abs(int(steps[0]) - 2**63 / math.pi) < 2**12
    assert arithmetic.rope_steps(8, 10_000.0, [2.0] * 4)[0] == int(steps[0]) // 2 + int(steps[0]) % 2


@pytest.mark.parametrize("theta", [10_000.0, 100_000.0, 500_000.0])
def test_rope_angles_are_right_and_recorded(theta: float) -> None:
    positions = np.array([0, 1, 2, 100, 4095, 300_000], np.uint64)
    cosines, sines = arithmetic.rope_angles(arithmetic.rope_steps(64, theta), positions)
    angles = positions[:, None].astype(np.float64) * theta ** (-np.arange(32) / 32)
    np.testing.assert_allclose(cosines, np.cos(angles), atol=1e-7)
    np.testing.assert_allclose(sines, np.sin(angles), atol=1e-7)


def test_rope_angle_bits_are_recorded() -> None:
    positions = np.arange(0, 5000, 7).astype(np.uint64)
    assert digest(*arithmetic.rope_angles(arithmetic.rope_steps(64, 100_000.0), positions)) == ANGLES_SHA256


@given(position=st.integers(0, 2**24), pair=st.integers(0, 15))
def test_rope_is_the_written_steps(position: int, pair: int) -> None:
    steps = arithmetic.rope_steps(32, 10_000.0)
    found = arithmetic.rope_angles(steps[pair : pair + 1], np.array([position], np.uint64))
    assert (found[0][0, 0], found[1][0, 0]) == transcription.angle(int(steps[pair]), position)


@settings(max_examples=50)
@given(rows(), st.integers(0, 2**32 - 1))
def test_rms_norm_is_the_written_steps(x: NDArray[np.float32], seed: int) -> None:
    weight = np.random.default_rng(seed).normal(size=len(x)).astype(np.float32)
    epsilon = np.float32(1e-5)
    found = arithmetic.rms_norm(x[None], weight, epsilon)
    assert found[0].tobytes() == transcription.rms_norm(x, weight, epsilon).tobytes()
