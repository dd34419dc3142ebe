"""Planned logits: the same whether or not a thread runs ahead, and nothing of the thread is left behind."""

import threading
from pathlib import Path

import numpy as np
import pytest

from nacomp.models.errors import ModelError
from nacomp.models.exact.engine import ExactEngine, open_engine
from nacomp.models.exact.native_session import NUMPY, available_kernels
from nacomp.models.logit_source import PlannedLogits
from nacomp.models.protocol import ContextWindow
from nacomp.models.streams import Streams
from tests.models.tiny_gguf import TinyModel, write_tiny_gguf

MODEL = TinyModel(width=64, hidden=96, head_size=16)
CONTEXT = ContextWindow(32, 4)
SYMBOLS = 700


def opened(folder: Path, threads: int = 2, model: TinyModel = MODEL) -> ExactEngine:
    return open_engine(write_tiny_gguf(folder / "m.gguf", model), threads=threads)


def planned(engine: ExactEngine, *, ahead: bool) -> PlannedLogits:
    rng = np.random.default_rng(5)
    symbols = rng.integers(1, 200, SYMBOLS).astype(np.int32)
    asked = rng.random(SYMBOLS) < 0.8
    streams = Streams(SYMBOLS, 3)
    return PlannedLogits(engine, CONTEXT, streams, symbols, asked, skip_queue=4, ahead=ahead)


def ahead_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("nacomp-ahead")]


def test_running_ahead_changes_no_bit(tmp_path: Path) -> None:
    engine = opened(tmp_path)
    alone, ahead = (planned(engine, ahead=ahead) for ahead in (False, True))
    steps = -(-SYMBOLS // 3)
    assert steps * 3 > 2 * engine.max_rows  # several forwards
    nobody = np.empty(0, np.int32)
    for _ in range(steps):
        (mask, logits), (other_mask, other_logits) = alone.step(nobody), ahead.step(nobody)
        np.testing.assert_array_equal(mask, other_mask)
        assert logits.tobytes() == other_logits.tobytes()
    with pytest.raises(StopIteration):
        ahead.step(nobody)
    assert not ahead_threads()


def test_a_block_that_is_given_up_leaves_no_thread(tmp_path: Path) -> None:
    ahead = planned(opened(tmp_path), ahead=True)
    ahead.step(np.empty(0, np.int32))
    assert ahead_threads()
    del ahead
    assert not ahead_threads()


def test_what_fails_ahead_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = opened(tmp_path)
    ahead = planned(engine, ahead=True)
    ahead.step(np.empty(0, np.int32))

    def fail(*_: object) -> None:
        raise ModelError(model="m", reason="its values overflow on this text")

    monkeypatch.setattr("nacomp.models.logit_source._Contexts.forward", fail)
    with pytest.raises(ModelError):
        for _ in range(SYMBOLS):
            ahead.step(np.empty(0, np.int32))
    assert not ahead_threads()


@pytest.mark.skipif(available_kernels() == [NUMPY], reason="the native core was not built")
def test_one_thread_is_one_thread(tmp_path: Path) -> None:
    assert opened(tmp_path, threads=2).runs_ahead
    assert not opened(tmp_path, threads=1).runs_ahead
