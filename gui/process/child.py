"""A child process of the window: how it is started, read and ended. All workers are children of this one kind.

A process and not a thread: a crash in native code, a full memory or a cancel never takes the window down, and
there is one code path for terminal and desktop. QProcess rather than asyncio: it lives in Qt's own event loop.
"""

from collections.abc import Sequence

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment

from nacomp.gui.logic.commands import PASSWORD_VARIABLE
from nacomp.gui.logic.ending import Ending
from nacomp.gui.logic.events import Failure

STDERR_KEPT = 4000
KILL_MS = 2000
"""How long a killed process may take to be gone: the system needs a moment to take back its memory."""


def child_environment(password: str | None) -> QProcessEnvironment:
    """This process's environment with exactly this password: one that the application was started with opens and
    seals nothing that a person did not ask for.
    """
    environment = QProcessEnvironment.systemEnvironment()
    environment.remove(PASSWORD_VARIABLE)
    if password:
        environment.insert(PASSWORD_VARIABLE, password)
    return environment


class Child(QObject):
    """Runs one command line. Subclasses say what its output means (`_take`) and tell of its end (`_ended`).

    `_ended` is called exactly once, and never after `stop`. A child that is over deletes itself.
    """

    def __init__(
        self,
        program: Sequence[str],
        arguments: Sequence[str],
        parent: QObject | None = None,
        password: str | None = None,
    ) -> None:
        super().__init__(parent)
        self._stderr = b""
        self._over = False
        self._process = QProcess(self)
        self._process.setProgram(program[0])
        self._process.setArguments([*program[1:], *arguments])
        self._process.setProcessEnvironment(child_environment(password))
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.readyReadStandardError.connect(self._read_error)
        self._process.finished.connect(self._finished)
        self._process.errorOccurred.connect(self._broken)

    def start(self) -> None:
        """Start the process."""
        self._process.start()

    def pid(self) -> int:
        """The process id, 0 when it does not run."""
        return 0 if self._over else self._process.processId()

    def kill(self) -> None:
        """End the process without asking; it is told of like any other end."""
        if not self._over:
            self._process.kill()

    def stop(self) -> None:
        """End it and hear nothing more of it."""
        if self._over:
            return
        self._conclude(None)
        self._process.kill()
        self._process.waitForFinished(KILL_MS)

    def finish(self, milliseconds: int) -> None:
        """Block until it has ended by itself, or end it; only for closing the application."""
        if not self._over and not self._process.waitForFinished(milliseconds):
            self._process.kill()
            self._process.waitForFinished(KILL_MS)

    def _take(self, data: bytes) -> None:
        """A piece of its standard output has arrived."""
        raise NotImplementedError

    def _ended(self, ending: Ending) -> None:
        """It is over."""
        raise NotImplementedError

    def _failure(self) -> Failure | None:
        """The error event in its output, now that that is complete; asked for only where it failed."""
        raise NotImplementedError

    def _conclude(self, ending: Ending | None) -> None:
        """The end, once; None for one that nobody waits for any more."""
        if self._over:
            return
        self._over = True
        if ending is not None:
            self._ended(ending)
        if (
            self._process.state() == QProcess.ProcessState.NotRunning
        ):  # else later: Qt waits for a process that it deletes
            self.deleteLater()

    def _read(self) -> None:
        data = self._process.readAllStandardOutput().data()
        if data and not self._over:
            self._take(bytes(data))

    def _read_error(self) -> None:
        self._stderr = (self._stderr + self._process.readAllStandardError().data())[-STDERR_KEPT:]

    def _finished(self, code: int, status: QProcess.ExitStatus) -> None:
        self._read()
        self._read_error()
        if self._over:
            self.deleteLater()
            return
        words = self._stderr.decode("utf-8", "replace").strip()
        crashed = status == QProcess.ExitStatus.CrashExit
        failure = self._failure() if code or crashed else None
        self._conclude(Ending(code, crashed=crashed, stderr=words, failure=failure))

    def _broken(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._conclude(Ending(-1, never_started=True, stderr=self._process.errorString()))
