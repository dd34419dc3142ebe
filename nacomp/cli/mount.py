"""`nacomp mount`: an archive's files in a folder, without extracting them."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from nacomp.cli.console import printable
from nacomp.cli.options import common_options
from nacomp.cli.password import opener, password_file_option
from nacomp.cli.session import begin_run, input_path, open_input
from nacomp.operations.mount import check_can_mount, mount
from nacomp.runtime.events import Mounted, Started
from nacomp.runtime.results import MountResult


@click.command("mount")
@click.argument("archive", metavar="ARCHIVE")
@click.argument("folder", metavar="FOLDER")
@click.option(
    "--cache",
    type=click.IntRange(0),
    default=256,
    show_default=True,
    metavar="MB",
    help="Keep this much of what was decoded in memory.",
)
@password_file_option
@common_options
def command_mount(archive: str, folder: str, cache: int, password_file: str | None, **common: Any) -> None:
    """Show what is in an archive as files in an empty folder, to be read by any program.

    Only what is read is decoded. It goes on until Ctrl-C, or until the folder is unmounted.
    """
    place = Path(folder)
    with begin_run(**common) as run, ExitStack() as stack:
        check_can_mount(place)
        opened = open_input(run, input_path(archive), stack, opener(password_file))
        run.console.start(Started("mount", (archive,), folder))

        def mounted() -> None:
            run.console.mounted(
                Mounted(folder, len(opened.entries)),
                f"{printable(archive)} is in {printable(folder)} until Ctrl-C",
            )

        def told(path: str, reason: str) -> None:
            run.console.warning(f"{path} cannot be read: {reason}")

        mount(opened, archive, place, run.job(), cache * 10**6, mounted, told)
        run.console.result(MountResult(archive, folder), f"{printable(folder)} is unmounted")
