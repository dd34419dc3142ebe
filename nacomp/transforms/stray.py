"""Bytes that are no character of their text's encoding, kept beside the text: where they stand, and what they are.

A text is cut at them; each is a gap of so many characters since the last one, a size, and the bytes. Written as
replacement characters within the text they lost: the model would have to predict them, and a text can hold some.
"""

from collections.abc import Iterable, Iterator, Sequence

from nacomp.formats.errors import CorruptArchive
from nacomp.formats.records import dataclass
from nacomp.formats.varint import Cursor, encode_varint


@dataclass(frozen=True)
class Stray:
    """`raw` stands after `gap` characters that follow the stray before, or the start."""

    gap: int
    raw: bytes


def most_strays(size: int) -> int:
    """How many strays a text of `size` bytes may have: more, and it is another encoding, or no text at all.

    A real text has none to a handful, or its maker's own characters, one in 900 bytes of a Chinese tutorial; a text
    that is read in the wrong multi-byte encoding has one in 20.
    """
    return 8 + size // 512


def pack(strays: Iterable[Stray]) -> bytes:
    """Strays as a part of a view."""
    return b"".join(encode_varint(stray.gap) + encode_varint(len(stray.raw)) + stray.raw for stray in strays)


def unpack(data: bytes) -> Iterator[Stray]:
    """The strays of a part. Raises CorruptArchive where it ends early."""
    cursor = Cursor(data)
    while cursor.remaining:
        gap = cursor.varint()
        yield Stray(gap, cursor.bytes(cursor.varint()))


def weave(text: str, strays: Iterable[Stray], piece: int) -> Iterator[str | bytes]:
    """Text, in pieces of at most `piece` characters, and the strays between, in their order.

    Raises CorruptArchive for a stray behind the text's end.
    """
    at = 0
    for stray in strays:
        if stray.gap > len(text) - at:
            raise CorruptArchive(reason="bytes beside a text stand behind its end")
        yield from _pieces(text, at, at + stray.gap, piece)
        at += stray.gap
        yield stray.raw
    yield from _pieces(text, at, len(text), piece)


def joined(parts: Sequence[tuple[int, bytes]]) -> list[Stray]:
    """Strays from (gap, bytes); those without a character between them become one."""
    strays: list[Stray] = []
    for gap, raw in parts:
        if strays and gap == 0:
            strays[-1] = Stray(strays[-1].gap, strays[-1].raw + raw)
        else:
            strays.append(Stray(gap, raw))
    return strays


def _pieces(text: str, start: int, end: int, piece: int) -> Iterator[str]:
    for at in range(start, end, piece):
        yield text[at : min(at + piece, end)]
