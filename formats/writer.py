"""The one writer: header, blocks as they come, then the index; never seeks, so a pipe will do.

Writing to a temporary name, syncing and renaming is the caller's part; so is removing what a failure leaves.
"""

from collections.abc import Iterable, Sequence
from typing import BinaryIO

from nacomp.formats.block import BlockInfo, check_block_sizes, encode_block_header
from nacomp.formats.checksums import CHECKSUM_SIZE
from nacomp.formats.entry import Entry
from nacomp.formats.header import decode_header, encode_header
from nacomp.formats.index import FOOTER, FOOTER_MAGIC, decode_index, encode_index
from nacomp.formats.limits import DEFAULT_LIMITS, Limits
from nacomp.formats.methods import Method
from nacomp.formats.paths import encode_path, sort_key

# The copy lets a salvage decode blocks when the header is lost. Here it costs at most 0.01%; at 0.1% it was the last
# straw that made 64 KB of noise 206 bytes larger than `xz` makes them.
HEADER_COPY_FROM = 10_000


class ArchiveWriter:
    """Writes one archive to a binary stream; not thread-safe. It refuses whatever the reader would refuse.

    Attributes:
        blocks: what was written so far, by number.
        bytes_written: to the stream so far.
    """

    def __init__(self, stream: BinaryIO, methods: Sequence[Method], limits: Limits = DEFAULT_LIMITS) -> None:
        """Write the header. Raises ValueError for parameters that cannot be written."""
        self._stream = stream
        self._limits = limits
        self._header_bytes = encode_header(methods)
        self._header = decode_header(self._header_bytes, limits)
        self.blocks: list[BlockInfo] = []
        self.bytes_written = 0
        self._finished = False
        self._write(self._header_bytes)

    def add_block(self, method: int, payload: bytes, original_size: int, content_checksum: bytes) -> int:
        """Append one block and return its number.

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
        return info.number

    def finish(self, entries: Iterable[Entry]) -> int:
        """Write index and footer for entries in any order; gives the archive's size. The stream stays open.

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
        section = encode_index(self.blocks, ordered, copy)
        decode_index(section, self._header, offset, self._limits)
        self._write(section)
        self._write(FOOTER.pack(offset, FOOTER_MAGIC))
        return self.bytes_written

    def _write(self, data: bytes) -> None:
        """Write it all: an unbuffered pipe may take less than it is given."""
        view = memoryview(data)
        while view:
            taken = self._stream.write(view) or 0
            self.bytes_written += taken
            view = view[taken:]
