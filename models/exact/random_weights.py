"""Random models for the exact engine, the same on every machine and with every numpy: raw PCG64 output, integers first.

Tests and the self-test of devices compare implementations by them. Beyond what tiny GGUF files give: any widths, sharp and
flat attention, rows of zeros, scales near the ends of float32.
"""

from typing import Any

import numpy as np

from nacomp.formats.records import dataclass
from nacomp.models.exact.arithmetic import Floats, rope_steps
from nacomp.models.exact.weights import EXACT_1, EXACT_2, Hyperparameters, Layer, Matrix, Weights


@dataclass(frozen=True)
class Form:
    """Shape of a random model; names as in `Hyperparameters`.

    Attributes:
        share: query heads per key/value head.
        rotary: rotary dimensions, the head size if None.
        sharpness: factor on queries and keys; large values let few positions take all the weight.
        magnitude: factor on the embedding when it is not tied; the norms undo it, unless it is extreme.
        planes: whether activations have a second plane.
        biases, head_norms, post_norms, gelu: the parts of `nacomp.models.exact.architecture.Architecture`.
        embedding_scale: factor on the embedding.
        score_scale: of attention scores; 0 for the root of 1 / head size.
        local: every how many-th layer is a local one, from the first on; 0 for none.
        span: what local layers see.
    """

    width: int = 32
    kv_heads: int = 2
    share: int = 2
    head_size: int = 16
    hidden: int = 48
    layers: int = 2
    vocabulary: int = 50
    tied: bool = True
    rotary: int | None = None
    sharpness: float = 2.0
    magnitude: float = 1.0
    seed: int = 1
    planes: bool = False
    biases: bool = False
    head_norms: bool = False
    post_norms: bool = False
    gelu: bool = False
    embedding_scale: float = 1.0
    score_scale: float = 0.0
    local: int = 0
    span: int = 0


class _Source:
    """Numbers in a fixed order from one seed."""

    def __init__(self, seed: int) -> None:
        self._bits = np.random.PCG64(seed)

    def bytes(self, count: int) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
        return self._bits.random_raw(-(-count // 8)).astype("<u8").view(np.uint8)[:count]

    def matrix(self, outputs: int, inputs: int, factor: float = 1.0) -> Matrix:
        """Rows of about unit gain; one in sixteen is all zeros, as pruned models have them."""
        rows = np.maximum(self.bytes(outputs * inputs).view(np.int8), -127).reshape(outputs, inputs).copy()
        scales = (1 + self.bytes(outputs) / 256) * factor / (100 * np.sqrt(inputs))
        zero = self.bytes(outputs) % 16 == 0
        rows[zero] = 0
        return Matrix(rows, np.where(zero, 0, scales).astype(np.float32))

    def norm(self, width: int) -> Floats:
        return (0.5 + self.bytes(width) / 256).astype(np.float32)


def random_weights(form: Form) -> Weights:
    """A model of this form."""
    source = _Source(form.seed)
    width, size = form.width, form.head_size
    queries, values = form.kv_heads * form.share * size, form.kv_heads * size
    further = _Source(form.seed + 1000)
    embedding = source.matrix(form.vocabulary, width, form.magnitude)
    layers = tuple(
        Layer(
            attn_norm=source.norm(width),
            attn_q=source.matrix(queries, width, form.sharpness),
            attn_k=source.matrix(values, width, form.sharpness),
            attn_v=source.matrix(values, width),
            attn_output=source.matrix(width, queries),
            ffn_norm=source.norm(width),
            ffn_gate=source.matrix(form.hidden, width),
            ffn_up=source.matrix(form.hidden, width),
            ffn_down=source.matrix(width, form.hidden),
            **_parts(form, further),
        )
        for _ in range(form.layers)
    )
    return Weights(
        model="random",
        shape=_shape(form),
        rope_steps=rope_steps(form.rotary or size, 10_000.0),
        embedding=embedding,
        layers=layers,
        output_norm=source.norm(width),
        output=embedding if form.tied else source.matrix(form.vocabulary, width),
        local_rope_steps=rope_steps(form.rotary or size, 50.0) if form.local else None,
        numerics=EXACT_2 if form.planes else EXACT_1,
    )


def _shape(form: Form) -> Hyperparameters:
    return Hyperparameters(
        layers=form.layers,
        width=form.width,
        heads=form.kv_heads * form.share,
        kv_heads=form.kv_heads,
        head_size=form.head_size,
        hidden=form.hidden,
        vocabulary=form.vocabulary,
        context=4096,
        epsilon=float(np.float32(1e-5)),
        planes=form.planes,
        gelu=form.gelu,
        embedding_scale=form.embedding_scale,
        score_scale=form.score_scale,
        span=form.span,
        local=tuple(i % form.local == 0 for i in range(form.layers)) if form.local else (),
    )


def _parts(form: Form, source: _Source) -> dict[str, Any]:
    """What few architectures have, by the names of `Layer`."""
    parts: dict[str, Any] = {}
    if form.biases:
        parts["bias"] = source.norm((form.share + 2) * form.kv_heads * form.head_size) - 1
    if form.head_norms:
        parts |= {name: source.norm(form.head_size) for name in ("attn_q_norm", "attn_k_norm")}
    if form.post_norms:
        parts |= {name: source.norm(form.width) for name in ("post_attention_norm", "post_ffw_norm")}
    return parts


@dataclass(frozen=True)
class Rows:
    """One call's rows, as `Session.feed` takes them."""

    streams: np.ndarray[tuple[int], np.dtype[np.int32]]
    tokens: np.ndarray[tuple[int], np.dtype[np.int32]]
    want: np.ndarray[tuple[int], np.dtype[np.bool_]]


def random_rows(form: Form, streams: int, sizes: list[int], seed: int) -> list[Rows]:
    """Calls of these many rows, with streams, tokens and wanted rows mixed at random."""
    source = _Source(seed)
    return [
        Rows(
            streams=(source.bytes(n) % streams).astype(np.int32),
            tokens=(source.bytes(2 * n).view("<u2") % form.vocabulary).astype(np.int32),
            want=source.bytes(n) % 4 != 0,
        )
        for n in sizes
    ]
