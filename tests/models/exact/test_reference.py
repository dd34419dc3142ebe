"""The reference engine is NUMERICS.md word by word, whatever way the rows are grouped."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from nacomp.models.errors import ModelError
from nacomp.models.exact.reference import ReferenceModel, ReferenceSession
from nacomp.models.exact.weights import Matrix, Weights, load_weights
from nacomp.models.library.gguf_file import open_gguf
from nacomp.models.protocol import ContextWindow
from tests.models.exact.transcription import Stream
from tests.models.tiny_gguf import TinyModel, write_tiny_gguf

MICRO = TinyModel(layers=2, width=16, heads=2, kv_heads=1, hidden=24, vocabulary=257)
LONG_ROWS = TinyModel(layers=1, width=16, heads=1, kv_heads=1, hidden=2200)
Logits = NDArray[np.float32]


@cache
def load(model: TinyModel) -> Weights:
    with TemporaryDirectory() as folder, open_gguf(write_tiny_gguf(Path(folder, "m.gguf"), model)) as file:
        return load_weights(file)


def tokens(count: int, seed: int = 0, vocabulary: int = 257) -> NDArray[np.int32]:
    return np.random.default_rng(seed).integers(0, vocabulary, count).astype(np.int32)


def run(model: TinyModel, context: ContextWindow, streams: NDArray[np.int32], rows: list[int]) -> Logits:
    """Logits of one token per entry of `streams`, fed in calls of these many rows over and over."""
    session = ReferenceSession(ReferenceModel(load(model)), int(streams.max()) + 1, context)
    fed = np.concatenate([tokens(int((streams == s).sum()), s) for s in range(session.streams)])
    order = np.argsort(np.argsort(streams, kind="stable"), kind="stable")
    found = []
    for part in cuts(len(streams), rows):
        want = np.ones(part.stop - part.start, np.bool_)
        found.append(session.feed(streams[part], fed[order][part], want).copy())
    return np.concatenate(found)


def cuts(total: int, rows: list[int]) -> Iterator[slice]:
    begin = 0
    while begin < total:
        for count in rows:
            if begin < total:
                yield slice(begin, min(total, begin + count))
                begin += count


def digest(logits: Logits) -> str:
    return hashlib.sha256(logits.tobytes()).hexdigest()


@pytest.mark.parametrize("sinks", [0, 1, 3])
def test_is_the_written_arithmetic_past_the_window(sinks: int) -> None:
    context = ContextWindow(8, sinks)
    stream = Stream(load(MICRO), context)
    expected = np.stack([stream.feed(t) for t in tokens(20).tolist()])
    found = run(MICRO, context, np.zeros(20, np.int32), [7])
    assert digest(found) == digest(expected)


@pytest.mark.parametrize(
    "model",
    [
        TinyModel(layers=1, width=12, heads=2, kv_heads=2, hidden=20, vocabulary=257, tied=False),
        TinyModel(layers=1, width=16, heads=4, kv_heads=1, head_size=6, hidden=8, vocabulary=257),
        TinyModel(layers=1, width=16, heads=2, kv_heads=1, hidden=1100, vocabulary=257, rope_factors=True),
    ],
)
def test_other_shapes_are_the_written_arithmetic(model: TinyModel) -> None:
    stream = Stream(load(model), ContextWindow(4, 1))
    expected = np.stack([stream.feed(t) for t in tokens(6).tolist()])
    assert digest(run(model, ContextWindow(4, 1), np.zeros(6, np.int32), [6])) == digest(expected)


def test_grouping_of_rows_changes_no_bit() -> None:
    context, streams = ContextWindow(50, 4), np.zeros(130, np.int32)
    hashes = {digest(run(TinyModel(), context, streams, rows)) for rows in ([1], [7], [64], [1, 100, 3])}
    assert len(hashes) == 1


@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_any_shape_and_any_interleaving_gives_each_stream_its_own_bits(data: st.DataObject) -> None:
    kv_heads, share = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 3))
    model = TinyModel(
        layers=data.draw(st.integers(1, 2)),
        width=data.draw(st.integers(1, 40)),
        heads=kv_heads * share,
        kv_heads=kv_heads,
        head_size=2 * data.draw(st.integers(1, 8)),
        hidden=data.draw(st.integers(1, 40)),
        vocabulary=257,
        tied=data.draw(st.booleans()),
    )
    window = data.draw(st.integers(1, 20))
    context = ContextWindow(window, data.draw(st.integers(0, window - 1)))
    streams = np.array(data.draw(st.lists(st.integers(0, 3), min_size=1, max_size=60)), np.int32)
    rows = data.draw(st.lists(st.integers(1, 40), min_size=1, max_size=4))
    found = run(model, context, streams, rows)
    for stream in np.unique(streams).tolist():
        session = ReferenceSession(ReferenceModel(load(model)), 1, context)
        one, zero = np.ones(1, np.bool_), np.zeros(1, np.int32)
        fed = tokens(int((streams == stream).sum()), stream)
        alone = np.concatenate([session.feed(zero, fed[i : i + 1], one) for i in range(len(fed))])
        assert digest(found[streams == stream]) == digest(alone)


def test_only_wanted_rows_come_back() -> None:
    model, context = ReferenceModel(load(TinyModel())), ContextWindow(16, 0)
    streams, fed = np.array([0, 1, 0, 1, 0], np.int32), tokens(5)
    every = ReferenceSession(model, 2, context).feed(streams, fed, np.ones(5, np.bool_))
    want = np.array([False, True, False, False, True])
    some = ReferenceSession(model, 2, context).feed(streams, fed, want)
    np.testing.assert_array_equal(some, every[want])
    assert ReferenceSession(model, 2, context).feed(streams, fed, ~want & want).shape == (0, 300)


def test_blas_threads_change_no_bit() -> None:
    """Rows long enough that OpenBLAS cuts them among its threads."""
    code = (
        "import numpy as np; from tests.models.exact.test_reference import *; "
        "print(digest(run(LONG_ROWS, ContextWindow(64, 4), np.zeros(128, np.int32), [64])))"
    )
    shown = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "OPENBLAS_NUM_THREADS": threads},
            cwd=Path(__file__).parents[3],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in ("1", "2")
    }
    assert shown == {digest(run(LONG_ROWS, ContextWindow(64, 4), np.zeros(128, np.int32), [5])) + "\n"}


@pytest.mark.parametrize("names", [("ffn_gate", "ffn_up"), ("attn_q", "attn_k"), ("attn_v", "attn_output")])
def test_overflow_in_a_layer_is_an_error_not_a_number(names: tuple[str, ...]) -> None:
    weights = load(MICRO)
    huge: dict[str, Any] = {
        n: Matrix(getattr(weights.layers[0], n).rows, np.full_like(scales(weights, n), 1e35)) for n in names
    }
    changed = replace(weights, layers=(replace(weights.layers[0], **huge), *weights.layers[1:]))
    assert_overflows(changed)


def test_overflow_of_a_logit_is_an_error_not_a_number() -> None:
    weights = load(MICRO)
    assert_overflows(replace(weights, output=Matrix(weights.output.rows, np.full(257, 1e38, np.float32))))


def scales(weights: Weights, name: str) -> Logits:
    """Scales of one matrix of the first layer, (output,)."""
    found: Logits = getattr(weights.layers[0], name).scales
    return found


def assert_overflows(weights: Weights) -> None:
    session = ReferenceSession(ReferenceModel(weights), 1, ContextWindow(8, 0))
    with pytest.raises(ModelError, match="overflow"):
        session.feed(np.zeros(4, np.int32), tokens(4), np.ones(4, np.bool_))


def test_too_many_rows_are_a_programming_error() -> None:
    with pytest.raises(ValueError, match="257 rows"):
        run(MICRO, ContextWindow(8, 0), np.zeros(257, np.int32), [257])
