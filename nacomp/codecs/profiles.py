"""Which profile of the mixer suits a block: what looks promising is tried on a sample, and the smallest wins.

The decoder never sees how it was chosen.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from nacomp.codecs import mixed
from nacomp.models.mixing.settings import (
    AS_THEY_ARE,
    MAX_WIDTH,
    NUMBER_SIZES,
    TURNED,
    MixingSettings,
    Profile,
)

SAMPLE = 1 << 15
"""Bytes of the middle in which candidates are looked for."""
PLACES, FIRST, KEPT, LAST = 4, 6 << 10, 4, 32 << 10
"""All candidates code FIRST bytes from so many places, the KEPT best of them LAST bytes, as a block's middle may be unlike
the rest of it: ARM64's libraries hold tables there. Against 4 KB and then 32 KB of the middle for three of them, files of a
Linux system, cut to 130 KB, lost about 0.4% to their best candidate (31 files) instead of 1.0% (24 of them)."""
ALIKE = {Profile.IMAGE: 1}
"""How many of KEPT may be of one profile, two of others: three sizes of a pixel are much the same, and were all that was
left of an ELF file, a database and a font. Of 31 other files those three lost 7%, all 3.1% to their best candidate; with
one image 1.6%, with two of the others and four of all 0.9%, with three of all 1.0%."""
CUT_ROWS = 0.92
"""Of what a picture takes in FIRST bytes: few rows are whole there. One took 4% more than as records, and 9% less in LAST
bytes."""
WORTH_TRIALS = 4096
"""Bytes of a block whose profile is chosen by trials."""
LONGEST = 4096
"""The widest record or row that is looked for."""
DELIMITERS = b",\t;| "
TEXT_SHARE = 0.9
FRAMES = (2, 4)
SAMPLE_SIZES = (2, 3, 4)
PHASES = 48
"""A whole number of frames of one or two samples of any size."""
UPPER_CALM = 0.25
"""Of the change of other bytes: 0.03 of it in upper bytes of sound, half of it and more in programs and tables."""
WORDS = (4, 12)
"""Widths tried whatever repeats: 1 to 1.5% on ELF files, whose tables hold words."""
PIXELS = (1, 3, 4)
BITMAP_HEADER, BITMAP_PIXELS = 54, {1: 1, 8: 1, 16: 2, 24: 3, 32: 4}
"""Bytes of a pixel by its bits."""
SHORTEST_ROW = 16
NEARLY = 0.97
EDGES = 2048
"""Bytes beside other bytes by which rows of one-bit pixels are found: in 0.05 s."""
LIKE_ROWS = 0.75
"""Of the bits that differ at most distances: 0.2 of them do a row away in scanned and drawn pages, 0.65 in text of nine
pixels, 0.9 and more in programs, whatever the distance."""
PIXELS_DEARER = 1.05
"""What a bitmap has to save: tables are predicted as pixels from their first rows on, and as records better later (the
sample of kennedy.xls 4% smaller, the file 8% larger); pictures are a tenth to a half smaller."""
DITHER = 8
"""Rows after which an ordered dither repeats: at its distance more is alike than a row away."""
Bytes = NDArray[np.uint8]
_ONES = np.array([number.bit_count() for number in range(256)], np.uint8)


def choose(data: bytes, check: Callable[[], object] = lambda: None) -> tuple[MixingSettings, float]:
    """Settings for a block, and what share of the sample its payload took."""
    if len(data) < WORTH_TRIALS:
        return _plain(data), 0.0
    found = [*named_rows(data), *_candidates(_middle(data, SAMPLE), len(data))]
    if len(found) > KEPT and len(data) > 2 * FIRST:
        found = _unlike(_best_first(data, found, check))[:KEPT]
    shares = _shares(data, LAST, found, check)
    best = min(
        shares, key=lambda each: shares[each] * (PIXELS_DEARER if each.profile is Profile.BITMAP else 1)
    )
    return best, shares[best]


def choose_quickly(data: bytes, check: Callable[[], object] = lambda: None) -> MixingSettings:
    """As `choose`, by the first round alone, for binary data, in half of the time."""
    return _best_first(data, _candidates(_middle(data, SAMPLE), len(data)), check)[0]


def _best_first(
    data: bytes, found: list[MixingSettings], check: Callable[[], object]
) -> list[MixingSettings]:
    shares = _shares(data, FIRST, found, check)
    return sorted(found, key=lambda each: shares[each] * (CUT_ROWS if each.profile is Profile.IMAGE else 1))


def _unlike(ranked: list[MixingSettings]) -> list[MixingSettings]:
    """Without what is much like better ones."""
    seen: Counter[Profile] = Counter()
    found = []
    for each in ranked:
        seen[each.profile] += 1
        if seen[each.profile] <= ALIKE.get(each.profile, 2):
            found.append(each)
    return found


def named_rows(data: bytes) -> list[MixingSettings]:
    """Of a bitmap of Windows, whose header says it: rows of a dithered palette are not found otherwise (a third larger)."""
    if len(data) < BITMAP_HEADER or data[:2] != b"BM":
        return []
    width, bits = int.from_bytes(data[18:22], "little"), int.from_bytes(data[28:30], "little")
    row = (width * bits + 31) // 32 * 4
    if bits not in BITMAP_PIXELS or not bits // 8 <= row <= MAX_WIDTH or row == 0:
        return []
    profile = Profile.BITMAP if bits == 1 else Profile.IMAGE
    return [MixingSettings(profile, len(data), row, BITMAP_PIXELS[bits])]


def _places(data: bytes, size: int, width: int) -> bytes:
    """About so many bytes of equal parts of the data, all of a short block; narrow records and samples keep columns."""
    if len(data) <= size:
        return data
    most = size // PLACES
    # A part of a wide row says nothing of its columns, and little of the row above either way.
    unit = width if 0 < width <= most // 16 else 2 * PHASES
    each = most // unit * unit
    middles = (len(data) * (2 * place + 1) // (2 * PLACES) for place in range(PLACES))
    starts = (max(0, middle - each // 2) // unit * unit for middle in middles)
    return b"".join(data[start : start + each] for start in starts)


def _middle(data: bytes, size: int) -> bytes:
    """So many bytes, behind a whole number of samples of any frame, so that phases stay."""
    start = max(0, len(data) - size) // (2 * PHASES) * PHASES
    return data[start : start + size]


def _shares(
    data: bytes, size: int, found: list[MixingSettings], check: Callable[[], object]
) -> dict[MixingSettings, float]:
    """What share of so many bytes remains with each candidate."""
    shares = {}
    for settings in found:
        check()
        sample = _places(data, size, settings.width)
        payload = mixed.encode(sample, _resized(settings, len(sample)), len(sample) + 1024)
        shares[settings] = len(payload) / len(sample) if payload is not None else 2.0
    return shares


def _plain(data: bytes) -> MixingSettings:
    """For a small block: trials would take longer than the rest of its archive."""
    if _is_utf8(data):
        return as_text(data)
    return MixingSettings(Profile.BINARY, len(data))


def as_text(data: bytes) -> MixingSettings:
    """Settings for what is known to be text, without trials."""
    return MixingSettings(Profile.TEXT, len(data), delimiter=_delimiters(data)[0])


def _resized(settings: MixingSettings, size: int) -> MixingSettings:
    return replace(settings, size=size)


def _candidates(sample: bytes, size: int) -> list[MixingSettings]:
    """Text or binary by its bytes; records by where bytes repeat, rows by where they change alike."""
    share = sum(byte >= 32 or byte in b"\t\n\r" for byte in sample) / len(sample)
    found = []
    if share >= TEXT_SHARE:
        found += [MixingSettings(Profile.TEXT, size, delimiter=byte) for byte in _delimiters(sample)]
    if share < 1 or not _is_utf8(sample):
        same, row = _distances(np.frombuffer(sample, np.uint8))
        found += [MixingSettings(Profile.BINARY, size, width) for width in dict.fromkeys((0, *WORDS, same))]
        found += _as_records(same, size)
        found.append(MixingSettings(Profile.CODE, size))
        found += [MixingSettings(Profile.WORDS, size, pixel=order) for order in (AS_THEY_ARE, TURNED)]
        found += [MixingSettings(Profile.SAMPLES, size, frame) for frame in FRAMES]
        found += [each for each in _as_samples(sample, size) if each not in found]
        found += [MixingSettings(Profile.IMAGE, size, row, pixel) for pixel in PIXELS if row >= pixel]
        found += [MixingSettings(Profile.BITMAP, size, width) for width in _pixel_rows(sample, same)]
    return found


def _is_utf8(sample: bytes) -> bool:
    """Whether all of it is, but for a character cut at either end."""
    whole = sample.lstrip(bytes(range(0x80, 0xC0)))
    try:
        whole.decode()
    except UnicodeDecodeError as error:
        return len(sample) - len(whole) <= 3 and error.start + 3 >= len(whole)
    return len(sample) - len(whole) <= 3


def _delimiters(sample: bytes) -> list[int]:
    """The two of which most lines have equally many, at least one."""
    lines = sample.split(b"\n")[1:-1]
    regular = {}
    for byte in DELIMITERS:
        counts = Counter(line.count(byte) for line in lines)
        counts.pop(0, None)
        regular[byte] = max(counts.values(), default=0)
    best = sorted(regular, key=regular.__getitem__, reverse=True)[:2]
    return [byte for byte in best if regular[byte]] or [DELIMITERS[0]]


def _distances(values: Bytes) -> tuple[int, int]:
    """The distance at which most bytes are the same, and the one at which they change alike: a record, and a row."""
    longest = min(LONGEST, len(values) // 4)
    if longest <= SHORTEST_ROW:
        return 0, 0
    same, unlike = np.zeros(longest), np.full(longest, np.inf)
    # Of smooth pictures every byte near is alike; their slopes are not, but a whole row away.
    slopes = values[3:].astype(np.int16) - values[:-3]
    for distance in range(2, longest):
        same[distance] = np.count_nonzero(values[distance:] == values[:-distance]) / (len(values) - distance)
        if distance >= SHORTEST_ROW:
            unlike[distance] = np.abs(slopes[distance:] - slopes[:-distance]).mean()
    # Twice a record is nearly as good as a record.
    return int((same >= NEARLY * same.max()).argmax()), int(unlike.argmin())


def _as_records(same: int, size: int) -> list[MixingSettings]:
    """Of the largest numbers that fill the record, and of the next smaller ones; numbers of eight bytes for themselves."""
    of_record = [(same, each) for each in NUMBER_SIZES[::-1] if same and same % each == 0]
    found = dict.fromkeys([*of_record[:2], (8, 8)])
    return [MixingSettings(Profile.RECORDS, size, width, each) for width, each in found]


def _as_samples(sample: bytes, size: int) -> list[MixingSettings]:
    """Frames of one and two samples, whichever byte comes first: where one byte of each sample changes least."""
    values = np.frombuffer(sample, np.uint8)
    for bytes_each in SAMPLE_SIZES:
        for channels in (1, 2):
            changes = (values[channels * bytes_each :] - values[: -channels * bytes_each]).view(np.int8)
            means = [
                np.abs(changes[phase::bytes_each].astype(np.int16)).mean() for phase in range(bytes_each)
            ]
            # Lower bytes may be nothing but zeros.
            upper = min(range(bytes_each), key=lambda phase: means[phase] or np.inf)
            if 0 < means[upper] < UPPER_CALM * max(means):
                return [
                    MixingSettings(
                        Profile.SAMPLES,
                        size,
                        count * bytes_each,
                        sample=bytes_each,
                        upper_first=upper_first,
                        shift=(upper + (not upper_first)) % bytes_each,
                    )
                    for count in (1, 2)
                    for upper_first in (False, True)
                ]
    return []


def _pixel_rows(sample: bytes, same: int) -> list[int]:
    """Bytes that a row of one-bit pixels may have: where fewest bits differ from bytes that stand at edges.

    Of dithers whose errors move on no distance stands out, and bytes are most often the same one row or two away.
    """
    values = np.frombuffer(sample, np.uint8)
    longest = min(LONGEST, len(values) // 4)
    edges = np.flatnonzero(values[longest:] != values[longest - 1 : -1]) + longest
    if longest <= 2 or not len(edges):
        return []
    edges = edges[:: -(-len(edges) // EDGES)]
    differ = np.array(
        [_ONES[values[edges] ^ values[edges - distance]].mean() for distance in range(2, longest)]
    )
    if differ.min() > LIKE_ROWS * np.median(differ):
        return [same // rows for rows in (1, 2) if same >= SHORTEST_ROW and same % rows == 0]
    row = int(differ.argmin()) + 2
    # In a page with holes, cut out where they were told otherwise, two rows are sometimes as alike as one.
    return [row // rows for rows in (1, 2, DITHER) if row % rows == 0 and row // rows >= SHORTEST_ROW]
