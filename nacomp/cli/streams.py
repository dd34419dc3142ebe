"""Who standard output belongs to: a stream that carries data carries nothing else. And where control lines come from."""

import io
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TextIO

import click

from nacomp.errors import Interrupted
from nacomp.formats.records import dataclass
from nacomp.runtime.interruptible import InterruptibleFile, has_room
from nacomp.runtime.progress import CancelToken

if TYPE_CHECKING:
    from nacomp.codecs.loaded_engines import LoadedEngines


@dataclass
class Streams:
    """Who standard output belongs to in this invocation: the data, or the lines for programs.

    Attributes:
        control: control lines, for `--control`; None for those of standard input.
        engines: what an earlier command of the same process has loaded; None where each begins with nothing.
    """

    data_on_stdout: bool = False
    control: Iterable[str] | None = None
    engines: "LoadedEngines | None" = None

    @property
    def lines(self) -> TextIO:
        """Where lines for programs go: beside data, never into it."""
        return sys.stderr if self.data_on_stdout else sys.stdout


def streams() -> Streams:
    """The streams of this invocation, which hang on click's context, where `main` finds them too when it fails."""
    return click.get_current_context().ensure_object(Streams)


def let_go(stream: TextIO) -> None:
    """Lead a stream that cannot be written nowhere, or Python would try again as it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def claim_stdout() -> None:
    """From here on standard output is for data alone, and lines for programs go to standard error."""
    streams().data_on_stdout = True


@contextmanager
def interruptible(cancel: CancelToken) -> Iterator[None]:
    """Meanwhile, a signal that cancels ends a write to a standard stream that nobody reads. Raises Interrupted, OSError."""
    before = {name: getattr(sys, name) for name in ("stdout", "stderr")}
    for name, stream in before.items():
        if number := _number(stream):
            setattr(sys, name, _rebuilt(stream, number, cancel))
    failed = True
    try:
        yield
        failed = False
    finally:
        now = {name: getattr(sys, name) for name in before}
        for name, stream in before.items():
            setattr(sys, name, stream)
        for name, stream in now.items():
            if stream is not before[name]:
                _finish(stream, quiet=failed or name == "stderr")


def _number(stream: TextIO | None) -> int | None:
    """The open file behind a standard stream, unless it is none, or a test's, or Windows', where signals end no calls."""
    if os.name == "nt" or not isinstance(stream, io.TextIOWrapper):
        return None
    try:
        return stream.fileno() if stream.writable() else None
    except (OSError, ValueError):
        return None


def _rebuilt(stream: TextIO, number: int, cancel: CancelToken) -> TextIO:
    """The same stream through writes that can be ended."""
    with suppress(OSError):
        stream.flush()
    return io.TextIOWrapper(
        io.BufferedWriter(InterruptibleFile(number, cancel, closefd=False)),
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=getattr(stream, "line_buffering", False),
        write_through=getattr(stream, "write_through", False),
    )


def _finish(stream: TextIO, *, quiet: bool) -> None:
    """Write what is left, or let go of it: what cannot be written must not be tried again by whoever comes next."""
    try:
        stream.flush()
    except (OSError, Interrupted):
        let_go(stream)
        stream.flush()
        if not quiet:
            raise


def let_go_if_held(stream: TextIO) -> None:
    """Let go of a stream that nobody reads, so that the last words of a job that was stopped wait for no one."""
    try:
        number = stream.fileno()
    except (AttributeError, OSError, ValueError):
        return
    if not has_room(number):
        let_go(stream)


def may_wait(stream: TextIO) -> bool:
    """Whether a line written to a stream might have to wait for its reader."""
    try:
        return not has_room(stream.fileno())
    except (AttributeError, OSError, ValueError):
        return False
