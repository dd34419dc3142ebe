"""Runs the queue: measures what is added, starts the next job when a slot is free, and has a verb for all that one can ask.

Between the Qt-free queue and the views. Views call the verbs (`start`, `pause`, `cancel`, ...) and listen to the
model; they never see a process. What happens to one job between its start and its end is in `job_run.py`.
"""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from nacomp.gui.controllers.job_run import JobRun
from nacomp.gui.controllers.queue_model import QueueModel
from nacomp.gui.logic.actions import Action, allowed
from nacomp.gui.logic.commands import worker_program
from nacomp.gui.logic.jobs import ACTIVE, FINISHED, Control, Hold, Job, Kind, State
from nacomp.gui.logic.levels import Level
from nacomp.gui.logic.measure import Measure, measure
from nacomp.gui.logic.names import group_inputs
from nacomp.gui.logic.queue import JobQueue
from nacomp.gui.logic.settings import SettingsStore
from nacomp.gui.process.background import in_background

FAREWELL_MS = 5000
"""How long a cancelled worker may take to remove its partial output when the application closes."""


class Runner(QObject):
    """Owns the queue and its workers. `changed`: totals or buttons may look different; `emptied`: all work is done."""

    changed = Signal()
    emptied = Signal()
    measured = Signal(object)
    job_ended = Signal(object)

    def __init__(
        self, store: SettingsStore, program: Sequence[str] | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._store = store
        self.program = list(program or worker_program())
        self.queue = JobQueue(store.value.slots)
        self.model = QueueModel(self.queue, store, self)
        self.going = False
        self.password: str | None = None
        """What new archives are sealed with. Kept here, so that a window made anew still shows it; never written."""
        self._runs: dict[int, JobRun] = {}
        self._starting = False

    # What a person can do -----------------------------------------------------------------------------------

    def add(
        self,
        kind: Kind,
        paths: Sequence[Path],
        destination: Path | None = None,
        select: Sequence[str] = (),
        password: str | None = None,
    ) -> list[Job]:
        """Queue paths: archives one by one, sources as the settings say. Sizes are measured in the background.

        `password` opens archives; what is compressed is sealed with the queue's own.
        """
        settings = self._store.value
        together = settings.together and kind is Kind.COMPRESS
        jobs = []
        for inputs in group_inputs(paths, together):
            job = self.model.add(
                kind,
                inputs,
                destination=destination,
                level=settings.level,
                model=settings.model_for(settings.level),
                select=tuple(select),
                password=self.password if kind is Kind.COMPRESS else password,
            )
            jobs.append(job)
            self._measure(job)
        if settings.start_at_once:
            self.going = True
        self.changed.emit()
        return jobs

    def start(self) -> None:
        """Begin with the waiting jobs, also with those that waited for a choice, and go on with paused ones."""
        self.going = True
        for job in self.queue.held():
            job.held = None
            self._touch(job)
        for job in [job for job in self.queue if job.state is State.PAUSED]:
            self.resume(job)
        self._next()

    def pause_all(self) -> None:
        """Pause what runs and start nothing new."""
        self.going = False
        for job in list(self.queue):
            if Action.PAUSE in allowed(job):
                self.pause(job)
        self.changed.emit()

    def pause(self, job: Job) -> None:
        """Ask the job's worker to stop at its next safe point."""
        self._ask(job, Action.PAUSE, Control.PAUSE)

    def resume(self, job: Job) -> None:
        """Let a paused job go on."""
        self._ask(job, Action.RESUME, Control.RESUME)

    def cancel(self, job: Job) -> None:
        """Stop a job for good; its partial output is removed by the worker."""
        self._ask(job, Action.CANCEL, Control.CANCEL)

    def retry(self, job: Job) -> None:
        """Put a failed, cancelled or skipped job back to the waiting ones and start it."""
        job.reset()
        self._touch(job)
        self.start()

    def unlock(self, job: Job, password: str) -> None:
        """Try a job again that failed for want of the right password."""
        if self.queue.find(job.id) is not None and job.state is State.FAILED:
            job.password = password
            self.retry(job)

    def remove(self, job: Job) -> None:
        """Take a job out of the list. Those behind it may have waited for it."""
        self.model.remove(job)
        self._next()

    def clear_finished(self) -> None:
        """Take finished jobs out of the list; what failed stays until someone has looked at it."""
        for job in [job for job in self.queue if job.state in FINISHED - {State.FAILED}]:
            self.model.remove(job)
        self.changed.emit()

    def change_level(self, job: Job, level: Level) -> None:
        """Let a waiting job run at another level."""
        job.level, job.model = level, self._store.value.model_for(level)
        job.estimate = None
        self._touch(job)

    def hold(self, job: Job, why: Hold | None) -> None:
        """Keep a waiting job back, or with None let it go."""
        job.held = why
        self._touch(job)
        if why is None:
            self._next()

    def let_go(self, job: Job) -> None:
        """Start a job that was held back, as soon as it is its turn."""
        self.going = True
        self.hold(job, None)

    def shut_down(self) -> None:
        """Cancel everything and wait for the workers: the application closes."""
        self.going = False
        for job in self.queue:
            if job.state in ACTIVE:
                self.cancel(job)
        for run in list(self._runs.values()):
            run.finish(FAREWELL_MS)

    def process_id(self, job: Job) -> int:
        """The process that works on a job, 0 if there is none."""
        run = self._runs.get(job.id)
        return run.process_id() if run is not None else 0

    # What happens by itself ---------------------------------------------------------------------------------

    def _measure(self, job: Job) -> None:
        inputs = job.inputs

        def arrived(found: Measure | None) -> None:
            found = found or Measure(0, 0)
            job.size, job.files = found.size, found.files
            if self.queue.find(job.id) is None:
                return
            self._touch(job)
            self.measured.emit(job)
            self._next()

        in_background(lambda: measure(inputs), arrived)

    def _touch(self, job: Job) -> None:
        if self.queue.find(job.id) is not None:
            self.model.touch(job)
            self.changed.emit()

    def _ask(self, job: Job, action: Action, word: Control) -> None:
        if action in allowed(job):
            self._runs[job.id].tell(word)
            self._touch(job)

    def _next(self) -> None:
        """Start what can start. A job that ends at once calls this again: the loop outside goes on for it, since
        thousands of them inside each other would be too deep for Python.
        """
        if self._starting:
            return
        self.queue.slots = self._store.value.slots
        self._starting = True
        try:
            while self.going and (job := self.queue.next_to_start()) is not None and job.size is not None:
                self._launch(job)
        finally:
            self._starting = False
        self.changed.emit()

    def _launch(self, job: Job) -> None:
        run = JobRun(job, self.program, self._store.value, self._taken, self)
        self._runs[job.id] = run
        run.changed.connect(lambda: self._touch(job))
        run.over.connect(lambda: self._ended(job))
        run.start()

    def _taken(self, path: Path) -> bool:
        return path.exists() or any(job.output == path for job in self.queue if job.state in ACTIVE)

    def _ended(self, job: Job) -> None:
        del self._runs[job.id]
        self._touch(job)
        self.job_ended.emit(job)
        self._next()
        if self.queue.at_rest:
            if not self.queue.held():
                self.going = False  # what is added later starts by itself only where the settings say so
                self.changed.emit()
            self.emptied.emit()
