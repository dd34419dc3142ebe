"""The one writer: header, blocks as they come, then the index; never seeks, so a pipe will do.

Writing to a temporary name, syncing and renaming is the caller's part; so is removing what a failure leaves.
"""

from collections.abc import Iterable, Sequence
from typing import BinaryIO

from nacomp.formats.block import BLOCK_HEADER_SIZE, BlockInfo, check_block_sizes, encode_block_header
from nacomp.formats.checksums import CHECKSUM_SIZE
from nacomp.formats.derived import Derived
from nacomp.formats.entry import Entry
from nacomp.formats.file_access import Check, go_on, write_all
from nacomp.formats.header import HEADER_SIZE, decode_header, encode_header
from nacomp.formats.index import FOOTER, FOOTER_MAGIC, INDEX_HEADER_SIZE, Before, decode_index, encode_index
from nacomp.formats.limits import DEFAULT_LIMITS, Limits
from nacomp.formats.methods import Method
from nacomp.formats.paths import encode_path, sort_key

# The copy lets a salvage decode blocks when the header is lost. Here it costs at most 0.01%; at 0.1% it was the last
# straw that made 64 KB of noise 206 bytes larger than `xz` makes them.
HEADER_COPY_FROM = 10_000


def least_size(payloads: Iterable[int]) -> int:
    """Bytes that an archive of blocks with payloads of these sizes has at the least, whatever its methods and entries."""
    blocks = sum(BLOCK_HEADER_SIZE + payload for payload in payloads)
    return HEADER_SIZE + blocks + INDEX_HEADER_SIZE + FOOTER.size


class ArchiveWriter:
    """Writes one archive to a binary stream; not thread-safe. It refuses whatever the reader would refuse.

    Attributes:
        blocks: what was written so far, by number.
        bytes_written: to the stream so far.
        first: the number of the first block as a content; an update counts on from what it is behind.
    """

    def __init__(
        self,
        stream: BinaryIO,
        methods: Sequence[Method],
        limits: Limits = DEFAULT_LIMITS,
        before: Before | None = None,
    ) -> None:
        """Write the header. Raises ValueError for parameters that cannot be written.

        With `before`, even of no contents, it is an update of an archive that has these.
        """
        self._stream = stream
        self._limits = limits
        self._before = before
        self.first = len(before.sizes) if before is not None else 0
        self._header_bytes = encode_header(methods, continuing=before is not None)
        self._header = decode_header(self._header_bytes, limits)
        self.blocks: list[BlockInfo] = []
        self.bytes_written = 0
        self._finished = False
        self._write(self._header_bytes)

    def add_block(self, method: int, payload: bytes, original_size: int, content_checksum: bytes) -> int:
        """Append one block and return its number as a content.

        Args:
            method: position in the methods table.
            payload: the coded bytes.
            original_size: bytes of content.
            content_checksum: `checksums.content_checksum` of the content.

        Raises:
            CorruptArchive, LimitExceeded: a block that no archive may hold.
            ValueError: a checksum of the wrong size, or the archive is finished.
        """
        if self._finished or len(content_checksum) != CHECKSUM_SIZE:
            raise ValueError(
                "the archive is finished, or the content's checksum has another size than 8 bytes"
            )
        info = BlockInfo(len(self.blocks), method, original_size, len(payload), self.bytes_written)
        check_block_sizes(info, self._header.methods, self._limits)
        self._write(encode_block_header(info, payload, content_checksum))
        self._write(payload)
        self.blocks.append(info)
        return self.first + info.number

    @property
    def contents(self) -> int:
        """The number that the first derived content gets, if no block follows."""
        return self.first + len(self.blocks)

    def finish(
        self,
        entries: Iterable[Entry],
        derived: Sequence[Derived] = (),
        removed: Iterable[str] = (),
        before_footer: Check = go_on,
    ) -> int:
        """Write index and footer for entries in any order; gives the archive's size. The stream stays open.

        `derived` are numbered behind the blocks, and extents name them so. `removed` are paths that an update takes away,
        with all below them. `before_footer` is called when all but the footer is written, which makes it count.

        Raises:
            UnsafePath, CorruptArchive, LimitExceeded: entries that no archive may hold; nothing is written.
            ValueError: an entry whose fields contradict each other, or the archive is finished.
        """
        if self._finished:
            raise ValueError("the archive is finished")
        self._finished = True
        offset = self.bytes_written
        copy = self._header_bytes if offset >= HEADER_COPY_FROM * len(self._header_bytes) else b""
        ordered = sorted(entries, key=lambda entry: sort_key(encode_path(entry.path)))
        gone = sorted(set(map(encode_path, removed)), key=sort_key)
        section = encode_index(self.blocks, derived, ordered, copy, gone if self._header.continuing else None)
        before = self._before or Before()
        known = Before(list(before.sizes), list(before.depths))
        decode_index(section, self._header, offset, self._limits, known)
        self._write(section)
        before_footer()
        self._write(FOOTER.pack(offset, FOOTER_MAGIC))
        return self.bytes_written

    def _write(self, data: bytes) -> None:
        self.bytes_written += write_all(self._stream, data)
