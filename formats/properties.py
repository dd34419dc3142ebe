"""What some files have besides: holes, owners, extended attributes (SPEC.md, sections 6.6 to 6.8).

Each is a group of columns that is there only where an entry has any of it, so that others pay nothing. Owners and sets of
attributes stand once, and entries name them: a tree has few of them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field, replace
from itertools import islice, pairwise

from nacomp.formats.columns import decode_column, encode_column
from nacomp.formats.entry import Attributes, Entry, EntryKind, Hole, Owner
from nacomp.formats.errors import CorruptArchive
from nacomp.formats.limits import Limits, check_limit
from nacomp.formats.records import dataclass
from nacomp.formats.varint import MAX_VARINT, Cursor

HOLES_FLAG, OWNERS_FLAG, ATTRIBUTES_FLAG = 0x0100, 0x0200, 0x0400
PROPERTY_FLAGS = HOLES_FLAG | OWNERS_FLAG | ATTRIBUTES_FLAG
MAX_ID = (1 << 32) - 2
"""The highest number of a user or group; the next one stands for "leave it" in the system's calls."""
MAX_OWNER_NAME = 255
MAX_SET, MAX_ATTRIBUTE_NAME, MAX_ATTRIBUTE_VALUE = 1_024, 255, 1 << 16
MAX_ATTRIBUTES = 1 << 24
"""Bytes of all names and values of an archive. Part of the format, not a setting."""
_NOT_IN_A_NAME = frozenset(b"\0/:\r\n")

Gaps = tuple[tuple[int, int], ...]
"""Of one file: bytes of data in front of each hole, and the hole's length."""


def encode_properties(entries: Sequence[Entry]) -> tuple[bytes, int]:
    """The columns and the flags that say which are there. `decode_properties` judges them."""
    files = [_gaps(entry.holes) for entry in entries if entry.kind is EntryKind.FILE]
    own = [entry for entry in entries if entry.kind is not EntryKind.HARD_LINK]
    columns, flags = b"", 0
    if any(files):
        columns, flags = _encode_holes(files), HOLES_FLAG
    if any(entry.owner for entry in own):
        columns, flags = columns + _encode_owners([entry.owner for entry in own]), flags | OWNERS_FLAG
    if any(entry.attributes for entry in own):
        attributes = _encode_attributes([entry.attributes for entry in own])
        columns, flags = columns + attributes, flags | ATTRIBUTES_FLAG
    return columns, flags


def _gaps(holes: Iterable[Hole]) -> Gaps:
    """Raises ValueError for holes that overlap or touch."""
    gaps: list[tuple[int, int]] = []
    end = 0
    for hole in holes:
        if hole.length < 1 or hole.offset < end + bool(gaps):
            raise ValueError(f"the hole at {hole.offset} touches the one that ends at {end}")
        gaps.append((hole.offset - end, hole.length))
        end = hole.offset + hole.length
    return tuple(gaps)


def _encode_holes(files: Sequence[Gaps]) -> bytes:
    return (
        encode_column(map(len, files))
        + encode_column(gap for gaps in files for gap, _ in gaps)
        + encode_column(length for gaps in files for _, length in gaps)
    )


def _encode_owners(given: Sequence[Owner | None]) -> bytes:
    owners = list(dict.fromkeys(filter(None, given)))
    numbers: dict[Owner | None, int] = {None: 0} | {one: at for at, one in enumerate(owners, 1)}
    names = [(_raw(owner.user), _raw(owner.group)) for owner in owners]
    return (
        encode_column([len(owners)])
        + encode_column(owner.uid for owner in owners)
        + encode_column(owner.gid for owner in owners)
        + encode_column(len(user) for user, _ in names)
        + encode_column(len(group) for _, group in names)
        + b"".join(user + group for user, group in names)
        + encode_column(numbers[owner] for owner in given)
    )


def _raw(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")


def _encode_attributes(given: Sequence[Attributes]) -> bytes:
    sets = list(dict.fromkeys(filter(None, given)))
    numbers: dict[Attributes, int] = {(): 0} | {one: at for at, one in enumerate(sets, 1)}
    rows = [row for one in sets for row in one]
    return (
        encode_column([len(sets)])
        + encode_column(map(len, sets))
        + encode_column(len(name) for name, _ in rows)
        + encode_column(len(value) for _, value in rows)
        + b"".join(name for name, _ in rows)
        + b"".join(value for _, value in rows)
        + encode_column(numbers[one] for one in given)
    )


@dataclass(frozen=True)
class Properties:
    """What the columns say; each list is empty where there are none.

    Attributes:
        gaps: (file,). owners, attributes: (entry that is no hard link,).
    """

    gaps: list[Gaps] = field(default_factory=list)
    owners: list[Owner | None] = field(default_factory=list)
    attributes: list[Attributes] = field(default_factory=list)

    @property
    def holes(self) -> int:
        """How many holes there are in all."""
        return sum(map(len, self.gaps))

    def of(self, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
        """The entries with what they have of it. Raises CorruptArchive for holes that do not fit their file."""
        if not (self.gaps or self.owners or self.attributes):
            return entries
        gaps, owners, attributes = iter(self.gaps), iter(self.owners), iter(self.attributes)
        found: dict[str, Entry] = {}
        for entry in entries:
            if entry.kind is EntryKind.HARD_LINK:
                file = found[entry.link_target]
                found[entry.path] = replace(entry, owner=file.owner, attributes=file.attributes)
                continue
            holes = _placed(entry, next(gaps, ())) if entry.kind is EntryKind.FILE else ()
            found[entry.path] = replace(
                entry,
                size=entry.size + sum(hole.length for hole in holes),
                holes=holes,
                owner=next(owners, None),
                attributes=next(attributes, ()),
            )
        return tuple(found.values())


def _placed(entry: Entry, gaps: Gaps) -> tuple[Hole, ...]:
    """Holes where the gaps put them, `entry.size` being the data's."""
    if sum(gap for gap, _ in gaps) > entry.size:
        raise CorruptArchive(reason="a hole lies behind the end of its file")
    if entry.size + sum(length for _, length in gaps) > MAX_VARINT:
        raise CorruptArchive(reason="a file with its holes is larger than any can be")
    holes, at = [], 0
    for gap, length in gaps:
        holes.append(Hole(at + gap, length))
        at += gap + length
    return tuple(holes)


def decode_properties(cursor: Cursor, flags: int, kinds: Sequence[EntryKind], limits: Limits) -> Properties:
    """Parse and judge the columns that the flags name. Raises CorruptArchive, LimitExceeded."""
    own = len(kinds) - kinds.count(EntryKind.HARD_LINK)
    return Properties(
        _decode_holes(cursor, kinds.count(EntryKind.FILE), limits) if flags & HOLES_FLAG else [],
        _decode_owners(cursor, own) if flags & OWNERS_FLAG else [],
        _decode_attributes(cursor, [kind for kind in kinds if kind is not EntryKind.HARD_LINK])
        if flags & ATTRIBUTES_FLAG
        else [],
    )


def _decode_holes(cursor: Cursor, files: int, limits: Limits) -> list[Gaps]:
    counts = decode_column(cursor, files)
    count = sum(counts)
    check_limit(count, limits.max_extents, "extents and holes")
    if not count:
        raise CorruptArchive(reason="the index says that there are holes, and there are none")
    rows = iter(zip(decode_column(cursor, count), decode_column(cursor, count), strict=True))
    found = [tuple(islice(rows, own)) for own in counts]
    for gaps in found:
        if any(length < 1 for _, length in gaps) or any(gap < 1 for gap, _ in gaps[1:]):
            raise CorruptArchive(reason="a hole is empty, or touches the one before it")
    return found


def _decode_owners(cursor: Cursor, entries: int) -> list[Owner | None]:
    count = cursor.count(4)
    uids, gids, users, groups = (decode_column(cursor, count) for _ in range(4))
    if count and max(*uids, *gids) > MAX_ID:
        raise CorruptArchive(reason="an owner has a number that no system knows")
    if count and max(*users, *groups) > MAX_OWNER_NAME:
        raise CorruptArchive(reason=f"an owner has a name of more than {MAX_OWNER_NAME} bytes")
    names = [(cursor.bytes(user), cursor.bytes(group)) for user, group in zip(users, groups, strict=True)]
    if any(_NOT_IN_A_NAME & set(name) for pair in names for name in pair):
        raise CorruptArchive(reason="an owner has a name that no system can have")
    owners = [
        Owner(uid, gid, *(name.decode("utf-8", "surrogateescape") for name in pair))
        for uid, gid, pair in zip(uids, gids, names, strict=True)
    ]
    named = _named(cursor, len(owners), len(set(owners)), entries, "an owner")
    return [owners[number - 1] if number else None for number in named]


def _decode_attributes(cursor: Cursor, kinds: Sequence[EntryKind]) -> list[Attributes]:
    sizes = decode_column(cursor, cursor.count(4))
    if sizes and not 1 <= min(sizes) <= max(sizes) <= MAX_SET:
        raise CorruptArchive(reason=f"expected 1 to {MAX_SET:,} attributes in a set")
    rows = iter(_decode_rows(cursor, sum(sizes)))
    sets = [tuple(islice(rows, size)) for size in sizes]
    for one in sets:
        if any(name >= after for (name, _), (after, _) in pairwise(one)):
            raise CorruptArchive(reason="attributes of a file are out of order, or one is there twice")
    named = _named(cursor, len(sets), len(set(sets)), len(kinds), "a set of attributes")
    if any(number and kind is EntryKind.SYMLINK for number, kind in zip(named, kinds, strict=True)):
        raise CorruptArchive(reason="a symbolic link has attributes")
    return [sets[number - 1] if number else () for number in named]


def _decode_rows(cursor: Cursor, count: int) -> Iterator[tuple[bytes, bytes]]:
    """Names and values, which are bounded together before one of them is read."""
    names, values = decode_column(cursor, count), decode_column(cursor, count)
    check_limit(sum(names) + sum(values), MAX_ATTRIBUTES, "bytes of attributes")
    if count and not (1 <= min(names) <= max(names) <= MAX_ATTRIBUTE_NAME):
        raise CorruptArchive(reason=f"expected an attribute's name of 1 to {MAX_ATTRIBUTE_NAME} bytes")
    if count and max(values) > MAX_ATTRIBUTE_VALUE:
        raise CorruptArchive(reason=f"expected an attribute of at most {MAX_ATTRIBUTE_VALUE:,} bytes")
    found = [cursor.bytes(size) for size in names]
    if any(b"\0" in name for name in found):
        raise CorruptArchive(reason="an attribute's name holds NUL")
    return zip(found, [cursor.bytes(size) for size in values], strict=True)


def _named(cursor: Cursor, rows: int, distinct: int, entries: int, what: str) -> list[int]:
    """(entry,) 0, or the position from 1 of what it names; new ones are counted upwards, and all are named."""
    numbers, count = decode_column(cursor, entries), 0
    for number in numbers:
        if number > count + 1:
            raise CorruptArchive(reason=f"an entry names {what} before the one in front of it")
        count = max(count, number)
    if not count or count != rows or distinct != rows:
        raise CorruptArchive(reason=f"{what} is there twice, or is there and not named")
    return numbers
