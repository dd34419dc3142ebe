"""The readable forward pass of `formats/NUMERICS.md`, sections 6 to 8, and the judge of the native kernels.

One `feed` takes rows of many streams, and several positions of one stream, through all layers at once. Nothing
here depends on how rows are grouped: every sum whose order could show is an exact integer or a lane sum within one
row. A line-by-line transcription with one row per call lost: it runs at 10 rows per second.
"""

import numpy as np
from numpy.typing import NDArray

from nacomp.formats.records import dataclass
from nacomp.models.errors import ModelError
from nacomp.models.exact.arithmetic import (
    Floats,
    IntegerMatrix,
    Quantised,
    Turns,
    exact_product,
    gelu,
    in_planes,
    quantise,
    rms_norm,
    rope_angles,
    rotate,
    silu,
)
from nacomp.models.exact.context import Batch, Cache, Plan
from nacomp.models.exact.native_session import MAX_ROWS, NUMPY
from nacomp.models.exact.weights import Hyperparameters, Layer, Matrix, Weights
from nacomp.models.exp32 import exp32
from nacomp.models.protocol import BoolRow, ContextWindow, FloatRows, IntRow

Angles = tuple[Floats, Floats]

SOFTMAX_ONE = np.float32(262144)
WEIGHT_MOST = np.float32(4095)
SOFTMAX_UNIT = np.float32(2.0**-18)


@dataclass(frozen=True)
class _Products:
    """`Layer`, its matrices ready for BLAS."""

    attn_norm: Floats
    attn_q: IntegerMatrix
    attn_k: IntegerMatrix
    attn_v: IntegerMatrix
    attn_output: IntegerMatrix
    ffn_norm: Floats
    ffn_gate: IntegerMatrix
    ffn_up: IntegerMatrix
    ffn_down: IntegerMatrix
    bias: tuple[Floats | None, Floats | None, Floats | None]
    attn_q_norm: Floats | None
    attn_k_norm: Floats | None
    post_attention_norm: Floats | None
    post_ffw_norm: Floats | None


class ReferenceModel:
    """Weights as float32 integers: four times the memory of int8, the price of doing without a compiler."""

    def __init__(self, weights: Weights) -> None:
        self.name = weights.model
        self.kernel = NUMPY
        self.shape = weights.shape
        local = weights.rope_steps if weights.local_rope_steps is None else weights.local_rope_steps
        self.rope_steps: tuple[Turns, Turns] = (weights.rope_steps, local)
        self.embedding_scale = np.float32(weights.shape.embedding_scale)
        self.gate = gelu if weights.shape.gelu else silu
        self.epsilon = np.float32(weights.shape.epsilon)
        self.embedding = _widen(weights.embedding)
        self.output = self.embedding if weights.output is weights.embedding else _widen(weights.output)
        self.output_norm = weights.output_norm
        self.layers = tuple(_ready(layer, weights.shape) for layer in weights.layers)


def _ready(layer: Layer, shape: Hyperparameters) -> _Products:
    queries, values = shape.heads * shape.head_size, shape.kv_heads * shape.head_size
    b = layer.bias
    return _Products(
        attn_norm=layer.attn_norm,
        attn_q=_widen(layer.attn_q),
        attn_k=_widen(layer.attn_k),
        attn_v=_widen(layer.attn_v),
        attn_output=_widen(layer.attn_output),
        ffn_norm=layer.ffn_norm,
        ffn_gate=_widen(layer.ffn_gate),
        ffn_up=_widen(layer.ffn_up),
        ffn_down=_widen(layer.ffn_down),
        bias=(None, None, None) if b is None else (b[:queries], b[queries:-values], b[-values:]),
        attn_q_norm=layer.attn_q_norm,
        attn_k_norm=layer.attn_k_norm,
        post_attention_norm=layer.post_attention_norm,
        post_ffw_norm=layer.post_ffw_norm,
    )


def _widen(matrix: Matrix) -> IntegerMatrix:
    return IntegerMatrix(matrix.rows.astype(np.float32), matrix.scales)


@dataclass(frozen=True)
class _Projected:
    """What attention reads: values (row, head, size) and scales (row, head) of queries, keys and values.

    `sink_queries` are the queries rotated at position W - 1, None where no row is past the window.
    """

    queries: tuple[Floats, Floats]
    sink_queries: tuple[Floats, Floats] | None
    keys: tuple[Floats, Floats]
    values: tuple[Floats, Floats]


class ReferenceSession:
    """Contexts of S streams; see `models.protocol.Session`."""

    def __init__(self, model: ReferenceModel, streams: int, context: ContextWindow) -> None:
        self.streams = streams
        self._model = model
        self._context = context
        self._lengths = np.zeros(streams, np.int64)
        self._cache = Cache(model.shape, streams, context.window)
        self._sink_angles = self._angles(np.array([context.window - 1], np.uint64))

    def feed(self, streams: IntRow, tokens: IntRow, want: BoolRow) -> FloatRows:
        """See `models.protocol.Session.feed`. Raises ModelError where the model's values overflow."""
        if len(streams) > MAX_ROWS:
            raise ValueError(f"{len(streams)} rows in one call, the most is {MAX_ROWS}")
        try:
            with np.errstate(over="ignore", invalid="ignore"):  # found by `quantise` and the check below
                logits = self._logits(self._forward(streams, tokens)[want])
        except OverflowError as error:
            raise ModelError(model=self._model.name, reason="its values overflow on this text") from error
        return logits

    def _angles(self, positions: NDArray[np.uint64]) -> tuple[Angles, Angles]:
        """Cosines and sines at these positions, for layers that are not local and for those that are."""
        turns, local = self._model.rope_steps
        angles = rope_angles(turns, positions)
        return angles, angles if local is turns else rope_angles(local, positions)

    def _forward(self, streams: IntRow, tokens: IntRow) -> Floats:
        """What the layers make of rows: the residual stream behind the last one, (row, width)."""
        model = self._model
        plan = Plan(streams, self._lengths, self._context, model.shape.heads, model.shape.span)
        angles = self._angles(plan.positions.astype(np.uint64))
        sink_angles = self._sink_angles if any(batch.past_window.any() for batch in plan.batches) else None
        x = model.embedding.rows[tokens] * model.embedding.scales[tokens][:, None]
        x *= model.embedding_scale
        for index, layer in enumerate(model.layers):
            local = model.shape.is_local(index)
            q, k, v = self._project(layer, x)
            projected = _Projected(
                queries=quantise(rotate(q, *angles[local])),
                sink_queries=quantise(rotate(q, *sink_angles[local])) if sink_angles else None,
                keys=quantise(rotate(k, *angles[local])),
                values=quantise(v),
            )
            a = np.empty_like(q)
            for batch in plan.batches:
                self._attend(index, batch, projected, a)
            x += self._post(
                layer.attn_output.product(self._planes(a.reshape(len(x), -1))), layer.post_attention_norm
            )
            h = self._planes(self._norm(x, layer.ffn_norm))
            g, u = layer.ffn_gate.product(h), layer.ffn_up.product(h)
            x += self._post(layer.ffn_down.product(self._planes(model.gate(g) * u)), layer.post_ffw_norm)
        np.add.at(self._lengths, streams, 1)
        return x

    def _logits(self, x: Floats) -> Floats:
        logits = self._model.output.product(in_planes(self._norm(x, self._model.output_norm), False))
        if not np.isfinite(logits).all():
            raise OverflowError("a logit is not finite")
        return logits

    def _project(self, layer: _Products, x: Floats) -> tuple[Floats, Floats, Floats]:
        """Queries, keys and values before they are turned, each (row, head, size)."""
        h = self._planes(self._norm(x, layer.attn_norm))
        matrices = (layer.attn_q, layer.attn_k, layer.attn_v)
        q, k, v = (
            self._heads(m.product(h) if bias is None else m.product(h) + bias)
            for m, bias in zip(matrices, layer.bias, strict=True)
        )
        return self._head_norm(q, layer.attn_q_norm), self._head_norm(k, layer.attn_k_norm), v

    def _planes(self, x: Floats) -> tuple[Quantised, ...]:
        return in_planes(x, self._model.shape.planes)

    def _head_norm(self, heads: Floats, weight: Floats | None) -> Floats:
        """Each head by its norm, where the model has one: (row, head, size)."""
        if weight is None:
            return heads
        return rms_norm(heads.reshape(-1, heads.shape[-1]), weight, self._model.epsilon).reshape(heads.shape)

    def _post(self, y: Floats, weight: Floats | None) -> Floats:
        """What is added to the residual stream, (row, width)."""
        return y if weight is None else rms_norm(y, weight, self._model.epsilon)

    def _norm(self, x: Floats, weight: Floats) -> Floats:
        return rms_norm(x, weight, self._model.epsilon)

    def _heads(self, x: Floats) -> Floats:
        return x.reshape(len(x), -1, self._model.shape.head_size)

    def _attend(self, index: int, batch: Batch, projected: "_Projected", out: Floats) -> None:
        """Section 8 for one layer and batch: fills `out` (row, head, size) and appends to the cache."""
        cache, shape = self._cache, self._model.shape
        count, streams = batch.rows.shape[1], len(batch.streams)

        def with_held(cached: NDArray[np.generic], new: Floats) -> Floats:
            """Held slots, then this call's rows: (stream, kv head, key, ...) as float32."""
            held = cached[index, batch.streams, :, : batch.held]
            return np.concatenate([held, new[batch.rows].swapaxes(1, 2)], axis=2, dtype=np.float32)

        def by_kv_head(x: Floats) -> Floats:
            """(row, head, ...) -> (stream, kv head, position x sharing head, ...)."""
            x = x[batch.rows].reshape(streams, count, shape.kv_heads, -1, *x.shape[2:])
            return x.swapaxes(1, 2).reshape(streams, shape.kv_heads, -1, *x.shape[4:])

        k, ks = with_held(cache.k, projected.keys[0]), with_held(cache.ks, projected.keys[1])
        v, vs = with_held(cache.v, projected.values[0]), with_held(cache.vs, projected.values[1])
        kt, ks, vs = k.swapaxes(2, 3), ks[:, :, None], vs[:, :, None]
        scores = self._scores(by_kv_head(projected.queries[0]), by_kv_head(projected.queries[1]), kt, ks)
        share = shape.heads // shape.kv_heads
        if projected.sink_queries is not None and batch.past_window.any():
            past, sinks = np.repeat(batch.past_window, share), self._context.sinks
            q, s = (by_kv_head(x)[:, :, past] for x in projected.sink_queries)
            scores[:, :, past, :sinks] = self._scores(q, s, kt[..., :sinks], ks[..., :sinks])
        hidden = batch.far if shape.span and shape.is_local(index) else batch.hidden
        if hidden.any():
            np.copyto(scores, -np.inf, where=np.repeat(hidden, share, axis=0))
        mixed = _weigh(scores, v, vs).reshape(streams, shape.kv_heads, count, share, -1)
        out[batch.rows] = mixed.swapaxes(1, 2).reshape(streams, count, shape.heads, -1)
        self._append(index, batch, projected)

    def _scores(self, q: Floats, s: Floats, kt: Floats, ks: Floats) -> Floats:
        """Scores (stream, kv head, query, key) of quantised queries against quantised, transposed keys."""
        scores = exact_product(q, kt)
        scores *= (s * self._model.shape.score_factor)[..., None]
        scores *= ks
        return scores

    def _append(self, index: int, batch: Batch, projected: "_Projected") -> None:
        """Write the rows that stay in the window into their slots."""
        place = (index, batch.streams[:, None], slice(None), batch.slots)
        rows = batch.rows[:, batch.kept]
        self._cache.k[place], self._cache.ks[place] = (x[rows] for x in projected.keys)
        self._cache.v[place], self._cache.vs[place] = (x[rows] for x in projected.values)


def _weigh(scores: Floats, v: Floats, vs: Floats) -> Floats:
    """Softmax and weighted values, the integer way of section 8.

    Args:
        scores: (stream, kv head, query, key), -inf where hidden; overwritten.
        v: (stream, kv head, key, size) quantised values.
        vs: (stream, kv head, 1, key) their scales.

    Returns:
        (stream, kv head, query, size)
    """
    most = scores.max(axis=-1, keepdims=True)
    if not np.isfinite(most).all():
        raise OverflowError("an attention score is not finite")
    scores -= most
    e = exp32(scores)
    np.multiply(e, SOFTMAX_ONE, out=scores)
    np.rint(scores, out=scores)
    total = _exact_sum(scores)
    e *= vs
    most = e.max(axis=-1, keepdims=True)
    with np.errstate(divide="ignore"):
        inverse = WEIGHT_MOST / most
    usable = np.isfinite(inverse)
    e *= np.where(usable, inverse, np.float32(0))
    np.rint(e, out=e)
    mixed: Floats = np.matmul(e.astype(np.float64), v.astype(np.float64)).astype(
        np.float32
    )  # exact: below 2^31
    mixed *= np.where(usable, (most / WEIGHT_MOST) / (total * SOFTMAX_UNIT), np.float32(0))
    return mixed


def _exact_sum(integers: Floats) -> Floats:
    """Sum over the last axis, kept, rounded once: whole numbers up to 2^18, 4,096 of them, are exact in float64."""
    total: Floats = integers.sum(axis=-1, keepdims=True, dtype=np.float64).astype(np.float32)
    return total
