"""`nacomp list`: an archive's entries as a table."""

from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import click

from nacomp.cli.columns import print_columns
from nacomp.cli.console import print_document
from nacomp.cli.entries import entry_row
from nacomp.cli.options import common_options
from nacomp.cli.password import opener, password_file_option
from nacomp.cli.session import begin_run, input_path, open_input
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
        archive = open_input(run, input_path(path), stack, opener(password_file))
        if as_json:
            print_document(Listing(tuple(map(entry_row, archive.entries))))
            return
        rows = [(size_text(entry.size), _when(entry.mtime_ns), _shown(entry)) for entry in archive.entries]
        print_columns(("size", "modified", "name"), rows, right=frozenset({0}))
        total = sum(entry.size for entry in archive.entries)
        count, packed = len(archive.entries), size_text(archive.reader.size)
        click.echo(f"{count} entries, {size_text(total)}, {packed} compressed")


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
