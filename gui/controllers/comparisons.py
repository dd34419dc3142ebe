"""What zip, zstd and xz would have made of finished jobs: computed in the background, once per job."""

from PySide6.QtCore import QObject, Signal

from nacomp.gui.logic.compare import LIMIT_BYTES, Bar, classical_sizes
from nacomp.gui.logic.jobs import Job
from nacomp.gui.process.background import in_background


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

    def state(self, job: Job) -> str:
        """`none`, `running`, `ready` or `gone` (a source is no longer there)."""
        if job.id in self._running:
            return "running"
        if job.id not in self._bars:
            return "none"
        return "ready" if self._bars[job.id] else "gone"

    def bars(self, job: Job) -> list[Bar]:
        """All bars, ours first; empty until ready."""
        sizes, others = job.sizes(), self._bars.get(job.id)
        return [Bar("nacomp", sizes[1]), *others] if sizes and others else []

    def stop(self) -> None:
        """The application closes: threads end at their next piece."""
        self._open = False
