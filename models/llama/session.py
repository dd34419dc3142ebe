"""The contexts of one block's streams in llama.cpp: one sequence per stream, one llama_batch per step.

llama.cpp's floats depend on the shape of a batch and on the cells a cache has used, so a session is a fresh context and
the same calls give the same bits. Logits are read where llama.cpp puts them.

The window slides by the cache's own means: `stride` tokens behind the sinks are removed and the rest moves down, which
turns the keys once for all streams. Streams that are nearly full slide along, because turning the keys of one stream
costs as much as turning all of them. A memory that cannot shift, or whose keys do not hold positions that turn, is
cleared and fed the last half window again.
"""

import ctypes
import weakref
from collections import deque
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nacomp.models.errors import ModelError
from nacomp.models.llama.library import last_error, library
from nacomp.models.llama.settings import CELLS, ROWS, LlamaSettings
from nacomp.models.protocol import BoolRow, ContextWindow, FloatRows, IntRow

SLIDES_PER_WINDOW = 8


class Slide(StrEnum):
    """How a full context makes room."""

    SHIFT = "shift"
    REFEED = "refeed"
    NONE = "none"
    """A recurrent model: its state has no length."""


class LlamaModel:
    """One instance of a model's weights. Freed with its last session."""

    def __init__(self, name: str, pointer: Any, size: int) -> None:
        """`size` is the number of token ids."""
        self.name = name
        self.pointer = pointer
        self.size = size
        weakref.finalize(self, library().llama_model_free, pointer)


class LlamaSession:
    """See `models.protocol.Session`."""

    def __init__(
        self, model: LlamaModel, streams: int, context: ContextWindow, settings: LlamaSettings, threads: int
    ) -> None:
        self.streams = streams
        self._model = model
        self._llama = library()
        self._window = context.window
        self._sinks = context.sinks
        self._stride = max(1, (context.window - context.sinks) // SLIDES_PER_WINDOW)
        self._context = self._open(settings, threads)
        self._memory = self._llama.llama_get_memory(self._context.pointer)
        self.slide = self._choose_slide()
        self.slides = 0
        """How often streams made room, for measurements."""
        self._used = np.zeros(streams, np.int32)
        """(stream,) positions in use."""
        self._recent: list[deque[int]] = [deque(maxlen=context.window // 2) for _ in range(streams)]
        """Per stream the tokens to feed again; kept for REFEED only."""
        self._batch = _Batch(self._llama)

    def feed(self, streams: IntRow, tokens: IntRow, want: BoolRow) -> FloatRows:
        """See `models.protocol.Session.feed`. The logits live until the next call."""
        cuts = self._cuts(streams)
        if len(cuts) == 1:
            return self._decode(streams, tokens, want)
        parts = [self._decode(streams[a:b], tokens[a:b], want[a:b]).copy() for a, b in cuts]
        return np.concatenate(parts)

    def _open(self, settings: LlamaSettings, threads: int) -> "_Context":
        parameters = self._llama.llama_context_default_params()
        parameters.n_ctx = self.streams * -(-self._window // CELLS) * CELLS
        parameters.n_batch = parameters.n_ubatch = ROWS
        parameters.n_seq_max = self.streams
        parameters.n_threads = parameters.n_threads_batch = threads
        flash = self._llama.LLAMA_FLASH_ATTN_TYPE_AUTO, self._llama.LLAMA_FLASH_ATTN_TYPE_DISABLED
        parameters.flash_attn_type = flash[0] if settings.flash_attention else flash[1]
        parameters.offload_kqv = parameters.op_offload = settings.gpu_layers != 0
        parameters.swa_full = True  # a cache cut to the model's own short window cannot shift
        parameters.kv_unified = False  # sequences share nothing; one buffer for all would attend to all
        parameters.no_perf = True
        pointer = self._llama.llama_init_from_model(self._model.pointer, parameters)
        if not pointer:
            cells = f"{self.streams} contexts of {self._window} tokens"
            raise ModelError(model=self._model.name, reason=f"llama.cpp cannot open {cells} ({last_error()})")
        return _Context(pointer, self._model)

    def _choose_slide(self) -> Slide:
        llama, model = self._llama, self._model.pointer
        if llama.llama_model_is_recurrent(model):
            return Slide.NONE
        turns = llama.llama_model_rope_type(model) != llama.LLAMA_ROPE_TYPE_NONE
        shifts = (
            turns and not llama.llama_model_is_hybrid(model) and llama.llama_memory_can_shift(self._memory)
        )
        return Slide.SHIFT if shifts else Slide.REFEED

    def _cuts(self, streams: IntRow) -> list[tuple[int, int]]:
        """Row ranges in which no stream has more rows than one slide makes room for, and no more than a batch holds."""
        cuts = []
        begin = 0
        seen = np.zeros(self.streams, np.int32)
        for row, stream in enumerate(streams.tolist()):
            if seen[stream] == self._stride or row - begin == ROWS:
                cuts.append((begin, row))
                begin = row
                seen[:] = 0
            seen[stream] += 1
        return [*cuts, (begin, len(streams))]

    def _decode(self, streams: IntRow, tokens: IntRow, want: BoolRow) -> FloatRows:
        self._make_room(np.bincount(streams, minlength=self.streams).astype(np.int32))
        self._run(streams, tokens, want)
        if self.slide is Slide.REFEED:
            for stream, token in zip(streams.tolist(), tokens.tolist(), strict=True):
                self._recent[stream].append(token)
        wanted = int(want.sum())
        if not wanted:
            return np.empty((0, self._model.size), np.float32)
        logits = self._logits(wanted)
        if not (np.isfinite(logits.max()) and np.isfinite(logits.min())):
            raise ModelError(model=self._model.name, reason="it predicted values that are not finite")
        return logits

    def _logits(self, rows: int) -> FloatRows:
        """llama.cpp's own memory, as it stands; the array keeps its context alive."""
        pointer = self._llama.llama_get_logits(self._context.pointer)
        block = ctypes.c_float * (rows * self._model.size)
        values: Any = block.from_address(ctypes.addressof(pointer.contents))
        values.owner = self._context
        logits: FloatRows = np.frombuffer(values, np.float32).reshape(rows, self._model.size)
        return logits

    def _run(self, streams: IntRow, tokens: IntRow, want: BoolRow) -> None:
        positions = np.empty(len(streams), np.int32)
        for row, stream in enumerate(streams.tolist()):
            positions[row] = self._used[stream]
            self._used[stream] += 1
        status = self._llama.llama_decode(
            self._context.pointer, self._batch.fill(streams, tokens, positions, want)
        )
        if status != 0:
            raise ModelError(
                model=self._model.name, reason=f"llama.cpp failed ({status}) {last_error()}".strip()
            )

    def _make_room(self, rows: NDArray[np.int32]) -> None:
        """Slide the streams that `rows` (stream,) more tokens would overfill."""
        over = self._used + rows > self._window
        if self.slide is Slide.NONE or not over.any():
            return
        self.slides += 1
        if self.slide is Slide.REFEED:
            for stream in np.flatnonzero(over).tolist():
                self._feed_again(stream)
            return
        nearly = self._used > self._window - self._stride
        for stream in np.flatnonzero(over | nearly).tolist():
            self._shift(stream)

    def _shift(self, stream: int) -> None:
        begin, end = self._sinks, self._sinks + self._stride
        if not self._llama.llama_memory_seq_rm(self._memory, stream, begin, end):
            raise ModelError(model=self._model.name, reason="its memory cannot forget old tokens")
        self._llama.llama_memory_seq_add(self._memory, stream, end, -1, -self._stride)
        self._used[stream] -= self._stride

    def _feed_again(self, stream: int) -> None:
        self._llama.llama_memory_seq_rm(self._memory, stream, -1, -1)
        self._used[stream] = 0
        tokens = np.array(self._recent[stream], np.int32)
        for at in range(0, len(tokens), ROWS):
            part = tokens[at : at + ROWS]
            self._run(np.full(len(part), stream, np.int32), part, np.zeros(len(part), np.bool_))


class _Context:
    """A llama_context. Freed with the last that refers to it, and before its model."""

    def __init__(self, pointer: Any, model: LlamaModel) -> None:
        self.pointer = pointer
        weakref.finalize(self, _free, pointer, model)


def _free(pointer: Any, _model: LlamaModel) -> None:
    library().llama_free(pointer)


class _Batch:
    """A llama_batch over arrays of our own: filling it costs a few copies, not a loop over ctypes fields."""

    def __init__(self, llama: Any) -> None:
        self._tokens = np.zeros(ROWS, np.int32)
        self._positions = np.zeros(ROWS, np.int32)
        self._counts = np.ones(ROWS, np.int32)
        self._sequences = np.zeros(ROWS, np.int32)
        self._pointers = (self._sequences.ctypes.data + 4 * np.arange(ROWS)).astype(np.uintp)
        """(row,) addresses of the row's one sequence id."""
        self._wanted = np.zeros(ROWS, np.int8)
        self._batch = llama.llama_batch(
            0,
            _pointer(self._tokens, llama.llama_token),
            None,
            _pointer(self._positions, llama.llama_pos),
            _pointer(self._counts, ctypes.c_int32),
            _pointer(self._pointers, ctypes.POINTER(llama.llama_seq_id)),
            _pointer(self._wanted, ctypes.c_int8),
        )

    def fill(self, streams: IntRow, tokens: IntRow, positions: IntRow, want: BoolRow) -> Any:
        """The batch of these rows; valid until the next call."""
        count = len(tokens)
        self._tokens[:count] = tokens
        self._positions[:count] = positions
        self._sequences[:count] = streams
        self._wanted[:count] = want
        self._batch.n_tokens = count
        return self._batch


def _pointer(array: NDArray[Any], kind: Any) -> Any:
    return ctypes.cast(array.ctypes.data, ctypes.POINTER(kind))
