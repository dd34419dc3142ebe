"""Runs the queue: measures what is added, starts the next job when a slot is free, and has a verb for all that one can ask.

Between the Qt-free queue and the views. Views call the verbs (`start`, `pause`, `cancel`, ...) and listen to the
model; they never see a process. What happens to one job between its start and its end is in `job_run.py`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from nacomp.gui.controllers.job_run import JobRun
from nacomp.gui.controllers.queue_model import QueueModel
from nacomp.gui.logic.actions import Action, allowed
from nacomp.gui.logic.commands import worker_program
from nacomp.gui.logic.devices import chosen_name
from nacomp.gui.logic.jobs import ACTIVE, FINISHED, Conflict, Control, Hold, Job, Kind, State, WhenDone
from nacomp.gui.logic.leftovers import sweep_kept
from nacomp.gui.logic.levels import Level
from nacomp.gui.logic.measure import Measure, measure
from nacomp.gui.logic.names import group_inputs
from nacomp.gui.logic.queue import JobQueue
from nacomp.gui.logic.settings import SettingsStore
from nacomp.gui.process.background import in_background
from nacomp.gui.process.crew import Crew

FAREWELL_MS = 5000
"""How long a cancelled worker may take to remove its partial output when the application closes."""

BATCH = 50
"""Jobs whose inputs are measured in one go where there are more."""


class Runner(QObject):
    """Owns the queue and its workers. `changed`: totals or buttons may look different; `touched`: so does this job;
    `emptied`: all work is done; `device_refused`: the device that the settings name cannot be used."""

    changed = Signal()
    touched = Signal(object)
    emptied = Signal()
    measured = Signal(object)
    job_started = Signal(object)
    level_changed = Signal(object)
    device_refused = Signal()
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
        self.crew = Crew(self.program, self)
        self.password_holds = True
        """False while it has been typed twice in two ways: then nothing may be added, sealed or not."""
        self.when_done = WhenDone.NOTHING
        self._runs: dict[int, JobRun] = {}
        self._removed: list[tuple[int, Job]] = []
        self._starting = False

    # What a person can do -----------------------------------------------------------------------------------

    def add(
        self,
        kind: Kind,
        paths: Sequence[Path],
        destination: Path | None = None,
        select: Sequence[str] = (),
        password: str | None = None,
        *,
        together: bool | None = None,
        archive_name: str | None = None,
    ) -> list[Job]:
        """Queue paths: archives one by one, sources as the settings say. Sizes are measured in the background.

        `password` opens archives; what is compressed is sealed with the queue's own. `together` overrules the settings.
        """
        settings = self._store.value
        together = (settings.together if together is None else together) and kind is Kind.COMPRESS
        jobs = self.model.add(
            kind,
            group_inputs(paths, together),
            destination=destination,
            level=settings.level,
            model=settings.model_for(settings.level),
            select=tuple(select),
            password=self.password if kind is Kind.COMPRESS else password,
            archive_name=archive_name,
        )
        self._measure_all(jobs)
        if settings.start_at_once:
            self.going = True
        self.changed.emit()
        return jobs

    def restore(self, rows: Sequence[dict[str, Any]]) -> None:
        """Put the jobs of an earlier session back. None of them starts before a person says so."""
        for row in rows:
            fields = dict(row)
            (job,) = self.model.add(fields.pop("kind"), [fields.pop("inputs")], **fields)
            if job.state is State.WAITING:
                self._measure(job)
        self.changed.emit()

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

    def say(self, job: Job, failure: str) -> None:
        """Tell something else of a failed job: what it waits for has come nearer."""
        job.failure = failure
        self._touch(job)

    def unlock(self, job: Job, password: str) -> None:
        """Try a job again that failed for want of the right password."""
        if self.queue.find(job.id) is not None and job.state is State.FAILED:
            job.password = password
            self.retry(job)

    def retry_all(self) -> None:
        """Try everything again that has failed and may succeed."""
        for job in self.retryable():
            job.reset()
            self._touch(job)
        self.start()

    def retryable(self) -> list[Job]:
        """Failed jobs for which another try may help."""
        return [job for job in self.queue if job.state is State.FAILED and Action.RETRY in allowed(job)]

    def remove(self, *jobs: Job) -> None:
        """Take jobs out of the list, until the next removal not for good. Those behind them may have waited for them."""
        self._give_up_removed()
        rows = {job.id: row for row, job in enumerate(self.queue)}
        self._removed = [(rows[job.id], job) for job in jobs]
        self.model.remove_all(jobs)
        self._next()

    def _give_up_removed(self) -> None:
        """Nobody will put back what was removed before: what its failed attempts have kept for the next goes."""
        for _row, job in self._removed:
            if job.state is State.FAILED and job.kind is Kind.COMPRESS and job.output is not None:
                sweep_kept(job.output)
        self._removed = []

    @property
    def can_undo(self) -> bool:
        """Whether there are removed jobs to put back."""
        return bool(self._removed)

    def undo(self) -> None:
        """Put back what was removed last. A job that waited waits again."""
        removed, self._removed = self._removed, []
        self.model.put_back(sorted(removed, key=lambda one: one[0]))
        self._next()

    def clear_finished(self) -> None:
        """Take finished jobs out of the list; what failed stays until someone has looked at it."""
        self.remove(*[job for job in self.queue if job.state in FINISHED - {State.FAILED}])

    def change_level(self, job: Job, level: Level) -> None:
        """Let a waiting job run at another level."""
        job.level, job.model = level, self._store.value.model_for(level)
        job.estimate = None
        self._touch(job)
        self.level_changed.emit(job)

    def redirect(self, jobs: Sequence[Job], folder: Path | None) -> None:
        """Let waiting jobs save their results to a folder; None: beside their sources, whatever the settings say."""
        for job in jobs:
            job.destination = folder or job.inputs[0].absolute().parent
            self._touch(job)

    def change_conflict(self, jobs: Sequence[Job], policy: Conflict) -> None:
        """What waiting jobs do where their name is taken."""
        for job in jobs:
            job.conflict = policy
            self._touch(job)

    def rename(self, job: Job, name: str) -> None:
        """Call a waiting job's archive something else."""
        job.archive_name = name
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
        self._give_up_removed()
        self.crew.stop()

    def seconds_of_work(self, job: Job) -> float:
        """What would be lost if a job were cancelled now; 0 if it does not run."""
        run = self._runs.get(job.id)
        return run.seconds() if run is not None else 0.0

    def process_id(self, job: Job) -> int:
        """The process that works on a job, 0 if there is none."""
        run = self._runs.get(job.id)
        return run.process_id() if run is not None else 0

    # What happens by itself ---------------------------------------------------------------------------------

    def _measure_all(self, jobs: Sequence[Job]) -> None:
        """One by one, as a disk may sleep under one of them; very many in batches, one after another, so that the answers
        of thousands do not come in one event."""
        if len(jobs) <= BATCH:
            for job in jobs:
                self._measure(job)
            return
        batch, rest = jobs[:BATCH], jobs[BATCH:]

        def arrived(found: list[Measure] | None) -> None:
            for job, one in zip(batch, found or [Measure(0, 0)] * len(batch), strict=True):
                self._measured(job, one)
            self._next()
            self._measure_all(rest)

        in_background(lambda: [measure(job.inputs) for job in batch], arrived)

    def _measure(self, job: Job) -> None:
        def arrived(found: Measure | None) -> None:
            self._measured(job, found or Measure(0, 0))
            self._next()

        in_background(lambda: measure(job.inputs), arrived)

    def _measured(self, job: Job, found: Measure) -> None:
        job.size, job.files = found.size, found.files
        if self.queue.find(job.id) is not None:
            self._touch(job)
            self.measured.emit(job)

    @property
    def working(self) -> bool | None:
        """Whether any worker works; None where there is none: nothing to do, or between two jobs."""
        states = [run.state for run in self._runs.values()]
        return State.RUNNING in states if states else None

    def _touch(self, job: Job) -> None:
        if self.queue.find(job.id) is not None:
            self.model.touch(job)
            self.touched.emit(job)
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
        run = JobRun(job, self.crew, self._store.value, self._taken, self)
        self._runs[job.id] = run
        run.changed.connect(lambda: self._touch(job))
        run.over.connect(lambda: self._ended(job))
        self.job_started.emit(job)
        run.start()

    def _taken(self, path: Path) -> bool:
        return path.exists() or any(job.output == path for job in self.queue if job.state in ACTIVE)

    def _begins_again(self, job: Job) -> bool:
        """Whether a job that was refused its device waits again, since the settings do not name one any more."""
        if job.state is not State.FAILED or not job.device_gone:
            return False
        self.device_refused.emit()
        if chosen_name(self._store.value.device) is not None:
            return False
        job.reset()
        return True

    def _ended(self, job: Job) -> None:
        del self._runs[job.id]
        if self._begins_again(job):
            self._touch(job)
            self._next()
            return
        self._next()  # first: the worker has nothing to do meanwhile
        self._touch(job)
        self.job_ended.emit(job)
        if self.queue.at_rest:
            if not self.queue.held():
                self.going = False  # what is added later starts by itself only where the settings say so
                self.changed.emit()
            self.emptied.emit()
