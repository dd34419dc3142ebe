"""An archive as the archive page shows it: the worker's `info` document, and entries as a tree."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum
from pathlib import Path
from typing import Any

from nacomp.gui.logic.wording import Translate, count_text, english

PREVIEW_BYTES = 65_536
PICTURE_BYTES = 30_000_000
"""A larger picture is not decoded for a preview."""
PICTURES = frozenset({"bmp", "gif", "jpeg", "jpg", "png", "webp"})
"""Endings of pictures that are shown; no vector formats, which can refer to other files."""
RUNS = frozenset(
    [
        "app",
        "appimage",
        "apk",
        "bat",
        "bin",
        "cmd",
        "com",
        "command",
        "cpl",
        "desktop",
        "exe",
        "hta",
        "jar",
        "js",
        "jse",
        "lnk",
        "msc",
        "msi",
        "ps1",
        "py",
        "reg",
        "run",
        "scr",
        "sh",
        "url",
        "vbe",
        "vbs",
        "wsf",
    ]
)
"""Endings of files that do something when they are opened: they are extracted, and opened by whoever means to."""


class EntryKind(Enum):
    """What an entry is, in the worker's word."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    HARD_LINK = "hard-link"


@dataclass(frozen=True)
class Entry:
    """One file, folder or link of an archive.

    Attributes:
        size, packed: in bytes, as it was and as it lies in the archive.
        modified: seconds since 1970, or None.
        opened: what was found inside it and packed by itself, as numbers by the worker's word for its kind.
    """

    path: str
    kind: EntryKind
    size: int
    modified: float | None = None
    packed: int = 0
    opened: Mapping[str, int] = field(default_factory=dict)

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
    kind, modified = EntryKind(line["kind"]), line["mtime_ns"] / 1e9
    return Entry(
        str(line["path"]), kind, int(line["size"]), modified, int(line["packed_size"]), line["opened"]
    )


def parse_archive(path: Path, info: Mapping[str, Any]) -> ArchiveDocument:
    """The answer of `nacomp info --json` for an archive that is open to us."""
    return ArchiveDocument(path, tuple(_entry(line) for line in info["entries"]), info)


@dataclass(eq=False)
class Node:
    """A row of the tree: a folder with children, or an entry.

    Attributes:
        size, packed: bytes of the entry, or of everything below; as they were, and as they lie in the archive.
        opened: how much was found inside, there too.
        row: place among its siblings.
    """

    name: str
    entry: Entry | None = None
    parent: "Node | None" = None
    children: list["Node"] = field(default_factory=list)
    size: int = 0
    packed: int = 0
    opened: int = 0
    row: int = 0

    @property
    def is_folder(self) -> bool:
        """Whether this row can hold others."""
        return self.entry is None or self.entry.kind is EntryKind.FOLDER

    @property
    def suffix(self) -> str:
        """What stands behind the last dot of a file's name, in capitals; empty for most else."""
        if self.is_folder:
            return ""
        return self.name.rpartition(".")[2].upper() if "." in self.name.lstrip(".") else ""

    @property
    def ratio(self) -> float:
        """How many bytes have become one; 0 for what has none."""
        return self.size / self.packed if self.packed else 0.0

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
    PACKED = 2
    RATIO = 3
    TYPE = 4
    INSIDE = 5
    MODIFIED = 6


_KEYS: dict[Column, Callable[[Node], Any]] = {
    Column.NAME: lambda node: (node.name.casefold(), node.name),
    Column.SIZE: lambda node: node.size,
    Column.PACKED: lambda node: node.packed,
    Column.RATIO: lambda node: node.ratio,
    Column.INSIDE: lambda node: node.opened,
    Column.TYPE: lambda node: (node.suffix, node.name.casefold()),
    Column.MODIFIED: lambda node: node.modified,
}


def views_text(views: Mapping[str, int], translate: Translate = english) -> str:
    """What was found inside the files and packed by itself, as in `3 × zip or gzip`; empty for nothing."""
    words = {
        "deflate": translate("archive", "zip or gzip"),
        "utf": translate("archive", "text in UTF-16 or UTF-32"),
        "charset": translate("archive", "text in an older encoding"),
        "base64": translate("archive", "base64"),
        "hex": translate("archive", "hexadecimal digits"),
        "quoted-printable": translate("archive", "mail text"),
        "jpeg": translate("archive", "JPEG picture"),
        "png-rows": translate("archive", "PNG picture"),
    }
    named: Counter[str] = Counter()
    for kind, number in views.items():
        named[words.get(kind, kind)] += number
    # What keeps a number with its name is a space that no line ends at.
    names = ", ".join(f"{count_text(number)}\u00a0×\u00a0{name}" for name, number in named.items() if number)
    return translate("archive", "found inside: {0}").format(names) if names else ""


def runs(name: str) -> bool:
    """Whether a file of this name may be run, and not shown, by the system that is asked to open it."""
    return name.rpartition(".")[2].lower() in RUNS


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
        opened = sum(entry.opened.values())
        parent.children.append(
            Node(entry.name, entry, parent, size=entry.size, packed=entry.packed, opened=opened)
        )
    for node in reversed(list(root.below())):
        if (above := node.parent) is not None:
            above.size, above.packed = above.size + node.size, above.packed + node.packed
            above.opened += node.opened
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


def may_be_picture(entry: Entry) -> bool:
    """Whether an entry is shown as a picture, if it proves to be one."""
    named = entry.name.rpartition(".")[2].lower() in PICTURES
    return named and entry.kind is EntryKind.FILE and 0 < entry.size <= PICTURE_BYTES
