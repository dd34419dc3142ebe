"""Moves the outlier channels of the activations into the weights (NUMERICS section 9).

Last step of loading. A row of activations is quantised with one scale, so one outlier channel leaves the others few of
the 127 steps. Each channel is divided by a power of two, folded exactly into the norm in front, and the columns of
the matrices behind are multiplied by it before they are quantised. Kernels see other numbers, nothing else. Method:
SmoothQuant (Xiao et al., 2023) with strength 1/2; how large a channel gets is measured on a fixed text.

Expected loss against float32, SmolLM2-135M, bits/token: alice29 0.066 without and 0.037 with it, fields.c 0.058 and
0.026. Two int8 planes of activations lost: the same gain for half the speed. Smoothing the inputs of `ffn_down` and
`attn_output` as well lost: no further gain.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from nacomp.models.exact.arithmetic import Floats
from nacomp.models.exact.reference import ReferenceModel, ReferenceSession
from nacomp.models.exact.weights import Matrix, QuantiseInto, Weights, quantise_into
from nacomp.models.library.gguf_file import GgufFile
from nacomp.models.protocol import ContextWindow
from nacomp.models.tokens.vocabulary import Vocabulary

CALIBRATION_TEXT = b"""The quick brown fox jumps over the lazy dog. In 1984, Dr. Smith's results (see Table 3) were \
reported as follows:

  for (i = 0; i < n; i++) { sum += a[i] * b[i]; }

"Why," she said, "it was not what I had expected at all!" The city of Paris lies on the Seine; its population is \
2,102,650. <p>Hello</p>
"""
MOST_TOKENS = 128


Observe = Callable[[Weights, NDArray[np.int32]], Sequence[Floats]]
"""(channel,) largest magnitude behind each norm where a model is fed tokens: attention and feed-forward of each layer, then
the output's."""


def smooth(
    weights: Weights,
    file: GgufFile,
    vocabulary: Vocabulary,
    observe: Observe | None = None,
    quantise_with: QuantiseInto = quantise_into,
) -> Weights:
    """The same model with larger weights and smaller activations. Raises ModelError if its values overflow.

    `observe` and `quantise_with` may be native: the same numbers, in 10 ms instead of 60 for the embedded model.
    """
    largest = (observe or largest_activations)(weights, calibration_tokens(vocabulary))
    layers = []
    for index, layer in enumerate(weights.layers):
        attention, feed_forward = largest[2 * index : 2 * index + 2]
        names = [f"blk.{index}.{name}" for name in ("attn_q", "attn_k", "attn_v", "ffn_gate", "ffn_up")]
        attn_norm, (q, k, v) = _fold(file, layer.attn_norm, names[:3], attention, quantise_with)
        ffn_norm, (gate, up) = _fold(file, layer.ffn_norm, names[3:], feed_forward, quantise_with)
        layers.append(
            replace(
                layer,
                attn_norm=attn_norm,
                attn_q=q,
                attn_k=k,
                attn_v=v,
                ffn_norm=ffn_norm,
                ffn_gate=gate,
                ffn_up=up,
            )
        )
    name = "token_embd" if weights.output is weights.embedding else "output"
    output_norm, (output,) = _fold(file, weights.output_norm, [name], largest[-1], quantise_with)
    return replace(weights, layers=tuple(layers), output_norm=output_norm, output=output)


def calibration_tokens(vocabulary: Vocabulary) -> NDArray[np.int32]:
    """The start token and the calibration text, cut greedily into the longest known pieces; other bytes are left out."""
    known = {piece: token for token, piece in reversed(list(enumerate(vocabulary.pieces))) if piece}
    longest = max(map(len, known), default=0)
    tokens, position = [vocabulary.start_token], 0
    while position < len(CALIBRATION_TEXT):
        ends = range(min(len(CALIBRATION_TEXT), position + longest), position, -1)
        end = next((e for e in ends if CALIBRATION_TEXT[position:e] in known), None)
        if end is not None:
            tokens.append(known[CALIBRATION_TEXT[position:end]])
        position = end or position + 1
    return np.array(tokens[:MOST_TOKENS], np.int32)


class _Observer(ReferenceSession):
    """Notes how large each channel gets behind every norm, in the order of the forward pass."""

    def __init__(self, model: ReferenceModel, tokens: int) -> None:
        super().__init__(model, 1, ContextWindow(tokens, 0))
        self.largest: list[Floats] = []

    def _norm(self, x: Floats, weight: Floats) -> Floats:
        h = super()._norm(x, weight)
        self.largest.append(np.abs(h).max(axis=0))
        return h


def largest_activations(weights: Weights, tokens: NDArray[np.int32]) -> Sequence[Floats]:
    """See `Observe`."""
    observer = _Observer(ReferenceModel(weights), len(tokens))
    observer.feed(np.zeros(len(tokens), np.int32), tokens, np.ones(len(tokens), np.bool_))
    return observer.largest


def _fold(
    file: GgufFile, norm: Floats, names: Sequence[str], activations: Floats, quantise_with: QuantiseInto
) -> tuple[Floats, tuple[Matrix, ...]]:
    """Divide a norm's channels by powers of two and multiply the columns of what it feeds."""
    values = [file.tensor(f"{name}.weight") for name in names]
    weights = np.max([np.abs(v).max(axis=0) for v in values], axis=0)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = activations / weights
    usable = np.isfinite(ratio) & (ratio > 0)
    exponents = np.where(usable, np.frexp(ratio)[1] // 2, 0)
    factors: Floats = np.ldexp(np.float32(1), exponents).astype(np.float32)
    matrices = []
    for v in values:
        np.multiply(v, factors, out=v)
        matrix = Matrix(np.empty(v.shape, np.int8), np.empty(len(v), np.float32))
        quantise_with(v, matrix.rows, matrix.scales)
        matrices.append(matrix)
    return norm / factors, tuple(matrices)
