"""How much decoding an archive asks for, counted before any of it is done.

Extents may jump between far contents, and views may lie in one another, so a few bytes of index can ask for the work of
weeks. A content counts once: a decoder keeps it, in memory or on the disk, for as long as it will be needed (content_store),
and where it cannot, bounds what it decodes again by what it has to give out.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import Generic, TypeVar

from nacomp.formats.block import BlockInfo
from nacomp.formats.derived import Derived
from nacomp.formats.entry import ALONE, Entry
from nacomp.formats.extent import Extent
from nacomp.formats.limits import Limits, check_limit

Known = TypeVar("Known")

CACHED_GROUPS = 64
"""Groups of small files that share a hash, at most 64 KiB each, kept once they are checked: more than one unit has, so
that what nacomp writes has each group read once."""
MEMBER_BYTES = 1 << 10
"""What a file counts, besides its bytes, where its group is read once more: 65,536 files of one byte took 30 ms a time,
and a million files in turn from 65 groups would have taken hours to count."""


JUMPS = "bytes to decode, as its files jump between contents"


class LastGroups(Generic[Known]):
    """The groups used last, with what is known of each."""

    def __init__(self) -> None:
        self._known: OrderedDict[int, Known] = OrderedDict()

    def find(self, group: int) -> Known | None:
        """What was put in for it, if it is still here."""
        if group in self._known:
            self._known.move_to_end(group)
        return self._known.get(group)

    def put(self, group: int, value: Known) -> None:
        """Keep it, and drop the one that was used longest ago."""
        self._known[group] = value
        if len(self._known) > CACHED_GROUPS:
            self._known.popitem(last=False)


def allowed_work(
    blocks: Mapping[int, BlockInfo], derived: Mapping[int, Derived], wanted: int, limits: Limits
) -> int:
    """Bytes that may be decoded to read files of `wanted` bytes.

    Derived contents count no more than `max_depth` views of the blocks and the files would have: a content takes a few
    bytes of index, and a million of them, each of 64 MiB, could be behind a million files of one byte. The files' own bytes
    count too: near-copies of one another share all contents, and have yet to be read. Flat pictures are more than that, and
    count by the bytes that were written for them: a block of as few bytes of payload may ask for more.
    """
    coded = sum(block.original_size for block in blocks.values())
    payload = sum(block.payload_size for block in blocks.values())
    made = sum(one.size for one in derived.values())
    most = limits.max_depth * (coded + wanted) + limits.max_from_payload * payload
    return limits.max_decoding_work * (coded + min(made, most) + wanted)


class DecodingWork:
    """Counts the bytes that reading extents would decode."""

    def __init__(
        self, blocks: Mapping[int, BlockInfo], derived: Mapping[int, Derived], wanted: int, limits: Limits
    ) -> None:
        """`wanted` are the bytes of the files that will be read."""
        self._blocks, self._derived = blocks, derived
        self._allowed = allowed_work(blocks, derived, wanted, limits)
        self._seen: set[int] = set()
        self.done = 0
        """Bytes so far."""

    def read(self, extents: Iterable[Extent]) -> None:
        """Count these. Raises LimitExceeded once the work is more than is allowed."""
        previous = -1
        for extent in extents:
            if extent.content != previous:
                self._use(extent.content)
                previous = extent.content

    def read_again(self, members: Sequence[Entry]) -> None:
        """Count what a group costs that was read before and is not kept any more; what is in it comes on top."""
        self._count(sum(member.data_size + MEMBER_BYTES for member in members))

    def _use(self, number: int) -> None:
        if number in self._seen:
            return
        self._seen.add(number)
        block = self._blocks.get(number)
        if block is not None:
            self._count(block.original_size)
        else:
            one = self._derived[number]
            self._count(one.size + one.input_size)
            self.read(one.extents)

    def _count(self, size: int) -> None:
        self.done += size
        check_limit(self.done, self._allowed, JUMPS)


def check_decoding_work(
    entries: Sequence[Entry],
    groups: Mapping[int, Sequence[Entry]],
    blocks: Mapping[int, BlockInfo],
    derived: Mapping[int, Derived],
    limits: Limits,
) -> int:
    """The bytes that reading the entries in this order decodes. Raises LimitExceeded if they are too many.

    A file that shares its hash is read with its whole group.
    """
    together = {entry.group for entry in entries} - {ALONE}
    wanted = sum(entry.data_size for entry in entries if entry.group == ALONE)
    wanted += sum(member.data_size for group in together for member in groups[group])
    work = DecodingWork(blocks, derived, wanted, limits)
    checked: LastGroups[bool] = LastGroups()
    for entry in entries:
        if entry.group == ALONE:
            work.read(entry.extents)
        elif not checked.find(entry.group):
            if entry.group not in together:
                work.read_again(groups[entry.group])
            together.discard(entry.group)
            for member in groups[entry.group]:
                work.read(member.extents)
            checked.put(entry.group, True)
    return work.done
