"""The engine as the pipeline sees it: kernels are chosen or demanded, windows checked, every kernel the same bits."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from nacomp.models.errors import KernelUnavailable, ModelError
from nacomp.models.exact.engine import ExactEngine, available_kernels, choose_kernel, open_engine
from nacomp.models.protocol import ContextWindow
from tests.models.tiny_gguf import TinyModel, write_tiny_gguf

SMOOTH = TinyModel(width=64, hidden=96, heads=4, kv_heads=2)
ODD = TinyModel(width=36, hidden=50, heads=2, kv_heads=1)


@pytest.fixture(scope="module")
def smooth(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_gguf(tmp_path_factory.mktemp("engine") / "smooth.gguf", SMOOTH)


def logits(engine: ExactEngine) -> NDArray[np.float32]:
    """Two streams past their window, in calls of unlike sizes."""
    session = engine.open_session(2, ContextWindow(20, 3))
    fed = np.random.default_rng(3).integers(0, 300, 90).astype(np.int32)
    streams = (np.arange(90) % 3 == 0).astype(np.int32)
    parts = (slice(0, 1), slice(1, 50), slice(50, 90))
    return np.concatenate(
        [session.feed(streams[p], fed[p], np.ones(p.stop - p.start, np.bool_)).copy() for p in parts]
    )


def test_numpy_is_always_available_and_last() -> None:
    assert available_kernels()[-1] == "numpy"
    assert choose_kernel("numpy") == "numpy"
    assert choose_kernel() == available_kernels()[0]


@pytest.mark.parametrize("kernel", available_kernels())
def test_every_kernel_gives_the_reference_s_bits(kernel: str, smooth: Path) -> None:
    engine = open_engine(smooth, kernel=kernel, threads=2)
    assert engine.kernel == kernel
    np.testing.assert_array_equal(logits(engine), logits(open_engine(smooth, kernel="numpy")))


def test_demanded_kernel_that_is_unknown_is_refused(smooth: Path) -> None:
    with pytest.raises(KernelUnavailable, match="tpu"):
        open_engine(smooth, kernel="tpu")


def test_odd_shape_falls_back_only_if_nothing_was_demanded(tmp_path: Path) -> None:
    path = write_tiny_gguf(tmp_path / "odd.gguf", ODD)
    assert open_engine(path).kernel == "numpy"
    for kernel in available_kernels()[:-1]:
        with pytest.raises(KernelUnavailable, match=kernel):
            open_engine(path, kernel=kernel)


def test_parameters_name_the_numerics_but_no_kernel(smooth: Path) -> None:
    found = [open_engine(smooth, kernel=kernel).parameters() for kernel in ("auto", "numpy")]
    assert found == [{"engine": "exact", "numerics": "exact-1"}] * 2


def test_vocabulary_is_the_model_s(smooth: Path) -> None:
    vocabulary = open_engine(smooth).vocabulary
    assert vocabulary.size == 300
    assert set(vocabulary.pieces) >= {bytes([b]) for b in range(256)}


@pytest.mark.parametrize(
    ("window", "sinks"), [(0, 0), (8, 8), (8, -1), (4097, 0), (8193, 4), (101, 0)], ids=str
)
def test_window_that_does_not_fit_is_refused(window: int, sinks: int, tmp_path: Path) -> None:
    short = window == 101
    engine = open_engine(write_tiny_gguf(tmp_path / "m.gguf", TinyModel(context=100 if short else 8192)))
    with pytest.raises(ModelError, match="window"):
        engine.open_session(1, ContextWindow(window, sinks))
    engine.open_session(1, ContextWindow(100, 4))


def test_closed_engine_opens_no_session(smooth: Path) -> None:
    engine = open_engine(smooth)
    session = engine.open_session(1, ContextWindow(8, 0))
    engine.close()
    engine.close()
    with pytest.raises(ValueError, match="closed"):
        engine.open_session(1, ContextWindow(8, 0))
    one = np.ones(1, np.int32)
    assert session.feed(one - 1, one, one > 0).shape == (1, 300)  # what is open goes on


def test_two_sessions_do_not_meet(smooth: Path) -> None:
    engine = open_engine(smooth)
    expected = logits(engine)
    other = engine.open_session(1, ContextWindow(8, 0))
    other.feed(np.zeros(3, np.int32), np.arange(3, dtype=np.int32), np.ones(3, np.bool_))
    np.testing.assert_array_equal(logits(engine), expected)
