"""What the exact engine loads, and what it refuses by name because it would only predict badly."""

from pathlib import Path

import gguf
import numpy as np
import pytest

from nacomp.models.errors import UnsupportedModel
from nacomp.models.exact.arithmetic import rope_steps
from nacomp.models.exact.weights import Weights, load_weights
from nacomp.models.library.gguf_file import MetadataValue, TensorInfo, open_gguf
from tests.models.tiny_gguf import Kind, TinyModel, write_tiny_gguf

SIMPLE = [Kind.F32, Kind.F16, Kind.BF16, Kind.Q8_0, Kind.Q5_0, Kind.Q5_1, Kind.Q4_0, Kind.Q4_1]
K_QUANTS = [Kind.Q2_K, Kind.Q3_K, Kind.Q4_K, Kind.Q5_K, Kind.Q6_K]


def load(folder: Path, model: TinyModel, **changes: MetadataValue | None) -> Weights:
    """Write, open, change metadata (`llama__key` is `llama.key`; None removes) and load."""
    with open_gguf(write_tiny_gguf(folder / "m.gguf", model)) as file:
        for name, value in changes.items():
            key = name.replace("__", ".")
            if value is None:
                del file.metadata[key]
            else:
                file.metadata[key] = value
        return load_weights(file)


@pytest.mark.parametrize("kind", SIMPLE + K_QUANTS)
def test_every_storage_format_loads(kind: Kind, tmp_path: Path) -> None:
    size = 256 if kind in K_QUANTS else 32
    weights = load(tmp_path, TinyModel(layers=1, width=size, hidden=size, kind=kind))
    with open_gguf(tmp_path / "m.gguf") as file:
        values = file.tensor("blk.0.ffn_up.weight")
    matrix = weights.layers[0].ffn_up
    assert matrix.rows.shape == (size, size)
    assert matrix.rows.dtype == np.int8
    assert (np.abs(matrix.rows).max(axis=1) == 127).all()
    steps = np.abs(matrix.rows * matrix.scales[:, None] - values) / matrix.scales[:, None]
    assert steps.max() < 0.51


def test_shape_is_read(tmp_path: Path) -> None:
    weights = load(tmp_path, TinyModel(layers=3, heads=4, kv_heads=1, head_size=6, tied=False))
    shape = weights.shape
    assert (shape.layers, shape.heads, shape.kv_heads, shape.head_size) == (3, 4, 1, 6)
    assert (shape.width, shape.hidden, shape.vocabulary, shape.context) == (32, 64, 300, 8192)
    assert weights.layers[2].attn_q.rows.shape == (24, 32)
    assert weights.layers[2].attn_v.rows.shape == (6, 32)
    assert weights.output is not weights.embedding


def test_tied_output_is_held_once(tmp_path: Path) -> None:
    weights = load(tmp_path, TinyModel())
    assert weights.output is weights.embedding


def test_head_size_and_kv_heads_have_defaults(tmp_path: Path) -> None:
    missing = {
        "llama__attention__key_length": None,
        "llama__attention__value_length": None,
        "llama__attention__head_count_kv": None,
        "llama__rope__dimension_count": None,
    }
    weights = load(tmp_path, TinyModel(heads=4, kv_heads=4), **missing)
    assert (weights.shape.head_size, weights.shape.kv_heads, len(weights.rope_steps)) == (8, 4, 4)


def test_rotary_factors_and_base_are_used(tmp_path: Path) -> None:
    plain = load(tmp_path, TinyModel(theta=500_000.0))
    np.testing.assert_array_equal(plain.rope_steps, rope_steps(8, 500_000.0))
    scaled = load(tmp_path, TinyModel(theta=500_000.0, rope_factors=True))
    with open_gguf(tmp_path / "m.gguf") as file:
        factors = file.tensor("rope_freqs.weight").tolist()
    np.testing.assert_array_equal(scaled.rope_steps, rope_steps(8, 500_000.0, factors))
    assert (scaled.rope_steps < plain.rope_steps).all()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("general__architecture", "mamba"),
        ("general__architecture", None),
        ("llama__block_count", 10**9),
        ("llama__block_count", 3),
        ("llama__block_count", 1),
        ("llama__block_count", [2, 2]),
        ("llama__block_count", 2.0),
        ("llama__block_count", True),
        ("llama__embedding_length", 64),
        ("llama__embedding_length", 0),
        ("llama__embedding_length", -32),
        ("llama__feed_forward_length", [64, 64]),
        ("llama__attention__head_count", 3),
        ("llama__attention__head_count_kv", 3),
        ("llama__attention__head_count_kv", 8),
        ("llama__attention__key_length", 7),
        ("llama__attention__value_length", 4),
        ("llama__attention__layer_norm_rms_epsilon", None),
        ("llama__attention__layer_norm_rms_epsilon", float("nan")),
        ("llama__attention__sliding_window", 4096),
        ("llama__rope__freq_base", -1.0),
        ("llama__rope__freq_base", float("inf")),
        ("llama__rope__dimension_count", 3),
        ("llama__rope__dimension_count", 10),
        ("llama__rope__scaling__type", "yarn"),
        ("llama__expert_count", 8),
        ("llama__vocab_size", 299),
        ("tokenizer__ggml__tokens", ["a"]),
        ("tokenizer__ggml__tokens", None),
    ],
)
def test_what_the_arithmetic_does_not_cover_is_refused(
    key: str, value: MetadataValue | None, tmp_path: Path
) -> None:
    with pytest.raises(UnsupportedModel, match="exact engine"):
        load(tmp_path, TinyModel(), **{key: value})


@pytest.mark.parametrize("name", ["blk.0.attn_q.bias", "blk.0.ffn_gate_inp.weight", "output.bias"])
def test_tensor_that_would_be_ignored_is_refused(name: str, tmp_path: Path) -> None:
    with open_gguf(write_tiny_gguf(tmp_path / "m.gguf")) as file:
        file.tensors[name] = TensorInfo((32,), gguf.GGMLQuantizationType.F32, 0, 128)
        with pytest.raises(UnsupportedModel, match=name):
            load_weights(file)


@pytest.mark.parametrize("name", ["token_embd.weight", "blk.1.ffn_down.weight", "output_norm.weight"])
def test_missing_tensor_is_refused(name: str, tmp_path: Path) -> None:
    with open_gguf(write_tiny_gguf(tmp_path / "m.gguf")) as file:
        del file.tensors[name]
        with pytest.raises(UnsupportedModel, match="missing"):
            load_weights(file)
