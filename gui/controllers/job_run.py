"""One attempt at one job: its output is named, a worker does it, and what came of it is written into the job.

The queue (`runner.py`) decides when; everything between the start of a job and its end happens here.
"""

import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal

from nacomp.gui.logic.commands import WorkerOptions, job_arguments, list_arguments, may_resume
from nacomp.gui.logic.dangers import dangers_of
from nacomp.gui.logic.ending import Ending, problem_sentence
from nacomp.gui.logic.events import Document, Notice, Paused, Resumed
from nacomp.gui.logic.jobs import FINISHED, Control, Job, Kind, State
from nacomp.gui.logic.leftovers import now as leftovers_since
from nacomp.gui.logic.leftovers import sweep, sweep_folders, sweep_kept
from nacomp.gui.logic.locks import locked_sentence
from nacomp.gui.logic.names import Target, by_name, extract_places, output_name, settle
from nacomp.gui.logic.progress import Stopwatch
from nacomp.gui.logic.reasons import note_text
from nacomp.gui.logic.settings import Settings, SourceAfter
from nacomp.gui.process.crew import Crew, Task

DONE_IN_PART = frozenset({"BytesLost", "NotAllRead"})
"""Errors behind a result: the output is in its place, and something is not in it."""


class JobRun(QObject):
    """Signals: `changed` (the job looks different), `over` (it has reached a final state; once)."""

    changed = Signal()
    over = Signal()

    def __init__(
        self,
        job: Job,
        crew: Crew,
        settings: Settings,
        taken: Callable[[Path], bool],
        parent: QObject,
    ) -> None:
        """`taken`: whether an output of this name exists or is being made."""
        super().__init__(parent)
        self._job = job
        self._crew = crew
        self._settings = settings
        self._taken = taken
        self._look: Task | None = None
        self._list: Mapping[str, Any] = {}
        self._task: Task | None = None
        self._began = 0.0
        self._clock = Stopwatch()
        self._closing = False
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
            if self._task is not None:
                self._task.stop()
                self._task = None
            if job.state not in FINISHED:
                self._end(State.FAILED, problem_sentence(problem, job.inputs[0], QCoreApplication.translate))
            if not isinstance(problem, OSError):
                sys.excepthook(type(problem), problem, problem.__traceback__)

    def _begin(self) -> None:
        job = self._job
        self._clock.start(time.monotonic())
        if job.kind is Kind.EXTRACT:
            self._look_first()
            return
        target: Target | None = None
        if job.kind is not Kind.TEST:
            name = job.archive_name or output_name(job.kind, job.inputs)
            target = self._settled(self._folder() / name)
            if target is None:
                self._end(State.SKIPPED)
                return
        job.go(State.RUNNING)
        self._run(target)

    def tell(self, word: Control) -> None:
        """Pass a word on. One that comes while the archive is looked into waits for the worker, but for a cancel."""
        self._job.stopping = word if word is not Control.RESUME else None
        if self._task is not None:
            self._task.say(word)
        elif word is Control.CANCEL:
            self._stop_looking()
            self._end(State.CANCELLED)

    def finish(self, milliseconds: int) -> None:
        """Wait for the worker's own end, or bring it about; the application closes, and what is finished is kept."""
        self._closing = True
        self._stop_looking()
        if self._task is not None:
            self._task.finish(milliseconds)

    def seconds(self) -> float:
        """How long it has worked so far."""
        return self._clock.elapsed(time.monotonic())

    @property
    def state(self) -> State:
        """The state of its job."""
        return self._job.state

    def process_id(self) -> int:
        """The worker's process, 0 if there is none."""
        return self._task.pid() if self._task is not None else 0

    # Where the output goes ----------------------------------------------------------------------------------

    def _folder(self) -> Path:
        folder = self._job.destination
        if folder is None and self._settings.destination:
            folder = Path(self._settings.destination)
        return folder or self._job.inputs[0].absolute().parent

    def _settled(self, wanted: Path) -> Target | None:
        """The output by the policy for names that are taken, noted in the job; None: skip it."""
        target = settle(wanted, self._job.conflict or self._settings.conflict, self._taken)
        if target is not None:
            self._job.output = target.path
        return target

    def _look_first(self) -> None:
        """What an archive turns into depends on what is in it, so its list is read before the output is named."""
        job = self._job
        job.go(State.RUNNING)
        self._look = self._crew.begin(list_arguments(job.inputs[0]), job.password, self)
        self._look.heard.connect(self._listed)
        self._look.ended.connect(self._looked)
        self.changed.emit()

    def _listed(self, event: object) -> None:
        if isinstance(event, Document):
            self._list = event.fields

    def _looked(self, ending: Ending) -> None:
        self._look = None
        if ending.success:
            self._attempt(self._run_extraction)
        else:
            self._failed(ending)

    def _run_extraction(self) -> None:
        entries = [str(entry["path"]) for entry in self._list["entries"]]
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
            settings.device,
            trash=settings.source_after is SourceAfter.TRASH,
            recovery=settings.recovery,
            skip_unreadable=settings.skip_unreadable,
            verify=settings.verify,
            resume=may_resume(job, settings.engine),
            exclude=tuple(filter(None, map(str.strip, settings.exclude.split(";")))),
        )
        self._fresh = job.output is not None and not job.output.exists()
        job.dangers = dangers_of(job.kind, settings, job.conflict)
        self._began = leftovers_since()
        self._task = self._crew.begin(job_arguments(job, target, options), job.password, self)
        self._task.heard.connect(self._heard)
        self._task.ended.connect(self._ended)
        if job.stopping is not None:  # asked for while the archive was looked into
            self._task.say(job.stopping)
        self.changed.emit()

    def _heard(self, event: object) -> None:
        now = time.monotonic()
        if isinstance(event, Notice):
            self._note(event.message)
        self._job.take(event, now)
        if isinstance(event, Paused):
            self._clock.stop(now)
        elif isinstance(event, Resumed):
            self._clock.start(now)
        self.changed.emit()

    def _note(self, message: str) -> None:
        """A remark of the worker, without what it says to those who type."""
        if (text := note_text(message, QCoreApplication.translate)) is not None:
            self._job.notices.append(self._by_name(text))

    def _ended(self, ending: Ending) -> None:
        self._task = None
        self._attempt(lambda: self._conclude(ending))

    def _conclude(self, ending: Ending) -> None:
        job, failure = self._job, ending.failure
        if ending.success:
            self._end(State.DONE)
            return
        if failure and failure.kind in DONE_IN_PART and job.result is not None:  # what could be done is done
            job.notices.append(self._by_name(failure.sentence(QCoreApplication.translate)))
            self._end(State.DONE)
            return
        if ending.crashed and job.output is not None:
            sweep(job.output, self._began)
        if self._fresh and job.output is not None:
            sweep_folders(job.output)
        if job.stopping is Control.CANCEL or (failure and failure.kind == "Interrupted"):
            if job.output is not None and not self._closing:
                sweep_kept(job.output)
            self._end(State.CANCELLED)
        else:
            self._failed(ending)

    def _failed(self, ending: Ending) -> None:
        """Note whether help or a password is wanted; one that does not open the archive is forgotten."""
        job = self._job
        job.damaged, job.hopeless, job.locked = ending.damage, ending.hopeless, ending.locked
        job.technical, job.device_gone = ending.technical, ending.device_gone
        job.needs_model = ending.failure.needs_model if ending.failure else None
        if job.locked is None:
            self._end(State.FAILED, ending.sentence(QCoreApplication.translate))
        else:
            job.password = None
            self._end(State.FAILED, locked_sentence(job.locked, QCoreApplication.translate))

    def _by_name(self, sentence: str) -> str:
        job = self._job
        return by_name(sentence, [*job.inputs, *([job.output] if job.output is not None else [])])

    def _end(self, state: State, sentence: str | None = None) -> None:
        self._clock.stop(time.monotonic())
        self._job.failure, self._job.took = sentence and self._by_name(sentence), self._clock.seconds
        if state is State.DONE:
            self._job.password = None
        self._job.go(state)
        self.over.emit()
        self.deleteLater()
