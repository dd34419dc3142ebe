"""`nacomp list`: an archive's entries as a table."""

import stat
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import click

from nacomp.archive.selection import select as chosen_entries
from nacomp.archive.shares import Shares
from nacomp.cli.columns import print_columns
from nacomp.cli.console import print_document
from nacomp.cli.options import common_options, select_option
from nacomp.cli.password import opener, password_file_option
from nacomp.cli.session import begin_run, input_path, open_input
from nacomp.formats.entry import Entry, EntryKind
from nacomp.formats.paths import display_name
from nacomp.runtime.words import count_text, size_text

_ARROWS = {EntryKind.SYMLINK: "->", EntryKind.HARD_LINK: "="}
_FORMATS = {
    EntryKind.FILE: stat.S_IFREG,
    EntryKind.FOLDER: stat.S_IFDIR,
    EntryKind.SYMLINK: stat.S_IFLNK,
    EntryKind.HARD_LINK: stat.S_IFREG,
}


@click.command("list")
@click.argument("path", metavar="ARCHIVE")
@select_option
@click.option(
    "-l",
    "--long",
    "is_long",
    is_flag=True,
    help="Show rights, owner and what each entry takes of the archive too, and what was found inside it.",
)
@password_file_option
@common_options
def command_list(
    path: str,
    chosen: tuple[str, ...],
    is_long: bool,
    password_file: str | None,
    as_json: bool,
    **common: Any,
) -> None:
    """List an archive's entries. Needs no model."""
    with begin_run(as_json=as_json, **common) as run, ExitStack() as stack:
        archive = open_input(run, input_path(path), stack, opener(password_file))
        entries = chosen_entries(archive, chosen)
        if as_json:
            from nacomp.cli.entries import entry_row
            from nacomp.runtime.documents import Listing

            shares = Shares(archive.reader)
            print_document(Listing(tuple(entry_row(entry, shares) for entry in entries)))
            return
        if is_long:
            _print_long(entries, Shares(archive.reader))
        else:
            rows = [(size_text(entry.size), _when(entry.mtime_ns), _shown(entry)) for entry in entries]
            print_columns(("size", "modified", "name"), rows, right=frozenset({0}))
        total = sum(entry.size for entry in entries)
        count, packed = count_text(len(entries), "entry", "entries"), size_text(archive.reader.size)
        click.echo(f"{count}, {size_text(total)}, {packed} compressed{_opened(archive.view_counts())}")


def _print_long(entries: Sequence[Entry], shares: Shares) -> None:
    headings = ("mode", "owner", "size", "packed", "ratio", "modified", "inside", "name")
    print_columns(headings, [_long_row(entry, shares) for entry in entries], right=frozenset({2, 3, 4}))


def _long_row(entry: Entry, shares: Shares) -> tuple[str, ...]:
    packed = shares.packed_size(entry)
    inside = ", ".join(f"{kind} {count}" for kind, count in shares.opened(entry).items())
    owner = (
        f"{entry.owner.user or entry.owner.uid}:{entry.owner.group or entry.owner.gid}"
        if entry.owner
        else "-"
    )
    return (
        stat.filemode(_FORMATS[entry.kind] | entry.mode),
        display_name(owner),
        size_text(entry.size),
        size_text(packed),
        f"{packed / entry.size:.1%}" if entry.size else "-",
        _when(entry.mtime_ns),
        inside or "-",
        _shown(entry),
    )


def _opened(views: Mapping[str, int]) -> str:
    """What was found inside the files, as in `; 3 views opened: base64, deflate`."""
    return f"; {count_text(sum(views.values()), 'view', 'views')} opened: {', '.join(views)}" if views else ""


def _when(mtime_ns: int) -> str:
    try:
        return datetime.fromtimestamp(mtime_ns // 10**9, UTC).astimezone().strftime("%Y-%m-%d %H:%M")
    except (OverflowError, OSError, ValueError):
        return "out of range"


def _shown(entry: Entry) -> str:
    name = display_name(entry.path)
    if entry.kind is EntryKind.FOLDER:
        return name + "/"
    arrow = _ARROWS.get(entry.kind)
    return f"{name} {arrow} {display_name(entry.link_target)}" if arrow else name
