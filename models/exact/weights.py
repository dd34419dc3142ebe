"""From a GGUF file to the packed int8 weights that every exact kernel starts from (NUMERICS sections 4, 7 and 9).

Sits between `gguf_file` and the kernels: whatever passes the checks here is a model that section 6 describes
completely. Anything else is refused by name, because a tensor left out (a bias, an expert) would not crash: it would
only predict badly.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from nacomp.models.errors import UnsupportedModel
from nacomp.models.exact.arithmetic import Floats, Turns, quantise, rope_steps
from nacomp.models.library.gguf_file import GgufFile, MetadataValue

MAX_DEPTH = 65_536
"""Longest input row: 65,536 x 127 x 127 still fits int32."""
MAX_LAYERS = 1024
QUANTISE_ROWS = 4096
"""Rows requantised at a time, to bound the temporaries."""


@dataclass(frozen=True)
class Hyperparameters:
    """Shape of the model, in the names of section 6.

    Attributes:
        width: embedding width E.
        heads: query heads H.
        kv_heads: key/value heads G, a divisor of H.
        head_size: d.
        hidden: width of the feed-forward part.
        vocabulary: token ids.
        context: tokens the model was trained to look back.
        epsilon: of the norms.
    """

    layers: int
    width: int
    heads: int
    kv_heads: int
    head_size: int
    hidden: int
    vocabulary: int
    context: int
    epsilon: float


@dataclass(frozen=True)
class Matrix:
    """A requantised matrix.

    Attributes:
        rows: (output, input) int8, contiguous.
        scales: (output,) float32.
    """

    rows: NDArray[np.int8]
    scales: Floats


@dataclass(frozen=True)
class Layer:
    """One transformer layer; every product maps (input) to (output) by a Matrix (output, input)."""

    attn_norm: Floats
    attn_q: Matrix
    attn_k: Matrix
    attn_v: Matrix
    attn_output: Matrix
    ffn_norm: Floats
    ffn_gate: Matrix
    ffn_up: Matrix
    ffn_down: Matrix


@dataclass(frozen=True)
class Weights:
    """A whole model. `output` is the very same object as `embedding` where the model ties them.

    Attributes:
        rope_steps: (pair,) uint64 turns per position; rotary dimensions R = 2 * pairs.
    """

    model: str
    shape: Hyperparameters
    rope_steps: Turns
    embedding: Matrix
    layers: tuple[Layer, ...]
    output_norm: Floats
    output: Matrix


def load_weights(file: GgufFile) -> Weights:
    """Check that the exact engine covers this model completely, then requantise its weights.

    Raises UnsupportedModel for what it does not cover, ModelError for damaged tensors.
    """
    loader = _Loader(file)
    shape = loader.hyperparameters()
    loader.check_extras(shape)
    steps = loader.rope(shape)
    embedding = loader.matrix("token_embd", shape.vocabulary, shape.width)
    tied = "output.weight" not in file.tensors
    weights = Weights(
        model=file.path.name,
        shape=shape,
        rope_steps=steps,
        embedding=embedding,
        layers=tuple(loader.layer(f"blk.{i}", shape) for i in range(shape.layers)),
        output_norm=loader.vector("output_norm", shape.width),
        output=embedding if tied else loader.matrix("output", shape.vocabulary, shape.width),
    )
    loader.check_all_used()
    return weights


class _Loader:
    """Reads one file and remembers which tensors were used."""

    def __init__(self, file: GgufFile) -> None:
        self.file = file
        self.metadata: Mapping[str, MetadataValue] = file.metadata
        self.used: set[str] = set()

    def refuse(self, reason: str) -> NoReturn:
        raise UnsupportedModel(model=self.file.path.name, engine="exact", reason=reason)

    def number(self, key: str, most: int, default: int | None = None) -> int:
        """A whole number from 1 to `most` under `llama.<key>`."""
        value = self.metadata.get(f"llama.{key}", default)
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
            self.refuse(f"llama.{key} is {_show(value)}, expected a whole number from 1 to {most}")
        return value

    def real(self, key: str, default: float | None = None) -> float:
        """A positive finite number under `llama.<key>`."""
        value = self.metadata.get(f"llama.{key}", default)
        if not isinstance(value, float) or not 0 < value < math.inf:
            self.refuse(f"llama.{key} is {_show(value)}, expected a positive number")
        return value

    def hyperparameters(self) -> Hyperparameters:
        architecture = self.metadata.get("general.architecture")
        if architecture != "llama":
            self.refuse(f"its architecture is {_show(architecture)}, expected llama")
        width = self.number("embedding_length", MAX_DEPTH)
        heads = self.number("attention.head_count", MAX_DEPTH)
        kv_heads = self.number("attention.head_count_kv", heads, default=heads)
        head_size = self.number("attention.key_length", MAX_DEPTH // heads, default=width // heads)
        if heads % kv_heads or head_size % 2:
            self.refuse(f"{heads} heads of size {head_size} cannot share {kv_heads} key/value heads")
        embedding = self.file.tensors.get("token_embd.weight")
        if embedding is None:
            self.refuse("tensor token_embd.weight is missing")
        return Hyperparameters(
            layers=self.number("block_count", MAX_LAYERS),
            width=width,
            heads=heads,
            kv_heads=kv_heads,
            head_size=head_size,
            hidden=self.number("feed_forward_length", MAX_DEPTH),
            vocabulary=embedding.shape[0],
            context=self.number("context_length", 1 << 31),
            epsilon=self.real("attention.layer_norm_rms_epsilon"),
        )

    def check_extras(self, shape: Hyperparameters) -> None:
        """Refuse settings that would change the forward pass in a way section 6 does not have."""
        plain: dict[str, tuple[MetadataValue, ...]] = {
            "expert_count": (0,),
            "attention.value_length": (shape.head_size,),
            "attention.sliding_window": (0,),
            "attention.causal": (True,),
            "rope.scaling.type": ("none",),
            "rope.scale_linear": (1.0,),
            "use_parallel_residual": (False,),
            "logit_scale": (1.0,),
            "vocab_size": (shape.vocabulary,),
        }
        for key, expected in plain.items():
            value = self.metadata.get(f"llama.{key}", expected[0])
            if value not in expected:
                self.refuse(f"llama.{key} is {_show(value)}, expected {expected[0]}")
        tokens = self.metadata.get("tokenizer.ggml.tokens")
        if not isinstance(tokens, list) or len(tokens) != shape.vocabulary:
            self.refuse(f"its vocabulary does not have the {shape.vocabulary} tokens its embedding has")

    def rope(self, shape: Hyperparameters) -> Turns:
        dimensions = self.number("rope.dimension_count", shape.head_size, default=shape.head_size)
        theta = self.real("rope.freq_base", default=10_000.0)
        if dimensions % 2:
            self.refuse(f"llama.rope.dimension_count is {dimensions}, expected an even number")
        if "rope_freqs.weight" not in self.file.tensors:
            return rope_steps(dimensions, theta)
        factors = self.vector("rope_freqs", dimensions // 2)
        if not (factors > 0).all():
            self.refuse("its rotary factors are not positive")
        return rope_steps(dimensions, theta, factors.tolist())

    def layer(self, prefix: str, shape: Hyperparameters) -> Layer:
        queries, values = shape.heads * shape.head_size, shape.kv_heads * shape.head_size
        return Layer(
            attn_norm=self.vector(f"{prefix}.attn_norm", shape.width),
            attn_q=self.matrix(f"{prefix}.attn_q", queries, shape.width),
            attn_k=self.matrix(f"{prefix}.attn_k", values, shape.width),
            attn_v=self.matrix(f"{prefix}.attn_v", values, shape.width),
            attn_output=self.matrix(f"{prefix}.attn_output", shape.width, queries),
            ffn_norm=self.vector(f"{prefix}.ffn_norm", shape.width),
            ffn_gate=self.matrix(f"{prefix}.ffn_gate", shape.hidden, shape.width),
            ffn_up=self.matrix(f"{prefix}.ffn_up", shape.hidden, shape.width),
            ffn_down=self.matrix(f"{prefix}.ffn_down", shape.width, shape.hidden),
        )

    def tensor(self, name: str, *shape: int) -> Floats:
        name += ".weight"
        info = self.file.tensors.get(name)
        if info is None or info.shape != shape:
            found = "missing" if info is None else f"{info.shape}"
            self.refuse(f"tensor {name} is {found}, expected {shape}")
        self.used.add(name)
        return self.file.tensor(name)

    def vector(self, name: str, size: int) -> Floats:
        return self.tensor(name, size)

    def matrix(self, name: str, outputs: int, inputs: int) -> Matrix:
        values = self.tensor(name, outputs, inputs)
        rows = np.empty((outputs, inputs), np.int8)
        scales = np.empty(outputs, np.float32)
        for i in range(0, outputs, QUANTISE_ROWS):
            part = slice(i, i + QUANTISE_ROWS)
            rows[part], scales[part] = quantise(values[part])
        return Matrix(rows, scales)

    def check_all_used(self) -> None:
        left = sorted(self.file.tensors.keys() - self.used)
        if left:
            self.refuse(f"it has a tensor that the engine does not know ({left[0]})")


def _show(value: object) -> str:
    return "missing" if value is None else repr(value)[:40]
