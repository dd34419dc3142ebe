"""The view of a JPEG file as what lies outside its scans, and the coefficients of its picture, coded by what is around them.

Version 1 was JPEG XL, version 2 had a mixer of longer weights. Of seven photos JPEG XL kept 0.844 of the bytes, in whole
archives, and this keeps 0.794; it needs no library that some systems have no wheel of, and the second decoder reads it.
formats/JPEG.md defines it. Parameters: a byte, the bit that fills bytes. Parts: the rest of the file; the coefficients.
"""

from collections.abc import Sequence

from nacomp.formats.errors import CorruptArchive
from nacomp.models.jpeg.coefficients import available, put_together, take_apart
from nacomp.transforms.view import View, corrupt

KIND = "jpeg-3"

MIN_JPEG = 512
"""Bytes; a picture of one pixel has 630, most of them tables."""
OWN_COST = 64
"""Bytes of index that a view of two parts costs, about."""


def open_view(data: bytes) -> View | None:
    """The JPEG file `data`, end to end, taken apart, or None where it is none, or one that does not shrink.

    Without the native core nothing is: a photo would take minutes.
    """
    if not available() or len(data) < MIN_JPEG or not data.startswith(b"\xff\xd8\xff"):
        return None
    taken = take_apart(data)
    if taken is None:
        return None
    padding, rest, words = taken
    if len(rest) + len(words) + OWN_COST >= len(data):
        return None
    view = View(bytes([padding]), (rest, words))
    return view if _closes(view, data) else None


def _closes(view: View, data: bytes) -> bool:
    """Whether the file comes back: what cannot be proved right is not taken."""
    try:
        return close_view(view.parameters, view.parts, len(data)) == data
    except CorruptArchive:
        return False


def close_view(parameters: bytes, parts: Sequence[bytes], limit: int) -> bytes:
    """The JPEG file that `open_view` saw. Raises CorruptArchive for what it does not write."""
    if len(parameters) != 1 or len(parts) != 2:
        raise corrupt(KIND, f"{len(parameters)} bytes of parameters and {len(parts)} parts, expected 1 and 2")
    try:
        return put_together(parameters[0], parts[0], parts[1], limit)
    except ValueError as error:
        raise corrupt(KIND, str(error)) from None
