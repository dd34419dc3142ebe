"""One block's contexts on a device: `models.protocol.Session` as a chain of kernels that is laid out once.

The arguments of all kernels of all layers are bound when the session opens. A call then writes rows, tokens, positions and
angles into the device's memory, starts the chain, and waits for the logits; weights, keys and values never move.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyopencl as cl
from numpy.typing import NDArray

from nacomp.formats.records import dataclass
from nacomp.models.errors import ModelError
from nacomp.models.exact.arithmetic import rope_angles
from nacomp.models.exact.opencl.model import GROUP, WORD, DeviceLayer, DeviceMatrix, DeviceModel, words
from nacomp.models.protocol import BoolRow, ContextWindow, FloatRows, IntRow

MAX_ROWS = 512
"""Most rows of one call. The ring of keys and values has room for them behind the window, which is what more would cost."""
TILE_ROWS, CALL_HEADER = 8, 4
"""As in `exact.cl`."""
CALL_ROWS, CALL_WANTED = 0, 1
"""Where a call says how many rows it has, and of how many the logits are wanted."""

Groups = Callable[[int], tuple[int, ...]]


def group_per_row(each: int = 1) -> Groups:
    """`each` groups a row."""
    return lambda rows: (rows * each * GROUP,)


@dataclass(frozen=True)
class _Step:
    """A kernel with its arguments, and its global size for so many rows.

    `arguments` are kept because OpenCL does not: a buffer that nobody here knows any more is freed, bound or not.
    """

    kernel: Any
    arguments: tuple[Any, ...]
    size: Groups
    local: tuple[int, ...]


@dataclass(frozen=True)
class _Quantised:
    """Rows of activations: q (plane, row, word) and scales (plane, row); `width` int8 are used."""

    q: Any
    scales: Any
    width: int

    @property
    def stride(self) -> int:
        return words(self.width) * WORD


class DeviceSession:
    """Contexts of S streams; see `models.protocol.Session`."""

    def __init__(
        self, model: DeviceModel, streams: int, context: ContextWindow, max_rows: int = MAX_ROWS
    ) -> None:
        """Raises pyopencl's errors, where the device has no room among them."""
        self.streams = streams
        self._model, self._context, self._most = model, context, max_rows
        self._program, self._shape = model.program, model.shape
        self._queue = model.program.queue()
        self._lengths = np.zeros(streams, np.int64)
        self._ring = context.window - context.sinks + max_rows
        self._planes = 2 if model.shape.planes else 1
        self._make_buffers()
        self._steps = [self._embed()]
        for index, layer in enumerate(model.layers):
            self._steps += self._attention(index, layer) + self._feed_forward(layer)
        self._predict = self._prediction()
        self._logits: FloatRows = np.empty((0, model.shape.vocabulary), np.float32)
        self._room = 0
        self._queue.finish()  # drivers find out only now whether there is room for all of it

    def _make_buffers(self) -> None:
        shape, most = self._shape, self._most
        heads_wide = (shape.heads + 2 * shape.kv_heads) * shape.head_size
        self._wide_stride = max(heads_wide, 2 * shape.hidden, shape.width)
        self._call = np.zeros(CALL_HEADER + 4 * most, np.int32)
        self._call_buffer = self._zeros(self._call.nbytes)
        self._bad = self._zeros(4)
        self._x = self._zeros(4 * most * shape.width)
        self._y = self._zeros(4 * most * shape.width)
        self._wide = self._zeros(4 * most * self._wide_stride)
        self._mixed = self._zeros(4 * most * shape.heads * shape.head_size)
        self._rows = self._quantised(shape.width)
        self._mixed_rows = self._quantised(shape.heads * shape.head_size)
        self._hidden_rows = self._quantised(shape.hidden)
        self._head_words = words(shape.head_size)
        # Of each row's own position, and turned for the sinks.
        self._queries = self._zeros(2 * most * shape.heads * self._head_words * WORD)
        self._query_scales = self._zeros(4 * 2 * most * shape.heads)
        turned = [rope_angles(steps, self._last_position()) for steps in self._model.rope_steps]
        self._pairs = turned[0][0].shape[1]
        self._angles = [self._zeros(8 * most * self._pairs) for _ in turned]
        self._sink_angles = [self._program.constant(_interleaved(*angles)) for angles in turned]

    def _last_position(self) -> NDArray[np.uint64]:
        return np.array([self._context.window - 1], np.uint64)

    def _zeros(self, size: int) -> Any:
        buffer = self._program.buffer(size)
        cl.enqueue_fill_buffer(self._queue, buffer, np.int8(0), 0, buffer.size)
        return buffer

    def _quantised(self, width: int) -> _Quantised:
        rows = self._planes * self._most
        return _Quantised(self._zeros(rows * words(width) * WORD), self._zeros(4 * rows), width)

    def _into(self, rows: _Quantised, planes: int) -> tuple[Any, ...]:
        """Where a kernel puts the rows that it quantises: its last arguments."""
        return rows.q, rows.scales, rows.stride, planes, self._bad

    def _step(self, name: str, size: Groups, *arguments: Any, local: tuple[int, ...] = (GROUP,)) -> _Step:
        bound = tuple(map(_argument, arguments))
        return _Step(self._program.kernel(name, *bound), bound, size, local)

    def _embed(self) -> _Step:
        m, shape = self._model.embedding, self._shape
        return self._step(
            "embed",
            group_per_row(),
            self._call_buffer,
            self._most,
            m.words,
            m.scales,
            m.columns,
            shape.width,
            np.float32(shape.embedding_scale),
            self._x,
        )

    def _norm(self, weight: Any, picked: bool = False) -> _Step:
        """The residual stream through a norm into `_rows`; the output matrix takes one plane."""
        out, planes = self._rows, 1 if picked else self._planes
        return self._step(
            "norm_rows",
            group_per_row(),
            self._call_buffer,
            self._most,
            picked,
            self._x,
            weight,
            self._shape.width,
            np.float32(self._shape.epsilon),
            self._y,
            *self._into(out, planes),
        )

    def _product(self, matrix: DeviceMatrix, a: _Quantised, y: Any, stride: int, add: bool = False) -> _Step:
        return self._any_product(CALL_ROWS, matrix, a, self._planes, y, stride, add, check=False)

    def _any_product(
        self,
        counted: int,
        matrix: DeviceMatrix,
        a: _Quantised,
        planes: int,
        y: Any,
        stride: int,
        add: bool,
        check: bool,
    ) -> _Step:
        return self._step(
            "product",
            lambda rows: (matrix.columns, -(-rows // TILE_ROWS)),
            self._call_buffer,
            counted,
            a.q,
            a.scales,
            self._most,
            planes,
            matrix.words,
            matrix.scales,
            matrix.outputs,
            matrix.columns,
            matrix.depth,
            y,
            stride,
            add,
            check,
            self._bad,
            local=(GROUP, 1),
        )

    def _into_stream(self, matrix: DeviceMatrix, a: _Quantised, post_norm: Any) -> list[_Step]:
        """x = x + product, through a norm where the model has one there."""
        width = self._shape.width
        if post_norm is None:
            return [self._product(matrix, a, self._x, width, add=True)]
        added = self._step(
            "add_normed",
            group_per_row(),
            self._y,
            width,
            post_norm,
            width,
            np.float32(self._shape.epsilon),
            self._x,
        )
        return [self._product(matrix, a, self._y, width), added]

    def _attention(self, index: int, layer: DeviceLayer) -> list[_Step]:
        shape, context = self._shape, self._context
        places = self.streams * shape.kv_heads * (context.sinks + self._ring)
        keys, values = (self._zeros(places * self._head_words * WORD) for _ in range(2))
        cache = (keys, self._zeros(4 * places), values, self._zeros(4 * places))
        local = shape.is_local(index)
        out = self._mixed_rows
        quantised = self._step(
            "quantise_rows",
            group_per_row(),
            self._most,
            self._mixed,
            out.width,
            *self._into(out, self._planes),
        )
        return [
            self._norm(layer.attn_norm),
            self._product(layer.qkv, self._rows, self._wide, self._wide_stride),
            self._finished_heads(layer, local, cache),
            self._attended(shape.span if local else 0, cache),
            quantised,
            *self._into_stream(layer.attn_output, out, layer.post_attention_norm),
        ]

    def _finished_heads(self, layer: DeviceLayer, local: bool, cache: tuple[Any, ...]) -> _Step:
        shape = self._shape
        parts = (layer.bias is not None) + 2 * (layer.attn_q_norm is not None)
        absent = self._bad  # some buffer, which is not read
        return self._step(
            "finish_heads",
            group_per_row(shape.heads + 2 * shape.kv_heads),
            self._call_buffer,
            self._most,
            self._wide,
            self._wide_stride,
            layer.bias or absent,
            layer.attn_q_norm or absent,
            layer.attn_k_norm or absent,
            parts,
            np.float32(shape.epsilon),
            self._angles[local],
            self._sink_angles[local],
            self._pairs,
            shape.heads,
            shape.kv_heads,
            shape.head_size,
            self._head_words * WORD,
            shape.score_factor,
            self._context.window,
            self._context.sinks,
            self._ring,
            self._queries,
            self._query_scales,
            *cache,
            self._bad,
        )

    def _attended(self, span: int, cache: tuple[Any, ...]) -> _Step:
        shape = self._shape
        return self._step(
            "attend",
            group_per_row(shape.heads),
            self._call_buffer,
            self._most,
            self._queries,
            self._query_scales,
            *cache,
            shape.heads,
            shape.kv_heads,
            shape.head_size,
            self._head_words,
            self._context.window,
            self._context.sinks,
            self._ring,
            min(span, self._context.window),
            cl.LocalMemory(4 * self._context.window),
            self._mixed,
            self._bad,
        )

    def _feed_forward(self, layer: DeviceLayer) -> list[_Step]:
        out = self._hidden_rows
        gated = self._step(
            "gate_rows",
            group_per_row(),
            self._most,
            self._wide,
            self._wide_stride,
            out.width,
            self._shape.gelu,
            *self._into(out, self._planes),
        )
        return [
            self._norm(layer.ffn_norm),
            self._product(layer.gate_up, self._rows, self._wide, self._wide_stride),
            gated,
            *self._into_stream(layer.ffn_down, out, layer.post_ffw_norm),
        ]

    def _prediction(self) -> list[_Step]:
        """The wanted rows' logits; their buffer is bound when it is known how many there may be."""
        return [self._norm(self._model.output_norm, picked=True)]

    def _make_room(self, wanted: int) -> None:
        """A buffer for so many rows of logits, here and on the device."""
        if wanted <= self._room:
            return
        vocabulary = self._shape.vocabulary
        self._logits_buffer = self._program.buffer(4 * wanted * vocabulary)
        self._logits = np.empty((wanted, vocabulary), np.float32)
        self._predict[1:] = [
            self._any_product(
                CALL_WANTED,
                self._model.output,
                self._rows,
                1,
                self._logits_buffer,
                vocabulary,
                add=False,
                check=True,
            )
        ]
        self._room = wanted

    def feed(self, streams: IntRow, tokens: IntRow, want: BoolRow) -> FloatRows:
        """See `models.protocol.Session.feed`. Raises ModelError where the model's values overflow, pyopencl's errors."""
        rows, wanted = len(streams), np.flatnonzero(want)
        self._check(streams, tokens)
        self._make_room(len(wanted))
        if rows:
            self._send(streams, tokens, wanted)
            self._start(self._steps, rows)
        if len(wanted):
            self._start(self._predict, len(wanted))
            cl.enqueue_copy(self._queue, self._logits[: len(wanted)], self._logits_buffer, is_blocking=False)
        bad = np.zeros(1, np.int32)
        cl.enqueue_copy(self._queue, bad, self._bad, is_blocking=True)
        if bad[0]:
            raise ModelError(model=self._model.name, reason="its values overflow on this text")
        return self._logits[: len(wanted)]

    def _check(self, streams: IntRow, tokens: IntRow) -> None:
        if len(streams) > self._most:
            raise ValueError(f"{len(streams)} rows in one call, the most is {self._most}")
        for values, most in ((streams, self.streams), (tokens, self._shape.vocabulary)):
            if len(values) and not 0 <= int(values.min()) <= int(values.max()) < most:
                raise ValueError("a stream or a token of a row is out of range")

    def _send(self, streams: IntRow, tokens: IntRow, wanted: NDArray[np.intp]) -> None:
        positions = self._place(streams)
        self._call[:2] = len(streams), len(wanted)
        arrays = self._call[CALL_HEADER:].reshape(4, self._most)
        arrays[:3, : len(streams)] = streams, tokens, positions
        arrays[3, : len(wanted)] = wanted
        cl.enqueue_copy(self._queue, self._call_buffer, self._call, is_blocking=False)
        plain, local = self._model.rope_steps
        for steps, buffer in zip(self._model.rope_steps, self._angles, strict=True):
            if steps is plain or local is not plain:
                angles = _interleaved(*rope_angles(steps, positions.astype(np.uint64)))
                if angles.size:
                    cl.enqueue_copy(self._queue, buffer, angles, is_blocking=True)

    def _place(self, streams: IntRow) -> NDArray[np.int64]:
        """(row,) the position of each row in its stream, which is longer by it from now on."""
        order = np.argsort(streams, kind="stable")
        alike = streams[order]
        positions = np.empty(len(streams), np.int64)
        first = np.searchsorted(alike, alike)
        positions[order] = self._lengths[alike] + np.arange(len(streams)) - first
        np.add.at(self._lengths, streams, 1)
        return positions

    def _start(self, steps: list[_Step], rows: int) -> None:
        for step in steps:
            cl.enqueue_nd_range_kernel(self._queue, step.kernel, step.size(rows), step.local)


def _interleaved(cosines: FloatRows, sines: FloatRows) -> FloatRows:
    """(row, pair, 2)"""
    return np.stack([cosines, sines], axis=-1)


def _argument(value: Any) -> Any:
    """Plain numbers are 32-bit ones to a kernel."""
    return np.int32(value) if isinstance(value, int) else value
