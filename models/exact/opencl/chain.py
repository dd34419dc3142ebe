"""The forward pass on a device as a chain of kernels that is laid out once, for the streams of any number of sessions.

The arguments of all kernels of all layers are bound when the chain is laid out. A launch then writes rows, tokens, positions
and angles into the device's memory, starts the chain, and waits for the logits; weights, keys and values never move. Which
streams belong to whom is `together`'s matter.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyopencl as cl
from numpy.typing import NDArray

from nacomp.formats.records import dataclass
from nacomp.models.exact.arithmetic import rope_angles
from nacomp.models.exact.opencl.model import GROUP, WORD, DeviceLayer, DeviceMatrix, DeviceModel, words
from nacomp.models.protocol import BoolRow, ContextWindow, FloatRows, IntRow

TILE_ROWS, CALL_HEADER = 8, 4
"""As in `exact.cl`."""
CALL_ROWS, CALL_WANTED = 0, 1
"""Where a call says how many rows it has, and of how many the logits are wanted."""
LOGIT_BYTES = 128 << 20
"""Most that the logits of one call take, here and on the device: with 262,144 tokens those of 128 rows."""

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


@dataclass(frozen=True)
class _Cache:
    """Keys and values of one layer, by stream first, so that room for more streams lies behind the others'."""

    keys: Any
    key_scales: Any
    values: Any
    value_scales: Any

    @property
    def parts(self) -> tuple[Any, ...]:
        return self.keys, self.key_scales, self.values, self.value_scales


class Chain:
    """Contexts of streams, and the kernels over them. Not thread-safe: one launch at a time."""

    def __init__(self, model: DeviceModel, context: ContextWindow, call_rows: int) -> None:
        """`call_rows`: most rows of one stream in a launch. Raises pyopencl's errors."""
        self._model, self._context = model, context
        self._program, self._shape = model.program, model.shape
        self._queue = model.program.queue()
        self._ring = context.window - context.sinks + call_rows
        self._planes = 2 if model.shape.planes else 1
        self._logit_rows = rows_of_logits(model.shape.vocabulary, call_rows)
        self._head_words = words(model.shape.head_size)
        self._lengths = np.zeros(0, np.int64)
        self._caches: list[_Cache] = []
        self._most = 0
        self._steps: list[_Step] = []
        self._predict: list[_Step] = []

    @property
    def streams(self) -> int:
        """How many there is room for."""
        return len(self._lengths)

    @property
    def rows(self) -> int:
        """How many a launch has room for."""
        return self._most

    def make_room(self, streams: int) -> None:
        """For so many streams in all. Raises pyopencl's errors; the streams that were there go on in any case."""
        if streams <= self.streams:
            return
        try:
            self._widen(streams)
        finally:  # some layers may have moved
            self._bind()
        self._lengths = np.append(self._lengths, np.zeros(streams - self.streams, np.int64))
        self._queue.finish()  # drivers find out only now whether there is room for all of it

    def make_longer(self, rows: int) -> None:
        """Launches of so many rows, or of as many as before where there is no room. Raises pyopencl's errors."""
        before = self._most
        if rows <= before:
            return
        try:
            self._make_buffers(rows)
            self._queue.finish()
        except cl.Error:
            if not before:
                raise
            self._make_buffers(before)
        self._bind()

    def forget(self, streams: IntRow) -> None:
        """These contexts are empty again."""
        self._lengths[streams] = 0

    def _widen(self, streams: int) -> None:
        """Each layer in turn, so that one alone is there twice."""
        shape = self._shape
        places = streams * shape.kv_heads * (self._context.sinks + self._ring)
        size = places * self._head_words * WORD
        for index in range(shape.layers):
            new = _Cache(
                self._zeros(size), self._zeros(4 * places), self._zeros(size), self._zeros(4 * places)
            )
            if index < len(self._caches):
                for old, part in zip(self._caches[index].parts, new.parts, strict=True):
                    cl.enqueue_copy(self._queue, part, old, byte_count=min(old.size, part.size))
                self._queue.finish()
                self._caches[index] = new
            else:
                self._caches.append(new)

    def _bind(self) -> None:
        """All kernels with their arguments, once there are all buffers."""
        if len(self._caches) < self._shape.layers or not self._most:
            return
        self._steps = [self._embed()]
        for index, layer in enumerate(self._model.layers):
            self._steps += self._attention(index, layer) + self._feed_forward(layer)
        self._predict = self._prediction()

    def _make_buffers(self, most: int) -> None:
        """For launches of so many rows."""
        self._most = most
        shape = self._shape
        heads_wide = (shape.heads + 2 * shape.kv_heads) * shape.head_size
        self._wide_stride = max(heads_wide, 2 * shape.hidden, shape.width)
        self._call = np.zeros(CALL_HEADER + 4 * most, np.int32)
        self._call_buffer = self._zeros(self._call.nbytes)
        self._bad = self._zeros(4 * most)
        self._x = self._zeros(4 * most * shape.width)
        self._y = self._zeros(4 * most * shape.width)
        self._wide = self._zeros(4 * most * self._wide_stride)
        self._mixed = self._zeros(4 * most * shape.heads * shape.head_size)
        self._rows = self._quantised(shape.width)
        self._mixed_rows = self._quantised(shape.heads * shape.head_size)
        self._hidden_rows = self._quantised(shape.hidden)
        # Of each row's own position, and turned for the sinks.
        self._queries = self._zeros(2 * most * shape.heads * self._head_words * WORD)
        self._query_scales = self._zeros(4 * 2 * most * shape.heads)
        self._logits = self._program.buffer(4 * min(most, self._logit_rows) * shape.vocabulary)
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
            self._bad,
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
        shape, cache = self._shape, self._caches[index].parts
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
        """The wanted rows' logits."""
        logits = self._any_product(
            CALL_WANTED,
            self._model.output,
            self._rows,
            1,
            self._logits,
            self._shape.vocabulary,
            add=False,
            check=True,
        )
        return [self._norm(self._model.output_norm, picked=True), logits]

    def launch(self, streams: IntRow, tokens: IntRow, want: BoolRow, out: Sequence[FloatRows]) -> BoolRow:
        """Rows of any streams, as they would be one after the other. Raises pyopencl's errors.

        Args:
            streams, tokens, want: as of `models.protocol.Session.feed`, at most as many as there is room for.
            out: where the logits of the wanted rows go: arrays (some of them, vocabulary), one after the other.

        Returns:
            (row,) whether a value of it overflowed; then it has no logits, nor has its stream from there on.
        """
        kept = self._send(streams, tokens)
        self._start(self._steps, len(streams))
        wanted = np.flatnonzero(want).astype(np.int32)
        pieces = _pieces(out, self._logit_rows)
        for piece, at in zip(pieces, _starts(pieces), strict=True):
            rows = sum(map(len, piece))
            kept.append(self._pick(wanted[at : at + rows]))
            self._start(self._predict, rows)
            self._fetch(piece)
        bad = np.zeros(len(streams), np.int32)
        cl.enqueue_copy(self._queue, bad, self._bad, is_blocking=True)  # `kept` until here
        overflowed: BoolRow = bad != 0
        return overflowed

    def _send(self, streams: IntRow, tokens: IntRow) -> list[NDArray[Any]]:
        """What the device has not read before the launch ends."""
        positions = self._place(streams)
        self._call[0] = len(streams)
        arrays = self._call[CALL_HEADER:].reshape(4, self._most)
        arrays[:3, : len(streams)] = streams, tokens, positions
        cl.enqueue_copy(self._queue, self._call_buffer, self._call, is_blocking=False)
        kept: list[NDArray[Any]] = []
        plain, local = self._model.rope_steps
        for steps, buffer in zip(self._model.rope_steps, self._angles, strict=True):
            if steps is plain or local is not plain:
                angles = _interleaved(*rope_angles(steps, positions.astype(np.uint64)))
                if angles.size:
                    cl.enqueue_copy(self._queue, buffer, angles, is_blocking=False)
                    kept.append(angles)
        return kept

    def _pick(self, wanted: IntRow) -> NDArray[np.int32]:
        """Say which rows' logits come next."""
        said = np.concatenate([np.array([len(wanted)], np.int32), wanted])
        place = 4 * (CALL_HEADER + 3 * self._most)
        cl.enqueue_copy(
            self._queue, self._call_buffer, said[:1], dst_offset=4 * CALL_WANTED, is_blocking=False
        )
        cl.enqueue_copy(self._queue, self._call_buffer, said[1:], dst_offset=place, is_blocking=False)
        return said

    def _fetch(self, piece: Sequence[FloatRows]) -> None:
        """The logits from the device's memory into these arrays."""
        at = 0
        for part in piece:
            cl.enqueue_copy(self._queue, part, self._logits, src_offset=at, is_blocking=False)
            at += part.nbytes

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


def rows_of_logits(vocabulary: int, most: int) -> int:
    """How many rows' logits to hold at a time, at most so many."""
    return max(1, min(most, LOGIT_BYTES // (4 * vocabulary)))


def _pieces(arrays: Sequence[FloatRows], most: int) -> list[list[FloatRows]]:
    """These arrays' rows in the same order, in pieces of at most so many rows."""
    pieces: list[list[FloatRows]] = []
    room = 0
    for array in arrays:
        at = 0
        while at < len(array):
            if not room:
                pieces.append([])
                room = most
            part = array[at : at + room]
            pieces[-1].append(part)
            at += len(part)
            room -= len(part)
    return pieces


def _starts(pieces: Sequence[Sequence[FloatRows]]) -> list[int]:
    """Where each begins among all rows."""
    ends = np.cumsum([0, *(sum(map(len, piece)) for piece in pieces)])
    return [int(end) for end in ends[:-1]]


def _interleaved(cosines: FloatRows, sines: FloatRows) -> FloatRows:
    """(row, pair, 2)"""
    return np.stack([cosines, sines], axis=-1)


def _argument(value: Any) -> Any:
    """Plain numbers are 32-bit ones to a kernel."""
    return np.int32(value) if isinstance(value, int) else value
