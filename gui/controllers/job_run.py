"""One attempt at one job: its output is named, a worker does it, and what came of it is written into the job.

The queue (`runner.py`) decides when; everything between the start of a job and its end happens here.
"""

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal

from nacomp.gui.logic.commands import WorkerOptions, job_arguments, list_arguments
from nacomp.gui.logic.dangers import dangers_of
from nacomp.gui.logic.ending import Ending, problem_sentence
from nacomp.gui.logic.jobs import FINISHED, Control, Job, Kind, State
from nacomp.gui.logic.leftovers import now as leftovers_since
from nacomp.gui.logic.leftovers import sweep, sweep_folders
from nacomp.gui.logic.locks import locked_sentence
from nacomp.gui.logic.names import Target, extract_places, output_name, settle
from nacomp.gui.logic.settings import Settings, SourceAfter
from nacomp.gui.process.query import DocumentQuery
from nacomp.gui.process.worker import Worker


class JobRun(QObject):
    """Signals: `changed` (the job looks different), `over` (it has reached a final state; once)."""

    changed = Signal()
    over = Signal()

    def __init__(
        self,
        job: Job,
        program: Sequence[str],
        settings: Settings,
        taken: Callable[[Path], bool],
        parent: QObject,
    ) -> None:
        """`taken`: whether an output of this name exists or is being made."""
        super().__init__(parent)
        self._job = job
        self._program = program
        self._settings = settings
        self._taken = taken
        self._look: DocumentQuery | None = None
        self._worker: Worker | None = None
        self._began = 0.0
        self._fresh = False
        """Nothing of the output's name was there before."""

    def start(self) -> None:
        """Begin. `over` may come before this returns: a name that is taken can mean that nothing is to be done."""
        self._attempt(self._begin)

    def _attempt(self, step: Callable[[], object]) -> None:
        """Do a step of the job. An exception in it fails this job with a sentence; the queue goes on."""
        job = self._job
        try:
            step()
        except Exception as problem:
            self._stop_looking()
            if self._worker is not None:
                self._worker.stop()
                self._worker = None
            if job.state not in FINISHED:
                self._end(State.FAILED, problem_sentence(problem, job.inputs[0], QCoreApplication.translate))
            if not isinstance(problem, OSError):
                sys.excepthook(type(problem), problem, problem.__traceback__)

    def _begin(self) -> None:
        job = self._job
        if job.kind is Kind.EXTRACT:
            self._look_first()
            return
        target: Target | None = None
        if job.kind is not Kind.TEST:
            target = self._settled(self._folder() / output_name(job.kind, job.inputs))
            if target is None:
                self._end(State.SKIPPED)
                return
        job.go(State.RUNNING)
        self._run(target)

    def tell(self, word: Control) -> None:
        """Pass a word on. One that comes while the archive is looked into waits for the worker, but for a cancel."""
        self._job.stopping = word if word is not Control.RESUME else None
        if self._worker is not None:
            self._worker.say(word)
        elif word is Control.CANCEL:
            self._stop_looking()
            self._end(State.CANCELLED)

    def finish(self, milliseconds: int) -> None:
        """Wait for the worker's own end, or bring it about; the application closes."""
        self._stop_looking()
        if self._worker is not None:
            self._worker.finish(milliseconds)

    def process_id(self) -> int:
        """The worker's process, 0 if there is none."""
        return self._worker.pid() if self._worker is not None else 0

    # Where the output goes ----------------------------------------------------------------------------------

    def _folder(self) -> Path:
        folder = self._job.destination
        if folder is None and self._settings.destination:
            folder = Path(self._settings.destination)
        return folder or self._job.inputs[0].absolute().parent

    def _settled(self, wanted: Path) -> Target | None:
        """The output by the policy for names that are taken, noted in the job; None: skip it."""
        target = settle(wanted, self._settings.conflict, self._taken)
        if target is not None:
            self._job.output = target.path
        return target

    def _look_first(self) -> None:
        """What an archive turns into depends on what is in it, so its list is read before the output is named."""
        job = self._job
        job.go(State.RUNNING)
        self._look = DocumentQuery(self._program, list_arguments(job.inputs[0]), self, job.password)
        self._look.answered.connect(self._looked)
        self._look.failed.connect(self._failed)
        self._look.start()
        self.changed.emit()

    def _looked(self, document: Mapping[str, Any]) -> None:
        self._look = None
        self._attempt(lambda: self._run_extraction(document))

    def _run_extraction(self, document: Mapping[str, Any]) -> None:
        entries = [str(entry["path"]) for entry in document["entries"]]
        appears, told = extract_places(self._job.inputs[0], self._folder(), entries)
        target = self._settled(appears)
        if target is None:
            self._end(State.SKIPPED)
            return
        self._run(Target(told, target.overwrite) if target.path == appears else target)

    def _stop_looking(self) -> None:
        if self._look is not None:
            self._look.stop()
            self._look = None

    # The worker ---------------------------------------------------------------------------------------------

    def _run(self, target: Target | None) -> None:
        job, settings = self._job, self._settings
        options = WorkerOptions(
            settings.threads,
            settings.engine,
            trash=settings.source_after is SourceAfter.TRASH,
            recovery=settings.recovery,
        )
        self._fresh = job.output is not None and not job.output.exists()
        job.dangers = dangers_of(job.kind, settings)
        self._began = leftovers_since()
        self._worker = Worker(self._program, job_arguments(job, target, options), self, job.password)
        self._worker.heard.connect(self._heard)
        self._worker.ended.connect(self._ended)
        self._worker.start()
        if job.stopping is not None:  # asked for while the archive was looked into
            self._worker.say(job.stopping)
        self.changed.emit()

    def _heard(self, event: object) -> None:
        self._job.take(event, time.monotonic())
        self.changed.emit()

    def _ended(self, ending: Ending) -> None:
        self._worker = None
        self._attempt(lambda: self._conclude(ending))

    def _conclude(self, ending: Ending) -> None:
        job, failure = self._job, ending.failure
        if ending.success:
            self._end(State.DONE)
            return
        if failure and failure.kind == "BytesLost" and job.result is not None:  # some of it was saved
            job.notices.append(failure.sentence(QCoreApplication.translate))
            self._end(State.DONE)
            return
        if ending.crashed and job.output is not None:
            sweep(job.output, self._began)
        if self._fresh and job.output is not None:
            sweep_folders(job.output)
        if job.stopping is Control.CANCEL or (failure and failure.kind == "Interrupted"):
            self._end(State.CANCELLED)
        else:
            self._failed(ending)

    def _failed(self, ending: Ending) -> None:
        """Note whether help or a password is wanted; one that does not open the archive is forgotten."""
        self._look = None
        job = self._job
        job.damaged, job.locked = ending.damage, ending.locked
        if job.locked is None:
            self._end(State.FAILED, ending.sentence(QCoreApplication.translate))
        else:
            job.password = None
            self._end(State.FAILED, locked_sentence(job.locked, QCoreApplication.translate))

    def _end(self, state: State, sentence: str | None = None) -> None:
        self._job.failure = sentence
        if state is State.DONE:
            self._job.password = None
        self._job.go(state)
        self.over.emit()
        self.deleteLater()
