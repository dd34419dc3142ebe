"""Several archives of a file as one: whose entry of a path counts, and what each content is called (SPEC.md, section 15).

members, the oldest first -> entries that are there now, all files that hashes are of, contents by one number each
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from nacomp.formats.block import BlockInfo
from nacomp.formats.derived import Derived
from nacomp.formats.entry import ALONE, Entry, EntryKind
from nacomp.formats.extent import Extent
from nacomp.formats.limits import Limits, check_limit
from nacomp.formats.members import Member
from nacomp.formats.methods import Method
from nacomp.formats.paths import encode_path, sort_key
from nacomp.formats.records import dataclass


@dataclass(frozen=True)
class Merged:
    """What a file's members hold together.

    Attributes:
        methods: of all members, one behind the other.
        blocks: by content number, with the number of their member.
        derived: by content number.
        entries: those that count, in the order of SPEC.md.
        files: all entries that a hash may be of, those that do not count any more too.
        chain: the number of the first content that a further update can name.
        depths: how deep views lie in each content from there on.
    """

    methods: tuple[Method, ...]
    blocks: dict[int, tuple[int, BlockInfo]]
    derived: dict[int, Derived]
    entries: tuple[Entry, ...]
    files: tuple[Entry, ...]
    chain: int
    depths: list[int]


def merge(members: Sequence[Member], limits: Limits) -> Merged:
    """Join members. Raises LimitExceeded if they are together more than one archive may be."""
    methods: list[Method] = []
    blocks: dict[int, tuple[int, BlockInfo]] = {}
    derived: dict[int, Derived] = {}
    layers: list[tuple[Entry, ...]] = []
    chain = first = groups = 0
    for number, member in enumerate(members):
        index = member.index
        if not member.header.continuing:
            chain = first
        for info in index.blocks:
            blocks[first + info.number] = (number, replace(info, method=len(methods) + info.method))
        for row, one in enumerate(index.derived, first + len(index.blocks)):
            derived[row] = _moved_derived(one, chain, len(methods))
        layers.append(tuple(_moved_entry(entry, chain, groups) for entry in index.entries))
        groups += len(index.entries)
        first += index.contents
        methods += member.header.methods
    files = tuple(entry for layer in layers for entry in layer)
    _check(files, derived, limits)
    removed = [member.index.removed for member in members]
    entries = layers[0] if len(layers) == 1 else _with_files(tuple(_now(layers, removed)), layers)
    return Merged(tuple(methods), blocks, derived, entries, files, chain, _depths(blocks, derived, chain))


def _depths(blocks: Mapping[int, object], derived: Mapping[int, Derived], chain: int) -> list[int]:
    """(content,) how deep views lie in it, from the content `chain` on."""
    depths: list[int] = []
    for number in range(chain, len(blocks) + len(derived)):
        inner = derived[number].extents if number in derived else ()
        depths.append(1 + max((depths[one.content - chain] for one in inner), default=0) if inner else 0)
    return depths


def _check(files: Sequence[Entry], derived: dict[int, Derived], limits: Limits) -> None:
    check_limit(len(files), limits.max_entries, "entries")
    check_limit(len(derived), limits.max_derived, "derived contents")
    extents = sum(len(entry.extents) for entry in files)
    extents += sum(len(part) for one in derived.values() for part in one.parts)
    check_limit(extents, limits.max_extents, "extents")
    if limits.max_total_size is not None:
        check_limit(sum(entry.size for entry in files), limits.max_total_size, "bytes in all files")


def _moved(extents: Sequence[Extent], by: int) -> tuple[Extent, ...]:
    return tuple(Extent(extent.content + by, extent.offset, extent.length) for extent in extents)


def _moved_derived(one: Derived, contents: int, methods: int) -> Derived:
    if not contents and not methods:
        return one
    return Derived(
        one.method + methods, one.size, one.parameters, tuple(_moved(part, contents) for part in one.parts)
    )


def _moved_entry(entry: Entry, contents: int, groups: int) -> Entry:
    group = entry.group if entry.group == ALONE else entry.group + groups
    if not contents and group == entry.group:
        return entry
    return replace(entry, extents=_moved(entry.extents, contents), group=group)


def _with_files(entries: tuple[Entry, ...], layers: Sequence[Sequence[Entry]]) -> tuple[Entry, ...]:
    """These entries; a hard link whose file does not count any more stands for that file itself."""
    files: dict[int, Entry] = {}
    for layer in layers:
        named = {entry.path: entry for entry in layer}
        files |= {id(one): named[one.link_target] for one in layer if one.kind is EntryKind.HARD_LINK}
    there = {id(entry) for entry in entries}
    return tuple(
        replace(files[id(entry)], path=entry.path)
        if id(entry) in files and id(files[id(entry)]) not in there
        else entry
        for entry in entries
    )


@dataclass
class _Above:
    """A path that lies above those that follow: what is below it counts only from this layer on."""

    key: bytes
    hides: int
    leaf: "_Leaf | None"
    """The file or link at or above this path: there is one at most that counts."""


@dataclass
class _Leaf:
    """A file or link in the result, and its layer."""

    place: int
    layer: int


def _now(layers: Sequence[Sequence[Entry]], removed: Sequence[Sequence[bytes]]) -> Iterator[Entry]:
    """The newest entry of each path, unless something newer was put above, or below, or took it away.

    One pass over all paths in their order, where what lies below a path comes right behind it.
    """
    rows: list[tuple[bytes, int, Entry | None]] = []
    for number, layer in enumerate(layers):
        rows += ((sort_key(encode_path(entry.path)), number, entry) for entry in layer)
        # What an update takes away is older than itself.
        rows += ((sort_key(path), number - 1, None) for path in removed[number])
    rows.sort(key=lambda row: (row[0], row[1]))
    found: list[Entry | None] = []
    above: list[_Above] = []
    for key, group in groupby(rows, key=lambda row: row[0]):
        while above and not key.startswith(above[-1].key + b"\0"):
            above.pop()
        here = list(group)
        gone = max((number for _, number, entry in here if entry is None), default=-1)
        there = [(number, entry) for _, number, entry in here if entry is not None]
        frame = _Above(key, max(gone, above[-1].hides if above else -1), above[-1].leaf if above else None)
        if there and there[-1][0] > frame.hides:
            newest, entry = there[-1]
            if frame.leaf is not None and frame.leaf.layer < newest:
                found[frame.leaf.place] = None
            found.append(entry)
            if entry.kind is not EntryKind.FOLDER:
                frame = _Above(key, max(frame.hides, newest - 1), _Leaf(len(found) - 1, newest))
        above.append(frame)
    return (entry for entry in found if entry is not None)
