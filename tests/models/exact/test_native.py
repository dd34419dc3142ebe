"""The native kernels give the reference's bits: every kernel, number of threads, grouping of rows and model form."""

import hashlib
import threading
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from nacomp.models.errors import KernelUnavailable, ModelError
from nacomp.models.exact import _kernels
from nacomp.models.exact.native_session import (
    NUMPY,
    NativeModel,
    NativeSession,
    available_kernels,
    native_problem,
)
from nacomp.models.exact.random_weights import Form, Rows, random_rows, random_weights
from nacomp.models.exact.reference import ReferenceModel, ReferenceSession
from nacomp.models.exact.weights import Matrix, Weights
from nacomp.models.protocol import ContextWindow, Session

Signs = NDArray[np.int8]

KERNELS = _kernels.available_kernels()
CONTEXT = ContextWindow(window=37, sinks=3)
FORM = Form(width=48, share=3, head_size=32, hidden=80, vocabulary=77)
SHAPES = {
    "1 row": [1] * 80,
    "2 rows": [2] * 40,
    "7 rows": [7] * 12,
    "64 rows": [64, 16],
    "mixed": [1, 2, 7, 64, 1, 5],
}


@cache
def weights_of(form: Form) -> Weights:
    return random_weights(form)


@cache
def model_of(form: Form, kernel: str, threads: int) -> NativeModel:
    return NativeModel(weights_of(form), kernel, threads)


def fed(session: Session, calls: Iterable[Rows]) -> str:
    """SHA-256 of all logits of these calls."""
    digest = hashlib.sha256()
    for rows in calls:
        digest.update(session.feed(rows.streams, rows.tokens, rows.want).tobytes())
    return digest.hexdigest()


def regrouped(rows: Rows, sizes: list[int]) -> list[Rows]:
    """The same rows in calls of other sizes."""
    ends = np.cumsum(sizes)
    return [
        Rows(rows.streams[e - n : e], rows.tokens[e - n : e], rows.want[e - n : e])
        for n, e in zip(sizes, ends.tolist(), strict=True)
        if e - n < len(rows.tokens)
    ]


@cache
def reference_hash(form: Form, streams: int, context: ContextWindow, rows: int, seed: int) -> str:
    session = ReferenceSession(ReferenceModel(weights_of(form)), streams, context)
    return fed(session, random_rows(form, streams, [rows], seed))


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_kernel_thread_count_and_grouping_gives_one_hash(kernel: str, threads: int, shape: str) -> None:
    sizes = SHAPES[shape]
    (rows,) = random_rows(FORM, 2, [80], seed=5)
    session = NativeSession(model_of(FORM, kernel, threads), 2, CONTEXT)
    assert fed(session, regrouped(rows, sizes)) == reference_hash(FORM, 2, CONTEXT, 80, 5)


FORMS = st.builds(
    Form,
    width=st.integers(1, 6).map(lambda n: 16 * n),
    kv_heads=st.integers(1, 3),
    share=st.integers(1, 6),
    head_size=st.sampled_from([16, 32, 48, 64, 128]),
    hidden=st.integers(1, 8).map(lambda n: 16 * n),
    layers=st.integers(1, 2),
    vocabulary=st.integers(2, 130),
    tied=st.booleans(),
    rotary=st.sampled_from([None, 8, 16]),
    sharpness=st.sampled_from([0.1, 2.0, 20.0]),
    magnitude=st.sampled_from([1e-36, 1.0, 1e30]),
    seed=st.integers(0, 1000),
    planes=st.booleans(),
    biases=st.booleans(),
    head_norms=st.booleans(),
    post_norms=st.booleans(),
    gelu=st.booleans(),
    embedding_scale=st.sampled_from([1.0, 8.0]),
    score_scale=st.sampled_from([0.0, 0.125]),
    local=st.integers(0, 2),
    span=st.sampled_from([0, 1, 5, 30, 100]),
)


@settings(max_examples=60, deadline=None)
@given(
    form=FORMS,
    kernel=st.sampled_from(KERNELS),
    threads=st.integers(1, 3),
    streams=st.integers(1, 4),
    context=st.tuples(st.integers(1, 40), st.integers(0, 39)).map(
        lambda w: ContextWindow(w[0], min(w[1], w[0] - 1))
    ),
    sizes=st.lists(st.integers(1, 64), min_size=1, max_size=4),
    seed=st.integers(0, 1000),
)
def test_any_model_and_rows_give_the_reference_bits(
    form: Form, kernel: str, threads: int, streams: int, context: ContextWindow, sizes: list[int], seed: int
) -> None:
    weights = random_weights(form)
    calls = random_rows(form, streams, sizes, seed)
    expected = fed(ReferenceSession(ReferenceModel(weights), streams, context), calls)
    found = fed(NativeSession(NativeModel(weights, kernel, threads), streams, context, max_rows=64), calls)
    assert found == expected


def largest_weights(form: Form) -> Weights:
    """A model whose int8 factors are all 127 or -127, with signs that agree for token 0: the largest sums there can be."""
    weights = random_weights(form)
    signs = np.where(weights.embedding.rows < 0, -1, 1).astype(np.int8)
    token = signs[0]

    def along(matrix: Matrix, inputs: Signs | None = None, outputs: Signs | None = None) -> Matrix:
        """Every row adds up; signs of its inputs and outputs, 1 by default."""
        count, width = matrix.rows.shape
        ones = np.ones(max(count, width), np.int8)
        left, right = ones[:count] if outputs is None else outputs, ones[:width] if inputs is None else inputs
        return Matrix(np.outer(left, right) * np.int8(127), np.full(count, 1e-4, np.float32))

    largest = [
        replace(
            layer,
            attn_norm=np.ones_like(layer.attn_norm),
            attn_q=along(layer.attn_q, token),
            attn_k=along(layer.attn_k, token),
            attn_v=along(layer.attn_v, token),
            attn_output=along(layer.attn_output, outputs=token),
            ffn_norm=np.ones_like(layer.ffn_norm),
            ffn_gate=along(layer.ffn_gate, token),
            ffn_up=along(layer.ffn_up, token),
            ffn_down=along(layer.ffn_down, outputs=token),
        )
        for layer in weights.layers
    ]
    embedding = Matrix(signs * np.int8(127), np.full(form.vocabulary, 0.01, np.float32))
    return replace(
        weights,
        rope_steps=np.zeros_like(weights.rope_steps),
        embedding=embedding,
        output=embedding,
        layers=tuple(largest),
        output_norm=np.ones_like(weights.output_norm),
    )


@pytest.mark.parametrize("kernel", KERNELS)
def test_largest_sums_do_not_saturate(kernel: str) -> None:
    weights = largest_weights(FORM)
    calls = [Rows(np.zeros(n, np.int32), np.zeros(n, np.int32), np.ones(n, np.bool_)) for n in (1, 4, 64)]
    expected = ReferenceSession(ReferenceModel(weights), 1, CONTEXT)
    found = NativeSession(NativeModel(weights, kernel, 1), 1, CONTEXT)
    for rows in calls:
        right = expected.feed(rows.streams, rows.tokens, rows.want)
        assert np.array_equal(found.feed(rows.streams, rows.tokens, rows.want), right)
        # The embedding's own row gives the sum of |x|, which no saturated product reaches.
        assert np.allclose(right[:, 0], FORM.width * 127 * 0.01, rtol=1e-4)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("place", ["ffn_down", "attn_v", "output"])
def test_overflowing_model_is_refused_by_both(kernel: str, place: str) -> None:
    broken = with_overflow(weights_of(FORM), place)
    calls = random_rows(FORM, 1, [4], seed=1)
    for session in (
        ReferenceSession(ReferenceModel(broken), 1, CONTEXT),
        NativeSession(NativeModel(broken, kernel), 1, CONTEXT),
    ):
        with pytest.raises(ModelError, match="overflow"):
            fed(session, calls)


def with_overflow(weights: Weights, place: str) -> Weights:
    """This model with products that overflow in one place: a matrix of the first layer, or the output."""
    if place == "output":
        return replace(weights, output=overflowing(weights.output))
    first = weights.layers[0]
    layer = replace(
        first,
        ffn_down=overflowing(first.ffn_down) if place == "ffn_down" else first.ffn_down,
        attn_v=overflowing(first.attn_v) if place == "attn_v" else first.attn_v,
    )
    return replace(weights, layers=(layer, *weights.layers[1:]))


def overflowing(matrix: Matrix) -> Matrix:
    """A matrix whose products overflow float32."""
    return Matrix(matrix.rows, np.full_like(matrix.scales, 3e38))


def test_session_is_of_no_use_after_an_overflow() -> None:
    weights = weights_of(FORM)
    session = NativeSession(NativeModel(replace(weights, output=overflowing(weights.output))), 1, CONTEXT)
    (rows,) = random_rows(FORM, 1, [1], seed=2)
    for want in ([True], [False]):
        with pytest.raises(ModelError, match="overflow"):
            session.feed(rows.streams, rows.tokens, np.array(want))


def test_sessions_of_several_python_threads_share_one_model() -> None:
    model = model_of(FORM, "", 3)
    calls = random_rows(FORM, 2, [5, 1, 7, 2, 64, 3] * 4, seed=3)
    expected = fed(NativeSession(model_of(FORM, "scalar", 1), 2, CONTEXT), calls)
    found: list[str] = []
    threads = [
        threading.Thread(target=lambda: found.append(fed(NativeSession(model, 2, CONTEXT), calls)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4


def test_rows_without_wanted_logits_are_fed() -> None:
    (rows,) = random_rows(FORM, 2, [40], seed=4)
    whole = NativeSession(model_of(FORM, "", 1), 2, CONTEXT)
    unwanted = NativeSession(model_of(FORM, "", 1), 2, CONTEXT)
    last = np.arange(40) == 39
    expected = whole.feed(rows.streams, rows.tokens, np.ones(40, np.bool_))[-1:].copy()
    assert unwanted.feed(rows.streams[:39], rows.tokens[:39], np.zeros(39, np.bool_)).shape == (
        0,
        FORM.vocabulary,
    )
    np.testing.assert_array_equal(unwanted.feed(rows.streams[39:], rows.tokens[39:], last[39:]), expected)


@pytest.mark.parametrize(
    ("streams", "tokens", "message"),
    [([2], [0], "no stream"), ([-1], [0], "no stream"), ([0], [77], "no token"), ([0], [-1], "no token")],
)
def test_row_out_of_range_is_refused(streams: list[int], tokens: list[int], message: str) -> None:
    session = NativeSession(model_of(FORM, "", 1), 2, CONTEXT)
    with pytest.raises(ValueError, match=message):
        session.feed(np.array(streams, np.int32), np.array(tokens, np.int32), np.array([True]))


@pytest.mark.parametrize("scale", [np.nan, np.inf, -1.0])
def test_scales_that_quantising_never_gives_are_refused(scale: float) -> None:
    """The bound that spares a scan of the logits holds for finite scales that are not negative."""
    core, rows = NativeModel(weights_of(FORM)).core, np.zeros((FORM.vocabulary, FORM.width), np.int8)
    scales = np.ones(FORM.vocabulary, np.float32)
    scales[-1] = scale
    with pytest.raises(ValueError, match="finite and not negative"):
        core.set_matrix("output", 0, rows, scales)
    with pytest.raises(ValueError, match="finite and not negative"):
        core.set_embedding(rows, scales)


def test_more_rows_than_the_ring_has_room_for_are_refused() -> None:
    session = NativeSession(model_of(FORM, "", 1), 1, CONTEXT, max_rows=8)
    with pytest.raises(ValueError, match="more rows"):
        session.feed(np.zeros(9, np.int32), np.zeros(9, np.int32), np.ones(9, np.bool_))


def test_weights_are_held_once() -> None:
    """Packing adds only padding: scales, and columns up to the next multiple of 32."""
    weights = weights_of(FORM)
    matrices = [m for layer in weights.layers for m in vars(layer).values() if isinstance(m, Matrix)]
    plain = sum(m.rows.nbytes + m.scales.nbytes for m in (*matrices, weights.output))
    assert plain <= model_of(FORM, "", 1).bytes < 1.5 * plain


def test_kernel_that_this_build_lacks_is_refused() -> None:
    with pytest.raises(KernelUnavailable, match=r"available: .*numpy"):
        NativeModel(weights_of(FORM), "mmx")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"head_size": 24}, "head size"),
        ({"width": 40}, "embedding width"),
        ({"hidden": 40}, "feed-forward width"),
    ],
)
def test_shape_that_only_numpy_can_run_is_said(change: dict[str, Any], reason: str) -> None:
    shape = replace(weights_of(FORM).shape, **change)
    problem = native_problem(shape)
    assert problem is not None
    assert reason in problem


def test_numpy_is_always_the_last_resort() -> None:
    assert available_kernels() == [*KERNELS, NUMPY]
    assert KERNELS[-1] == "scalar"
