"""Progress arithmetic: fractions, speeds and times left, from the worker's numbers.

The worker reports its own speed and time left; both jump at block borders, so what a person sees is smoothed here
(exponential average, time constant of a few seconds). Times come in as arguments: nothing here reads a clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import heappop, heappush

from nacomp.gui.logic.events import Progress

SMOOTHING_SECONDS = 4.0
"""Time constant of the displayed speed. Shorter jitters at every block border, longer hides a real slow-down.

In the first seconds it is as long as the work has run: a job's first figures, from its start-up, must not linger.
"""

SETTLED_SECONDS = 3.0
SETTLED_FRACTION = 0.05
"""A time left is told once the speed is an average over so many seconds, or so much is done. The first figures come from
the start-up, the least piece of work over the longest wait: "3 days left" for a job of a minute.
"""


class Meter:
    """The progress of one job as it should be shown."""

    def __init__(self) -> None:
        self.latest: Progress | None = None
        self.speed: float | None = None
        self._seen_at: float | None = None
        self._measured_for = 0.0
        """Seconds that the speed is an average of, at most; more make no difference."""

    def update(self, progress: Progress, now: float) -> None:
        """Take in one progress line; `now` is a monotonic time in seconds."""
        if self.latest is not None and progress.phase != self.latest.phase:
            self.speed, self._seen_at, self._measured_for = None, None, 0.0
        measured = progress.bytes_per_second
        if measured or self.speed is not None:
            self.speed = self._smooth(measured, now)
        self.latest, self._seen_at = progress, now

    def _smooth(self, measured: float, now: float) -> float:
        if self.speed is None or self._seen_at is None:
            return measured
        passed = max(0.0, now - self._seen_at)
        self._measured_for += passed
        weight = min(1.0, passed / min(SMOOTHING_SECONDS, self._measured_for)) if passed else 0.0
        return self.speed + weight * (measured - self.speed)

    def forget_time(self) -> None:
        """After a pause: the gap says nothing about the speed."""
        self._seen_at = None

    @property
    def fraction(self) -> float | None:
        """Done part in 0..1, or None while the total is unknown."""
        if self.latest is None or self.latest.total_bytes <= 0:
            return None
        return min(1.0, self.latest.done_bytes / self.latest.total_bytes)

    @property
    def settled(self) -> bool:
        """Whether the speed says something about what is still to come."""
        return self._measured_for >= SETTLED_SECONDS or (self.fraction or 0.0) >= SETTLED_FRACTION

    @property
    def seconds_left(self) -> float | None:
        """Time left in seconds: from the smoothed speed where there is one, else the worker's own figure; None too early."""
        if self.latest is None or not self.settled:
            return None
        missing = self.latest.total_bytes - self.latest.done_bytes
        if self.speed and missing >= 0 and self.latest.total_bytes:
            return missing / self.speed
        return self.latest.seconds_left

    @property
    def ratio(self) -> float | None:
        """Input over output so far; None until there is output that means something."""
        if self.latest is None or self.latest.output_bytes <= 0 or self.latest.done_bytes <= 0:
            return None
        return self.latest.done_bytes / self.latest.output_bytes


class Stopwatch:
    """Seconds of work by the clock; pauses do not count. Times are monotonic, in seconds."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._since: float | None = None

    def start(self, now: float) -> None:
        """Work begins, or goes on."""
        if self._since is None:
            self._since = now

    def elapsed(self, now: float) -> float:
        """Seconds of work so far."""
        return self.seconds + (now - self._since if self._since is not None else 0.0)

    def stop(self, now: float) -> None:
        """It stands still, or is over."""
        if self._since is not None:
            self.seconds += now - self._since
            self._since = None


@dataclass(frozen=True)
class Share:
    """What one job adds to the total: bytes in all, bytes done, and where known its speed and what its card says is left."""

    total_bytes: int
    done_bytes: int
    running: bool = False
    speed: float | None = None
    seconds_left: float | None = None


@dataclass(frozen=True)
class Total:
    """The whole queue: done part in 0..1 and seconds left, None where nothing can be said yet."""

    fraction: float
    seconds_left: float | None


def total_of(shares: Iterable[Share], slots: int = 1) -> Total:
    """All jobs together, `slots` of them side by side, in their order.

    What a running job has left is what its own card says. A waiting one without an estimate is expected to run as fast as
    those that run; each begins where a slot is free first.
    """
    shares = list(shares)
    known = [s.speed for s in shares if s.speed and s.seconds_left is not None]
    typical = sum(known) / len(known) if known else None
    everything = sum(s.total_bytes for s in shares)
    done = sum(min(s.done_bytes, s.total_bytes) for s in shares)
    fraction = done / everything if everything else 0.0
    busy: list[float] = []
    """Seconds until each slot is free."""
    for share in sorted(shares, key=lambda share: not share.running):
        missing = share.total_bytes - share.done_bytes
        if missing <= 0 and not share.running:
            continue
        seconds = share.seconds_left
        if seconds is None:
            if not typical or share.running:
                return Total(fraction, None)
            seconds = missing / typical
        begins = 0.0 if share.running or len(busy) < slots else heappop(busy)
        heappush(busy, begins + seconds)
    return Total(fraction, max(busy, default=0.0))
