"""`nacomp`: the group of commands, the short names, and the one place where an error becomes an exit code."""

import io
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module

import click

from nacomp.cli.streams import Streams
from nacomp.errors import ExitCode, Interrupted, NacompError, UsageError
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
    """Run one command line and return its exit code; messages have been printed."""
    streams = Streams()
    try:
        cli.main(list(arguments), prog_name="nacomp", standalone_mode=False, obj=streams)
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.ClickException as wrong:
        wrong.show()
        return ExitCode.USAGE
    except (click.Abort, KeyboardInterrupt):
        return _fail(Interrupted(), arguments, streams)
    except NacompError as error:
        return _fail(error, arguments, streams)
    except MemoryError:
        return _fail(
            UsageError(reason="there is not enough memory for this model and level"), arguments, streams
        )
    return ExitCode.DONE


def _fail(error: NacompError, arguments: Sequence[str], streams: Streams) -> int:
    from nacomp.cli.console import JsonConsole, TerminalConsole

    if "--debug" in arguments:
        traceback.print_exc()
    console = JsonConsole(streams) if "--json" in arguments else TerminalConsole()
    console.error(error)
    return error.exit_code


def main() -> None:
    """The `nacomp` program."""
    for stream in (sys.stdout, sys.stderr):
        # A name in another script on a terminal in ASCII is spelled out, and ends nothing.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = run(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader of our output has gone (`nacomp cat ... | head`); nobody is left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = ExitCode.IO
    sys.exit(code)
