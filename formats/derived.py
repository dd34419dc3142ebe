"""Derived contents: bytes that a view's way back makes of other contents (SPEC.md, section 6.2; TRANSFORMS.md).

A deflate stream is derived from what it unpacks to and from a description of its encoder's choices. A derived content has
a number behind the blocks' and is named by extents like theirs, so views lie in one another: a picture in a document
in a package.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from nacomp.formats.columns import decode_column, encode_column
from nacomp.formats.errors import CorruptArchive
from nacomp.formats.extent import Extent
from nacomp.formats.limits import Limits, check_limit
from nacomp.formats.methods import Method
from nacomp.formats.records import dataclass
from nacomp.formats.varint import Cursor

MAX_PARTS = 8
"""Parts of one derived content, which has at least one. Part of the format, not a setting."""
MAX_PARAMETERS = 4_096
"""Bytes of parameters of one derived content. Part of the format, not a setting."""
# method, size, size of parameters, number of parts, and the number of extents of its one part
SMALLEST_DERIVED = 5


@dataclass(frozen=True, slots=True)
class Derived:
    """One derived content.

    Attributes:
        method: position of its view in the methods table.
        size: bytes it comes out as.
        parameters: opaque to the container.
        parts: the contents it is made of, each a row of extents; they name contents of lower numbers.
    """

    method: int
    size: int
    parameters: bytes
    parts: tuple[tuple[Extent, ...], ...]

    @property
    def extents(self) -> Iterator[Extent]:
        """Those of all parts."""
        return (extent for part in self.parts for extent in part)

    @property
    def input_size(self) -> int:
        """Bytes of all parts."""
        return sum(extent.length for extent in self.extents)


def encode_derived(derived: Sequence[Derived]) -> bytes:
    """The columns of all derived contents but their extents, which stand with the files'."""
    columns = [
        encode_column([len(derived)]),
        encode_column(one.method for one in derived),
        encode_column(one.size for one in derived),
        encode_column(len(one.parameters) for one in derived),
        encode_column(len(one.parts) for one in derived),
        encode_column(len(part) for one in derived for part in one.parts),
    ]
    return b"".join(columns) + b"".join(one.parameters for one in derived)


@dataclass(frozen=True)
class DerivedRows:
    """Derived contents whose extents are still to come."""

    methods: list[int]
    sizes: list[int]
    parameters: list[bytes]
    parts: list[list[int]]
    """Numbers of extents: of each part, of each content."""

    @property
    def extents(self) -> int:
        """How many extents they have in all."""
        return sum(map(sum, self.parts))

    def joined(self, extents: Iterable[Extent], depths: list[int], limits: Limits) -> tuple[Derived, ...]:
        """With their extents; `depths` are those of all contents before them, to which theirs are added.

        Raises CorruptArchive if one names a later content, LimitExceeded if they nest too deep.
        """
        rest = iter(extents)
        done = []
        for row, counts in enumerate(self.parts):
            parts = tuple(tuple(islice(rest, count)) for count in counts)
            one = Derived(self.methods[row], self.sizes[row], self.parameters[row], parts)
            if any(extent.content >= len(depths) for extent in one.extents):
                raise CorruptArchive(reason=f"derived content {row} is made of one that comes after it")
            depths.append(1 + max((depths[extent.content] for extent in one.extents), default=0))
            check_limit(depths[-1], limits.max_depth, "views in one another")
            check_limit(one.input_size, limits.max_derived_size, "bytes of what a content is derived from")
            done.append(one)
        return tuple(done)


def decode_derived(cursor: Cursor, methods: Sequence[Method], limits: Limits) -> DerivedRows:
    """Parse and judge the columns. Raises CorruptArchive, LimitExceeded."""
    count = cursor.count(SMALLEST_DERIVED)
    check_limit(count, limits.max_derived, "derived contents")
    numbers, sizes = decode_column(cursor, count), decode_column(cursor, count)
    lengths, parts = decode_column(cursor, count), decode_column(cursor, count)
    for row, (number, size, length, width) in enumerate(zip(numbers, sizes, lengths, parts, strict=True)):
        if number >= len(methods) or not methods[number].kind.is_view:
            raise CorruptArchive(reason=f"derived content {row} names method {number}, which is no view")
        if size < 1 or length > MAX_PARAMETERS or not 1 <= width <= MAX_PARTS:
            raise CorruptArchive(
                reason=f"derived content {row} has {size:,} bytes, {length:,} of parameters, {width} parts"
            )
        check_limit(size, limits.max_derived_size, "bytes in a derived content")
    counts = [decode_column(cursor, width) for width in parts]
    return DerivedRows(numbers, sizes, [cursor.bytes(length) for length in lengths], counts)
