"""The sessions of one context on a device, whose rows share launches: between `session` and `chain`.

A step of a decoder has a row for each stream, far fewer than a device multiplies at a time, and its kernels take about as
long to start as to run. So nobody launches his own rows: he puts them down and waits for his turn, and whoever gets it takes
all that lie there. Nothing waits for others to come: while one launch runs the rows of the next gather, and where one block
is alone its rows go at once. Encoders' calls, which are long, come to launches of thousands of rows.

    block --> feed --.                                   .--> logits, or an error of its own
    block --> feed ---+--> whoever has the turn: launch --+--> logits
    block --> feed --'     (in the pieces that `pace` allows)

What lost: a chain of kernels for each session, on a queue of its own, side by side as the driver likes.
"""

import threading
import time
import weakref
from collections import deque
from collections.abc import Sequence

import numpy as np
import pyopencl as cl

from nacomp.formats.records import dataclass
from nacomp.models.exact.opencl.chain import Chain
from nacomp.models.exact.opencl.model import DeviceModel
from nacomp.models.exact.opencl.pace import FIRST_ROWS, Pace
from nacomp.models.protocol import BoolRow, ContextWindow, FloatRows, IntRow


@dataclass
class _Call:
    """The rows of one session, and what became of them. Streams are numbered as in the chain."""

    streams: IntRow
    tokens: IntRow
    want: BoolRow
    logits: FloatRows
    done: bool = False
    bad: bool = False
    error: cl.Error | None = None


class Together:
    """Thread-safe."""

    def __init__(self, model: DeviceModel, context: ContextWindow, call_rows: int) -> None:
        """`call_rows`: most rows of one call. Raises pyopencl's errors."""
        self._chain = Chain(model, context, call_rows)
        self._pace = Pace()
        self._free: list[int] = []
        self._left: deque[IntRow] = deque()
        self._waiting: deque[_Call] = deque()
        self._turn = threading.Lock()

    def join(self, member: object, streams: int) -> IntRow:
        """So many empty contexts, which are free again when `member` is gone. Raises pyopencl's errors."""
        with self._turn:
            while self._left:
                self._free += self._left.popleft().tolist()
            more = streams - len(self._free)
            if more > 0:
                before = self._chain.streams
                self._chain.make_room(before + more)
                self._free += range(before, before + more)
            self._chain.make_longer(FIRST_ROWS)
            self._free.sort()
            places = np.array(self._free[:streams], np.int32)
            del self._free[:streams]
            self._chain.forget(places)
        # It may go at any time, even while this thread has the turn.
        weakref.finalize(member, self._left.append, places)
        return places

    def feed(self, streams: IntRow, tokens: IntRow, want: BoolRow, logits: FloatRows) -> bool:
        """A call's rows, in a launch with those of others. Raises pyopencl's errors.

        Args:
            streams: as `join` numbered them.
            logits: (wanted row, vocabulary) filled here.

        Returns:
            Whether the model's values overflowed; the streams are of no more use then.
        """
        call = _Call(streams, tokens, want, logits)
        self._waiting.append(call)
        with self._turn:
            if not call.done:
                self._launch()
        if call.error is not None:
            raise call.error
        return call.bad

    def _launch(self) -> None:
        """All that waits. An error of the driver is everybody's, who have nothing else in common."""
        calls = []
        while self._waiting:
            calls.append(self._waiting.popleft())
        try:
            self._run(calls)
        except cl.Error as error:
            for call in calls:
                call.error = error
        finally:
            for call in calls:
                call.done = True

    def _run(self, calls: Sequence[_Call]) -> None:
        streams, tokens, want = (
            np.concatenate([getattr(call, name) for call in calls]) for name in ("streams", "tokens", "want")
        )
        ends = np.cumsum([len(call.streams) for call in calls])
        bad = np.zeros(len(streams), np.bool_)
        out = deque(call.logits for call in calls)
        at = 0
        while at < len(streams):
            rows = min(self._pace.rows, len(streams) - at)
            self._chain.make_longer(1 << (rows - 1).bit_length())  # seldom, as all kernels are laid out anew
            piece = slice(at, at + min(rows, self._chain.rows))
            parts = _taken(out, int(np.count_nonzero(want[piece])))
            began = time.perf_counter()
            bad[piece] = self._chain.launch(streams[piece], tokens[piece], want[piece], parts)
            self._pace.took(len(bad[piece]), time.perf_counter() - began)
            at = piece.stop
        for call, flags in zip(calls, np.split(bad, ends[:-1]), strict=True):
            call.bad = bool(flags.any())


def _taken(arrays: deque[FloatRows], rows: int) -> list[FloatRows]:
    """The first rows of these arrays, taken from them."""
    taken = []
    while rows:
        first = arrays.popleft()
        taken.append(first[:rows])
        if len(first) > rows:
            arrays.appendleft(first[rows:])
        rows -= len(taken[-1])
    return taken
