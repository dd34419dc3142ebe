"""The view of a text in an old encoding, Latin-1 to Big5, as UTF-8.

Parameters: one byte, the encoding's number. Parts: the text as UTF-8, and strays if there are any.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from nacomp.transforms import charset_codec, stray
from nacomp.transforms.charset_guess import guess
from nacomp.transforms.charset_tables import CHARSETS, NONE, Table
from nacomp.transforms.text_parts import MIN_TEXT, text_view, written
from nacomp.transforms.view import View, corrupt

KIND = "charset-1"

_CHUNK = 1 << 20
_CUT_SEARCH = 1 << 12
"""Bytes back from a chunk's end in which a byte is looked for that no multi-byte character holds."""


def open_view(data: bytes) -> View | None:
    """`data` as UTF-8 text, or None if it is UTF-8 already, no text, or in no encoding that is known."""
    if len(data) < MIN_TEXT:
        return None
    charset = guess(data)
    if charset is None:
        return None
    view = open_as(data, charset)
    if view is None or close_view(view.parameters, view.parts, len(data)) != data:
        return None
    return view


def open_as(data: bytes, charset: str) -> View | None:
    """`data` read in this encoding, or None if it has too many strays."""
    texts: list[str] = []
    parts: list[tuple[int, bytes]] = []
    gap = 0
    for start, end in _chunks(data):
        chunk = data[start:end]
        units = charset_codec.decode(chunk, charset)
        broken = units.characters == NONE
        strays = np.flatnonzero(broken).tolist()
        texts.append(_text(units.characters[~broken] if strays else units.characters))
        before = 0
        if len(parts) + len(strays) > 4 * stray.most_strays(len(data)):
            return None
        for index in strays:
            at = int(units.starts[index])
            parts.append((gap + index - before, chunk[at : at + int(units.lengths[index])]))
            before, gap = index + 1, 0
        gap += len(units.starts) - before
    strays_of_all = stray.joined(parts)
    if len(strays_of_all) > stray.most_strays(len(data)):
        return None
    return text_view(bytes([CHARSETS.index(charset)]), "".join(texts), strays_of_all)


def close_view(parameters: bytes, parts: Sequence[bytes], limit: int) -> bytes:
    """The bytes that `open_view` saw. Raises CorruptArchive for what it does not write."""
    if len(parameters) != 1 or parameters[0] >= len(CHARSETS):
        raise corrupt(KIND, f"parameters {parameters[:8].hex()!r}, expected one of {len(CHARSETS)} encodings")
    charset = CHARSETS[parameters[0]]
    return written(KIND, parts, lambda text: charset_codec.encode(_characters(text), charset), limit)


def _text(characters: Table) -> str:
    return characters.astype("<u4", copy=False).tobytes().decode("utf-32-le")


def _characters(text: str) -> Table:
    return np.frombuffer(text.encode("utf-32-le"), "<u4")


def _chunks(data: bytes) -> Iterator[tuple[int, int]]:
    """Starts and ends of about _CHUNK bytes, cut after a line end or a space where one is near."""
    start = 0
    while start < len(data):
        end = min(start + _CHUNK, len(data))
        if end < len(data):
            cut = max(data.rfind(byte, max(start, end - _CUT_SEARCH), end) for byte in (b"\n", b" "))
            end = cut + 1 if cut >= 0 else end
        yield start, end
        start = end
