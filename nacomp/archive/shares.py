"""What each entry takes of its archive, and what was found inside it: for those who look into one (`list`, `info`).

A block's payload is shared out evenly over its bytes, and a derived content costs what its parts cost. So files that were
packed together are told apart only by their lengths, and what two files share counts for both of them.
"""

from collections import Counter
from collections.abc import Iterable

from nacomp.formats.block import BLOCK_HEADER_SIZE
from nacomp.formats.entry import Entry
from nacomp.formats.extent import Extent
from nacomp.formats.reader import ArchiveReader


class Shares:
    """Asked for each entry; what it needs of the contents is worked out once, from below."""

    def __init__(self, reader: ArchiveReader) -> None:
        self._prices: dict[int, float] = {}
        """Bytes of the archive for one byte of a content."""
        self._views: dict[int, Counter[str]] = {}
        """Views that a content is made by, at any depth; contents without any are not in it."""
        for number, info in reader.block_table.items():
            self._prices[number] = (BLOCK_HEADER_SIZE + info.payload_size) / max(1, info.original_size)
        for number in sorted(reader.derived_table):  # each is made of contents of lower numbers
            one = reader.derived_table[number]
            parts = list(one.extents)
            self._prices[number] = self._cost(parts) / max(1, one.size)
            self._views[number] = self._opened(parts) + Counter([str(reader.methods[one.method].kind)])

    def packed_size(self, entry: Entry) -> int:
        """Bytes of the archive that an entry's data takes."""
        return round(self._cost(entry.extents))

    def opened(self, entry: Entry) -> dict[str, int]:
        """How many views were opened inside an entry, by kind."""
        return dict(sorted(self._opened(entry.extents).items()))

    def _cost(self, extents: Iterable[Extent]) -> float:
        return sum(self._prices[extent.content] * extent.length for extent in extents)

    def _opened(self, extents: Iterable[Extent]) -> Counter[str]:
        found: Counter[str] = Counter()
        for number in {extent.content for extent in extents} & self._views.keys():
            found += self._views[number]
        return found
