"""One worker process: the nacomp command line as a child, its JSON lines as Qt signals.

A process and not a thread: a crash in native code, a full memory or a cancel never takes the window down, and
there is one code path for terminal and desktop. QProcess rather than asyncio: it lives in Qt's own event loop.
"""

import contextlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QObject, QProcess, QProcessEnvironment, QTimer, Signal

from nacomp.gui.logic.commands import PASSWORD_VARIABLE
from nacomp.gui.logic.events import EventStream, Failure, last_words

PATIENCE_MS = 8000
"""How long a worker may take to answer `cancel` by itself before it is ended. It answers between two blocks' steps,
which takes well under a second even for a large model."""

STDERR_KEPT = 4000
BACKGROUND_NICENESS = 5


def worker_environment(password: str | None) -> QProcessEnvironment:
    """This process's environment with exactly this password: one that the application was started with opens and
    seals nothing that a person did not ask for.
    """
    environment = QProcessEnvironment.systemEnvironment()
    environment.remove(PASSWORD_VARIABLE)
    if password:
        environment.insert(PASSWORD_VARIABLE, password)
    return environment


@dataclass(frozen=True)
class Ending:
    """How a worker ended: its exit code, whether it died by a signal, and the last of its standard error."""

    code: int
    crashed: bool
    never_started: bool
    stderr: str


class Worker(QObject):
    """Runs one command. Signals: `heard` for each line, `ended` exactly once."""

    heard = Signal(object)
    ended = Signal(object)

    def __init__(
        self,
        program: Sequence[str],
        arguments: Sequence[str],
        parent: QObject | None = None,
        password: str | None = None,
    ) -> None:
        super().__init__(parent)
        self._stream = EventStream()
        self._stderr = b""
        self._over = False
        self.failure: Failure | None = None
        self._process = QProcess(self)
        self._process.setProgram(program[0])
        self._process.setArguments([*program[1:], *arguments])
        self._process.setProcessEnvironment(worker_environment(password))
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.readyReadStandardError.connect(self._read_error)
        self._process.finished.connect(self._finished)
        self._process.errorOccurred.connect(self._failed)
        self._process.started.connect(self._step_back)
        self._patience = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._patience.timeout.connect(self.kill)

    def start(self) -> None:
        """Start the process."""
        self._process.start()

    def pid(self) -> int:
        """The process id, 0 when it does not run."""
        return self._process.processId()

    def say(self, word: str) -> None:
        """Send a control line: `pause`, `resume` or `cancel`. A cancel that is not obeyed ends the process."""
        if self._process.state() == QProcess.ProcessState.NotRunning:
            return
        self._process.write(word.encode() + b"\n")
        if word == "cancel":
            self._patience.start()

    def kill(self) -> None:
        """End the process without asking."""
        self._process.kill()

    def wait(self, milliseconds: int) -> bool:
        """Block until the process has ended; only for closing the application."""
        if self._process.state() == QProcess.ProcessState.NotRunning:
            return True
        return self._process.waitForFinished(milliseconds)

    def _step_back(self) -> None:
        """Let the window, and whatever else a person does meanwhile, go first; an idle machine gives all it has."""
        pid = self._process.processId()
        if sys.platform != "win32" and pid > 0:  # 0 would be this process
            with contextlib.suppress(ProcessLookupError):
                os.setpriority(os.PRIO_PROCESS, pid, BACKGROUND_NICENESS)

    def _read(self) -> None:
        for event in self._stream.feed(bytes(self._process.readAllStandardOutput().data())):
            if isinstance(event, Failure):
                self.failure = event
            self.heard.emit(event)

    def _read_error(self) -> None:
        self._stderr = (self._stderr + self._process.readAllStandardError().data())[-STDERR_KEPT:]

    def _finished(self, code: int, status: QProcess.ExitStatus) -> None:
        self._read()
        self._read_error()
        for event in self._stream.close():
            self.heard.emit(event)
        self._end(Ending(code, status == QProcess.ExitStatus.CrashExit, False, self._last_words()))

    def _failed(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._end(Ending(-1, False, True, self._process.errorString()))

    def _last_words(self) -> str:
        return self._stderr.decode("utf-8", "replace").strip()

    def _end(self, ending: Ending) -> None:
        if self._over:
            return
        self._over = True
        self._patience.stop()
        self.ended.emit(ending)


class Query(QObject):
    """A short command whose whole output is the answer (`list`, `info`, `cat`, `map`, `models list`).

    `answered` carries the raw bytes; `failed` a sentence. Stopping it is silent. Long answers are collected, not
    parsed line by line. `damage` tells whether a failure was a damaged archive, `locked` whether it was the password.
    """

    answered = Signal(object)
    failed = Signal(str)

    def __init__(
        self,
        program: Sequence[str],
        arguments: Sequence[str],
        limit: int = 0,
        parent: QObject | None = None,
        password: str | None = None,
    ):
        super().__init__(parent)
        self._limit = limit
        self.damage = False
        self.locked: str | None = None
        self._data = bytearray()
        self._stopped = False
        self._stderr = b""
        self._process = QProcess(self)
        self._process.setProgram(program[0])
        self._process.setArguments([*program[1:], *arguments])
        self._process.setProcessEnvironment(worker_environment(password))
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.readyReadStandardError.connect(self._read_error)
        self._process.finished.connect(self._finished)
        self._process.errorOccurred.connect(self._broken)

    def start(self) -> None:
        """Start the process."""
        self._process.start()
        self._process.closeWriteChannel()

    def stop(self) -> None:
        """End it; no signal will come."""
        self._stopped = True
        self._process.kill()
        self._process.waitForFinished(2000)

    def _read(self) -> None:
        self._data += self._process.readAllStandardOutput().data()
        if self._limit and len(self._data) >= self._limit and not self._stopped:
            self._stopped = True
            self._process.kill()
            self.answered.emit(bytes(self._data[: self._limit]))

    def _read_error(self) -> None:
        self._stderr = (self._stderr + self._process.readAllStandardError().data())[-STDERR_KEPT:]

    def _broken(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and not self._stopped:
            self._stopped = True
            self.failed.emit(self._process.errorString())

    def _finished(self, code: int, _status: QProcess.ExitStatus) -> None:
        self._read()
        self._read_error()
        if self._stopped:
            return
        self._stopped = True
        if code == 0:
            self.answered.emit(bytes(self._data))
            return
        self.failed.emit(self._sentence(code))

    def _sentence(self, code: int) -> str:
        stream = EventStream()
        for event in reversed(stream.feed(bytes(self._data)) + stream.close()):
            if isinstance(event, Failure) and event.message:
                self.damage, self.locked = event.damage, event.locked
                return event.sentence(QCoreApplication.translate)
        words = last_words(self._stderr.decode("utf-8", "replace"))
        return words or self.tr("The worker stopped with code {0}.").format(code)
