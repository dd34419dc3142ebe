"""Where everything stands in the recovery data behind an archive (SPEC.md, section 10).

Only sizes, places and checksums; `recovery` makes the parity and repairs. So the reader, which just steps over the recovery
data, needs neither numpy nor the Reed-Solomon library.
"""

import struct

from nacomp.formats.checksums import CHECKSUM_SIZE, RECORD, SECTOR, TRAILER, checksum
from nacomp.formats.errors import CorruptArchive, UnsupportedArchive
from nacomp.formats.records import dataclass

MARKER = b"\xf3NR\x8f"
TRAILER_MAGIC = b"\n\x1a\n\rcer\x89"
RESERVED_FLAGS = 0x00FF
SHAPE = struct.Struct("<QIBBH")
RECORD_FIELDS = struct.Struct("<4sQIBBHQ")
RECORD_HEADER_SIZE = RECORD_FIELDS.size + CHECKSUM_SIZE
TRAILER_SIZE = SHAPE.size + CHECKSUM_SIZE + len(TRAILER_MAGIC)
SECTOR_CHECKSUM_SIZE = 4
SECTORS_PER_RECORD = 1_024
MIN_SECTOR = 64
MAX_SECTOR = 1 << 20
MAX_ROWS = 255


@dataclass(frozen=True)
class RecoveryShape:
    """The numbers everything else follows from. Sizes in bytes.

    Attributes:
        archive_size: bytes protected.
        sector_size: the unit in which damage is found.
        data_rows, parity_rows: symbols of a codeword; together at most 255.
    """

    archive_size: int
    sector_size: int
    data_rows: int
    parity_rows: int

    @property
    def row_size(self) -> int:
        """Bytes of a row: as many codewords."""
        return -(-self.archive_size // self.data_rows)

    @property
    def parity_size(self) -> int:
        """Bytes of all parity rows."""
        return self.row_size * self.parity_rows

    @property
    def archive_sectors(self) -> int:
        """Sectors of the archive; those of the parity rows come behind them."""
        return -(-self.archive_size // self.sector_size)

    @property
    def sectors(self) -> int:
        """All sectors."""
        return self.archive_sectors - (-self.parity_size // self.sector_size)

    @property
    def records(self) -> int:
        """Records in one copy of the checksums."""
        return -(-self.sectors // SECTORS_PER_RECORD)

    @property
    def records_size(self) -> int:
        """Bytes of one copy of the checksums."""
        return self.records * RECORD_HEADER_SIZE + self.sectors * SECTOR_CHECKSUM_SIZE

    @property
    def parity_offset(self) -> int:
        """Offset of the first parity row in the file."""
        return self.archive_size + self.records_size

    @property
    def total_size(self) -> int:
        """Bytes of the whole file."""
        return self.parity_offset + self.parity_size + self.records_size + TRAILER_SIZE

    def sector(self, number: int) -> tuple[int, int]:
        """Where a sector is in the file: offset and size."""
        parity = number - self.archive_sectors
        if parity < 0:
            start = number * self.sector_size
            return start, min(self.sector_size, self.archive_size - start)
        start = parity * self.sector_size
        return self.parity_offset + start, min(self.sector_size, self.parity_size - start)

    def record(self, number: int) -> tuple[tuple[int, int], int]:
        """Where a record is in the file: the offsets of its two copies, and its size."""
        count = min(SECTORS_PER_RECORD, self.sectors - number * SECTORS_PER_RECORD)
        before = number * (RECORD_HEADER_SIZE + SECTORS_PER_RECORD * SECTOR_CHECKSUM_SIZE)
        second = self.parity_offset + self.parity_size
        return (
            self.archive_size + before,
            second + before,
        ), RECORD_HEADER_SIZE + count * SECTOR_CHECKSUM_SIZE


def sector_checksum(data: bytes) -> bytes:
    """Four bytes that tell whether a sector is damaged."""
    return checksum(SECTOR, data)[:SECTOR_CHECKSUM_SIZE]


def _shape_fields(shape: RecoveryShape) -> tuple[int, int, int, int, int]:
    return shape.archive_size, shape.sector_size, shape.data_rows, shape.parity_rows, 0


def _checked_shape(archive_size: int, sector_size: int, data: int, parity: int, flags: int) -> RecoveryShape:
    if flags & RESERVED_FLAGS:
        raise UnsupportedArchive(needed=f"the recovery flags {flags & RESERVED_FLAGS:#04x}")
    right_sector = MIN_SECTOR <= sector_size <= MAX_SECTOR and sector_size.bit_count() == 1
    if not (right_sector and archive_size and data and parity and data + parity <= MAX_ROWS):
        raise CorruptArchive(
            reason=f"the recovery data states {archive_size:,} bytes in {data}+{parity} rows, sectors of {sector_size:,}"
        )
    return RecoveryShape(archive_size, sector_size, data, parity)


def encode_record(shape: RecoveryShape, number: int, checksums: bytes) -> bytes:
    """One record with the sector checksums it holds."""
    fields = RECORD_FIELDS.pack(MARKER, *_shape_fields(shape), number * SECTORS_PER_RECORD)
    return fields + checksum(RECORD, fields, checksums) + checksums


def decode_record(data: bytes) -> tuple[RecoveryShape, int, bytes]:
    """Parse a record at the start of `data`: the shape, the record's number, the sector checksums.

    Raises:
        CorruptArchive, UnsupportedArchive: as SPEC.md says.
    """
    if len(data) < RECORD_HEADER_SIZE:
        raise CorruptArchive(reason="a record of the recovery data is cut off")
    marker, *fields, first = RECORD_FIELDS.unpack_from(data)
    if marker != MARKER:
        raise CorruptArchive(reason="a record of the recovery data has no marker")
    shape = _checked_shape(*fields)
    number, rest = divmod(first, SECTORS_PER_RECORD)
    if rest or number >= shape.records:
        raise CorruptArchive(reason=f"a record of the recovery data starts at sector {first:,}")
    checksums = data[RECORD_HEADER_SIZE : shape.record(number)[1]]
    if (
        checksum(RECORD, data[: RECORD_FIELDS.size], checksums)
        != data[RECORD_FIELDS.size : RECORD_HEADER_SIZE]
    ):
        raise CorruptArchive(reason="the checksum of a record of the recovery data does not match")
    return shape, number, checksums


def encode_trailer(shape: RecoveryShape) -> bytes:
    """The last bytes of a file with recovery data."""
    fields = SHAPE.pack(*_shape_fields(shape))
    return fields + checksum(TRAILER, fields) + TRAILER_MAGIC


def decode_trailer(tail: bytes, file_size: int) -> RecoveryShape | None:
    """The shape, from the last TRAILER_SIZE bytes of a file (or fewer); None if the file has no trailer.

    Raises:
        CorruptArchive, UnsupportedArchive: as SPEC.md says.
    """
    if len(tail) < TRAILER_SIZE or not tail.endswith(TRAILER_MAGIC):
        return None
    fields = tail[: SHAPE.size]
    if checksum(TRAILER, fields) != tail[SHAPE.size : SHAPE.size + CHECKSUM_SIZE]:
        raise CorruptArchive(reason="the checksum of the recovery data's trailer does not match")
    shape = _checked_shape(*SHAPE.unpack(fields))
    if shape.total_size != file_size:
        raise CorruptArchive(
            reason=f"expected {shape.total_size:,} bytes with recovery data, found {file_size:,}"
        )
    return shape
