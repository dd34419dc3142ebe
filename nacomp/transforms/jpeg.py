"""The view of a JPEG file as JPEG XL, which says the same in 10 to 25% fewer bytes.

libjxl's transcoding keeps the coefficients, the order of segments and the padding bits, hence every byte. packJPG is
4 to 6% smaller, and is no longer kept. Parameters: none. Parts: the JPEG XL file.
"""

from collections.abc import Sequence

from nacomp.formats.errors import CorruptArchive
from nacomp.transforms import jxl
from nacomp.transforms.view import View, corrupt

KIND = "jpeg-1"

MIN_JPEG = 512
"""Bytes; a picture of one pixel has 630, and grows."""
OWN_COST = 32
"""Bytes of index that a view costs, about."""


def open_view(data: bytes) -> View | None:
    """The JPEG file `data`, end to end, as JPEG XL, or None where it is none, does not shrink, or libjxl is missing."""
    if len(data) < MIN_JPEG or not data.startswith(b"\xff\xd8\xff"):
        return None
    picture = jxl.from_jpeg(data)
    if picture is None or len(picture) + OWN_COST >= len(data):
        return None
    try:
        return View(b"", (picture,)) if close_view(b"", (picture,), len(data)) == data else None
    except CorruptArchive:
        return None


def close_view(parameters: bytes, parts: Sequence[bytes], limit: int) -> bytes:
    """The JPEG file that `open_view` saw.

    Raises CorruptArchive for what it does not write, ExtraMissing where libjxl is not installed.
    """
    if parameters or len(parts) != 1:
        raise corrupt(KIND, f"{len(parameters)} bytes of parameters and {len(parts)} parts, expected 0 and 1")
    data = jxl.to_jpeg(parts[0], limit)
    if len(data) > limit:
        raise corrupt(KIND, f"{len(data):,} bytes, expected at most {limit:,}")
    return data
