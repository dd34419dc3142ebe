"""What every command shares: its console, its job, its inputs, Ctrl-C, and control lines from standard input."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from nacomp.archive.archive_reader import Archive
from nacomp.archive.spool import open_special, spooled
from nacomp.cli.console import Console, JsonConsole, TerminalConsole, is_terminal
from nacomp.cli.imports import nothing_to_collect
from nacomp.cli.streams import claim_stdout, interruptible, streams
from nacomp.errors import FileProblem, Interrupted, NacompError, SomeFailed, UsageError
from nacomp.formats.limits import DEFAULT_LIMITS, Limits
from nacomp.formats.methods import Method
from nacomp.formats.protection.seal import Password
from nacomp.formats.records import dataclass
from nacomp.operations.read import open_archive
from nacomp.runtime.destinations import open_number
from nacomp.runtime.events import Paused, Resumed
from nacomp.runtime.progress import CancelToken, Job

if TYPE_CHECKING:
    from nacomp.codecs.loaded_engines import LoadedEngines
    from nacomp.codecs.model_loader import Elsewhere, ModelLoader
    from nacomp.codecs.neural import NeuralCodec

STANDARD = Path("-")
SEPARATORS = tuple(filter(None, (os.sep, os.altsep)))


@dataclass
class Run:
    """One invocation of a command."""

    console: Console
    cancel: CancelToken
    threads: int
    kernel: str
    device: str
    debug: bool
    workers: int = 0
    gpu_layers: int | None = None
    control: bool = False
    engines: "LoadedEngines | None" = None
    _loaders: "dict[str, ModelLoader]" = field(default_factory=dict)

    def job(self) -> Job:
        """A job that reports to the console and stops on Ctrl-C."""
        return Job(report=self.console.progress, cancel=self.cancel)

    def loader(self, engine: str = "exact", elsewhere: "Elsewhere | None" = None) -> "ModelLoader":
        """The engines of this run; models load when they are first needed. `elsewhere` codes text on other machines."""
        with nothing_to_collect("nacomp.codecs.model_loader"):
            from nacomp.codecs.model_loader import ModelLoader

        if engine not in self._loaders:
            self._loaders[engine] = ModelLoader(
                engine=engine,
                kernel=self.kernel,
                device=self.device,
                threads=self.threads,
                workers=self.workers,
                gpu_layers=self.gpu_layers,
                warn=self.warn,
                elsewhere=elsewhere,
                engines=self.engines,
            )
        return self._loaders[engine]

    def warn(self, sentence: str, model: str | None) -> None:
        """Say what the user should know, and the model that would help."""
        self.console.warning(f"{sentence}: nacomp models pull {model}" if model else sentence)

    def each(self, inputs: list[Path], work: Callable[[Path], None], failed: int = 0) -> None:
        """Do the work for every input; go on after failures. Raises SomeFailed, or the error itself of a lone input.

        `failed` are those of which it has been told already that nothing can be done for them.
        """
        total = len(inputs) + failed
        for path in inputs:
            try:
                work(path)
            except NacompError as error:
                if total == 1 or self.cancelled(error):
                    raise
                failed += 1
                self.console.error(error, str(path))
        if failed:
            raise SomeFailed(failed=failed, total=total)

    def cancelled(self, error: NacompError) -> bool:
        """Whether this error means that the user stopped the whole command."""
        return isinstance(error, Interrupted)


class _LateLoader:
    """A run's loader, made when a block asks for its codec: `list` does without, and without numpy and the code of all
    models takes half the time."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self.threads = run.threads or os.cpu_count() or 1
        self.warn = run.warn

    def for_method(self, method: Method) -> "NeuralCodec":
        """See `ModelLoader.for_method`."""
        return self._run.loader().for_method(method)


@contextmanager
def begin_run(
    *,
    as_json: bool,
    quiet: bool,
    verbose: int,
    threads: int,
    kernel: str,
    device: str,
    debug: bool,
    control: bool = False,
    workers: int = 0,
    gpu_layers: int | None = None,
) -> Iterator[Run]:
    """Set up a run from the common options; takes down the progress bar and the signal handler afterwards."""
    given = streams()
    console: Console = JsonConsole(given) if as_json else TerminalConsole(-1 if quiet else verbose)
    run = Run(
        console, CancelToken(), threads, kernel, device, debug, workers, gpu_layers, control, given.engines
    )
    # A shutdown asks with SIGTERM, a terminal that closes with SIGHUP, and partial output should not outlive them either.
    asked = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    # What is ignored stays so (nohup, background jobs of a plain shell).
    heard = [number for number in asked if signal.getsignal(number) is not signal.SIG_IGN]
    previous = {number: signal.signal(number, lambda *_: _interrupt(run.cancel)) for number in heard}
    if control:
        lines = sys.stdin if given.control is None else given.control
        threading.Thread(target=_obey, args=(run, lines), daemon=True, name="nacomp-control").start()
    try:
        with interruptible(run.cancel):
            try:
                yield run
            finally:
                console.close()
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _interrupt(cancel: CancelToken) -> None:
    """First Ctrl-C, SIGTERM or SIGHUP: stop in order, and at once where we only wait for others. Second: at once."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name) and signal.getsignal(getattr(signal, name)) is not signal.SIG_IGN:
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    cancel.cancel()
    if cancel.is_waiting:
        raise Interrupted


def _obey(run: Run, lines: Iterable[str]) -> None:
    for line in lines:
        word = line.strip()
        if word == "pause":
            run.cancel.pause()
            run.console.control(Paused())
        elif word == "resume":
            run.cancel.resume()
            run.console.control(Resumed())
        elif word == "cancel":
            run.cancel.cancel()


def binary_stdout(force: bool) -> BinaryIO:
    """Standard output for data. Raises UsageError where it is a terminal, unless forced."""
    claim_stdout()
    if is_terminal(sys.stdout) and not force:
        raise UsageError(
            reason="binary data is not written to a terminal; use -o FILE, a pipe, or -f to insist"
        )
    if sys.stdout is None:
        raise FileProblem(path="standard output", reason="is closed")
    return sys.stdout.buffer


def binary_stdin(run: Run) -> BinaryIO:
    """Standard input for data. Raises UsageError where control lines come from it, FileProblem if it is closed."""
    if run.control:
        raise UsageError(reason="standard input cannot hold data and, with --control, what to do with it")
    if sys.stdin is None:
        raise FileProblem(path="standard input", reason="is closed")
    return sys.stdin.buffer


def input_path(name: str) -> Path:
    """An argument as a path; `-` stands for standard input, `./-` for a file of that name."""
    return Path.cwd() / name if Path(name) == STANDARD and name != "-" else Path(name)


def input_paths(names: tuple[str, ...], folder: str | None = None) -> list[Path]:
    """Arguments as paths, see `input_path`, relative to this folder."""
    paths = [input_path(name) for name in names]
    return paths if folder is None else [path if path == STANDARD else folder / path for path in paths]


def is_stdout(output: str | None) -> bool:
    """Whether an output is standard output, by any of its names."""
    return output == "-" or (output is not None and open_number(Path(output)) == 1)


def output_file(name: str) -> Path:
    """An output that is a file. Raises UsageError for a name that only a folder can have."""
    if name.endswith(SEPARATORS):
        raise UsageError(reason=f"{name} names a folder where a file is to be written")
    return Path(name)


def archive_input(run: Run, path: Path) -> Path | BinaryIO:
    """Where an archive is read from: a path, or all of standard input, a pipe or a device, once it has come."""
    if path == STANDARD:
        return spooled(binary_stdin(run), "standard input", run.cancel)
    if not path.exists() or path.is_file() or path.is_dir():
        return path
    with open_special(path, run.cancel) as file:
        return spooled(file, str(path), run.cancel)


def open_input(
    run: Run, path: Path, stack: ExitStack, password: Password, limits: Limits = DEFAULT_LIMITS
) -> Archive:
    """The archive of an argument, or of standard input, for as long as `stack` lasts. Raises what `open_archive` does."""
    return open_archive(archive_input(run, path), _LateLoader(run), stack, limits, password)
