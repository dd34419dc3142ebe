"""`nacomp`: the group of commands, the short names, and the one place where an error becomes an exit code."""

import contextlib
import io
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import TextIO

import click

from nacomp.cli.streams import Streams, let_go
from nacomp.errors import ExitCode, Interrupted, NacompError, UsageError, file_problem
from nacomp.version import VERSION

COMMANDS = (
    "compress",
    "decompress",
    "list",
    "test",
    "info",
    "cat",
    "repair",
    "models",
    "engines",
    "batch",
    "bench",
    "estimate",
    "map",
    "completion",
    "gui",
)
"""Each is `command_NAME` in the module of its name, which is loaded when called, so that `nacomp --help` is quick."""
SHORT = {"c": "compress", "d": "decompress", "l": "list", "t": "test"}


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is used, and knows the short names."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        name = SHORT.get(cmd_name, cmd_name)
        if name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"nacomp.cli.{name}"), f"command_{name}")
        return command


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Short names: c d l t. `nacomp COMMAND --help` tells more.",
)
@click.version_option(VERSION, prog_name="nacomp")
def cli() -> None:
    """Compress files with a language model, and get the same bytes back on any machine."""


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; messages have been printed as far as they could be."""
    streams = Streams()
    try:
        cli.main(list(arguments), prog_name="nacomp", standalone_mode=False, obj=streams)
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.ClickException as wrong:
        with contextlib.suppress(OSError):
            wrong.show()
        return ExitCode.USAGE
    except SystemExit:
        raise BrokenPipeError from None  # so click leaves when the reader of our output has gone
    except BrokenPipeError:
        raise
    except (NacompError, OSError, MemoryError, click.Abort, KeyboardInterrupt) as end:
        if isinstance(end, OSError):
            streams.data_on_stdout = True  # it may be the very stream that lines would go to
        return _fail(_error_of(end), arguments, streams)
    return ExitCode.DONE


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

    # Behind `--` stand names, whatever they look like.
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    if "--debug" in options:
        traceback.print_exc()
    console = JsonConsole(streams) if "--json" in options else TerminalConsole()
    with contextlib.suppress(OSError):  # nowhere to say it: the exit code does
        console.error(error)
    return error.exit_code


def main() -> None:
    """The `nacomp` program."""
    _fill_closed_streams()
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
    sys.exit(code or max(left))


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
