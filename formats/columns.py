"""Columns: one property of many things side by side, so that DEFLATE sees like beside like (SPEC.md, section 6)."""

from collections.abc import Iterable, Sequence

from nacomp.formats.varint import Cursor, encode_varint


def encode_column(values: Iterable[int]) -> bytes:
    """Varints, one behind the other."""
    return b"".join(map(encode_varint, values))


def decode_column(cursor: Cursor, count: int) -> list[int]:
    """The next `count` varints. Raises CorruptArchive if they are not all there."""
    cursor.check_room(count, 1)
    return [cursor.varint() for _ in range(count)]


def encode_steps(values: Sequence[int]) -> bytes:
    """Each value as its *step* from the one before, the first from 0: small where neighbours are alike."""
    return encode_column(zigzag(value - before) for before, value in zip([0, *values], values, strict=False))


def decode_steps(cursor: Cursor, count: int) -> list[int]:
    """Undo `encode_steps`; values may have any sign and are the caller's to judge."""
    values, value = [], 0
    for step in decode_column(cursor, count):
        value += unzigzag(step)
        values.append(value)
    return values


def zigzag(value: int) -> int:
    """A signed number as an unsigned one: 0, -1, 1, -2 become 0, 1, 2, 3."""
    return 2 * value if value >= 0 else -2 * value - 1


def unzigzag(value: int) -> int:
    """Undo `zigzag`."""
    return -(value >> 1) - 1 if value & 1 else value >> 1
