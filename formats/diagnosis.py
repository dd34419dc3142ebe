"""Why a file does not open as an archive, in words that tell its owner what happened to it.

    reader.open fails -> beginning and end of the file are looked at once more -> the reason

Looked at only after a failure, at most 1 MiB from either end: what an archive is, the reader alone decides.
"""

import io
import re
from typing import BinaryIO

from nacomp.formats import compact, index
from nacomp.formats.errors import NacompError
from nacomp.formats.file_access import read_at
from nacomp.formats.header import MAGIC, MAX_HEADER_SIZE, decode_header
from nacomp.formats.index import (
    FOOTER,
    FOOTER_MAGIC,
    INDEX_HEADER_SIZE,
    decode_index_header,
    decode_moved_index,
)
from nacomp.formats.limits import DEFAULT_LIMITS
from nacomp.formats.protection import recovery_layout
from nacomp.formats.protection.seal import SEAL_SIZE, begins_with_seal, is_sealed

LOOKED_AT = 1 << 20
OTHERS = {
    b"\x1f\x8b": "a gzip file",
    b"PK\x03\x04": "a zip archive",
    b"\xfd7zXZ\x00": "an xz file",
    b"\x28\xb5\x2f\xfd": "a Zstandard file",
    b"BZh": "a bzip2 file",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"%PDF": "a PDF document",
    b"GGUF": "a model",
    b"\x7fELF": "a program",
}
_PAGE = re.compile(rb"\s*(<!doctype html|<html|<\?xml|<head|<!--)", re.IGNORECASE)
_AS_TEXT = re.compile(rb"(\x89|\t|\xc2\x89|\xef\xbf\xbd|\?)NAC[\r\n\x1a]")
"""The magic after line ends were translated, its high bit was taken, or its first byte was taken for a letter."""
_ZEROS = bytes(64)


def diagnose(file: BinaryIO) -> str | None:
    """What became of an archive that does not open; None if its beginning and end are as they should be. Raises OSError."""
    size = file.seek(0, io.SEEK_END)
    head = read_at(file, 0, LOOKED_AT)
    if head.startswith(compact.MAGIC):
        return None  # so short that the reader's own sentence says it
    return _end(file, size) if head.startswith(MAGIC) else _beginning(head)


def _beginning(head: bytes) -> str | None:
    at = head.find(MAGIC)
    plain = head.removeprefix(b"\xef\xbb\xbf")
    reasons = {
        "the file is empty": not head,
        "its end is missing": MAGIC.startswith(head),
        "it is a web page, so a download gave something else than the archive": _PAGE.match(plain),
        "it was changed on its way as if it were text; transfer it once more, as binary": _AS_TEXT.match(
            head
        ),
        **{f"it is {name}": head.startswith(magic) for magic, name in OTHERS.items()},
        f"{at:,} bytes stand in front of it": at > 0,
        "its beginning is zeros, so it was never written whole": head.startswith(_ZEROS),
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def _end(file: BinaryIO, size: int) -> str | None:
    start = max(0, size - LOOKED_AT)
    tail = read_at(file, start, LOOKED_AT)
    if tail.endswith(recovery_layout.TRAILER_MAGIC):
        return None
    if is_sealed(file):
        return _after(file, size, tail, _ends_of_seals(start, tail)) if begins_with_seal(file) else None
    if tail.endswith(FOOTER_MAGIC):
        return None if _is_end(file, size) else _displaced(file, start, tail)
    ends = [end for end in _ends(tail, start, FOOTER_MAGIC) if _is_end(file, end) or _ends_member(file, end)]
    if any(read_at(file, end, 4) == recovery_layout.MARKER for end in ends):
        protected = _ends(tail, start, recovery_layout.TRAILER_MAGIC)
        return _after(file, size, tail, protected) if protected else "the end of its recovery data is missing"
    return _after(file, size, tail, ends + _ends(tail, start, recovery_layout.TRAILER_MAGIC))


def _after(file: BinaryIO, size: int, tail: bytes, ends: list[int]) -> str | None:
    """What is behind the last of these ends of an archive."""
    if not ends or max(ends) > size:
        zeros = tail.endswith(_ZEROS)
        return "its end is zeros, so it was never written whole" if zeros else "its end is missing"
    end = max(ends)
    if read_at(file, end, len(MAGIC)).startswith((MAGIC, compact.MAGIC)):
        return f"another archive stands behind it, from byte {end:,} on"
    return f"{size - end:,} bytes were added behind it" if size > end else None


def _ends_of_seals(start: int, tail: bytes) -> list[int]:
    """Where the second seal ends, which is written like the first."""
    at = tail.rfind(MAGIC)
    return [start + at + SEAL_SIZE] if at >= 0 and start + at > 0 else []


def _ends(tail: bytes, start: int, magic: bytes) -> list[int]:
    """Where the last such magic ends, if there is one."""
    at = tail.rfind(magic)
    return [start + at + len(magic)] if at >= 0 else []


def _is_end(file: BinaryIO, end: int) -> bool:
    """Whether the footer that ends there leads to the index in front of it."""
    offset, _ = FOOTER.unpack(read_at(file, end - FOOTER.size, FOOTER.size))
    return bool(
        offset < end and _index_size(read_at(file, offset, INDEX_HEADER_SIZE)) == end - FOOTER.size - offset
    )


def _ends_member(file: BinaryIO, end: int) -> bool:
    """The same where it is not the file's first archive: what its footer says counts from its own beginning on."""
    offset, _ = FOOTER.unpack(read_at(file, end - FOOTER.size, FOOTER.size))
    start = max(0, end - LOOKED_AT)
    body = read_at(file, start, end - FOOTER.size - start)
    at = body.rfind(index.MARKER)
    while at >= 0 and _index_size(body[at : at + INDEX_HEADER_SIZE]) != len(body) - at:
        at = body.rfind(index.MARKER, 0, at)
    first = start + at - offset
    if at < 0 or first < len(FOOTER_MAGIC) or read_at(file, first, len(MAGIC)) != MAGIC:
        return False
    return (
        read_at(file, first - len(FOOTER_MAGIC), len(FOOTER_MAGIC)) == FOOTER_MAGIC
    )  # else it is one within another


def _index_size(data: bytes) -> int | None:
    """Bytes of the index section that starts like this; None if none does."""
    try:
        _, packed_size, _ = decode_index_header(data, DEFAULT_LIMITS)
    except NacompError:
        return None
    return INDEX_HEADER_SIZE + packed_size


def _displaced(file: BinaryIO, start: int, tail: bytes) -> str | None:
    """The footer is there, and its index is not where it says: how far has it moved?"""
    body = len(tail) - FOOTER.size
    offset, _ = FOOTER.unpack(tail[body:])
    at = tail.rfind(index.MARKER)
    while at >= 0 and _index_size(tail[at : at + INDEX_HEADER_SIZE]) != body - at:
        at = tail.rfind(index.MARKER, 0, at)
    if at < 0 or not _belongs(file, tail[at:body], offset):
        return None
    moved = start + at - offset
    if moved > 0 and read_at(file, moved, len(MAGIC)) == MAGIC:
        # One behind the other, or one within the other, which then ends in the middle of its block.
        before = read_at(file, moved - len(FOOTER_MAGIC), len(FOOTER_MAGIC))
        behind = before in (FOOTER_MAGIC, recovery_layout.TRAILER_MAGIC)
        return f"another archive stands behind it, from byte {moved:,} on" if behind else "its end is missing"
    return f"{moved:,} bytes were added within it" if moved > 0 else f"{-moved:,} bytes of it are missing"


def _belongs(file: BinaryIO, section: bytes, offset: int) -> bool:
    """Whether an index was written at this offset, by the sizes of its blocks: else the footer is what is wrong."""
    for start in {0, file.seek(0, io.SEEK_END) - FOOTER.size - len(section) - offset}:
        try:
            header = decode_header(read_at(file, max(0, start), MAX_HEADER_SIZE), DEFAULT_LIMITS)
            blocks = decode_moved_index(section, header, offset, DEFAULT_LIMITS).blocks
        except NacompError:
            continue
        if offset == (blocks[-1].end if blocks else header.size):
            return True
    return False
