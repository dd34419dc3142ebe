"""What every command shares: its options, its console, its job, Ctrl-C, and control lines from standard input."""

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import click

from nacomp.cli.console import Console, JsonConsole, TerminalConsole, is_terminal
from nacomp.codecs.levels import DEFAULT_LEVEL, LEVELS
from nacomp.codecs.model_loader import Elsewhere, Engines
from nacomp.errors import Interrupted, NacompError, SomeFailed, UsageError
from nacomp.runtime.progress import CancelToken, Job

STANDARD = Path("-")


@dataclass
class Run:
    """One invocation of a command."""

    console: Console
    cancel: CancelToken
    threads: int
    kernel: str
    debug: bool
    workers: int = 0
    gpu_layers: int | None = None

    def job(self) -> Job:
        """A job that reports to the console and stops on Ctrl-C."""
        return Job(report=self.console.progress, cancel=self.cancel)

    def engines(self, engine: str = "exact", elsewhere: Elsewhere | None = None) -> Engines:
        """The engines of this run; models load when they are first needed. `elsewhere` codes text on other machines."""
        return Engines(
            engine=engine,
            kernel=self.kernel,
            threads=self.threads,
            workers=self.workers,
            gpu_layers=self.gpu_layers,
            warn=self.console.warning,
            elsewhere=elsewhere,
        )

    def each(self, inputs: list[Path], work: Callable[[Path], None]) -> None:
        """Do the work for every input; go on after failures. Raises SomeFailed, or the error itself of a lone input."""
        failed = 0
        for path in inputs:
            try:
                work(path)
            except NacompError as error:
                if len(inputs) == 1 or self.cancelled(error):
                    raise
                failed += 1
                self.console.error(error, str(path))
        if failed:
            raise SomeFailed(failed=failed, total=len(inputs))

    def cancelled(self, error: NacompError) -> bool:
        """Whether this error means that the user stopped the whole command."""
        return isinstance(error, Interrupted)


def common_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options every working command takes; `begin_run` uses them up."""
    for option in (
        click.option("--debug", is_flag=True, help="Show a traceback with an error."),
        click.option(
            "--control", is_flag=True, help="Obey pause, resume and cancel lines on standard input."
        ),
        click.option("--json", "as_json", is_flag=True, help="Print JSON lines for programs."),
        click.option("-v", "--verbose", count=True, help="Say more."),
        click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors."),
        click.option(
            "--kernel",
            default="auto",
            show_default=True,
            help="Demand one implementation of the exact engine.",
        ),
        click.option(
            "--gpu-layers",
            type=click.IntRange(-1, 10_000),
            help="Layers the llama engine puts on the GPU to compress; -1 for all. Default: all, where a GPU has room. "
            "An archive is read with the number it was written with.",
        ),
        click.option(
            "--workers",
            type=click.IntRange(0, 8),
            default=0,
            help="Blocks the llama engine codes side by side, each with its own copy of the model; 0 for one per GPU.",
        ),
        click.option(
            "-T",
            "--threads",
            type=click.IntRange(0, 256),
            default=0,
            help="Threads; 0 for one per core. Never changes a byte.",
        ),
    ):
        command = option(command)
    return command


def level_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that choose a model."""
    for option in (
        click.option(
            "--engine",
            type=click.Choice(["exact", "llama"]),
            default="exact",
            show_default=True,
            help="What runs the model.",
        ),
        click.option(
            "--model", metavar="ID", help="A model from `nacomp models list`, in place of the level's."
        ),
        click.option(
            "--level",
            type=click.Choice(list(LEVELS)),
            default=DEFAULT_LEVEL,
            show_default=True,
            help="Speed against size.",
        ),
    ):
        command = option(command)
    return command


@contextmanager
def begin_run(
    *,
    as_json: bool,
    quiet: bool,
    verbose: int,
    threads: int,
    kernel: str,
    debug: bool,
    control: bool = False,
    workers: int = 0,
    gpu_layers: int | None = None,
) -> Iterator[Run]:
    """Set up a run from the common options; takes down the progress bar and the signal handler afterwards."""
    console: Console = JsonConsole() if as_json else TerminalConsole(-1 if quiet else verbose)
    run = Run(console, CancelToken(), threads, kernel, debug, workers, gpu_layers)
    # A shutdown asks with SIGTERM, and partial output should not outlive it either.
    asked = (signal.SIGINT, signal.SIGTERM)
    previous = {number: signal.signal(number, lambda *_: _interrupt(run.cancel)) for number in asked}
    if control:
        threading.Thread(target=_obey, args=(run,), daemon=True, name="nacomp-control").start()
    try:
        yield run
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
        console.close()


def _interrupt(cancel: CancelToken) -> None:
    """First Ctrl-C or SIGTERM: stop in order. Second: at once."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    cancel.cancel()


def _obey(run: Run) -> None:
    for line in sys.stdin:
        word = line.strip()
        if word == "pause":
            run.cancel.pause()
            run.console.control("paused")
        elif word == "resume":
            run.cancel.resume()
            run.console.control("resumed")
        elif word == "cancel":
            run.cancel.cancel()


def binary_stdout(force: bool) -> BinaryIO:
    """Standard output for data. Raises UsageError where it is a terminal, unless forced."""
    if is_terminal(sys.stdout) and not force:
        raise UsageError(
            reason="binary data is not written to a terminal; use -o FILE, a pipe, or -f to insist"
        )
    return sys.stdout.buffer


def input_paths(names: tuple[str, ...]) -> list[Path]:
    """Arguments as paths; `-` stands for standard input."""
    return [Path(name) for name in names]
