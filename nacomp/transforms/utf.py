"""The view of a text in UTF-16 or UTF-32 as UTF-8; a byte order mark stays, as the text's first character.

Parameters: one byte, the encoding's number. Parts: the text as UTF-8, and strays (lone surrogates, half a unit
at the end) if there are any. Python's codecs do the work: these encodings have been the same since Unicode 3.1.
"""

import codecs
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from nacomp.transforms import stray, text_shape
from nacomp.transforms.stray import Stray
from nacomp.transforms.text_parts import MIN_TEXT, text_view, written
from nacomp.transforms.view import View, corrupt

KIND = "utf-1"

FORMS = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
"""An encoding's number in the format is its place here."""
_DECODERS: dict[str, Callable[[memoryview, str, bool], tuple[str, int]]] = {
    "utf-16-le": codecs.utf_16_le_decode,
    "utf-16-be": codecs.utf_16_be_decode,
    "utf-32-le": codecs.utf_32_le_decode,
    "utf-32-be": codecs.utf_32_be_decode,
}
_UNITS = {"utf-16-le": "<u2", "utf-16-be": ">u2", "utf-32-le": "<u4", "utf-32-be": ">u4"}

MOST_STRAYS = 64
"""Each starts a new pass; real texts have none, or one at the end."""
LEAST_SPACES = 0.004
"""Spaces, line ends and full stops among the characters; samples of sounds and pictures have next to none."""

_CONTROLS = np.array([code for code in (*range(32), 127) if code not in b"\t\n\r\f\x1a\x1b"])
_MOST_CONTROLS = 0.002
"""Their share of a text: a stray one in some pages, as in old texts; numbers of 16 bits are full of them."""
_BLOCKS = (
    (0x20, 0x1400), (0x1E00, 0x2400), (0x2500, 0x2700), (0x3000, 0x3400), (0x4E00, 0xA000), (0xAC00, 0xD7A4),
    (0xF900, 0xFB00), (0xFE30, 0xFE50), (0xFEFF, 0xFFF0), (0x1F300, 0x1FB00), (0x20000, 0x32000),
)  # fmt: skip
"""Where the characters of living languages lie, from and before; half of all pairs of bytes lie elsewhere."""
_LEAST_IN_BLOCKS = 0.99
_SPACES = np.array([0x20, 0x0A, 0x09, 0x3000, 0x3001, 0x3002])


def open_view(data: bytes) -> View | None:
    """`data` as UTF-8 text, or None if it is no text in UTF-16 or UTF-32."""
    if len(data) < MIN_TEXT:
        return None
    pieces = text_shape.windows(data)
    if 0 not in pieces[0]:  # spaces and line ends have one
        return None
    for number, form in enumerate(FORMS):
        if not all(_plausible(piece, form) for piece in pieces):
            continue
        found = _decoded(data, form)
        if found is None:
            continue
        view = text_view(bytes([number]), *found)
        if close_view(view.parameters, view.parts, len(data)) == data:
            return view
    return None


def close_view(parameters: bytes, parts: Sequence[bytes], limit: int) -> bytes:
    """The bytes that `open_view` saw. Raises CorruptArchive for what it does not write."""
    if len(parameters) != 1 or parameters[0] >= len(FORMS):
        raise corrupt(KIND, f"parameters {parameters[:8].hex()!r}, expected one of {len(FORMS)} encodings")
    form = FORMS[parameters[0]]
    return written(KIND, parts, lambda text: text.encode(form), limit)


def _decoded(data: bytes, form: str) -> tuple[str, list[Stray]] | None:
    """The text and its strays, or None if there are too many."""
    decode, view = _DECODERS[form], memoryview(data)
    texts: list[str] = []
    parts: list[tuple[int, bytes]] = []
    at = 0
    while at < len(data):
        try:
            text, _ = decode(view[at:], "strict", True)
            texts.append(text)
            break
        except UnicodeDecodeError as error:
            start, end = at + error.start, at + error.end
        if len(parts) == MOST_STRAYS:
            return None
        text = decode(view[at:start], "strict", True)[0]
        texts.append(text)
        parts.append((len(text), data[start:end]))
        at = end
    return "".join(texts), stray.joined(parts)


def _plausible(piece: bytes, form: str) -> bool:
    """Whether a sample, read in this encoding, has the characters of a text."""
    codes = _scalars(piece, form)
    if not len(codes) or np.isin(codes, _CONTROLS).mean() > _MOST_CONTROLS:
        return False
    inside = np.zeros(len(codes), np.bool_)
    for first, last in _BLOCKS:
        inside |= (codes >= first) & (codes < last)
    inside |= codes < 0x20  # the controls that texts have
    if inside.mean() < _LEAST_IN_BLOCKS:
        return False
    return bool(np.isin(codes, _SPACES).mean() >= LEAST_SPACES)


def _scalars(piece: bytes, form: str) -> NDArray[np.int64]:
    """(character,) code points; whole units only, surrogates in pairs."""
    kind = np.dtype(_UNITS[form])
    units = np.frombuffer(piece, kind, len(piece) // kind.itemsize).astype(np.int64)
    if kind.itemsize == 4:
        return units
    high = np.flatnonzero((units[:-1] >> 10 == 0x36) & (units[1:] >> 10 == 0x37))
    units[high] = 0x10000 + ((units[high] & 0x3FF) << 10 | units[high + 1] & 0x3FF)
    return np.delete(units, high + 1)
