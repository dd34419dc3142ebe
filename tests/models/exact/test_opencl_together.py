"""Blocks whose rows share launches on a device get the bits that each would get alone."""

import gc
import threading
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from nacomp.models.errors import ModelError
from nacomp.models.exact.opencl import pace
from nacomp.models.exact.opencl.pace import FIRST_ROWS, LEAST_ROWS, MOST_ROWS, Pace
from nacomp.models.exact.opencl.programs import program_of
from nacomp.models.exact.random_weights import Form, Rows, random_rows, random_weights
from nacomp.models.exact.reference import ReferenceModel, ReferenceSession
from nacomp.models.exact.weights import Weights
from nacomp.models.protocol import FloatRows
from tests.models.exact.opencl_devices import device, need_devices
from tests.models.exact.test_native import CONTEXT, FORM

need_devices()

from nacomp.models.exact.opencl import chain  # noqa: E402 - after the skip
from nacomp.models.exact.opencl.model import DeviceModel  # noqa: E402
from nacomp.models.exact.opencl.session import DeviceSession  # noqa: E402

WEIGHTS = random_weights(FORM)
STREAMS = (1, 3, 2, 4)
"""Of four blocks."""


def model_on(number: int = 1, weights: Weights = WEIGHTS) -> DeviceModel:
    return DeviceModel(weights, program_of(device(number)))


def calls_of(block: int, sizes: list[int]) -> list[Rows]:
    return random_rows(FORM, STREAMS[block], sizes, seed=block)


def alone(block: int, sizes: list[int]) -> list[FloatRows]:
    """What the reference gives for the calls of a block."""
    session = ReferenceSession(ReferenceModel(WEIGHTS), STREAMS[block], CONTEXT)
    return [session.feed(r.streams, r.tokens, r.want).copy() for r in calls_of(block, sizes)]


def fed_at_once(sessions: list[DeviceSession], calls: list[Rows]) -> list[FloatRows]:
    """A call of each session. All of them lie there before anyone gets the turn."""
    together = sessions[0]._together
    results: dict[int, FloatRows] = {}

    def feed(block: int) -> None:
        rows = calls[block]
        results[block] = sessions[block].feed(rows.streams, rows.tokens, rows.want)

    threads = [threading.Thread(target=feed, args=(block,)) for block in range(len(sessions))]
    with together._turn:
        for count, thread in enumerate(threads, 1):
            thread.start()
            while len(together._waiting) < count and thread.is_alive():
                thread.join(0.001)
    for thread in threads:
        thread.join()
    return [results[block] for block in range(len(sessions))]


def launches_of(session: DeviceSession, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Rows of each launch from now on."""
    seen: list[int] = []
    launch: Callable[..., object] = session._together._chain.launch

    def counted(streams: np.ndarray, *others: object) -> object:
        seen.append(len(streams))
        return launch(streams, *others)

    monkeypatch.setattr(session._together._chain, "launch", counted)
    return seen


@pytest.mark.parametrize("number", [1, 2])
def test_streams_of_several_blocks_share_a_launch(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    model, sizes = model_on(number), [4, 9, 40, 1, 70]
    sessions = [DeviceSession(model, streams, CONTEXT) for streams in STREAMS]
    calls = [calls_of(block, sizes) for block in range(4)]
    expected = [alone(block, sizes) for block in range(4)]
    launched = launches_of(sessions[0], monkeypatch)
    for index in range(len(sizes)):
        sessions[0]._together._pace.rows = MOST_ROWS
        found = fed_at_once(sessions, [block[index] for block in calls])
        for block in range(4):
            np.testing.assert_array_equal(
                found[block].view(np.uint32), expected[block][index].view(np.uint32)
            )
    assert launched == [4 * size for size in sizes]


@pytest.mark.parametrize("limit", [1, 8, 33])
def test_launches_that_are_cut_short_give_the_same_bits(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a slow device; and where there is room for the logits of few rows."""
    monkeypatch.setattr(pace, "MOST_ROWS", limit)
    monkeypatch.setattr(pace, "LEAST_ROWS", 1)
    monkeypatch.setattr(chain, "LOGIT_BYTES", 4 * FORM.vocabulary * 5)
    model, sizes = model_on(), [70, 5]
    sessions = [DeviceSession(model, streams, CONTEXT) for streams in STREAMS]
    sessions[0]._together._pace.took(1, 1e-6)
    launched = launches_of(sessions[0], monkeypatch)
    calls = [calls_of(block, sizes) for block in range(4)]
    for index in range(len(sizes)):
        found = fed_at_once(sessions, [block[index] for block in calls])
        for block in range(4):
            assert np.array_equal(found[block], alone(block, sizes)[index])
    assert max(launched) <= limit
    assert sum(launched) == 4 * sum(sizes)


def test_a_block_that_comes_later_makes_the_room_it_needs_and_leaves_it() -> None:
    model, sizes = model_on(), [20, 30, 50]
    first, calls = DeviceSession(model, STREAMS[1], CONTEXT), calls_of(1, sizes)
    expected = alone(1, sizes)
    together = first._together

    def step(index: int) -> None:
        rows = calls[index]
        assert np.array_equal(first.feed(rows.streams, rows.tokens, rows.want), expected[index])

    step(0)
    second = DeviceSession(model, STREAMS[3], CONTEXT)
    assert second._together is together
    assert together._chain.streams == STREAMS[1] + STREAMS[3]
    for rows in calls_of(3, [40]):
        second.feed(rows.streams, rows.tokens, rows.want)
    step(1)
    del second
    gc.collect()
    third = DeviceSession(model, STREAMS[2], CONTEXT)  # where the second one was, whose contexts are gone
    assert together._chain.streams == STREAMS[1] + STREAMS[3]
    (rows,), (row,) = calls_of(2, [30]), alone(2, [30])
    assert np.array_equal(third.feed(rows.streams, rows.tokens, rows.want), row)
    step(2)


def test_contexts_of_other_lengths_go_by_themselves() -> None:
    model = model_on()
    longer = replace(CONTEXT, window=CONTEXT.window + 1)
    assert DeviceSession(model, 1, CONTEXT)._together is not DeviceSession(model, 1, longer)._together


def test_values_that_overflow_are_their_own_block_s() -> None:
    """Token 5 is infinite: the block that is fed it fails, not one that shares the launch."""
    form = Form(tied=False, vocabulary=FORM.vocabulary)
    plain = random_weights(form)
    scales = plain.embedding.scales.copy()
    scales[5] = np.inf
    model = model_on(1, replace(plain, embedding=replace(plain.embedding, scales=scales)))
    good, bad = (DeviceSession(model, 1, CONTEXT) for _ in range(2))
    tokens = np.array([1, 2, 3], np.int32)
    expected = ReferenceSession(ReferenceModel(plain), 1, CONTEXT).feed(tokens * 0, tokens, tokens > 0)
    failed: list[Exception] = []

    def feed_bad() -> None:
        try:
            bad.feed(np.zeros(2, np.int32), np.array([4, 5], np.int32), np.zeros(2, np.bool_))
        except ModelError as error:
            failed.append(error)

    thread = threading.Thread(target=feed_bad)
    with good._together._turn:
        thread.start()
        while not good._together._waiting and thread.is_alive():
            thread.join(0.001)
    found = good.feed(tokens * 0, tokens, tokens > 0)
    thread.join()
    assert np.array_equal(found, expected)
    assert len(failed) == 1
    with pytest.raises(ModelError, match="overflow"):
        bad.feed(np.zeros(1, np.int32), np.ones(1, np.int32), np.ones(1, np.bool_))
    assert len(good.feed(tokens * 0, tokens, tokens > 0)) == 3


def test_a_launch_has_as_many_rows_as_fit_a_quarter_of_a_second() -> None:
    fast, slow = Pace(), Pace()
    for _ in range(20):
        fast.took(fast.rows, 0.001)
        slow.took(slow.rows, slow.rows * 0.005)
    assert fast.rows == MOST_ROWS
    assert slow.rows == 50
    slow.took(slow.rows, 100.0)
    assert slow.rows == LEAST_ROWS
    assert Pace().rows == FIRST_ROWS
