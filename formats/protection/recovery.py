"""Recovery data: make it, find damage with it, repair with it (SPEC.md, section 10).

Damage is found by sector checksums, so Reed-Solomon only has to fill known gaps, which takes half the parity
that finding errors takes. An archive is one stretch of rows, not many small codes one after the other: a long
scratch, the common damage, is then spread over all codewords by itself.
"""

import io
import math
from collections.abc import Iterator, Set
from itertools import pairwise
from typing import BinaryIO

from nacomp.formats.errors import BeyondRepair, CorruptArchive, NacompError, NoRecoveryData
from nacomp.formats.file_access import Check, go_on, read_at
from nacomp.formats.protection.erasure import combine, parity_matrix, repair_matrix
from nacomp.formats.protection.recovery_layout import (
    MARKER,
    MAX_ROWS,
    MAX_SECTOR,
    MIN_SECTOR,
    RECORD_HEADER_SIZE,
    SECTOR_CHECKSUM_SIZE,
    SECTORS_PER_RECORD,
    TRAILER_SIZE,
    RecoveryShape,
    decode_record,
    decode_trailer,
    encode_record,
    encode_trailer,
    sector_checksum,
)
from nacomp.formats.records import dataclass

DATA_ROWS = 200
# Memory: a slice of every parity row at once, and of one data row.
SLICE = 1 << 20
COPY = 1 << 20


@dataclass(frozen=True)
class Repaired:
    """What a repair did: sectors found damaged, of how many, and bytes of the archive written anew."""

    damaged_sectors: int
    sectors: int
    repaired_bytes: int


def plan_shape(archive_size: int, percent: float) -> RecoveryShape:
    """How to protect an archive so that any run of damage of that many percent of it can be repaired.

    Raises:
        ValueError: not more than 0 and at most 100 percent.
    """
    if not 0 < percent <= 100:
        raise ValueError(f"expected recovery data of more than 0 to 100 percent, found {percent}")
    # About sqrt(4 * archive_size), where the checksums and the two sectors below together cost least.
    sector = max(MIN_SECTOR, min(MAX_SECTOR, 1 << math.isqrt(2 * archive_size - 1).bit_length()))
    # A run that starts and ends inside sectors costs those too, and where it runs from data into parity one row more.
    run = math.ceil(archive_size * percent / 100) + 2 * sector
    # Rows shorter than a sector would be lost several at a time, and make a repair slow.
    for rows in range(max(1, min(DATA_ROWS, archive_size // sector)), 0, -1):
        row_size = -(-archive_size // rows)
        data_rows = -(-archive_size // row_size)
        parity_rows = -(-run // row_size) + 1
        if data_rows + parity_rows <= MAX_ROWS:
            return RecoveryShape(archive_size, sector, data_rows, parity_rows)
    raise AssertionError("unreachable: one data row needs few parity rows")


def percent_of(shape: RecoveryShape) -> float:
    """The percentage that was asked for: the roundest one that gives this shape."""
    for step in (1.0, 0.1):
        for number in range(1, round(100 / step) + 1):
            if plan_shape(shape.archive_size, number * step) == shape:
                return number * step
    return min(100.0, 100 * shape.parity_size / shape.archive_size)


def add_recovery(file: BinaryIO, percent: float, check: Check = go_on) -> int:
    """Append recovery data to an archive that has none; the file can be read, written and sought. Gives its bytes.

    Raises:
        ValueError: the percentage, or there is recovery data already.
        OSError: reading or writing failed; the archive is as it was.
    """
    size = file.seek(0, io.SEEK_END)
    if size == 0 or decode_trailer(_tail(file, size), size):
        raise ValueError("expected an archive without recovery data")
    try:
        return _append(file, plan_shape(size, percent), check)
    except BaseException:
        file.truncate(size)
        raise


def find_damage(file: BinaryIO, check: Check = go_on) -> tuple[RecoveryShape, set[int]]:
    """The damaged sectors, by number, of a file with recovery data.

    Raises:
        NoRecoveryData: none is intact.
        BeyondRepair: too much of the recovery data is lost.
        OSError: the file cannot be read.
    """
    shape = _find_shape(file, check)
    expected = _checksums(file, shape, check)
    damaged = {
        number
        for number, found in enumerate(_sector_checksums(file, shape, check))
        if found != expected[number * SECTOR_CHECKSUM_SIZE : (number + 1) * SECTOR_CHECKSUM_SIZE]
    }
    return shape, damaged


def repair(file: BinaryIO, target: BinaryIO, check: Check = go_on) -> Repaired:
    """Write the archive as it was, with its recovery data, to an empty file that can be read, written and sought.

    `check` is asked all the while, and may raise to stop it.

    Raises:
        NoRecoveryData: there is nothing to repair with.
        BeyondRepair: more is damaged than can be repaired; `target` is then of no use.
        OSError: reading or writing failed.
    """
    shape, damaged = find_damage(file, check)
    for at in range(0, shape.archive_size, COPY):
        check()
        target.write(_read_padded(file, at, min(COPY, shape.archive_size - at)))
    for offset, content in _repaired_runs(file, shape, damaged, check):
        target.seek(offset)
        target.write(content[: shape.archive_size - offset])
    expected = _checksums(file, shape, check)
    archive_damage = {number for number in damaged if number < shape.archive_sectors}
    for number in archive_damage:
        check()
        found = sector_checksum(read_at(target, *shape.sector(number)))
        if found != expected[number * SECTOR_CHECKSUM_SIZE : (number + 1) * SECTOR_CHECKSUM_SIZE]:
            raise BeyondRepair(reason=f"sector {number} is still damaged after the repair")
    _append(target, shape, check)
    repaired = sum(shape.sector(number)[1] for number in archive_damage)
    return Repaired(len(damaged), shape.sectors, repaired)


def _append(file: BinaryIO, shape: RecoveryShape, check: Check) -> int:
    """Write the recovery data behind the archive."""
    matrix = parity_matrix(shape.data_rows, shape.parity_rows)
    for at in range(0, shape.row_size, SLICE):
        size = min(SLICE, shape.row_size - at)
        rows = (_read_row(file, shape, row, at, size, check) for row in range(shape.data_rows))
        for parity, content in enumerate(combine(matrix, rows, shape.parity_rows, size)):
            file.seek(shape.parity_offset + parity * shape.row_size + at)
            file.write(content)
    checksums = b"".join(_sector_checksums(file, shape, check))
    step = SECTORS_PER_RECORD * SECTOR_CHECKSUM_SIZE
    records = b"".join(
        encode_record(shape, number, checksums[number * step : (number + 1) * step])
        for number in range(shape.records)
    )
    file.seek(shape.archive_size)
    file.write(records)
    file.seek(shape.parity_offset + shape.parity_size)
    file.write(records + encode_trailer(shape))
    return shape.total_size - shape.archive_size


def _tail(file: BinaryIO, size: int) -> bytes:
    return read_at(file, max(0, size - TRAILER_SIZE), TRAILER_SIZE)


def _read_padded(file: BinaryIO, offset: int, size: int) -> bytes:
    """Bytes of a file that may have been cut off, zeros for what is missing."""
    return read_at(file, offset, size).ljust(size, b"\0")


def _read_row(file: BinaryIO, shape: RecoveryShape, row: int, at: int, size: int, check: Check) -> bytes:
    """`size` bytes from position `at` of a data row (0 .. data_rows - 1) or, behind those, a parity row."""
    check()
    if row >= shape.data_rows:
        return _read_padded(file, shape.parity_offset + (row - shape.data_rows) * shape.row_size + at, size)
    start = row * shape.row_size + at
    return _read_padded(file, start, max(0, min(size, shape.archive_size - start))).ljust(size, b"\0")


def _sector_checksums(file: BinaryIO, shape: RecoveryShape, check: Check) -> Iterator[bytes]:
    for number in range(shape.sectors):
        check()
        yield sector_checksum(read_at(file, *shape.sector(number)))


def _find_shape(file: BinaryIO, check: Check) -> RecoveryShape:
    """From the trailer, or else from any record that stands where it says it stands."""
    size = file.seek(0, io.SEEK_END)
    try:
        shape = decode_trailer(_tail(file, size), size)
    except CorruptArchive:
        shape = None
    return shape or _find_shape_in_records(file, size, check)


def _find_shape_in_records(file: BinaryIO, size: int, check: Check) -> RecoveryShape:
    window_size = 2 * COPY
    overlap = RECORD_HEADER_SIZE + SECTORS_PER_RECORD * SECTOR_CHECKSUM_SIZE
    for start in range(0, size, window_size - overlap):
        check()
        window = read_at(file, start, window_size)
        at = window.find(MARKER)
        while at >= 0:
            check()
            try:
                shape, number, _ = decode_record(window[at : at + overlap])
            except NacompError:
                pass
            else:
                # A record of another archive inside this one stands elsewhere.
                if start + at in shape.record(number)[0]:
                    return shape
            at = window.find(MARKER, at + 1)
    raise NoRecoveryData(reason="none was found")


def _checksums(file: BinaryIO, shape: RecoveryShape, check: Check) -> bytes:
    """All sector checksums, each record from whichever copy is intact."""
    parts = []
    for number in range(shape.records):
        check()
        offsets, size = shape.record(number)
        for offset in offsets:
            try:
                found = decode_record(read_at(file, offset, size))
            except NacompError:
                continue
            if found[:2] == (shape, number):
                parts.append(found[2])
                break
        else:
            raise BeyondRepair(reason="both copies of a part of the checksums are lost")
    return b"".join(parts)


def _repaired_runs(
    file: BinaryIO, shape: RecoveryShape, damaged: Set[int], check: Check
) -> Iterator[tuple[int, bytes]]:
    """The lost bytes of the archive: offset and content of each run."""
    for at, end, lost in _stretches(shape, damaged):
        check()
        data = tuple(row for row in lost if row < shape.data_rows)
        known = [p for p in range(shape.parity_rows) if shape.data_rows + p not in lost][: len(data)]
        if len(known) < len(data):
            raise BeyondRepair(
                reason=f"{len(lost)} rows are damaged at one position, and {shape.parity_rows} can be repaired"
            )
        for start in range(at, end, SLICE) if data else ():
            size = min(SLICE, end - start)
            for row, content in zip(
                data, _solve(file, shape, data, tuple(known), start, size, check), strict=True
            ):
                yield row * shape.row_size + start, content


def _solve(
    file: BinaryIO,
    shape: RecoveryShape,
    lost: tuple[int, ...],
    known: tuple[int, ...],
    at: int,
    size: int,
    check: Check,
) -> list[bytes]:
    """(lost row, size) the bytes of the lost data rows at one stretch of positions."""
    rows = [row for row in range(shape.data_rows) if row not in lost]
    matrix = parity_matrix(shape.data_rows, shape.parity_rows)
    # Residuals: minus is plus here, so the known parity rows join the sum with factor 1 each.
    factors = [bytes(matrix[row][p] for p in known) for row in rows]
    factors += [bytes(int(p == q) for q in known) for p in known]
    rows += [shape.data_rows + p for p in known]
    contents = (_read_row(file, shape, row, at, size, check) for row in rows)
    residuals = combine(factors, contents, len(known), size)
    matrix = repair_matrix(shape.data_rows, shape.parity_rows, lost, known)
    return combine(matrix, residuals, len(lost), size)


def _stretches(shape: RecoveryShape, damaged: Set[int]) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    """Stretches of positions in the rows that have lost the same rows: start, end, those rows (parity counted on)."""
    pieces = [piece for number in damaged for piece in _pieces(shape, number)]
    borders = sorted({0, shape.row_size, *(p[1] for p in pieces), *(p[2] for p in pieces)})
    by_start = sorted(pieces, key=lambda piece: piece[1])
    open_pieces: list[tuple[int, int, int]] = []
    next_piece = 0
    for start, end in pairwise(borders):
        while next_piece < len(by_start) and by_start[next_piece][1] <= start:
            open_pieces.append(by_start[next_piece])
            next_piece += 1
        open_pieces = [piece for piece in open_pieces if piece[2] > start]
        if open_pieces:
            yield start, end, tuple(sorted({row for row, _, _ in open_pieces}))


def _pieces(shape: RecoveryShape, sector: int) -> Iterator[tuple[int, int, int]]:
    """The stretches of rows a sector covers: row, first position, end."""
    offset, size = shape.sector(sector)
    if sector >= shape.archive_sectors:
        offset += shape.data_rows * shape.row_size - shape.parity_offset
    while size:
        row, at = divmod(offset, shape.row_size)
        taken = min(size, shape.row_size - at)
        yield row, at, at + taken
        offset, size = offset + taken, size - taken
