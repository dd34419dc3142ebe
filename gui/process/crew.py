"""The workers of the queue: warm ones, which do one job after another and keep what they have loaded.

    JobRun -> Crew.begin -> Task <- heard, ended - WarmWorker (`nacomp worker`)

A process for each job lost: start-up and the model took 0.5 to 12 s of it, where a note of 300 bytes takes 0.02. A crash
still costs one process and one job: the next job gets a new one. Memory is given back after a while without work.
"""

import json
from collections.abc import Sequence

from PySide6.QtCore import QObject, QProcess, QTimer, Signal

from nacomp.gui.logic.ending import Ending
from nacomp.gui.logic.events import Ended, Event, Failure
from nacomp.gui.logic.jobs import Control
from nacomp.gui.process.worker import Worker

REST_MS = 60_000
"""So long a worker without work is kept: about the time in which somebody who has looked at a result adds the next file.
It holds the model, of 98 MB and more, in memory."""

WORDS_MS = 100
"""How long a worker's words may be awaited. They are in the pipe already, or there are none."""

FEW_ARENAS = ("MALLOC_ARENA_MAX", "2")
"""The C library of Linux keeps freed memory for each thread, and every job has threads of its own. A worker stays at 180 MB
after 60 notes with this; without, it came to 260 MB then and to 560 MB after 1,000. Elsewhere the variable means nothing."""


class WarmWorker(Worker):
    """One process. `free`: its job is over. `gone`: it is over itself."""

    free = Signal()
    gone = Signal()

    def __init__(self, program: Sequence[str], parent: QObject) -> None:
        super().__init__(program, ["worker"], parent)
        environment = self._process.processEnvironment()
        environment.insert(*FEW_ARENAS)
        self._process.setProcessEnvironment(environment)
        self.task: Task | None = None
        self._dying = False

    @property
    def is_free(self) -> bool:
        """Whether it can take a job. Not one that is being killed: its job may have ended in time, it has not."""
        return self.task is None and not self._dying

    def kill(self) -> None:
        """See `Child.kill`."""
        self._dying = True
        super().kill()

    def begin(self, task: "Task", arguments: Sequence[str], password: str | None) -> None:
        """Send a job. The password goes through the pipe, which nobody else can read."""
        self.task, self._stderr, self._last_failure = task, b"", None
        sent = {"arguments": list(arguments), **({"password": password} if password else {})}
        self._process.write(json.dumps(sent).encode() + b"\n")

    def dismiss(self) -> None:
        """No more jobs: it ends when it has done the one that it has."""
        self._process.closeWriteChannel()

    def finish(self, milliseconds: int) -> None:
        """See `Child.finish`."""
        self.dismiss()
        super().finish(milliseconds)

    def stop(self) -> None:
        """See `Child.stop`."""
        self.task = None
        super().stop()
        self.gone.emit()

    def _tell(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, Ended):
                self._job_over(event.code)
                continue
            if isinstance(event, Failure):
                self._last_failure = event
            if self.task is not None:
                self.task.heard.emit(event)

    def _job_over(self, code: int) -> None:
        self._patience.stop()
        if code and self._last_failure is None:
            self._hear_words()
        task, self.task = self.task, None
        words = self._stderr.decode("utf-8", "replace").strip()
        ending = Ending(code, stderr=words, failure=self._last_failure if code else None)
        self.free.emit()  # the next job may begin here, which forgets what was said of this one
        if task is not None:
            task.end(ending)

    def _hear_words(self) -> None:
        """What it wrote to standard error before it said that the job is over: that pipe may not have been read yet."""
        if not self._stderr:
            self._process.setReadChannel(QProcess.ProcessChannel.StandardError)
            self._process.waitForReadyRead(WORDS_MS)
            self._process.setReadChannel(QProcess.ProcessChannel.StandardOutput)
            self._read_error()

    def _ended(self, ending: Ending) -> None:
        """Its job dies with it; one that ended without a word about its job has crashed, whatever its code."""
        self._tell(self._stream.close())
        self._patience.stop()
        task, self.task = self.task, None
        self.gone.emit()
        if task is not None:
            task.end(Ending(ending.code, crashed=True, stderr=ending.stderr) if ending.success else ending)


class Task(QObject):
    """One job in the hands of a worker. Signals: `heard` for each event, `ended` with its `Ending`, once."""

    heard = Signal(object)
    ended = Signal(object)

    def __init__(self, worker: WarmWorker, parent: QObject) -> None:
        super().__init__(parent)
        self._worker: WarmWorker | None = worker

    def say(self, word: Control) -> None:
        """Send a control line. A cancel that is not obeyed ends the worker."""
        if self._worker is not None:
            self._worker.say(word)

    def pid(self) -> int:
        """The process that works on it, 0 when it is over."""
        return self._worker.pid() if self._worker is not None else 0

    def stop(self) -> None:
        """End it, by ending its worker, and hear nothing more of it."""
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.stop()
        self.deleteLater()

    def finish(self, milliseconds: int) -> None:
        """Block until it has ended by itself, or end it; only for closing the application."""
        if self._worker is not None:
            self._worker.finish(milliseconds)

    def end(self, ending: Ending) -> None:
        """It is over, as its worker says."""
        self._worker = None
        self.ended.emit(ending)
        self.deleteLater()


class Crew(QObject):
    """As many workers as there are jobs at a time."""

    def __init__(self, program: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._program = program
        self.workers: list[WarmWorker] = []
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self.send_home)

    def begin(self, arguments: Sequence[str], password: str | None, parent: QObject) -> Task:
        """Give a job to a worker that is free, or to a new one."""
        worker = next((worker for worker in self.workers if worker.is_free), None) or self._hire()
        task = Task(worker, parent)
        worker.begin(task, arguments, password)
        return task

    def send_home(self) -> None:
        """End the workers that have nothing to do."""
        for worker in self.workers:
            if worker.task is None:
                worker.dismiss()
        self.workers = [worker for worker in self.workers if worker.task is not None]

    def stop(self) -> None:
        """The application closes, its jobs are over."""
        for worker in list(self.workers):
            worker.stop()

    def _hire(self) -> WarmWorker:
        worker = WarmWorker(self._program, self)
        self.workers.append(worker)
        worker.free.connect(self._rest.start)
        worker.gone.connect(lambda: self._left(worker))
        worker.start()
        return worker

    def _left(self, worker: WarmWorker) -> None:
        if worker in self.workers:
            self.workers.remove(worker)
