"""What zip, zstd and xz would have made of finished jobs: computed in the background, once per job."""

from enum import Enum, auto

from PySide6.QtCore import QObject, Signal

from nacomp.gui.logic.compare import LIMIT_BYTES, Bar, classical_sizes
from nacomp.gui.logic.jobs import Job
from nacomp.gui.process.background import in_background


class Comparison(Enum):
    """How far a comparison is."""

    NONE = auto()
    RUNNING = auto()
    READY = auto()
    GONE = auto()
    """A source is no longer there to be compared with."""


class ComparisonDesk(QObject):
    """`arrived` carries the id of a job whose comparison is ready, or could not be made."""

    arrived = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bars: dict[int, list[Bar] | None] = {}
        self._running: set[int] = set()
        self._open = True

    def offered(self, job: Job) -> bool:
        """Whether a comparison makes sense and ends in reasonable time."""
        sizes = job.sizes()
        return sizes is not None and 0 < sizes[0] <= LIMIT_BYTES

    def ask(self, job: Job) -> None:
        """Begin the comparison of a finished job, unless it is there or on its way."""
        if job.id in self._bars or job.id in self._running or not self.offered(job):
            return
        self._running.add(job.id)
        inputs = job.inputs

        def done(bars: list[Bar] | None) -> None:
            self._running.discard(job.id)
            self._bars[job.id] = bars
            self.arrived.emit(job.id)

        in_background(lambda: classical_sizes(inputs, lambda: self._open), done)

    def state(self, job: Job) -> Comparison:
        """How far the comparison of a job is."""
        if job.id in self._running:
            return Comparison.RUNNING
        if job.id not in self._bars:
            return Comparison.NONE
        return Comparison.READY if self._bars[job.id] else Comparison.GONE

    def bars(self, job: Job) -> list[Bar]:
        """All bars, ours first; empty until ready."""
        sizes, others = job.sizes(), self._bars.get(job.id)
        return [Bar("nacomp", sizes[1]), *others] if sizes and others else []

    def stop(self) -> None:
        """The application closes: threads end at their next piece."""
        self._open = False
