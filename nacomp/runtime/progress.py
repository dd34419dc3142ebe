"""Progress and cancellation: what a long job tells its caller, and how the caller stops it.

Both are plain objects handed down the pipeline. The work asks `Job.step()` often (every lockstep step), so a pause or
cancel is answered within one step; reports upward are limited to ten a second.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from nacomp.errors import Interrupted
from nacomp.runtime.events import Phase, Progress

REPORT_INTERVAL = 0.1


ProgressCallback = Callable[[Progress], None]


class CancelToken:
    """Set from any thread to stop or hold a running job."""

    def __init__(self) -> None:
        self._cancelled = False
        self.is_waiting = False
        """Whether the main thread waits for somebody else, and must be called away to stop."""
        self._running = threading.Event()
        self._running.set()

    def cancel(self) -> None:
        """Stop the job at its next step. A paused job stops too."""
        self._cancelled = True
        self._running.set()

    def pause(self) -> None:
        """Hold the job at its next step until `resume` or `cancel`."""
        self._running.clear()

    def resume(self) -> None:
        """Let a held job go on."""
        self._running.set()

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Around a read or an opening that may last for ever: a signal that cancels ends it by raising Interrupted."""
        with self.held():
            self.check()
            yield

    @contextmanager
    def held(self) -> Iterator[None]:
        """As `waiting`, for what is to be tried even when the job is cancelled."""
        before, self.is_waiting = self.is_waiting, True
        try:
            yield
        finally:
            self.is_waiting = before

    @property
    def is_cancelled(self) -> bool:
        """Whether the job is to stop."""
        return self._cancelled

    def check(self) -> float:
        """Return at once, or wait while paused. Returns seconds spent waiting. Raises Interrupted when cancelled."""
        waited = 0.0
        if not self._running.is_set():
            began = time.monotonic()
            self._running.wait()
            waited = time.monotonic() - began
        if self._cancelled:
            raise Interrupted
        return waited


class Job:
    """One running piece of work: counts bytes from several threads, reports, and answers the cancel token."""

    def __init__(
        self, total_bytes: int = 0, report: ProgressCallback | None = None, cancel: CancelToken | None = None
    ) -> None:
        self._lock = threading.Lock()
        self._report = report
        self._cancel = cancel or CancelToken()
        self._began = self._last = time.monotonic()
        self._done = 0.0
        self._state = Progress(0, total_bytes)

    def enter(self, phase: Phase, path: str | None = None) -> None:
        """Name what happens now."""
        with self._lock:
            self._state = replace(self._state, phase=phase, path=path)
        self._tell(force=True)

    def expect(self, total_bytes: int) -> None:
        """Say how much work there is, once it is known."""
        with self._lock:
            self._state = replace(self._state, total_bytes=total_bytes)

    def restart(self, phase: Phase, total_bytes: int) -> None:
        """Begin a second pass over the data (verifying) with a clock of its own."""
        with self._lock:
            self._began = time.monotonic()
            self._done = 0.0
            self._state = replace(self._state, phase=phase, total_bytes=total_bytes)
        self._tell(force=True)

    def step(self, done_bytes: float = 0.0) -> None:
        """Add finished source bytes (fractions allowed, for blocks under way). Raises Interrupted when cancelled."""
        waited = self._cancel.check()
        with self._lock:
            self._began += waited
        self.count(done_bytes)

    def count(self, done_bytes: float) -> None:
        """Add finished source bytes without answering the cancel token."""
        with self._lock:
            self._done += done_bytes
        self._tell()

    def scaled(self, factor: float) -> "Job":
        """This job, for work whose every byte counts as `factor` of its own."""
        return self if factor == 1 else ScaledJob(self, factor)

    @property
    def cancel(self) -> CancelToken:
        """What stops it."""
        return self._cancel

    def wrote(self, output_bytes: int) -> None:
        """Set the size of the output so far."""
        with self._lock:
            self._state = replace(self._state, output_bytes=output_bytes)

    def _tell(self, force: bool = False) -> None:
        now = time.monotonic()
        if self._report is None or not (force or now - self._last >= REPORT_INTERVAL):
            return
        with self._lock:
            self._last = now
            elapsed = max(now - self._began, 1e-9)
            speed = self._done / elapsed
            remaining = self._state.total_bytes - self._done
            # The first second is start-up: a time told from it would only mislead.
            known = elapsed > 1.0 and speed > 0.0
            self._state = replace(
                self._state,
                done_bytes=int(self._done),
                bytes_per_second=speed,
                seconds_left=max(remaining, 0.0) / speed if known else None,
            )
            state = self._state
        self._report(state)


class ScaledJob(Job):
    """A job's work in other units: what a file unpacks to, where the job counts the file's own bytes."""

    def __init__(self, whole: Job, factor: float) -> None:
        super().__init__(cancel=whole.cancel)
        self._whole = whole
        self._factor = factor

    def step(self, done_bytes: float = 0.0) -> None:
        """See `Job.step`."""
        self._whole.step(done_bytes * self._factor)

    def count(self, done_bytes: float) -> None:
        """See `Job.count`."""
        self._whole.count(done_bytes * self._factor)


class PartJob(Job):
    """One of several jobs: what it finishes counts in the whole too, up to its share of it."""

    def __init__(self, whole: Job, share: int, cancel: CancelToken) -> None:
        """`share` are the bytes of the whole that this part stands for."""
        super().__init__(share, None, cancel)
        self._whole = whole
        self._left = float(share)
        self._own = threading.Lock()

    def step(self, done_bytes: float = 0.0) -> None:
        """See `Job.step`."""
        super().step(done_bytes)
        with self._own:
            counted = min(done_bytes, self._left)
            self._left -= counted
        self._whole.step(counted)

    def finish(self) -> None:
        """The part is through, however it ended: nothing of it is left to do."""
        with self._own:
            counted, self._left = self._left, 0.0
        self._whole.count(counted)
