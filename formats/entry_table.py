"""The entries of an archive as columns, and back, judged (SPEC.md, section 6.4)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from nacomp.formats.columns import decode_column, decode_steps, encode_column, encode_steps
from nacomp.formats.entry import (
    ALONE,
    EMPTY_SHA256,
    MAX_MODE,
    MAX_TIME,
    MIN_TIME,
    SHA256_SIZE,
    Entry,
    EntryKind,
)
from nacomp.formats.errors import CorruptArchive, UnsafePath
from nacomp.formats.extent import Extent
from nacomp.formats.limits import Limits, check_limit
from nacomp.formats.paths import (
    MAX_PATH,
    check_link,
    check_path,
    decode_path,
    display_name,
    encode_path,
    sort_key,
)
from nacomp.formats.records import dataclass
from nacomp.formats.varint import Cursor

SECOND = 1_000_000_000
MAX_SHARED = 1 << 16
"""Bytes of the files that share a hash: to check one of them, all are read. Part of the format, not a setting."""
# kind, shared and suffix sizes, a suffix and its file: the smallest entry there can be, a hard link.
SMALLEST_ENTRY = 5


def common_prefix(one: bytes, other: bytes) -> int:
    """How many bytes both begin with, by bisection: paths may be long and many."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[low:middle] == other[low:middle] else (low, middle - 1)
    return low


def encode_entries(entries: Sequence[Entry]) -> bytes:
    """All columns but extents and hashes; ValueError if a field does not fit its entry. `decode_entries` judges the rest."""
    for entry in entries:
        _check_fields(entry)
    paths = [encode_path(entry.path) for entry in entries]
    shared = [common_prefix(*pair) for pair in zip([b"", *paths], paths, strict=False)]
    numbers = {entry.path: number for number, entry in enumerate(entries)}
    if any(e.kind is EntryKind.HARD_LINK and e.link_target not in numbers for e in entries):
        raise ValueError("a hard link names what is no entry")
    own = [entry for entry in entries if entry.kind is not EntryKind.HARD_LINK]
    times = [divmod(entry.mtime_ns, SECOND) for entry in own]
    targets = [encode_path(e.link_target) for e in entries if e.kind is EntryKind.SYMLINK]
    columns = [
        encode_column([len(entries)]),
        bytes(entry.kind for entry in entries),
        encode_column(shared),
        encode_column(len(path) - known for path, known in zip(paths, shared, strict=True)),
        b"".join(path[known:] for path, known in zip(paths, shared, strict=True)),
        encode_column(entry.mode for entry in own),
        encode_steps([seconds for seconds, _ in times]),
        encode_column(rest for _, rest in times),
        encode_column(map(len, targets)),
        b"".join(targets),
        encode_column(numbers[e.link_target] for e in entries if e.kind is EntryKind.HARD_LINK),
        encode_column(len(entry.extents) for entry in entries if entry.kind is EntryKind.FILE),
        encode_steps(_group_numbers(entries)),
    ]
    return b"".join(columns)


def encode_hashes(entries: Sequence[Entry]) -> bytes:
    """The hashes of all groups, in the order of their numbers."""
    groups: dict[int, bytes] = {}
    for number, entry in zip(_group_numbers(entries), filter(_has_content, entries), strict=True):
        if groups.setdefault(number, entry.sha256) != entry.sha256:
            raise ValueError(f"{entry.path!r}: another hash than the rest of its group has")
    return b"".join(groups.values())


def _has_content(entry: Entry) -> bool:
    return bool(entry.extents)


def _group_numbers(entries: Iterable[Entry]) -> list[int]:
    """(file with content,) the number of its group, counted as groups first appear."""
    known: dict[int, int] = {}
    numbers: list[int] = []
    count = 0
    for entry in filter(_has_content, entries):
        number = known.get(entry.group, count) if entry.group != ALONE else count
        if entry.group != ALONE:
            known[entry.group] = number
        count += number == count
        numbers.append(number)
    return numbers


def _check_fields(entry: Entry) -> None:
    if entry.data_size != sum(extent.length for extent in entry.extents):
        raise ValueError(f"{entry.path!r}: the size {entry.size} is not the sum of its extents and holes")
    if entry.kind is not EntryKind.FILE and (entry.extents or entry.sha256 or entry.holes):
        raise ValueError(f"{entry.path!r}: only a file has content")
    if entry.kind not in (EntryKind.SYMLINK, EntryKind.HARD_LINK) and entry.link_target:
        raise ValueError(f"{entry.path!r}: only a link has a target")
    if not MIN_TIME <= entry.mtime_ns <= MAX_TIME:
        raise ValueError(f"{entry.path!r}: the time {entry.mtime_ns} does not fit 64 bits")
    if entry.kind is EntryKind.FILE and len(entry.sha256) != SHA256_SIZE:
        raise ValueError(f"{entry.path!r}: expected a SHA-256 of 32 bytes, found {len(entry.sha256)}")
    if not entry.extents and (entry.sha256 or EMPTY_SHA256, entry.group) != (EMPTY_SHA256, ALONE):
        raise ValueError(f"{entry.path!r}: an entry without content has a hash or a group of its own")


@dataclass(frozen=True)
class EntryRows:
    """Entries whose extents and hashes are still to come."""

    kinds: list[EntryKind]
    paths: list[bytes]
    modes: list[int]
    times: list[int]
    """Both of all but hard links."""
    targets: list[bytes]
    """Of symbolic links, in order."""
    linked: list[int]
    """Of hard links, in order: which entry each is the same file as."""
    extent_counts: list[int]
    """Of files, in order."""
    groups: list[int]
    """Of files with content, in order; every number up to the highest is there."""

    @property
    def extents(self) -> int:
        """How many extents the files have in all."""
        return sum(self.extent_counts)

    @property
    def hashes(self) -> int:
        """How many hashes there are."""
        return max(self.groups, default=-1) + 1

    def joined(self, extents: Iterator[Extent], hashes: Sequence[bytes]) -> tuple[Entry, ...]:
        """With their extents and hashes. Raises CorruptArchive."""
        targets, linked, contents = iter(self.targets), iter(self.linked), self._contents(extents)
        known = zip(self.modes, self.times, strict=True)
        judged = iter(_FileHashes(self.groups, hashes).of(contents))
        entries: list[Entry] = []
        for kind, raw in zip(self.kinds, self.paths, strict=True):
            path = decode_path(raw)
            if kind is EntryKind.HARD_LINK:
                file = entries[next(linked)]
                entries.append(Entry(path, kind, file.mode, file.mtime_ns, link_target=file.path))
                continue
            mode, mtime = next(known)
            if kind is not EntryKind.FILE:
                target = decode_path(next(targets)) if kind is EntryKind.SYMLINK else ""
                entries.append(Entry(path, kind, mode, mtime, link_target=target))
                continue
            own, sha256, group = next(judged)
            size = sum(extent.length for extent in own)
            entries.append(Entry(path, kind, mode, mtime, size, sha256, extents=own, group=group))
        return tuple(entries)

    def _contents(self, extents: Iterator[Extent]) -> Iterator[tuple[Extent, ...]]:
        for count in self.extent_counts:
            yield tuple(islice(extents, count))


class _FileHashes:
    """Which hash each file is under. Raises CorruptArchive where more bytes share one than may."""

    def __init__(self, groups: Sequence[int], hashes: Sequence[bytes]) -> None:
        self._groups = groups
        self._hashes = hashes
        self._members = Counter(groups)
        self._bytes: Counter[int] = Counter()

    def of(self, contents: Iterable[tuple[Extent, ...]]) -> Iterator[tuple[tuple[Extent, ...], bytes, int]]:
        """Each file's extents with its hash and its group."""
        groups = iter(self._groups)
        for own in contents:
            if not own:
                yield own, EMPTY_SHA256, ALONE
                continue
            group = next(groups)
            alone = self._members[group] == 1
            self._bytes[group] += sum(extent.length for extent in own)
            if not alone and self._bytes[group] > MAX_SHARED:
                raise CorruptArchive(reason=f"files of more than {MAX_SHARED:,} bytes share a hash")
            yield own, self._hashes[group], ALONE if alone else group


def decode_entries(cursor: Cursor, limits: Limits) -> EntryRows:
    """Parse and judge the columns. Raises CorruptArchive, UnsafePath, LimitExceeded."""
    count = cursor.count(SMALLEST_ENTRY)
    check_limit(count, limits.max_entries, "entries")
    raw_kinds = cursor.bytes(count)
    if raw_kinds and max(raw_kinds) > EntryKind.HARD_LINK:
        raise CorruptArchive(reason=f"expected an entry of kind 0 to 3, found {max(raw_kinds)}")
    kinds = [EntryKind(kind) for kind in raw_kinds]
    paths = _decode_paths(cursor, kinds, limits)
    own = count - kinds.count(EntryKind.HARD_LINK)
    modes = decode_column(cursor, own)
    if modes and max(modes) > MAX_MODE:
        raise CorruptArchive(reason=f"expected a mode up to {MAX_MODE:#o}, found {max(modes):#o}")
    times = _decode_times(cursor, own)
    links = [path for path, kind in zip(paths, kinds, strict=True) if kind is EntryKind.SYMLINK]
    targets = _decode_targets(cursor, links)
    linked = _decode_linked(cursor, kinds, paths)
    counts = decode_column(cursor, kinds.count(EntryKind.FILE))
    groups = _decode_groups(cursor, len(counts) - counts.count(0))
    return EntryRows(kinds, paths, modes, times, targets, linked, counts, groups)


def _decode_paths(cursor: Cursor, kinds: Sequence[EntryKind], limits: Limits) -> list[bytes]:
    shared, suffixes = decode_column(cursor, len(kinds)), decode_column(cursor, len(kinds))
    # A path of 4,096 bytes takes 8 where it goes on from another: a million of them would be 4 GB.
    check_limit(sum(shared) + sum(suffixes), limits.max_index_size, "bytes of paths")
    paths: list[bytes] = []
    previous, leaf = b"", False
    for kind, known, size in zip(kinds, shared, suffixes, strict=True):
        if known > len(previous):
            raise CorruptArchive(
                reason=f"a path goes on from {known:,} bytes of one that has {len(previous):,}"
            )
        if known + size > MAX_PATH:
            raise CorruptArchive(reason=f"expected a path of 1 to {MAX_PATH:,} bytes, found {known + size:,}")
        path = previous[:known] + cursor.bytes(size)
        check_path(path)
        if common_prefix(previous, path) != known:
            raise CorruptArchive(reason="a path repeats more of the one before it than it says")
        if sort_key(path) <= sort_key(previous):
            raise UnsafePath(path=display_name(decode_path(path)), reason="it is there twice or out of order")
        # In this order, what lies below a path comes right behind it.
        if leaf and path.startswith(previous + b"/"):
            raise UnsafePath(path=display_name(decode_path(path)), reason="it lies below a file or a link")
        previous, leaf = path, kind is not EntryKind.FOLDER
        paths.append(path)
    return paths


def _decode_times(cursor: Cursor, count: int) -> list[int]:
    """(entry that is no hard link,) nanoseconds since 1970."""
    seconds, rest = decode_steps(cursor, count), decode_column(cursor, count)
    times = [whole * SECOND + part for whole, part in zip(seconds, rest, strict=True)]
    if times and not (max(rest) < SECOND and min(times) >= MIN_TIME and max(times) <= MAX_TIME):
        raise CorruptArchive(reason="a time does not fit 64 bits of nanoseconds")
    return times


def _decode_targets(cursor: Cursor, links: Sequence[bytes]) -> list[bytes]:
    targets = []
    for link, size in zip(links, decode_column(cursor, len(links)), strict=True):
        if not 1 <= size <= MAX_PATH:
            raise CorruptArchive(reason=f"expected a link target of 1 to {MAX_PATH:,} bytes, found {size:,}")
        targets.append(cursor.bytes(size))
        check_link(link, targets[-1])
    return targets


def _decode_linked(cursor: Cursor, kinds: Sequence[EntryKind], paths: Sequence[bytes]) -> list[int]:
    """(hard link,) the entry that it is the same file as: one before it, so there are no circles."""
    links = [number for number, kind in enumerate(kinds) if kind is EntryKind.HARD_LINK]
    linked = decode_column(cursor, len(links))
    for link, file in zip(links, linked, strict=True):
        if file >= link or kinds[file] is not EntryKind.FILE:
            reason = "it is a second name of what is no file before it"
            raise UnsafePath(path=display_name(decode_path(paths[link])), reason=reason)
    return linked


def _decode_groups(cursor: Cursor, files: int) -> list[int]:
    """(file with content,) its group; new groups are counted upwards."""
    groups = decode_steps(cursor, files)
    count = 0
    for group in groups:
        if not 0 <= group <= count:
            raise CorruptArchive(reason=f"a file is in the hash group {group} before there are so many")
        count += group == count
    return groups
