"""An archive as the archive page shows it: the worker's `info` document, and entries as a tree."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from pathlib import Path
from typing import Any

PREVIEW_BYTES = 65_536


class EntryKind(Enum):
    """What an entry is, in the worker's word."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"


@dataclass(frozen=True)
class Entry:
    """One file, folder or link of an archive. `size` in bytes, `modified` as seconds since 1970 or None."""

    path: str
    kind: EntryKind
    size: int
    modified: float | None = None

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rstrip("/").rpartition("/")[2]


@dataclass(frozen=True)
class ArchiveDocument:
    """All that is shown about one archive."""

    path: Path
    entries: tuple[Entry, ...]
    info: Mapping[str, Any]

    @property
    def original_size(self) -> int:
        """Bytes of all entries."""
        return int(self.info["original_size"])

    @property
    def compressed_size(self) -> int:
        """Bytes of the archive."""
        return int(self.info["compressed_size"])

    @property
    def files(self) -> int:
        """Number of files."""
        return sum(entry.kind is EntryKind.FILE for entry in self.entries)


def _entry(line: Mapping[str, Any]) -> Entry:
    return Entry(str(line["path"]), EntryKind(line["kind"]), int(line["size"]), line["mtime_ns"] / 1e9)


def parse_archive(path: Path, info: Mapping[str, Any]) -> ArchiveDocument:
    """The answer of `nacomp info --json` for an archive that is open to us."""
    return ArchiveDocument(path, tuple(_entry(line) for line in info["entries"]), info)


@dataclass(eq=False)
class Node:
    """A row of the tree: a folder with children, or an entry.

    Attributes:
        size: bytes of the entry, or of everything below.
        row: place among its siblings.
    """

    name: str
    entry: Entry | None = None
    parent: "Node | None" = None
    children: list["Node"] = field(default_factory=list)
    size: int = 0
    row: int = 0

    @property
    def is_folder(self) -> bool:
        """Whether this row can hold others."""
        return self.entry is None or self.entry.kind is EntryKind.FOLDER

    @property
    def modified(self) -> float:
        """Seconds since the epoch; before all times for what has none."""
        return float("-inf") if self.entry is None or self.entry.modified is None else self.entry.modified

    @property
    def path(self) -> str:
        """Its path in the archive."""
        if self.entry is not None:
            return self.entry.path.rstrip("/")
        above = self.parent.path if self.parent is not None and self.parent.name else ""
        return f"{above}/{self.name}" if above else self.name

    def below(self) -> Iterator["Node"]:
        """This row and everything under it."""
        yield self
        for child in self.children:
            yield from child.below()

    def sort(self, column: "Column", *, descending: bool = False) -> None:
        """Put everything below in the order of a column, folders before files."""
        for node in self.below():
            node.children.sort(key=_KEYS[column], reverse=descending)
            node.children.sort(key=lambda child: not child.is_folder)
            for row, child in enumerate(node.children):
                child.row = row


class Column(IntEnum):
    """What is shown of a row."""

    NAME = 0
    SIZE = 1
    MODIFIED = 2


_KEYS: dict[Column, Callable[[Node], Any]] = {
    Column.NAME: lambda node: (node.name.casefold(), node.name),
    Column.SIZE: lambda node: node.size,
    Column.MODIFIED: lambda node: node.modified,
}


def found(entries: tuple[Entry, ...], words: str) -> tuple[Entry, ...]:
    """The entries with these words in their path, whatever the case; all of them for none."""
    wanted = words.strip().casefold()
    return tuple(entry for entry in entries if wanted in entry.path.casefold()) if wanted else entries


def build_tree(entries: tuple[Entry, ...]) -> Node:
    """Entries as a tree, by name; folders that are only implied by paths get rows too."""
    root = Node("")
    known: dict[str, Node] = {"": root}

    def folder(path: str) -> Node:
        if path not in known:
            above, _, name = path.rpartition("/")
            parent = folder(above)
            node = Node(name, None, parent)
            parent.children.append(node)
            known[path] = node
        return known[path]

    for entry in entries:
        path = entry.path.rstrip("/")
        if entry.kind is EntryKind.FOLDER:
            folder(path).entry = entry
            continue
        parent = folder(path.rpartition("/")[0])
        parent.children.append(Node(entry.name, entry, parent, size=entry.size))
    for node in reversed(list(root.below())):
        if node.parent is not None:
            node.parent.size += node.size
    root.sort(Column.NAME)
    return root


def looks_like_text(data: bytes) -> bool:
    """Whether the beginning of an entry can be shown as text: UTF-8 (a cut last character allowed), no NUL."""
    if b"\0" in data:
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return len(data) - error.start < 4 and error.reason == "unexpected end of data"
    return True


def may_be_text(entry: Entry) -> bool:
    """Whether it is worth decoding an entry for a preview."""
    return entry.kind is EntryKind.FILE and entry.size > 0
