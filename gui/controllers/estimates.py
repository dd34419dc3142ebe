"""Asks the worker how long each new job would take, one at a time, and holds back the long ones until a person chose."""

from PySide6.QtCore import QObject, Signal

from nacomp.gui.controllers.device_desk import DeviceDesk
from nacomp.gui.controllers.runner import Runner
from nacomp.gui.logic.commands import estimate_arguments
from nacomp.gui.logic.ending import Ending
from nacomp.gui.logic.estimate import Estimate, parse_estimate
from nacomp.gui.logic.jobs import Hold, Job, Kind, State
from nacomp.gui.logic.levels import Level
from nacomp.gui.logic.settings import SettingsStore
from nacomp.gui.process.query import DocumentQuery

SMALL_BYTES = 200_000
"""Below this a job is over before its estimate would be worth reading: it starts without one."""


class EstimateDesk(QObject):
    """`long_job` carries a job that would take long and waits; `estimates` has all that was asked about it."""

    long_job = Signal(object)

    def __init__(
        self, runner: Runner, store: SettingsStore, devices: DeviceDesk, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._runner = runner
        self._store = store
        self._devices = devices
        self._wanted: dict[int, Level] = {}
        """The level to ask about next, by job."""
        self._query: DocumentQuery | None = None
        self._starting = False
        """A level is being chosen in answer to a question, and is not asked about again."""
        self.found: dict[int, dict[Level, Estimate]] = {}
        runner.measured.connect(self.consider)
        runner.level_changed.connect(self._level_changed)
        devices.chosen.connect(self._ask_again)

    def consider(self, job: Job) -> None:
        """A new job has its size: ask about it if it may be long."""
        if job.kind is not Kind.COMPRESS or not self._store.value.estimate_first:
            return
        if (job.size or 0) < SMALL_BYTES or job.state is not State.WAITING:
            return
        self._runner.hold(job, Hold.ESTIMATING)
        self._ask(job, job.level)

    def _level_changed(self, job: Job) -> None:
        """At its new level it may be long, or no longer: what is known is used, else it is asked about."""
        if job.size is None:
            return  # it is asked about when it has been measured
        known = self.estimates(job).get(job.level)
        if known is not None:
            self._wanted.pop(job.id, None)
            self._runner.hold(job, Hold.ESTIMATING)
            self._decide(job, job.level, known)
        elif not self._starting:
            self.consider(job)

    def _ask_again(self) -> None:
        """Models compute on another device: what was found on the last one counts no more."""
        self.found.clear()
        self.stop()
        for job in list(self._runner.queue):
            if job.held is not None:
                self.consider(job)

    def estimates(self, job: Job) -> dict[Level, Estimate]:
        """What is known about a job, by level."""
        return self.found.get(job.id, {})

    def faster(self, job: Job) -> dict[Level, Estimate]:
        """The levels at which a job would be over sooner than at its own, with their estimates."""
        known = self.estimates(job)
        own = known.get(job.level)
        return {} if own is None else {name: one for name, one in known.items() if one.seconds < own.seconds}

    def start_at(self, job: Job, level: Level) -> None:
        """Let a held job run at another level."""
        if job.held is not Hold.CHOICE:
            return
        self._starting = True
        try:
            self._runner.change_level(job, level)
        finally:
            self._starting = False
        job.estimate = self.estimates(job).get(level)
        self._runner.let_go(job)

    def stop(self) -> None:
        """The application closes."""
        self._wanted.clear()
        if self._query is not None:
            self._query.stop()
            self._query = None

    def _ask(self, job: Job, level: Level) -> None:
        self._wanted[job.id] = level
        self._next()

    def _next(self) -> None:
        """In the order of the queue; own levels before faster ones, because short jobs wait to be let go."""
        if self._query is not None:
            return
        jobs = [job for job in self._runner.queue if job.id in self._wanted]
        waiting = [job for job in jobs if job.state is State.WAITING and job.held]
        if waiting:
            job = min(waiting, key=lambda job: self._wanted[job.id] != job.level)
            self._start(job, self._wanted.pop(job.id))

    def _start(self, job: Job, level: Level) -> None:
        self._query = DocumentQuery(
            self._runner.program, estimate_arguments(job, level, self._store.value.device), self
        )
        self._query.answered.connect(lambda found: self._arrived(job, level, parse_estimate(found)))
        self._query.failed.connect(lambda ending: self._failed(job, level, ending))
        self._query.start()

    def _failed(self, job: Job, level: Level, ending: Ending) -> None:
        """Without an estimate, unless it is asked for again: on what is chosen in place of a device that has gone."""
        if not self._devices.learn(ending):
            self._arrived(job, level, None)

    def _arrived(self, job: Job, level: Level, estimate: Estimate | None) -> None:
        self._query = None
        if estimate is not None:
            self.found.setdefault(job.id, {})[level] = estimate
        self._decide(job, level, estimate)
        self._next()

    def _decide(self, job: Job, level: Level, estimate: Estimate | None) -> None:
        if level == job.level:
            job.estimate = estimate
            if estimate is None or not estimate.long:
                self._runner.hold(job, None)
                return
        elif job.level not in self.estimates(job):
            return  # its level was changed meanwhile, and that one is asked about
        missing = [other for other in job.level.faster if other not in self.estimates(job)]
        if missing and estimate is not None:
            self._ask(job, missing[0])
            return
        self._runner.hold(job, Hold.CHOICE)
        self.long_job.emit(job)
