"""The view of a PNG's rows, as deflate holds them, as a JPEG XL picture: lossless, and 20 to 40% smaller.

A row is a filter's number and the filtered samples (PNG specification, 9.2). The picture has the samples, a part
beside it has the filters, and filtering them again gives the rows. Rows without filters, as PDF has them, are pixels
alone. Parameters: the colour type, width and height. Parts: the picture, and the filters where there are some.

Unfiltering runs along diagonals, where all rows are independent; pixel by pixel it lost: 0.3 MB/s.
"""

import lzma
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nacomp.formats.errors import CorruptArchive
from nacomp.formats.varint import Cursor, encode_varint
from nacomp.transforms import jxl
from nacomp.transforms.view import View, corrupt

KIND = "png-rows-1"

CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}
"""By PNG's colour types: grey, RGB, grey and alpha, RGBA. Palettes are left: their numbers are no shades."""
MIN_PIXELS = 256
OWN_COST = 48
"""Bytes of index that a view with two parts costs, about."""
_BAND = 256
"""Rows that are unfiltered together: longer diagonals, more memory."""

Samples = NDArray[np.uint8]


def open_rows(data: bytes, width: int, height: int, bit_depth: int, colour_type: int) -> View | None:
    """Filtered rows as a picture, or None if they are none of this size, or a classical codec is smaller.

    `data` is what a PNG's IDAT chunks, or a PDF's stream under a PNG predictor, inflate to; not interlaced.
    """
    if bit_depth != 8 or colour_type not in CHANNELS or not _sensible(width, height):
        return None
    channels = CHANNELS[colour_type]
    if len(data) != height * (width * channels + 1):
        return None
    rows = np.frombuffer(data, np.uint8).reshape(height, -1)
    filters = rows[:, 0]
    if filters.max() > 4:
        return None
    samples = unfiltered(filters, rows[:, 1:].reshape(height, width, channels))
    return _view(data, samples, colour_type, filters.tobytes())


def open_pixels(data: bytes, width: int, height: int, bit_depth: int, colour_type: int) -> View | None:
    """Rows without filters as a picture, or None as in `open_rows`."""
    if bit_depth != 8 or colour_type not in CHANNELS or not _sensible(width, height):
        return None
    channels = CHANNELS[colour_type]
    if len(data) != height * width * channels:
        return None
    return _view(data, np.frombuffer(data, np.uint8).reshape(height, width, channels), colour_type, None)


def close_view(parameters: bytes, parts: Sequence[bytes], limit: int) -> bytes:
    """The rows that were opened.

    Raises CorruptArchive for what no encoder writes, ExtraMissing where libjxl is not installed.
    """
    if not parameters or parameters[0] not in CHANNELS or not 1 <= len(parts) <= 2:
        raise corrupt(KIND, f"parameters {parameters[:8].hex()!r} and {len(parts)} parts")
    cursor = Cursor(parameters[1:])
    width, height = cursor.varint(), cursor.varint()
    channels = CHANNELS[parameters[0]]
    size = height * (width * channels + len(parts) - 1)
    if cursor.remaining or not width or not height or size > limit:
        raise corrupt(KIND, f"{width:,} x {height:,} pixels, expected at most {limit:,} bytes")
    filters = np.frombuffer(parts[1] if len(parts) == 2 else b"", np.uint8)
    if len(parts) == 2 and (len(filters) != height or filters.max() > 4):
        raise corrupt(KIND, f"{len(filters):,} filters of {height:,} rows")
    coded = jxl.to_pixels(parts[0], (height, width, 4 if channels == 2 else channels))
    samples = coded[:, :, [0, 3]] if channels == 2 else coded
    if len(parts) == 1:
        return samples.tobytes()
    rows = np.empty((height, width * channels + 1), np.uint8)
    rows[:, 0] = filters
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


def _view(data: bytes, samples: Samples, colour_type: int, filters: bytes | None) -> View | None:
    """The picture of `samples`, if it is smaller than what LZMA makes of `data` and closes to it."""
    picture = jxl.from_pixels(_coded(samples))
    if picture is None:
        return None
    beside = () if filters is None else (filters,)
    cost = len(picture) + OWN_COST + sum(len(lzma.compress(part, lzma.FORMAT_ALONE)) for part in beside)
    if cost >= len(lzma.compress(data, lzma.FORMAT_ALONE)):
        return None
    height, width, _ = samples.shape
    view = View(
        bytes([colour_type]) + encode_varint(width) + encode_varint(height),
        (picture, *beside),
    )
    try:
        return view if close_view(view.parameters, view.parts, len(data)) == data else None
    except CorruptArchive:
        return None


def _coded(samples: Samples) -> Samples:
    """Samples as JPEG XL takes them: grey and alpha become RGBA, which costs it nothing."""
    return samples[:, :, [0, 0, 0, 1]] if samples.shape[2] == 2 else samples


def _sensible(width: int, height: int) -> bool:
    return width > 0 and height > 0 and MIN_PIXELS <= width * height <= jxl.MOST_PIXELS
