"""`nacomp`: the group of commands, the short names, and the one place where an error becomes an exit code."""

import contextlib
import gc
import importlib.util
import io
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import TextIO

import click
from click.shell_completion import CompletionItem

from nacomp.cli.imports import nothing_to_collect
from nacomp.cli.streams import Streams, let_go, let_go_if_held
from nacomp.errors import ExitCode, Interrupted, NacompError, UsageError, file_problem
from nacomp.runtime.address_space import FOR_NUMPY, check_room
from nacomp.version import VERSION

COMMANDS = {
    "compress": "Compress files and folders.",
    "decompress": "Extract archives.",
    "list": "List an archive's entries.",
    "test": "Decode archives and check every byte, writing nothing.",
    "info": "Tell what an archive needs, or what is installed here.",
    "cat": "Write entries' bytes to standard output.",
    "mount": "Show an archive as files that every program can read.",
    "update": "Bring an archive up to date with files and folders.",
    "diff": "Tell how a folder differs from an archive of it.",
    "repair": "Repair a damaged archive with its recovery data.",
    "models": "List, get, add and remove language models.",
    "engines": "List engines, their builds and their devices.",
    "batch": "Compress each file of a folder to its own archive.",
    "bench": "Compare levels with gzip, bzip2, zstd, xz and PPMd.",
    "estimate": "Tell how long compressing takes, and what it saves.",
    "map": "Show what each token of a text costs, in colours.",
    "completion": "Print a script that completes commands in a shell.",
    "gui": "Open the desktop application.",
    "worker": "Do one command line after another, for programs.",
}
"""Each is `command_NAME` in the module of its name, which is loaded when it is called; this is what `nacomp --help` says."""
NUMPY_KERNEL, NATIVE_KERNELS = "numpy", "nacomp.models.exact._kernels"
"""By name: the modules that define them load numpy."""
MOST_UNSEEN = 20_000
"""New objects until the collector looks at them."""
NO_THREAD = "can't start new thread"
"""What Python says where no memory is left for another thread's stack."""
SHORT = {"c": "compress", "d": "decompress", "l": "list", "t": "test"}


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is used, and knows the short names."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        names = [
            CompletionItem(name, help=text) for name, text in COMMANDS.items() if name.startswith(incomplete)
        ]
        return names + click.Command.shell_complete(self, ctx, incomplete)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        name = SHORT.get(cmd_name, cmd_name)
        if name not in COMMANDS:
            return None
        module = f"nacomp.cli.{name}"
        if module not in sys.modules:
            check_room(FOR_NUMPY)
        with nothing_to_collect(module):
            command: click.Command = getattr(import_module(module), f"command_{name}")
        return command


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Short names: c d l t. `nacomp COMMAND --help` tells more.",
)
@click.version_option(VERSION, prog_name="nacomp")
def cli() -> None:
    """Compress files with a language model, and get the same bytes back on any machine."""


def run(arguments: Sequence[str], streams: Streams | None = None) -> int:
    """Run one command line and return its exit code; messages have been printed as far as they could be."""
    streams = streams or Streams()
    try:
        _check_words(arguments)
        left = cli.main(list(arguments), prog_name="nacomp", standalone_mode=False, obj=streams)
    except click.ClickException as wrong:
        if "--json" in _options(arguments) and not isinstance(wrong, click.exceptions.NoArgsIsHelpError):
            return _fail(UsageError(reason=wrong.format_message().rstrip(".?")), arguments, streams)
        with contextlib.suppress(OSError):
            wrong.show()
        return ExitCode.USAGE
    except SystemExit:
        raise BrokenPipeError from None  # so click leaves when the reader of our output has gone
    except BrokenPipeError:
        raise
    except (NacompError, OSError, MemoryError, click.Abort, KeyboardInterrupt) as end:
        if isinstance(end, OSError) and end.filename is None:
            streams.data_on_stdout = True  # it may be the very stream that lines would go to
        return _fail(_error_of(end), arguments, streams)
    except RuntimeError as end:
        if str(end) != NO_THREAD:
            raise
        return _fail(_error_of(MemoryError()), arguments, streams)
    # A command that leaves by its context, as `diff` does, is answered with its exit code.
    return left if isinstance(left, int) else ExitCode.DONE


def _check_words(arguments: Sequence[str]) -> None:
    """Raise UsageError for a word with nothing in it, which no file, entry or value has.

    As a path it would be the folder one is in: `nacomp compress --delete "$FILES"`, with nothing in the variable, would
    archive and remove all of that.
    """
    options = set(_options(arguments))
    for word in arguments:
        name, equals, value = word.partition("=")
        if not word or (equals and not value and name.startswith("--") and word in options):
            where = f"behind {name}" if word else "among the arguments"
            raise UsageError(reason=f"there is an empty word {where}; a variable may have no value")


def _options(arguments: Sequence[str]) -> Sequence[str]:
    """The words that may be options: behind `--` stand names, whatever they look like."""
    return arguments[: arguments.index("--")] if "--" in arguments else arguments


def _error_of(end: BaseException) -> NacompError:
    """What ended a command, as an error with a sentence."""
    if isinstance(end, NacompError):
        return end
    if isinstance(end, OSError):
        where = end.filename or "standard input or output"
        return file_problem(os.fsdecode(where), end)
    if isinstance(end, MemoryError):
        return UsageError(reason="there is not enough memory for this model and level")
    return Interrupted()


def _fail(error: NacompError, arguments: Sequence[str], streams: Streams) -> int:
    from nacomp.cli.console import JsonConsole, TerminalConsole

    options = _options(arguments)
    if "--debug" in options:
        traceback.print_exc()
    if isinstance(error, Interrupted):
        for stream in (sys.stdout, sys.stderr):
            let_go_if_held(stream)
    console = JsonConsole(streams) if "--json" in options else TerminalConsole()
    with contextlib.suppress(OSError):  # nowhere to say it: the exit code does
        console.error(error)
    return error.exit_code


def main() -> None:
    """The `nacomp` program."""
    # Few commands leave garbage that goes in circles; looking for it after each 700 objects took 4% of a small job.
    gc.set_threshold(MOST_UNSEEN)
    _fill_closed_streams()
    _keep_blas_to_one_thread(sys.argv)
    for stream in (sys.stdout, sys.stderr):
        # A name in another script on a terminal in ASCII is spelled out, and ends nothing.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = run(sys.argv[1:])
    except BrokenPipeError:
        # The reader of our output has gone (`nacomp cat ... | head`); nobody is left to tell.
        let_go(sys.stdout)
        code = int(ExitCode.IO)
    left = [_flush(stream) for stream in (sys.stdout, sys.stderr)]
    gc.freeze()  # the interpreter ends without looking through what is left
    sys.exit(code or max(left))


def _keep_blas_to_one_thread(arguments: Sequence[str]) -> None:
    """Before numpy is loaded: only the numpy kernel gains from BLAS's threads. They spin for one another.

    A level of the embedded model, 7 kB, two busy cores: 0.9 s of processor time instead of 1.5 to 1.9 s. The products
    are exact, so no bit depends on it.
    """
    if NUMPY_KERNEL in arguments or importlib.util.find_spec(NATIVE_KERNELS) is None:
        return
    for variable in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
        os.environ.setdefault(variable, "1")


def _fill_closed_streams() -> None:
    """Closed standard streams lead to what tells so, or nowhere: a file opened later must not get their numbers."""
    for number, mode in ((0, "r"), (1, "w"), (2, "w")):
        try:
            os.fstat(number)
        except OSError:
            closed = os.open(os.devnull, os.O_RDONLY if number else os.O_WRONLY)
            if closed != number:
                os.dup2(closed, number)
                os.close(closed)
            # Reading from a file for writing and writing to one for reading fail, as on a closed stream.
            setattr(sys, ("stdin", "stdout", "stderr")[number], open(number, mode, closefd=False))  # noqa: SIM115


def _flush(stream: TextIO) -> int:
    """Write what is left. Where it cannot be written, let go of it, or Python would try again as it ends."""
    try:
        stream.flush()
    except OSError as problem:
        let_go(stream)
        if stream is sys.stdout and not isinstance(problem, BrokenPipeError):
            _fail(file_problem("standard output", problem), sys.argv, Streams(data_on_stdout=True))
            return ExitCode.IO
    return ExitCode.DONE
