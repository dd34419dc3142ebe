"""How a command speaks: sentences and a progress bar for people, JSON lines for programs (EVENTS.md).

Commands call one `Console` and do not know which kind it is. Messages go to standard error, so that standard output
stays free for data.
"""

import os
import sys
from abc import ABC, abstractmethod
from typing import Any, TextIO

from rich.console import Console as RichConsole
from rich.progress import BarColumn, TaskID, TextColumn
from rich.progress import Progress as RichProgress

from nacomp.cli.hints import hint, in_words
from nacomp.cli.streams import Streams, let_go, may_wait, streams
from nacomp.errors import NacompError
from nacomp.runtime.documents import Document
from nacomp.runtime.events import (
    Event,
    Failure,
    FileOutcome,
    FileState,
    Mounted,
    Notice,
    Paused,
    Progress,
    Result,
    Resumed,
    Started,
    to_json,
)
from nacomp.runtime.words import duration_text, size_text


class Console(ABC):
    """What every command may say."""

    @abstractmethod
    def start(self, event: Started) -> None:
        """Work begins."""

    @abstractmethod
    def progress(self, event: Progress) -> None:
        """Work goes on. Called from worker threads."""

    @abstractmethod
    def control(self, event: Paused | Resumed) -> None:
        """A control line was obeyed."""

    @abstractmethod
    def warning(self, message: str) -> None:
        """Something to know that stops nothing."""

    @abstractmethod
    def detail(self, message: str) -> None:
        """Something that only who asked for more is told."""

    @abstractmethod
    def file(self, event: FileOutcome, sentence: str) -> None:
        """One of many files is through: the event for programs, the sentence for people (a failure's even with -q)."""

    @abstractmethod
    def mounted(self, event: Mounted, sentence: str) -> None:
        """An archive's files are in a folder now."""

    @abstractmethod
    def result(self, event: Result, *sentences: str) -> None:
        """Success: the event for programs, the sentences for people, each on a line of its own."""

    @abstractmethod
    def error(self, error: NacompError, path: str | None = None) -> None:
        """Failure."""

    @abstractmethod
    def close(self) -> None:
        """Take the progress bar away."""


class JsonConsole(Console):
    """One JSON object per line on standard output, or on standard error where data takes standard output."""

    def __init__(self, streams: Streams | None = None) -> None:
        self._streams = streams or Streams()

    def _say(self, event: Event) -> None:
        """Work does not fail because nobody could be told; but a reader who has gone no longer wants it."""
        out = self._streams.lines
        try:
            _write_line(out, to_json(event))
        except BrokenPipeError:
            raise
        except OSError:
            let_go(out)

    def start(self, event: Started) -> None:
        self._say(event)

    def progress(self, event: Progress) -> None:
        # Comes from any thread, and the next one says it too: no thread waits for a reader who does not read.
        if not may_wait(self._streams.lines):
            self._say(event)

    def control(self, event: Paused | Resumed) -> None:
        self._say(event)

    def warning(self, message: str) -> None:
        self._say(Notice(message))

    def detail(self, message: str) -> None:
        """Programs look at the archive (`info --json`)."""

    def file(self, event: FileOutcome, sentence: str) -> None:  # noqa: ARG002
        self._say(event)

    def mounted(self, event: Mounted, sentence: str) -> None:  # noqa: ARG002
        self._say(event)

    def result(self, event: Result, *sentences: str) -> None:  # noqa: ARG002
        self._say(event)

    def error(self, error: NacompError, path: str | None = None) -> None:
        fields = {
            name: value if isinstance(value, int | float) else str(value)
            for name, value in error.fields.items()
        }
        kind, code = type(error).__name__, int(error.exit_code)
        self._say(Failure(kind, str(error), code, path, error.template(), fields, hint(error)))

    def close(self) -> None:
        """There is no bar to take away."""


class TerminalConsole(Console):
    """Sentences on standard error, with a progress bar where it is a terminal."""

    def __init__(self, verbosity: int = 0) -> None:
        """`verbosity` is -1 for quiet (errors only), 0 as usual, 1 or more for details."""
        self._verbosity = verbosity
        # Names are never interpreted: not as markup, not as emoji, not as numbers to be coloured.
        self._rich = RichConsole(stderr=True, highlight=False, markup=False, emoji=False)
        self._bar: RichProgress | None = None
        self._task: TaskID | None = None

    def start(self, event: Started) -> None:
        if self._verbosity > 0 and event.model_id:
            self._print(f"level {event.level}, model {event.model_id}", style="dim")
        if self._verbosity >= 0 and self._rich.is_terminal:
            self._bar = RichProgress(
                TextColumn("{task.description}", markup=False),
                BarColumn(bar_width=None),
                TextColumn("{task.percentage:>3.0f}%", markup=False),
                TextColumn("{task.fields[detail]}", markup=False),
                console=self._rich,
                transient=True,
            )
            self._task = self._bar.add_task("", total=event.total_bytes or None, detail="")
            self._bar.start()

    def progress(self, event: Progress) -> None:
        if self._bar is None or self._task is None:
            return
        details = [f"{size_text(event.bytes_per_second)}/s"] if event.bytes_per_second else []
        if event.output_bytes and event.done_bytes:
            details.append(f"ratio {event.done_bytes / event.output_bytes:.1f}")
        if event.seconds_left is not None:
            details.append(f"{duration_text(event.seconds_left)} left")
        self._bar.update(
            self._task,
            description=_shorten(event.path or event.phase),
            completed=event.done_bytes,
            total=event.total_bytes or None,
            detail=", ".join(details),
        )

    def control(self, event: Paused | Resumed) -> None:
        self._print(event.name)

    def detail(self, message: str) -> None:
        if self._verbosity > 0:
            self._print(message, style="dim")

    def warning(self, message: str) -> None:
        if self._verbosity >= 0:
            self._print(f"nacomp: {message}", style="yellow")

    def file(self, event: FileOutcome, sentence: str) -> None:
        if event.state is FileState.FAILED:
            self._print(sentence, style="red")
        elif self._verbosity >= 0:
            self._print(sentence)

    def mounted(self, event: Mounted, sentence: str) -> None:  # noqa: ARG002
        self.close()  # nothing is worked on until somebody reads
        if self._verbosity >= 0:
            self._print(sentence)

    def result(self, event: Result, *sentences: str) -> None:  # noqa: ARG002
        self.close()
        for sentence in filter(None, sentences if self._verbosity >= 0 else ()):
            self._print(sentence)

    def error(self, error: NacompError, path: str | None = None) -> None:
        self.close()
        message = in_words(error)
        prefix = f"{printable(path)}: " if path and path not in message else ""
        self._print(f"nacomp: {prefix}{message}", style="red")

    def close(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = self._task = None

    def _print(self, text: str, style: str | None = None) -> None:
        try:
            self._rich.print(printable(text), style=style, soft_wrap=True)
        except OSError:
            let_go(sys.stderr)  # what was done is done, whether or not it could be told


def print_document(document: Document) -> None:
    """The whole answer of a command that has only one, for programs."""
    _write_line(streams().lines, to_json(document))


def _write_line(out: TextIO, text: str) -> None:
    out.write(text + "\n")
    out.flush()


def printable(text: str) -> str:
    """Text safe for a terminal: control characters and undecodable bytes shown escaped."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def _shorten(text: str, width: int = 32) -> str:
    """The end of a long path says more than its beginning."""
    text = printable(text)
    return text if len(text) <= width else "..." + text[-(width - 3) :]


def is_terminal(stream: Any) -> bool:
    """Whether a standard stream is a terminal; a closed or replaced one is not."""
    try:
        return os.isatty(stream.fileno())
    except (AttributeError, OSError, ValueError):
        return False
