"""How a worker process ended, and the one sentence that a person is told about it.

Qt-free: the process hands in what it saw, the desks and the queue ask what it means.
"""

from dataclasses import dataclass
from pathlib import Path

from nacomp.errors import file_problem
from nacomp.gui.logic.devices import BINDINGS, GONE
from nacomp.gui.logic.events import Failure, last_words
from nacomp.gui.logic.locks import Lock
from nacomp.gui.logic.wording import Translate, english


@dataclass(frozen=True)
class Ending:
    """What is known of a process that is over.

    Attributes:
        code: its exit code.
        crashed: it died by a signal, or was ended from outside.
        never_started: there was no process at all; `stderr` says why.
        garbled: it succeeded, but its answer could not be read.
        stderr: the last of its standard error.
        failure: the error event it sent, if any.
    """

    code: int = 0
    crashed: bool = False
    never_started: bool = False
    garbled: bool = False
    stderr: str = ""
    failure: Failure | None = None

    @property
    def success(self) -> bool:
        """Whether the worker did what it was asked for."""
        return self.code == 0 and not (self.crashed or self.never_started or self.garbled)

    @property
    def technical(self) -> str | None:
        """The worker's own sentence, if what is told is a plainer one."""
        if self.failure is None or not self.failure.message:
            return None
        return None if self.failure.sentence() == self.failure.message else self.failure.message

    @property
    def damage(self) -> bool:
        """Whether it failed because an archive is damaged."""
        return self.failure is not None and self.failure.damage

    @property
    def hopeless(self) -> bool:
        """Whether it would fail in the same way again."""
        return self.failure is not None and self.failure.hopeless

    @property
    def device_gone(self) -> bool:
        """Whether it failed because the device that the settings name cannot be used."""
        failure = self.failure
        return failure is not None and (
            failure.kind == GONE
            or (failure.kind == "ExtraMissing" and failure.fields.get("extra") == BINDINGS)
        )

    @property
    def locked(self) -> Lock | None:
        """Why the archive stayed shut, if it only wants another password; else None."""
        return Lock(self.failure.locked) if self.failure and self.failure.locked else None

    def sentence(self, translate: Translate = english) -> str:
        """Why it failed: in the worker's own words where it had any left to say."""
        if self.never_started:
            return translate("worker", "The worker could not be started: {0}").format(self.stderr)
        if self.failure is not None and self.failure.message:
            return self.failure.sentence(translate)
        if self.crashed:
            return translate(
                "worker",
                "The worker process was ended from outside or crashed (out of memory is the usual reason); "
                "your files are untouched. You can try again.",
            )
        if self.garbled:
            return translate("worker", "The worker's answer could not be read.")
        return last_words(self.stderr) or translate("worker", "The worker stopped with code {0}.").format(
            self.code
        )


def problem_sentence(problem: Exception, path: Path, translate: Translate = english) -> str:
    """Why the window itself could not do its part of a job on `path`: the system's reason, or what nobody expected."""
    if isinstance(problem, OSError):
        told = file_problem(problem.filename or path, problem)
        reason = translate("Reasons", str(told.fields["reason"]))
        return translate("Errors", "{path}: {reason}.").format(path=told.fields["path"], reason=reason)
    return translate("worker", "Something unexpected went wrong: {0}").format(problem_words(problem))


def problem_words(problem: BaseException) -> str:
    """What an exception says, with its kind: its words alone can be as little as a key."""
    return f"{type(problem).__name__}: {problem}" if str(problem) else type(problem).__name__
