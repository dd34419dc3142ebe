"""Blocks: marker, sizes and checksums in front of a payload (SPEC.md, section 5)."""

import struct
from collections.abc import Sequence

from nacomp.formats.checksums import BLOCK, CHECKSUM_SIZE, checksum, content_checksum
from nacomp.formats.errors import CorruptArchive, DamagedBlock, UnsupportedArchive
from nacomp.formats.limits import MAX_PAYLOAD_EXCESS, Limits, check_limit
from nacomp.formats.methods import Method, MethodKind
from nacomp.formats.records import dataclass

MARKER = b"\xf1NB\x8b"
RESERVED_FLAGS = 0x00FF
FIELDS = struct.Struct("<4sHHQQQ8s")
BLOCK_HEADER_SIZE = FIELDS.size + CHECKSUM_SIZE


@dataclass(frozen=True, slots=True)
class BlockInfo:
    """Where a block is and how it is coded.

    Attributes:
        number: position in the archive, from 0.
        method: position in the methods table.
        original_size: bytes of content.
        payload_size: bytes of payload.
        offset: of the block's header in the archive.
    """

    number: int
    method: int
    original_size: int
    payload_size: int
    offset: int

    @property
    def end(self) -> int:
        """Offset of the first byte behind the block."""
        return self.offset + BLOCK_HEADER_SIZE + self.payload_size


@dataclass(frozen=True, slots=True)
class Block:
    """A block whose header and payload are intact; the content is still to be decoded, then checked here."""

    info: BlockInfo
    payload: bytes
    content_checksum: bytes

    def check_decoded(self, content: bytes | memoryview) -> None:
        """Raise DamagedBlock unless this is the content the block was made of."""
        if len(content) != self.info.original_size:
            raise DamagedBlock(
                number=self.info.number,
                reason=f"expected {self.info.original_size:,} bytes decoded, found {len(content):,}",
            )
        if content_checksum(content) != self.content_checksum:
            raise DamagedBlock(number=self.info.number, reason="the decoded bytes' checksum does not match")


def check_block_sizes(info: BlockInfo, methods: Sequence[Method], limits: Limits) -> None:
    """Bound a block before anything is read or allocated for it.

    Raises:
        CorruptArchive, LimitExceeded: a size or method that no block may have.
    """
    if info.method >= len(methods):
        raise CorruptArchive(reason=f"block {info.number} names method {info.method} of {len(methods)}")
    method = methods[info.method]
    if method.kind.is_view:
        raise CorruptArchive(reason=f"block {info.number} names method {info.method}, which is a view")
    check_limit(info.original_size, method.max_block_size(limits), f"bytes in a {method.kind} block")
    if info.original_size < 1:
        raise CorruptArchive(reason=f"block {info.number} is empty")
    if info.payload_size > info.original_size + MAX_PAYLOAD_EXCESS:
        raise CorruptArchive(
            reason=f"block {info.number} has a payload of {info.payload_size:,} bytes "
            f"for a content of {info.original_size:,}"
        )
    if method.kind is MethodKind.STORED and info.payload_size != info.original_size:
        raise CorruptArchive(reason=f"block {info.number} is stored, and its two sizes differ")


def encode_block_header(info: BlockInfo, payload: bytes, content: bytes) -> bytes:
    """The header in front of a payload; `content` is the content's checksum."""
    sizes = (info.original_size, info.payload_size)
    fields = FIELDS.pack(MARKER, info.method, 0, info.number, *sizes, content)
    return fields + checksum(BLOCK, fields, payload)


def decode_block_header(header: bytes, offset: int) -> tuple[BlockInfo, bytes]:
    """Parse the header found at `offset`: the block and its content's checksum. The payload is not looked at.

    Raises:
        CorruptArchive, UnsupportedArchive: cut off, no marker, reserved flags.
    """
    if len(header) < BLOCK_HEADER_SIZE:
        raise CorruptArchive(reason=f"expected a block of {BLOCK_HEADER_SIZE} bytes or more at {offset:,}")
    marker, method, flags, number, original_size, payload_size, content = FIELDS.unpack_from(header)
    if marker != MARKER:
        raise CorruptArchive(reason=f"expected a block's marker at {offset:,}, found {marker.hex(' ')}")
    if flags & RESERVED_FLAGS:
        raise UnsupportedArchive(needed=f"the block flags {flags & RESERVED_FLAGS:#04x}")
    return BlockInfo(number, method, original_size, payload_size, offset), content


def decode_block(data: bytes | memoryview, expected: BlockInfo) -> Block:
    """Parse a whole block, header and payload, that must be the one the index describes.

    Raises:
        DamagedBlock: cut off, another block, or a checksum that does not match.
    """
    header, payload = bytes(data[:BLOCK_HEADER_SIZE]), bytes(data[BLOCK_HEADER_SIZE:])
    try:
        info, content = decode_block_header(header, expected.offset)
    except UnsupportedArchive:
        raise
    except CorruptArchive as error:
        raise DamagedBlock(number=expected.number, reason=error.fields["reason"]) from error
    if info != expected or len(payload) != info.payload_size:
        raise DamagedBlock(number=expected.number, reason="its header differs from what the index says")
    if checksum(BLOCK, header[: FIELDS.size], payload) != header[FIELDS.size :]:
        raise DamagedBlock(number=expected.number, reason="its checksum does not match")
    return Block(info, payload, content)
