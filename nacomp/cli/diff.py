"""`nacomp diff`: what is other in a folder than in an archive of it."""

from contextlib import ExitStack
from typing import Any

import click

from nacomp.archive.hard_links import linked
from nacomp.cli.console import print_document
from nacomp.cli.options import common_options
from nacomp.cli.password import opener, password_file_option
from nacomp.cli.session import begin_run, input_path, open_input
from nacomp.errors import ExitCode
from nacomp.formats.paths import display_name
from nacomp.operations.compress import sources_of
from nacomp.operations.diff import DiffOptions, diff
from nacomp.runtime.documents import Differences
from nacomp.runtime.progress import Job


@click.command("diff")
@click.argument("archive", metavar="ARCHIVE")
@click.argument("folder", metavar="FOLDER")
@click.option("--mode", "modes", is_flag=True, help="Other permission bits count as a difference too.")
@click.option("--time", "times", is_flag=True, help="Other times count as a difference too.")
@click.option(
    "--quick",
    is_flag=True,
    help="Take files of the same size and time for the same, and read only the others.",
)
@password_file_option
@common_options
def command_diff(
    archive: str,
    folder: str,
    modes: bool,
    times: bool,
    quick: bool,
    password_file: str | None,
    as_json: bool,
    **common: Any,
) -> None:
    """Tell how a folder differs from an archive of it.

    The folder is compared with what the archive has under its name, or else with all of it. The exit code is 0 if they are
    the same, and 1 if not.
    """
    with begin_run(as_json=as_json, **common) as run, ExitStack() as stack:
        opened = open_input(run, input_path(archive), stack, opener(password_file))
        sources = linked(sources_of([input_path(folder)], run.cancel))
        # A document stands alone: nothing is said beside it.
        job = Job(cancel=run.cancel) if as_json else run.job()
        found = diff(opened, sources, DiffOptions(modes, times, quick), job)
    if as_json:
        print_document(Differences(tuple(found)))
    for one in () if as_json else found:
        click.echo(f"{one.kind:8} {display_name(one.path)}")
    if found:
        click.get_current_context().exit(ExitCode.SOME_FAILED)
