"""One model on one device or several, and the processor behind them: what `engine` opens sessions of.

Each session lives on the device that has the fewest. Where a device fails (no room, lost, its driver reset), the session
goes on on the processor: all tokens that it was fed are fed there again, because keys and values of a token come from
those before it. That takes as long as the block would have taken so far on a processor, and changes no bit.
"""

import threading
import weakref
from collections.abc import Callable, Sequence

import numpy as np
import pyopencl as cl

from nacomp.models.exact.native_session import MAX_ROWS as PROCESSOR_ROWS
from nacomp.models.exact.opencl.chain import rows_of_logits
from nacomp.models.exact.opencl.choice import first_line
from nacomp.models.exact.opencl.model import OPENCL, DeviceModel
from nacomp.models.exact.opencl.session import MAX_ROWS, DeviceSession
from nacomp.models.protocol import BoolRow, ContextWindow, FloatRows, IntRow, Session

ROOM = 0.8
"""Share of a device's memory that is counted on: other programs and the driver have the rest."""
OnProcessor = Callable[[int, ContextWindow], Session]
"""Opens a session of the same model on the processor."""
Warn = Callable[[str], None]


class SpreadModel:
    """A model's copies. Thread-safe."""

    kernel = OPENCL

    def __init__(self, copies: Sequence[DeviceModel], on_processor: OnProcessor, warn: Warn) -> None:
        """`copies`: one for each device, at least one."""
        self.name = copies[0].name
        self.devices = len(copies)
        self.max_rows = rows_of_logits(copies[0].shape.vocabulary, MAX_ROWS)
        self.shares_memory = any(copy.program.device.handle.host_unified_memory for copy in copies)
        """Whether some device's memory is this machine's."""
        self._copies = list(copies)
        self._sessions: list[weakref.WeakSet[DeviceSession]] = [weakref.WeakSet() for _ in copies]
        self._on_processor = on_processor
        self._warn = warn
        self._lock = threading.Lock()

    def open_session(self, streams: int, context: ContextWindow) -> Session:
        """A session on some device, or on the processor where all of them have failed."""
        full: set[DeviceModel] = set()
        while (place := self._least_busy(full)) is not None:
            copy, sessions = place
            try:
                session = DeviceSession(copy, streams, context)
            except cl.Error as error:
                full.add(copy)
                if not sessions:  # else it works, but has no room for one more
                    self.failed(copy, error)
            else:
                with self._lock:
                    sessions.add(session)
                return _GuardedSession(self, streams, context, copy, session)
        return _GuardedSession(self, streams, context)

    def _least_busy(
        self, full: "set[DeviceModel]"
    ) -> "tuple[DeviceModel, weakref.WeakSet[DeviceSession]] | None":
        """The copy that the fewest sessions use, and these, without those that have no room."""
        with self._lock:
            places = [p for p in zip(self._copies, self._sessions, strict=True) if p[0] not in full]
            return min(places, key=lambda place: len(place[1]), default=None)

    def blocks(self, threads: int, session_bytes: int) -> int:
        """How many to code side by side, whose sessions are of this size, where so many threads can run.

        Each has a thread for its predictors, which waits while the device computes; so that processors have work meanwhile,
        there are twice as many, where the device has memory of its own.
        """
        return min(threads if self.shares_memory else 2 * threads, self.room_for(session_bytes))

    def room_for(self, session_bytes: int) -> int:
        """How many sessions of this size the devices have room for, at least 1."""
        with self._lock:
            free = [ROOM * copy.program.device.memory - copy.bytes for copy in self._copies]
        return max(1, sum(int(max(0.0, size) // session_bytes) for size in free))

    def on_processor(self, streams: int, context: ContextWindow) -> Session:
        """A session there, whose contexts are empty."""
        return self._on_processor(streams, context)

    def failed(self, copy: DeviceModel, error: cl.Error) -> None:
        """This copy's device is used no more; said once."""
        with self._lock:
            is_news = copy in self._copies
            if is_news:
                place = self._copies.index(copy)
                del self._copies[place], self._sessions[place]
        if is_news:
            name = copy.program.device.shown
            self._warn(
                f"device {name} failed ({first_line(error)}), so the work goes on without it; the result is the same"
            )


class _GuardedSession:
    """A session on a device, until the device fails; on the processor from then on. See `models.protocol.Session`."""

    def __init__(
        self,
        model: SpreadModel,
        streams: int,
        context: ContextWindow,
        copy: DeviceModel | None = None,
        session: DeviceSession | None = None,
    ) -> None:
        """Without a copy and a session it is on the processor from the start."""
        self.streams = streams
        self._model, self._copy, self._context = model, copy, context
        self._session = session
        self._other: Session | None = None
        self._fed: list[tuple[IntRow, IntRow]] = []

    def feed(self, streams: IntRow, tokens: IntRow, want: BoolRow) -> FloatRows:
        """See `models.protocol.Session.feed`. Raises ModelError where the model's values overflow."""
        if self._session is not None and self._copy is not None:
            try:
                logits = self._session.feed(streams, tokens, want)
            except cl.Error as error:
                self._session = None
                self._model.failed(self._copy, error)
            else:
                self._fed.append((streams.copy(), tokens.copy()))
                return logits
        if self._other is None:
            self._other = self._replayed()
        return _in_pieces(self._other, streams, tokens, want)

    def _replayed(self) -> Session:
        """On the processor, with all that was fed before."""
        session = self._model.on_processor(self.streams, self._context)
        for streams, tokens in self._fed:
            _in_pieces(session, streams, tokens, np.zeros(len(streams), np.bool_))
        self._fed.clear()
        return session


def _in_pieces(session: Session, streams: IntRow, tokens: IntRow, want: BoolRow) -> FloatRows:
    """Rows in calls that the processor takes: it has room for fewer."""
    if len(streams) <= PROCESSOR_ROWS:
        return session.feed(streams, tokens, want)
    pieces = [slice(at, at + PROCESSOR_ROWS) for at in range(0, len(streams), PROCESSOR_ROWS)]
    return np.concatenate([session.feed(streams[p], tokens[p], want[p]).copy() for p in pieces])
