"""Runs the queue: starts a worker for the next job, hands its events to the job, and has the last word on how it ended.

Between the Qt-free queue and the views. Views call the verbs (`start`, `pause`, `cancel`, ...) and listen to the
model; they never see a process.
"""

import json
import time
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, Signal

from nacomp.gui.controllers.queue_model import QueueModel
from nacomp.gui.logic.commands import WorkerOptions, job_arguments, list_arguments, worker_program
from nacomp.gui.logic.events import last_words
from nacomp.gui.logic.jobs import ACTIVE, FINISHED, Job, Kind, State
from nacomp.gui.logic.leftovers import now as leftovers_since
from nacomp.gui.logic.leftovers import sweep
from nacomp.gui.logic.measure import Measure, measure
from nacomp.gui.logic.names import Conflict, Target, extract_places, group_inputs, output_name, settle
from nacomp.gui.logic.queue import JobQueue
from nacomp.gui.logic.settings import SettingsStore
from nacomp.gui.logic.status import locked_sentence
from nacomp.gui.process.background import in_background
from nacomp.gui.process.worker import Ending, Query, Worker


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
        self.model = QueueModel(self.queue, self)
        self.going = False
        self.password: str | None = None
        """What new archives are sealed with. Kept here, so that a window made anew still shows it; never written."""
        self._workers: dict[int, Worker] = {}
        self._looks: dict[int, Query] = {}
        self._began: dict[int, float] = {}

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
            if "pause" in self.queue.allowed(job):
                self.pause(job)
        self.changed.emit()

    def pause(self, job: Job) -> None:
        """Ask the job's worker to stop at its next safe point."""
        self._ask(job, "pause")

    def resume(self, job: Job) -> None:
        """Let a paused job go on."""
        self._ask(job, "resume")

    def cancel(self, job: Job) -> None:
        """Stop a job for good; its partial output is removed by the worker."""
        self._ask(job, "cancel")

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
        """Take a job out of the list."""
        self.model.remove(job)
        self.changed.emit()

    def clear_finished(self) -> None:
        """Take finished jobs out of the list; what failed stays until someone has looked at it."""
        for job in [job for job in self.queue if job.state in FINISHED - {State.FAILED}]:
            self.model.remove(job)
        self.changed.emit()

    def change_level(self, job: Job, level: str) -> None:
        """Let a waiting job run at another level."""
        job.level, job.model = level, self._store.value.model_for(level)
        job.estimate = None
        self._touch(job)

    def hold(self, job: Job, why: str | None) -> None:
        """Keep a waiting job back (`estimating`, `choice`), or with None let it go."""
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
        for worker in list(self._workers.values()):
            if not worker.wait(5000):
                worker.kill()
                worker.wait(2000)

    def process_id(self, job: Job) -> int:
        """The process that works on a job, 0 if there is none."""
        worker = self._workers.get(job.id)
        return worker.pid() if worker is not None else 0

    # What happens by itself ---------------------------------------------------------------------------------

    def _measure(self, job: Job) -> None:
        inputs = job.inputs

        def arrived(found: Measure) -> None:
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

    def _ask(self, job: Job, word: str) -> None:
        if word not in self.queue.allowed(job):
            return
        if job.id in self._looks:
            self._looks[job.id].stop()
            self._end(job, State.CANCELLED) if word == "cancel" else None
            return
        job.stopping = word if word != "resume" else None
        self._workers[job.id].say(word)
        self._touch(job)

    def _next(self) -> None:
        self.queue.slots = self._store.value.slots
        while self.going and (job := self.queue.next_to_start()) is not None and job.size is not None:
            self._launch(job)
        self.changed.emit()

    def _folder(self, job: Job) -> Path:
        folder = job.destination
        if folder is None and self._store.value.destination:
            folder = Path(self._store.value.destination)
        return folder or job.inputs[0].absolute().parent

    def _taken(self, path: Path) -> bool:
        return path.exists() or any(job.output == path for job in self.queue if job.state in ACTIVE)

    def _launch(self, job: Job) -> None:
        if job.kind is Kind.EXTRACT:
            self._look_first(job)
            return
        target: Target | None = None
        if job.kind is not Kind.TEST:
            target = settle(
                self._folder(job) / output_name(job.kind, job.inputs), self._policy(), self._taken
            )
            if target is None:
                self._skip(job)
                return
            job.output = target.path
        job.go(State.RUNNING)
        self._run(job, job_arguments(job, target, self._options()))

    def _look_first(self, job: Job) -> None:
        """What an archive turns into depends on what is in it, so its list is read before the output is named."""
        job.go(State.RUNNING)
        query = Query(self.program, list_arguments(job.inputs[0]), parent=self, password=job.password)
        self._looks[job.id] = query
        query.answered.connect(lambda data: self._looked(job, data))
        query.failed.connect(lambda sentence: self._look_failed(job, query.locked, sentence))
        query.start()
        self._touch(job)

    def _look_failed(self, job: Job, locked: str | None, sentence: str) -> None:
        self._end(job, State.FAILED, self._lock(job, locked) or sentence)

    def _looked(self, job: Job, data: bytes) -> None:
        self._looks.pop(job.id).deleteLater()
        try:
            entries = [str(entry.get("path", "")) for entry in json.loads(data).get("entries", [])]
        except ValueError:
            self._end(job, State.FAILED, self.tr("The worker's answer could not be read."))
            return
        appears, told = extract_places(job.inputs[0], self._folder(job), entries)
        target = settle(appears, self._policy(), self._taken)
        if target is None:
            self._skip(job)
            return
        job.output = target.path
        if target.path == appears:
            target = Target(told, target.overwrite)
        self._run(job, job_arguments(job, target, self._options()))

    def _policy(self) -> Conflict:
        return Conflict(self._store.value.conflict)

    def _skip(self, job: Job) -> None:
        self._end(job, State.SKIPPED)

    def _options(self) -> WorkerOptions:
        settings = self._store.value
        return WorkerOptions(
            settings.threads,
            settings.engine,
            trash=settings.source_after == "trash",
            recovery=settings.recovery,
        )

    def _run(self, job: Job, arguments: list[str]) -> None:
        worker = Worker(self.program, arguments, self, job.password)
        self._workers[job.id] = worker
        self._began[job.id] = leftovers_since()
        worker.heard.connect(lambda event: self._heard(job, event))
        worker.ended.connect(lambda ending: self._ended(job, worker, ending))
        worker.start()
        self._touch(job)

    def _heard(self, job: Job, event: object) -> None:
        job.take(event, time.monotonic())
        self._touch(job)

    def _ended(self, job: Job, worker: Worker, ending: Ending) -> None:
        del self._workers[job.id]
        worker.deleteLater()
        failure = worker.failure
        if ending.code == 0 and not ending.crashed:
            self._end(job, State.DONE)
            return
        if (
            failure and failure.kind == "BytesLost" and job.result is not None
        ):  # a rescue that got some of it out
            job.notices.append(failure.sentence(QCoreApplication.translate))
            self._end(job, State.DONE)
            return
        if ending.crashed and job.output is not None:
            sweep(job.output, self._began[job.id])
        if job.stopping == "cancel" or (failure and failure.kind == "Interrupted"):
            self._end(job, State.CANCELLED)
        else:
            job.damaged = failure is not None and failure.damage
            shut = self._lock(job, failure.locked if failure else None)
            self._end(job, State.FAILED, shut or self._sentence(worker, ending))

    def _end(self, job: Job, state: State, sentence: str | None = None) -> None:
        if (look := self._looks.pop(job.id, None)) is not None:
            look.deleteLater()
        job.failure = sentence
        if state is State.DONE:
            job.password = None
        job.go(state)
        self._touch(job)
        self.job_ended.emit(job)
        self._next()
        if self.queue.at_rest:
            if not self.queue.held():
                self.going = False  # what is added later starts by itself only where the settings say so
                self.changed.emit()
            self.emptied.emit()

    @staticmethod
    def _lock(job: Job, locked: str | None) -> str | None:
        """Note whether a password is wanted, and forget one that does not open the archive. The sentence for it."""
        job.locked = locked
        if locked is None:
            return None
        job.password = None
        return locked_sentence(locked, QCoreApplication.translate)

    def _sentence(self, worker: Worker, ending: Ending) -> str:
        if ending.never_started:
            return self.tr("The worker could not be started: {0}").format(ending.stderr)
        if worker.failure is not None and worker.failure.message:
            return worker.failure.sentence(QCoreApplication.translate)
        if ending.crashed:
            return self.tr(
                "The worker process was ended from outside or crashed (out of memory is the usual reason); "
                "your files are untouched. You can try again."
            )
        return last_words(ending.stderr) or self.tr("The worker stopped with code {0}.").format(ending.code)
