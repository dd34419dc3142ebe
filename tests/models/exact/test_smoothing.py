"""Smoothing moves outlier channels from activations into weights by powers of two and leaves the model what it was."""

from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from nacomp.models.errors import ModelError
from nacomp.models.exact.engine import _read
from nacomp.models.exact.native_session import NUMPY, available_kernels, native_observe, native_quantise
from nacomp.models.exact.reference import ReferenceModel, ReferenceSession
from nacomp.models.exact.smoothing import CALIBRATION_TEXT, calibration_tokens, smooth
from nacomp.models.exact.weights import Matrix, Weights, load_weights, quantise_into
from nacomp.models.library.gguf_file import open_gguf
from nacomp.models.protocol import ContextWindow
from nacomp.models.tokens.tokenizer import read_vocabulary
from nacomp.models.tokens.vocabulary import Vocabulary
from tests.models.tiny_gguf import TinyModel, write_tiny_gguf

WIDE = TinyModel(width=64, hidden=96, head_size=16)
"""The native core takes it."""


def load(folder: Path, model: TinyModel) -> tuple[Weights, Weights]:
    """A model before and after smoothing."""
    with open_gguf(write_tiny_gguf(folder / "m.gguf", model)) as file:
        plain = load_weights(file)
        return plain, smooth(plain, file, read_vocabulary(file.metadata))


def values(matrix: Matrix) -> np.ndarray:
    return matrix.rows * matrix.scales[:, None].astype(np.float64)


@pytest.mark.parametrize("tied", [True, False])
def test_factors_are_powers_of_two_and_cancel(tied: bool, tmp_path: Path) -> None:
    plain, smoothed = load(tmp_path, TinyModel(tied=tied))
    pairs = [(plain.output_norm, smoothed.output_norm, plain.output, smoothed.output)]
    for before, after in zip(plain.layers, smoothed.layers, strict=True):
        pairs += [(before.attn_norm, after.attn_norm, before.attn_k, after.attn_k)]
        pairs += [(before.ffn_norm, after.ffn_norm, before.ffn_up, after.ffn_up)]
        assert before.ffn_down is after.ffn_down
    for norm, new_norm, matrix, new_matrix in pairs:
        factors = norm / new_norm
        assert (np.frexp(factors)[0] == 0.5).all()
        step = new_matrix.scales[:, None] / factors + matrix.scales[:, None]
        assert (np.abs(values(new_matrix) / factors - values(matrix)) <= step * 0.51).all()
    assert smoothed.embedding is plain.embedding


def test_outlier_channel_is_made_smaller(tmp_path: Path) -> None:
    with open_gguf(write_tiny_gguf(tmp_path / "m.gguf", TinyModel(layers=1))) as file:
        plain = load_weights(file)
        norm = plain.layers[0].attn_norm.copy()
        norm[5] *= 64
        changed = replace(plain, layers=(replace(plain.layers[0], attn_norm=norm),))
        smoothed = smooth(changed, file, read_vocabulary(file.metadata))
    factors = norm / smoothed.layers[0].attn_norm
    assert factors[5] >= 4 * np.median(factors)


def test_smoothing_is_the_same_every_time(tmp_path: Path) -> None:
    runs = []
    for _ in range(2):
        _, smoothed = load(tmp_path, TinyModel())
        session = ReferenceSession(ReferenceModel(smoothed), 1, ContextWindow(8, 1))
        runs.append(session.feed(np.zeros(9, np.int32), np.arange(9, dtype=np.int32), np.ones(9, np.bool_)))
    np.testing.assert_array_equal(runs[0], runs[1])


@pytest.mark.parametrize("kernel", [kernel for kernel in available_kernels() if kernel != NUMPY])
@pytest.mark.parametrize("tied", [True, False])
def test_native_loading_gives_the_same_weights(kernel: str, tied: bool, tmp_path: Path) -> None:
    """Quantised and observed by a kernel, instead of by the reference; rows of zeros and of subnormals too."""
    path = write_tiny_gguf(tmp_path / "m.gguf", replace(WIDE, tied=tied))
    native, readable = (_read(path, name, threads=2)[0] for name in (kernel, NUMPY))
    assert flat(native) == flat(readable)
    rows = np.zeros((3, 32), np.float32)
    rows[1] = np.linspace(-1e-40, 1e-41, 32)
    rows[2] = np.linspace(-3, 5, 32)
    found, expected = (Matrix(np.empty((3, 32), np.int8), np.empty(3, np.float32)) for _ in range(2))
    native_quantise(kernel)(rows, found.rows, found.scales)
    quantise_into(rows, expected.rows, expected.scales)
    np.testing.assert_array_equal(found.rows, expected.rows)
    np.testing.assert_array_equal(found.scales, expected.scales)


def flat(weights: object) -> object:
    """A model as nested tuples of bytes, so that two can be compared."""
    if isinstance(weights, np.ndarray):
        return weights.tobytes()
    if isinstance(weights, tuple):
        return tuple(map(flat, weights))
    return (
        tuple(flat(getattr(weights, f.name)) for f in fields(weights)) if is_dataclass(weights) else weights
    )


@pytest.mark.parametrize("kernel", available_kernels())
def test_a_weight_or_activation_that_overflows_is_refused(kernel: str, tmp_path: Path) -> None:
    path = write_tiny_gguf(tmp_path / "m.gguf", WIDE)
    with open_gguf(path) as file:
        plain, vocabulary = load_weights(file), read_vocabulary(file.metadata)
        huge = replace(plain, output_norm=np.full_like(plain.output_norm, 3e38))
        observe = None if kernel == NUMPY else native_observe(kernel, 1)
        with pytest.raises(ModelError, match="overflow"):
            smooth(huge, file, vocabulary, observe)
    if kernel != NUMPY:
        matrix = Matrix(np.empty((1, 16), np.int8), np.empty(1, np.float32))
        with pytest.raises(OverflowError):
            native_quantise(kernel)(np.full((1, 16), np.inf, np.float32), matrix.rows, matrix.scales)


def test_calibration_text_is_cut_into_the_longest_pieces() -> None:
    pieces = (b"", b"The", b"The quick", b"The quick", b" brown")
    assert calibration_tokens(Vocabulary(pieces, 0, 1)).tolist() == [0, 2, 4, 1]


def test_calibration_is_bounded() -> None:
    pieces = (b"", *(bytes([b]) for b in range(256)))
    found = calibration_tokens(Vocabulary(pieces, 0, 1)).tolist()
    assert found == [0, *(b + 1 for b in CALIBRATION_TEXT[:127])]
