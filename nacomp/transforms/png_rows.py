"""The view of a PNG's rows, as deflate holds them, as a picture that the mixer codes.

A row is a filter's number and the filtered bytes (PNG specification, 9.2). The picture has the bytes themselves, a part
beside it has the filters, and filtering them again gives the rows. Rows without filters, as PDF has them, are pixels
alone. Parameters: bytes of a pixel, of a row, and rows. Parts: the picture's words, and the filters where there are some.

Version 1 was JPEG XL, by a library that some systems have no wheel of: `formats/PICTURES.md` has sizes of both.
Unfiltering runs along diagonals, where all rows are independent; pixel by pixel it lost: 0.3 MB/s.
"""

import lzma
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nacomp.formats.varint import Cursor, encode_varint
from nacomp.models.mixing.settings import MAX_WIDTH, MOST_PIXEL, Profile
from nacomp.transforms.view import View, corrupt

try:
    from nacomp.models.mixing import _mixing
except ImportError:  # installed without a compiler: pictures stay rows, as the readable twin takes minutes
    _mixing = None  # type: ignore[assignment]

KIND = "png-rows-2"

SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Of a pixel, by PNG's colour types: grey, RGB, numbers of a palette, grey and alpha, RGBA."""
ONE_BIT = 0
"""In place of a pixel's bytes: rows of pixels of one bit."""
MIN_PIXELS = 256
MOST_BYTES = 1 << 25
"""Of a picture that is coded so: two minutes of a core."""
OWN_COST = 48
"""Bytes of index that a view with two parts costs, about."""
_BAND = 256
"""Rows that are unfiltered together: longer diagonals, more memory."""
_PIECE = 1 << 16
"""Bytes, about, that are coded at a time: a quarter of a second, in which nothing interrupts."""

Samples = NDArray[np.uint8]


class _Decoder(Protocol):
    def decode(self, count: int) -> bytes: ...


def open_rows(data: bytes, width: int, height: int, bit_depth: int, colour_type: int) -> View | None:
    """Filtered rows as a picture, or None if they are none of this size, or a classical codec is smaller.

    `data` is what a PNG's IDAT chunks, or a PDF's stream under a PNG predictor, inflate to; not interlaced.
    """
    shape = _shape(width, height, bit_depth, colour_type)
    if shape is None or len(data) != height * (shape[0] + 1):
        return None
    rows = np.frombuffer(data, np.uint8).reshape(height, -1)
    filters = rows[:, 0]
    if filters.max() > 4:
        return None
    row, pixel = shape
    unit = max(1, pixel)
    samples = unfiltered(filters, rows[:, 1:].reshape(height, row // unit, unit))
    if not np.array_equal(filtered(filters, samples).reshape(height, -1), rows[:, 1:]):
        return None
    return _view(data, samples.tobytes(), row, pixel, filters.tobytes())


def open_pixels(data: bytes, width: int, height: int, bit_depth: int, colour_type: int) -> View | None:
    """Rows without filters as a picture, or None as in `open_rows`."""
    shape = _shape(width, height, bit_depth, colour_type)
    if shape is None or len(data) != height * shape[0]:
        return None
    return _view(data, data, *shape, None)


def close_view(parameters: bytes, parts: Sequence[bytes], limit: int) -> bytes:
    """The rows that were opened. Raises CorruptArchive for what no encoder writes."""
    if not 1 <= len(parts) <= 2:
        raise corrupt(KIND, f"{len(parts)} parts")
    cursor = Cursor(parameters)
    pixel, row, height = cursor.varint(), cursor.varint(), cursor.varint()
    size = height * (row + len(parts) - 1)
    whole = pixel <= MOST_PIXEL and 0 < row <= MAX_WIDTH and row % max(1, pixel) == 0
    if cursor.remaining or not whole or not height or size > limit:
        raise corrupt(
            KIND,
            f"{height:,} rows of {row:,} bytes, {pixel} a pixel, expected whole pixels and at most {limit:,} bytes",
        )
    filters = np.frombuffer(parts[1] if len(parts) == 2 else b"", np.uint8)
    if len(parts) == 2 and (len(filters) != height or filters.max() > 4):
        raise corrupt(KIND, f"{len(filters):,} filters of {height:,} rows")
    content = _decoded(parts[0], height * row, row, pixel)
    if len(parts) == 1:
        return content
    unit = max(1, pixel)
    rows = np.empty((height, row + 1), np.uint8)
    rows[:, 0] = filters
    samples = np.frombuffer(content, np.uint8).reshape(height, row // unit, unit)
    rows[:, 1:] = filtered(filters, samples).reshape(height, -1)
    return rows.tobytes()


def filtered(filters: Samples, samples: Samples) -> Samples:
    """(height, width, channels) samples less what each row's filter predicts, modulo 256."""
    out = np.empty_like(samples)
    blank = np.zeros((1, *samples.shape[1:]), np.uint8)
    for kind in range(5):
        rows = np.flatnonzero(filters == kind)
        if not len(rows):
            continue
        for some in np.array_split(rows, 1 + len(rows) // _BAND):
            here = samples[some]
            above = np.where((some == 0)[:, None, None], blank, samples[some - 1])
            left, corner = _shifted(here), _shifted(above)
            out[some] = here - _predicted(kind, left, above, corner)
    return out


def unfiltered(filters: Samples, rows: Samples) -> Samples:
    """(height, width, channels) samples from filtered ones."""
    out = np.empty_like(rows)
    above = np.zeros(rows.shape[1:], np.uint8)
    for start in range(0, len(rows), _BAND):
        band = slice(start, start + _BAND)
        out[band] = _unfiltered_band(filters[band], rows[band], above)
        above = out[band][-1]
    return out


def _unfiltered_band(filters: Samples, rows: Samples, above: Samples) -> Samples:
    """One band under the row `above`, diagonal by diagonal.

    `skewed[x + y + 1, y + 1]` is the sample at column x of row y, so a diagonal lies in one place, left and above
    stand in the diagonal before, and the corner in the one before that.
    """
    height, width, channels = rows.shape
    skewed = np.zeros((width + height + 1, height + 1, channels), np.uint8)
    skewed[1 : width + 1, 0] = above
    delta = np.zeros((width + height, height, channels), np.uint8)
    row = np.arange(height)
    for column in range(width):
        delta[column + row, row] = rows[:, column]
    groups = [(kind, np.flatnonzero(filters == kind)) for kind in range(1, 5)]
    for diagonal in range(width + height - 1):
        before, corner = skewed[diagonal + 1], skewed[diagonal]
        first, last = max(0, diagonal - width + 1), min(height, diagonal + 1)
        here = delta[diagonal]
        for kind, members in groups:
            some = members[np.searchsorted(members, first) : np.searchsorted(members, last)]
            if len(some):
                here[some] += _predicted(kind, before[some + 1], before[some], corner[some])
        skewed[diagonal + 2, 1 + first : 1 + last] = here[first:last]
    out = np.empty_like(rows)
    for column in range(width):
        out[:, column] = skewed[column + row + 2, row + 1]
    return out


def _predicted(kind: int, left: Samples, above: Samples, corner: Samples) -> Samples:
    """What PNG's filter `kind` predicts from the neighbours, all of one shape."""
    if kind == 0:
        return np.zeros_like(left)
    if kind == 1:
        return left
    if kind == 2:
        return above
    a, b = left.astype(np.int16), above.astype(np.int16)
    if kind == 3:
        return ((a + b) >> 1).astype(np.uint8)
    c = corner.astype(np.int16)
    to_left, to_above, to_corner = abs(b - c), abs(a - c), abs(a + b - 2 * c)
    is_left = (to_left <= to_above) & (to_left <= to_corner)
    return np.where(is_left, left, np.where(to_above <= to_corner, above, corner))


def _shifted(rows: Samples) -> Samples:
    """Each sample's left neighbour, 0 at the edge."""
    out = np.zeros_like(rows)
    out[:, 1:] = rows[:, :-1]
    return out


def _shape(width: int, height: int, bit_depth: int, colour_type: int) -> tuple[int, int] | None:
    """Bytes of a row and of a pixel, or None for what is not coded as a picture."""
    if bit_depth not in (1, 2, 4, 8, 16) or colour_type not in SAMPLES or width * height < MIN_PIXELS:
        return None
    bits = bit_depth * SAMPLES[colour_type]
    row = (width * bits + 7) // 8
    sensible = _mixing is not None and 0 < row <= MAX_WIDTH and height > 0 and row * height <= MOST_BYTES
    return (row, ONE_BIT if bits == 1 else max(1, bits // 8)) if sensible else None


def _view(data: bytes, content: bytes, row: int, pixel: int, filters: bytes | None) -> View | None:
    """The picture, if it is smaller than what LZMA makes of `data`; words are trusted to come back, as those of blocks."""
    beside = () if filters is None else (filters,)
    cost = OWN_COST + sum(len(lzma.compress(part, lzma.FORMAT_ALONE)) for part in beside)
    most = len(lzma.compress(data, lzma.FORMAT_ALONE)) - cost
    words = _encoded(content, row, pixel, most)
    if words is None:
        return None
    sizes = (pixel, row, len(content) // row)
    return View(b"".join(map(encode_varint, sizes)), (words, *beside))


def _encoded(content: bytes, row: int, pixel: int, most: int) -> bytes | None:
    """Words of less than `most` bytes, or None."""
    coder = (
        _mixing.Encoder(Profile.BITMAP, len(content), row)
        if pixel == ONE_BIT
        else _mixing.PictureEncoder(len(content), row, pixel)
    )
    step = row * max(1, _PIECE // row)
    for at in range(0, len(content), step):
        if coder.encode(content[at : at + step]) >= most:
            return None
    words: bytes = coder.finish()
    return words if len(words) < most else None


def _decoded(words: bytes, size: int, row: int, pixel: int) -> bytes:
    if len(words) % 4 or len(words) > size + 1024:
        raise corrupt(KIND, f"{len(words):,} bytes of words for {size:,} bytes of pixels")
    try:
        coder = _decoder(words, size, row, pixel)
        step = row * max(1, _PIECE // row)
        return b"".join(coder.decode(min(step, size - at)) for at in range(0, size, step))
    except ValueError as error:
        raise corrupt(KIND, str(error)) from None


def _decoder(words: bytes, size: int, row: int, pixel: int) -> _Decoder:
    decoder: _Decoder
    if pixel == ONE_BIT:
        core = _readable("reference") if _mixing is None else _mixing
        decoder = core.Decoder(words, Profile.BITMAP, size, row)
    else:
        core = _readable("runs") if _mixing is None else _mixing
        decoder = core.PictureDecoder(words, size, row, pixel)
    return decoder


def _readable(name: str) -> ModuleType:
    return import_module(f"nacomp.models.mixing.{name}")
