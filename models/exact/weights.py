"""From a GGUF file to the packed int8 weights that every exact kernel starts from (NUMERICS sections 4, 7 and 9).

Sits between `gguf_file` and the kernels: whatever passes the checks here is a model that section 6 describes
completely. Anything else is refused by name, because a tensor left out (a bias, an expert) would not crash: it would
only predict badly.
"""

import math
from collections.abc import Callable, Mapping
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from nacomp.formats.records import dataclass
from nacomp.models.errors import UnsupportedModel
from nacomp.models.exact.architecture import ARCHITECTURES, Architecture, Local
from nacomp.models.exact.arithmetic import ONE, Floats, Turns, quantise, rope_steps
from nacomp.models.library.gguf_file import GgufFile, MetadataValue

EXACT_1, EXACT_2 = "exact-1", "exact-2"
"""Ids of NUMERICS: `exact-1` is for llama models that turn at their own pace, `exact-2` for all others."""
MAX_DEPTH = 65_536
"""Longest input row: 65,536 x 127 x 127 still fits int32."""
MAX_LAYERS = 1024
GLOBAL_PERIOD = 6
"""With local windows: how many layers on the next global one is, where the file does not say."""
UNTURNED_PERIOD = 4
OTHER_SCORES = 62
"""Layers of the largest Gemma 3, whose scores are scaled by the width and not by the head size; nothing else tells."""
MULTIPLIERS = ("embedding_scale", "residual_scale", "attention.scale", "logit_scale")
QUANTISE_ROWS = 4096
"""Rows read and requantised at a time, to bound the temporaries: with all of Gemma's 262,144 at once they were 671 MB."""


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
        planes: whether activations have a second plane.
        gelu: whether the gate is the tanh form of GELU, not SiLU.
        embedding_scale: what an embedding is multiplied by.
        score_scale: what attention scores are multiplied by; 0 for the root of 1 / d.
        span: how many tokens a local layer sees, its own included; 0 for as many as the others.
        local: (layer,) whether it is a local one; empty where none is.
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
    planes: bool = False
    gelu: bool = False
    embedding_scale: float = 1.0
    score_scale: float = 0.0
    span: int = 0
    local: tuple[bool, ...] = ()

    @property
    def score_factor(self) -> np.float32:
        """What attention scores are multiplied by."""
        if self.score_scale:
            return np.float32(self.score_scale)
        factor: np.float32 = ONE / np.sqrt(np.float32(self.head_size))
        return factor

    def is_local(self, layer: int) -> bool:
        """Whether this layer is a local one."""
        return bool(self.local) and self.local[layer]


@dataclass(frozen=True)
class Matrix:
    """A requantised matrix.

    Attributes:
        rows: (output, input) int8, contiguous.
        scales: (output,) float32.
    """

    rows: NDArray[np.int8]
    scales: Floats


QuantiseInto = Callable[[Floats, NDArray[np.int8], Floats], None]
"""Quantises rows (output, input), section 4, into the rows and scales of a matrix."""


def quantise_into(values: Floats, rows: NDArray[np.int8], scales: Floats) -> None:
    """See `QuantiseInto`: the readable way, 20 ms of the 27 that the embedded model took to read."""
    rows[:], scales[:] = quantise(values)


@dataclass(frozen=True)
class Layer:
    """One transformer layer; every product maps (input) to (output) by a Matrix (output, input).

    Attributes:
        bias: (queries + 2 x keys,) what is added to queries, keys and values; None where the model has none.
        attn_q_norm, attn_k_norm: (head size,) norms of each head, or None.
        post_attention_norm, post_ffw_norm: (width,) norms of what is added to the residual stream, or None.
    """

    attn_norm: Floats
    attn_q: Matrix
    attn_k: Matrix
    attn_v: Matrix
    attn_output: Matrix
    ffn_norm: Floats
    ffn_gate: Matrix
    ffn_up: Matrix
    ffn_down: Matrix
    bias: Floats | None = None
    attn_q_norm: Floats | None = None
    attn_k_norm: Floats | None = None
    post_attention_norm: Floats | None = None
    post_ffw_norm: Floats | None = None


@dataclass(frozen=True)
class Weights:
    """A whole model. `output` is the very same object as `embedding` where the model ties them.

    Attributes:
        rope_steps: (pair,) uint64 turns per position; rotary dimensions R = 2 * pairs.
        local_rope_steps: those of local layers; None where they are the same.
        numerics: the id of the arithmetic that this model needs.
    """

    model: str
    shape: Hyperparameters
    rope_steps: Turns
    embedding: Matrix
    layers: tuple[Layer, ...]
    output_norm: Floats
    output: Matrix
    local_rope_steps: Turns | None = None
    numerics: str = EXACT_1


def load_weights(file: GgufFile, quantise_with: QuantiseInto = quantise_into) -> Weights:
    """Check that the exact engine covers this model completely, then requantise its weights.

    Raises UnsupportedModel for what it does not cover, ModelError for damaged tensors.
    """
    loader = _Loader(file, quantise_with)
    shape = loader.hyperparameters()
    loader.check_extras(shape)
    steps, local_steps = loader.rope(shape)
    order = loader.head_order(shape, 2 * len(steps))
    embedding = loader.matrix("token_embd", shape.vocabulary, shape.width)
    tied = "output.weight" not in file.tensors
    weights = Weights(
        model=file.path.name,
        shape=shape,
        rope_steps=steps,
        embedding=embedding,
        layers=tuple(loader.layer(f"blk.{i}", shape, order) for i in range(shape.layers)),
        output_norm=loader.vector("output_norm", shape.width) / loader.multiplier("logit_scale"),
        output=embedding if tied else loader.matrix("output", shape.vocabulary, shape.width),
        local_rope_steps=local_steps,
        numerics=loader.numerics(),
    )
    loader.check_all_used()
    return weights


def in_head_order(values: Floats, order: NDArray[np.intp] | None) -> Floats:
    """The rows (head x size, ...) of queries or keys, those of each head in this order."""
    if order is None:
        return values
    heads = values.reshape(-1, len(order), *values.shape[1:])
    return np.ascontiguousarray(heads[:, order]).reshape(values.shape)


class _Loader:
    """Reads one file and remembers which tensors were used."""

    def __init__(self, file: GgufFile, quantise_with: QuantiseInto) -> None:
        self.file = file
        self.quantise_into = quantise_with
        self.metadata: Mapping[str, MetadataValue] = file.metadata
        self.used: set[str] = set()
        self.name = self.metadata.get("general.architecture")
        self.parts = self.architecture()

    def refuse(self, reason: str) -> NoReturn:
        raise UnsupportedModel(model=self.file.path.name, engine="exact", reason=reason)

    def architecture(self) -> Architecture:
        """This file's row in the table of parts."""
        found = ARCHITECTURES.get(self.name) if isinstance(self.name, str) else None
        if found is None:
            known = ", ".join(ARCHITECTURES)
            self.refuse(f"its architecture is {_show(self.name)}, expected one of {known}")
        return found

    def get(self, key: str, default: MetadataValue | None = None) -> MetadataValue | None:
        """What the file says under the architecture's name."""
        return self.metadata.get(f"{self.name}.{key}", default)

    def number(self, key: str, most: int, default: int | None = None) -> int:
        """A whole number from 1 to `most`."""
        value = self.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
            self.refuse(f"{self.name}.{key} is {_show(value)}, expected a whole number from 1 to {most}")
        return value

    def real(self, key: str, default: float | None = None) -> float:
        """A positive finite number."""
        value = self.get(key, default)
        if not isinstance(value, float) or not 0 < value < math.inf:
            self.refuse(f"{self.name}.{key} is {_show(value)}, expected a positive number")
        return value

    def multiplier(self, key: str) -> np.float32:
        """A factor of models that have multipliers; 1 for all others."""
        return np.float32(self.real(key, default=1.0) if self.parts.multipliers else 1.0)

    def hyperparameters(self) -> Hyperparameters:
        width = self.number("embedding_length", MAX_DEPTH)
        heads = self.number("attention.head_count", MAX_DEPTH)
        kv_heads = self.number("attention.head_count_kv", heads, default=heads)
        head_size = self.number("attention.key_length", MAX_DEPTH // heads, default=width // heads)
        if heads % kv_heads or head_size % 2:
            self.refuse(f"{heads} heads of size {head_size} cannot share {kv_heads} key/value heads")
        embedding = self.file.tensors.get("token_embd.weight")
        if embedding is None:
            self.refuse("tensor token_embd.weight is missing")
        layers = self.number("block_count", MAX_LAYERS)
        root = np.sqrt(np.float32(width)) if self.parts.root_scale else ONE
        return Hyperparameters(
            layers=layers,
            width=width,
            heads=heads,
            kv_heads=kv_heads,
            head_size=head_size,
            hidden=self.number("feed_forward_length", MAX_DEPTH),
            vocabulary=embedding.shape[0],
            context=self.number("context_length", 1 << 31),
            epsilon=self.real("attention.layer_norm_rms_epsilon"),
            planes=self.numerics() == EXACT_2,
            gelu=self.parts.gelu,
            embedding_scale=float(root * self.multiplier("embedding_scale")),
            score_scale=self.real("attention.scale", default=0.0) if self._has_score_scale() else 0.0,
            span=self.number("attention.sliding_window", 1 << 31) if self.parts.local is Local.WINDOW else 0,
            local=self._local(layers),
        )

    def _has_score_scale(self) -> bool:
        return self.parts.multipliers and self.get("attention.scale") is not None

    def _local(self, layers: int) -> tuple[bool, ...]:
        """(layer,) which layers are local."""
        match self.parts.local:
            case Local.NONE:
                return ()
            case Local.UNTURNED:
                return tuple(layer % UNTURNED_PERIOD == UNTURNED_PERIOD - 1 for layer in range(layers))
            case Local.WINDOW:
                if layers == OTHER_SCORES:
                    self.refuse(
                        f"{self.name} with {layers} layers scales its attention scores in another way"
                    )
                period = self.number("attention.sliding_window_pattern", MAX_LAYERS, default=GLOBAL_PERIOD)
                return tuple(layer % period != period - 1 for layer in range(layers))

    def check_extras(self, shape: Hyperparameters) -> None:
        """Refuse settings that would change the forward pass in a way section 6 does not have."""
        plain: dict[str, tuple[MetadataValue, ...]] = {
            "expert_count": (0,),
            "attention.value_length": (shape.head_size,),
            "attention.causal": (True,),
            "rope.scaling.type": ("none", "linear"),
            "rope.scale_linear": (1.0,),
            "use_parallel_residual": (False,),
            "vocab_size": (shape.vocabulary,),
            "attn_logit_softcapping": (0.0,),
            "final_logit_softcapping": (0.0,),
        }
        if self.parts.local is not Local.WINDOW:
            plain["attention.sliding_window"] = (0,)
        if not self.parts.multipliers:
            plain |= dict.fromkeys(MULTIPLIERS, (1.0,))
        for key, expected in plain.items():
            value = self.get(key, expected[0])
            if value not in expected:
                self.refuse(
                    f"{self.name}.{key} is {_show(value)}, expected {' or '.join(map(str, expected))}"
                )
        tokens = self.metadata.get("tokenizer.ggml.tokens")
        if not isinstance(tokens, list) or len(tokens) != shape.vocabulary:
            self.refuse(f"its vocabulary does not have the {shape.vocabulary} tokens its embedding has")

    def stretch(self) -> float:
        """How many times slower than they were made for the rotary pairs turn."""
        return self.real("rope.scaling.factor") if self.get("rope.scaling.type") == "linear" else 1.0

    def numerics(self) -> str:
        """The id of the arithmetic: `exact-1` stays what it was when llama was all there is."""
        return EXACT_1 if self.name == "llama" and self.get("rope.scaling.type") != "linear" else EXACT_2

    def rope(self, shape: Hyperparameters) -> tuple[Turns, Turns | None]:
        """Turns per position of the layers, and of the local ones where they turn otherwise."""
        dimensions = self.number("rope.dimension_count", shape.head_size, default=shape.head_size)
        theta = self.real("rope.freq_base", default=10_000.0)
        if dimensions % 2:
            self.refuse(f"{self.name}.rope.dimension_count is {dimensions}, expected an even number")
        pairs, factors = dimensions // 2, None
        if "rope_freqs.weight" in self.file.tensors:
            values = self.vector("rope_freqs", pairs)
            if not (values > 0).all():
                self.refuse("its rotary factors are not positive")
            factors = values.tolist()
        steps = rope_steps(dimensions, theta, factors, self.stretch())
        match self.parts.local:
            case Local.NONE:
                return steps, None
            case Local.UNTURNED:
                return steps, np.zeros(pairs, np.uint64)
            case Local.WINDOW:
                return steps, rope_steps(dimensions, self.real("rope.freq_base_swa", default=10_000.0))

    def head_order(self, shape: Hyperparameters, dimensions: int) -> NDArray[np.intp] | None:
        """Where pairs are halves apart: the order that puts each pair side by side, as section 7 wants them."""
        if not self.parts.halves:
            return None
        order = np.arange(shape.head_size)
        order[:dimensions] = np.arange(dimensions).reshape(2, -1).T.ravel()
        return order

    def layer(self, prefix: str, shape: Hyperparameters, order: NDArray[np.intp] | None) -> Layer:
        queries, values = shape.heads * shape.head_size, shape.kv_heads * shape.head_size
        residual = self.multiplier("residual_scale")
        return Layer(
            attn_norm=self.vector(f"{prefix}.attn_norm", shape.width),
            attn_q=self.matrix(f"{prefix}.attn_q", queries, shape.width, order=order),
            attn_k=self.matrix(f"{prefix}.attn_k", values, shape.width, order=order),
            attn_v=self.matrix(f"{prefix}.attn_v", values, shape.width),
            attn_output=self.matrix(f"{prefix}.attn_output", shape.width, queries, factor=residual),
            ffn_norm=self.vector(f"{prefix}.ffn_norm", shape.width),
            ffn_gate=self.matrix(f"{prefix}.ffn_gate", shape.hidden, shape.width),
            ffn_up=self.matrix(f"{prefix}.ffn_up", shape.hidden, shape.width),
            ffn_down=self.matrix(f"{prefix}.ffn_down", shape.width, shape.hidden, factor=residual),
            bias=self._bias(prefix, queries, values, order) if self.parts.biases else None,
            **self._further_norms(prefix, shape, order),
        )

    def _bias(self, prefix: str, queries: int, values: int, order: NDArray[np.intp] | None) -> Floats:
        q = in_head_order(self.tensor(f"{prefix}.attn_q.bias", queries), order)
        k = in_head_order(self.tensor(f"{prefix}.attn_k.bias", values), order)
        return np.concatenate([q, k, self.tensor(f"{prefix}.attn_v.bias", values)])

    def _further_norms(
        self, prefix: str, shape: Hyperparameters, order: NDArray[np.intp] | None
    ) -> dict[str, Floats]:
        heads = ("attn_q_norm", "attn_k_norm") if self.parts.head_norms else ()
        posts = ("post_attention_norm", "post_ffw_norm") if self.parts.post_norms else ()
        norms = {
            name: in_head_order(self.vector(f"{prefix}.{name}", shape.head_size), order) for name in heads
        }
        return norms | {name: self.vector(f"{prefix}.{name}", shape.width) for name in posts}

    def check(self, name: str, *shape: int) -> None:
        """The file has this tensor in this shape, and it is used."""
        info = self.file.tensors.get(name)
        if info is None or info.shape != shape:
            found = "missing" if info is None else f"{info.shape}"
            self.refuse(f"tensor {name} is {found}, expected {shape}")
        self.used.add(name)

    def tensor(self, name: str, *shape: int) -> Floats:
        self.check(name, *shape)
        return self.file.tensor(name)

    def vector(self, name: str, size: int) -> Floats:
        return self.tensor(f"{name}.weight", size)

    def matrix(
        self,
        name: str,
        outputs: int,
        inputs: int,
        order: NDArray[np.intp] | None = None,
        factor: np.float32 = ONE,
    ) -> Matrix:
        name = f"{name}.weight"
        self.check(name, outputs, inputs)
        rows = np.empty((outputs, inputs), np.int8)
        scales = np.empty(outputs, np.float32)
        # Whole heads, or as many rows as are cheap to hold.
        step = QUANTISE_ROWS if order is None else outputs
        for i in range(0, outputs, step):
            part = slice(i, i + step)
            values = in_head_order(self.file.tensor(name, part), order)
            self.quantise_into(values if factor == ONE else values * factor, rows[part], scales[part])
        return Matrix(rows, scales)

    def check_all_used(self) -> None:
        left = sorted(self.file.tensors.keys() - self.used)
        if left:
            self.refuse(f"it has a tensor that the engine does not know ({left[0]})")


def _show(value: object) -> str:
    return "missing" if value is None else repr(value)[:40]
