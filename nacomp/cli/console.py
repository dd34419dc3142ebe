"""How a command speaks: sentences and a progress bar for people, JSON lines for programs (EVENTS.md).

Commands call one `Console` and do not know which kind it is. Messages go to standard error, so that standard output
stays free for data.
"""

import os
import sys
from abc import ABC, abstractmethod
from threading import Lock, Timer
from typing import TYPE_CHECKING, Any, TextIO

from nacomp.cli.hints import hint, in_words
from nacomp.cli.streams import Streams, let_go, may_wait, streams
from nacomp.errors import NacompError
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

if TYPE_CHECKING:
    from nacomp.cli.screen import Screen
    from nacomp.runtime.documents import Document

BAR_AFTER = 0.3
"""Seconds until a command shows its bar: one that is through by then is spared rich, a tenth of its time."""


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
        self._screen: Screen | None = None
        self._lock = Lock()
        """Of the bar: a timer opens it, threads of the work move it, the command takes it away."""
        self._timer: Timer | None = None
        self._has_bar = False

    def start(self, event: Started) -> None:
        if self._verbosity > 0 and event.model_id:
            self._print(f"level {event.level}, model {event.model_id}", style="dim")
        self.close()
        if self._verbosity >= 0 and _is_decorated():
            self._timer = Timer(BAR_AFTER, self._open_bar, (event.total_bytes,))
            self._timer.daemon = True
            self._timer.start()

    def _open_bar(self, total_bytes: int) -> None:
        screen = self._on_screen()
        with self._lock:
            if self._timer is not None:
                screen.open_bar(total_bytes)
                self._has_bar = True

    def progress(self, event: Progress) -> None:
        if self._has_bar:
            with self._lock:
                self._on_screen().update_bar(event, _shorten(event.path or event.phase))

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
        if self._timer is None:
            return
        self._timer.cancel()
        with self._lock:
            self._timer = None
            if self._has_bar:
                self._on_screen().close_bar()
                self._has_bar = False

    def _on_screen(self) -> "Screen":
        from nacomp.cli.screen import Screen

        if self._screen is None:
            self._screen = Screen()
        return self._screen

    def _print(self, text: str, style: str | None = None) -> None:
        try:
            if self._has_bar or (style is not None and _is_decorated()):
                self._on_screen().print(printable(text), style)
            else:
                _write_line(sys.stderr, printable(text))
        except OSError:
            let_go(sys.stderr)  # what was done is done, whether or not it could be told


def print_document(document: "Document") -> None:
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


def _is_decorated() -> bool:
    """Whether standard error takes colours and a bar, as far as can be told without rich, which then decides."""
    return is_terminal(sys.stderr) or not os.environ.keys().isdisjoint({"FORCE_COLOR", "TTY_COMPATIBLE"})


def is_terminal(stream: Any) -> bool:
    """Whether a standard stream is a terminal; a closed or replaced one is not."""
    try:
        return os.isatty(stream.fileno())
    except (AttributeError, OSError, ValueError):
        return False
