"""`nacomp list`: an archive's entries as a table."""

from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console as RichConsole
from rich.table import Table

from nacomp.cli.console import print_document
from nacomp.cli.entries import entry_row
from nacomp.cli.options import common_options
from nacomp.cli.password import opener, password_file_option
from nacomp.cli.session import begin_run, open_input
from nacomp.formats.entry import Entry, EntryKind
from nacomp.formats.paths import display_name
from nacomp.runtime.documents import Listing
from nacomp.runtime.words import size_text


@click.command("list")
@click.argument("path", metavar="ARCHIVE")
@password_file_option
@common_options
def command_list(path: str, password_file: str | None, as_json: bool, **common: Any) -> None:
    """List an archive's entries. Needs no model."""
    with begin_run(as_json=as_json, **common) as run, ExitStack() as stack:
        archive = open_input(run.loader(), Path(path), stack, opener(password_file))
        if as_json:
            print_document(Listing(tuple(map(entry_row, archive.entries))))
            return
        table = Table(box=None, pad_edge=False)
        for heading, justify in (("size", "right"), ("modified", "left"), ("name", "left")):
            table.add_column(heading, justify=justify, overflow="fold")  # type: ignore[arg-type]
        for entry in archive.entries:
            table.add_row(size_text(entry.size), _when(entry.mtime_ns), _shown(entry))
        console = RichConsole(highlight=False, markup=False)
        console.print(table)
        total = sum(entry.size for entry in archive.entries)
        console.print(
            f"{len(archive.entries)} entries, {size_text(total)}, {size_text(archive.reader.size)} compressed"
        )


def _when(mtime_ns: int) -> str:
    try:
        return datetime.fromtimestamp(mtime_ns // 10**9, UTC).astimezone().strftime("%Y-%m-%d %H:%M")
    except (OverflowError, OSError, ValueError):
        return "out of range"


def _shown(entry: Entry) -> str:
    name = display_name(entry.path)
    if entry.kind is EntryKind.FOLDER:
        return name + "/"
    return f"{name} -> {display_name(entry.link_target)}" if entry.kind is EntryKind.SYMLINK else name
