"""The recipe's GGUF side: what is written, and that the exact engine's row rounding finds the same integers."""

from pathlib import Path

import gguf
import numpy as np
import pytest
from gguf.quants import dequantize

from nacomp.models.training import export, tokeniser
from nacomp.models.training.shape import EMBEDDED, Shape

SHAPE = Shape(vocabulary=300, width=64, layers=2, heads=4, kv_heads=2, feed_forward=96, context=128)
TEXT = "the quick brown fox jumps over the lazy dog, and the dog sleeps on the mat by the door. " * 40


def random_weights(shape: Shape) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(2)
    sizes = shape.matrices() | {"token_embd.weight": (shape.vocabulary, shape.width)}
    weights = {name: rng.normal(0, 0.1, size).astype(np.float32) for name, size in sizes.items()}
    return weights | {name: rng.normal(1, 0.1, shape.width).astype(np.float32) for name in shape.norms()}


def row_integers(matrix: np.ndarray) -> np.ndarray:
    """NUMERICS section 4, per row."""
    largest = np.abs(matrix).max(axis=1, keepdims=True)
    rounded: np.ndarray = np.clip(np.rint(matrix * (np.float32(127) / largest)), -127, 127).astype(np.int8)
    return rounded


def test_q8_0_rows_keep_their_int8_grid() -> None:
    rng = np.random.default_rng(1)
    matrix = (rng.normal(0, 1, (500, 96)) * np.exp(rng.normal(-4, 1, (500, 1)))).astype(np.float32)
    stored = export.row_scaled_q8_0(matrix)
    back = dequantize(stored, gguf.GGMLQuantizationType.Q8_0)
    integers = stored.reshape(500, 3, 34)[:, :, 2:].reshape(500, 96).view(np.int8)
    assert (row_integers(back) == integers).all()
    step = np.abs(matrix).max(axis=1, keepdims=True) / 127
    assert (np.abs(back - matrix) <= step * 0.57).all()


def test_q8_0_of_a_zero_row_is_zero() -> None:
    stored = export.row_scaled_q8_0(np.zeros((2, 64), dtype=np.float32))
    assert not dequantize(stored, gguf.GGMLQuantizationType.Q8_0).any()


@pytest.mark.parametrize("matrix", [np.ones((2, 40)), np.full((2, 64), np.nan)])
def test_q8_0_refuses_what_it_cannot_hold(matrix: np.ndarray) -> None:
    with pytest.raises(ValueError, match="Q8_0"):
        export.row_scaled_q8_0(matrix.astype(np.float32))


def test_file_reads_back_with_every_field(tmp_path: Path) -> None:
    bpe = tokeniser.train([TEXT], SHAPE.vocabulary)
    weights = random_weights(SHAPE)
    path = tmp_path / "model.gguf"
    export.write(path, SHAPE, weights, bpe, "test")
    reader = gguf.GGUFReader(path)
    field = {name: reader.fields[name].contents() for name in reader.fields}
    assert field["general.architecture"] == "llama"
    assert (field["llama.block_count"], field["llama.embedding_length"], field["llama.context_length"]) == (
        2,
        64,
        128,
    )
    assert (field["llama.attention.head_count"], field["llama.attention.head_count_kv"]) == (4, 2)
    assert field["tokenizer.ggml.tokens"][tokeniser.START_ID] == tokeniser.START
    assert (field["tokenizer.ggml.model"], field["tokenizer.ggml.pre"]) == ("gpt2", "smollm")
    assert len(field["tokenizer.ggml.tokens"]) == SHAPE.vocabulary
    assert len(field["tokenizer.ggml.merges"]) == SHAPE.vocabulary - 257
    assert {t.name for t in reader.tensors} == set(weights)
    for tensor in reader.tensors:
        back = dequantize(tensor.data, tensor.tensor_type).reshape(weights[tensor.name].shape)
        np.testing.assert_allclose(back, weights[tensor.name], atol=0.003)
    assert [p.name for p in tmp_path.iterdir()] == ["model.gguf"]


def test_weights_of_another_shape_are_refused(tmp_path: Path) -> None:
    bpe = tokeniser.train([TEXT], SHAPE.vocabulary)
    with pytest.raises(ValueError, match="do not belong"):
        export.write(tmp_path / "model.gguf", EMBEDDED, random_weights(SHAPE), bpe, "test")
    assert not list(tmp_path.iterdir())
