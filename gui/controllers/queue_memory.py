"""Keeps the queue on disk while it changes, so that it is there again after a restart, or after the machine lost power."""

from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from nacomp.gui.controllers.runner import Runner
from nacomp.gui.logic import memory
from nacomp.gui.logic.jobs import Job

REST_MS = 2000
"""A queue at work changes many times a second; what is lost with the power is the state of so long."""


class QueueMemory(QObject):
    """Reads the queue once, then writes it."""

    def __init__(self, runner: Runner, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._path = path
        self._rows: dict[int, str] = {}
        """What is written of a job, by its id, until the job changes: 2,000 of them anew would take a tenth of a second."""
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self.save)
        runner.restore(memory.load(path))
        runner.touched.connect(self._forget)
        runner.changed.connect(self._changed)

    def save(self) -> None:
        """Write it now. A folder that cannot be written costs the memory, not the work."""
        self._rest.stop()
        with suppress(OSError):
            memory.save(self._path, self._runner.queue, self._rows)

    def stop(self) -> None:
        """The application closes: what runs now is kept as waiting, before it is cancelled."""
        self._runner.changed.disconnect(self._changed)
        self.save()

    def _forget(self, job: Job) -> None:
        self._rows.pop(job.id, None)

    def _changed(self) -> None:
        if not self._rest.isActive():
            self._rest.start()
