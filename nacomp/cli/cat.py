"""`nacomp cat`: entries' bytes to standard output."""

from contextlib import ExitStack
from typing import Any

import click

from nacomp.archive.selection import select_files
from nacomp.cli.options import common_options
from nacomp.cli.password import opener, password_file_option
from nacomp.cli.session import begin_run, binary_stdout, input_path, open_input
from nacomp.cli.streams import claim_stdout
from nacomp.operations.read import write_contents


@click.command("cat")
@click.argument("path", metavar="ARCHIVE")
@click.argument("wanted", nargs=-1, metavar="[ENTRY...]")
@click.option("-f", "--force", is_flag=True, help="Write binary data to a terminal.")
@password_file_option
@common_options
def command_cat(
    path: str, wanted: tuple[str, ...], force: bool, password_file: str | None, **common: Any
) -> None:
    """Write entries' bytes to standard output."""
    claim_stdout()
    with begin_run(**common) as run, ExitStack() as stack:
        archive = open_input(run, input_path(path), stack, opener(password_file))
        write_contents(archive, select_files(archive, wanted), binary_stdout(force), run.job())
