"""The second decoder closes the view `jpeg-3` as the native core does, and refuses what it refuses."""

import io
import random
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image

from nac_decoder.errors import Refused
from nac_decoder.jpeg import close_jpeg
from nac_decoder.jpeg_coefficients import NOTHING, Plane
from nac_decoder.jpeg_scans import BitWriter, ScanWriter
from nac_decoder.jpeg_segments import read
from nac_decoder.numbers import Numbers
from nac_decoder.views import close_view
from tests.nacomp.transforms.pictures import jpeg

_jpeg = pytest.importorskip("nacomp.models.jpeg._jpeg")
METHOD = {"kind": "jpeg", "parameters": {"id": "jpeg-3"}}


def noise(mode: str, width: int, height: int, **options: Any) -> bytes:
    pixels = np.random.default_rng(3).integers(0, 256, (height, width, len(mode)), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels.squeeze()).convert(mode).save(out, "JPEG", **options)
    return out.getvalue()


def steps(data: bytes, step: int) -> bytes:
    """The picture with quantisation tables of two bytes a step, all of them the same."""
    out, at = data[:2], 2
    for marker, start, end in segments(data):
        tables = [data[i] for i in range(start, end, 65)] if marker == 0xDB else []
        wide = b"".join(bytes([16 + number]) + step.to_bytes(2, "big") * 64 for number in tables)
        out += b"\xff\xdb" + (2 + len(wide)).to_bytes(2, "big") + wide if tables else data[at:end]
        at = end
    return out + data[at:]


def segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, start of what is in it, and end, up to the first scan, or to the end of the picture without scans' bits."""
    at = 2
    while at + 4 <= len(data) and data[at] == 255 and data[at + 1] != 0xD9:
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        yield data[at + 1], at + 4, end
        at = end


def tiles() -> bytes:
    """Blocks without a coefficient that begins in the last scan: their correction bits wait until they are too many."""
    tile = np.random.default_rng(7).integers(0, 256, (8, 8), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(np.tile(tile, (5, 5))).save(out, "JPEG", progressive=True, quality=95)
    return out.getvalue()


PICTURES: dict[str, Callable[[], bytes]] = {
    "grey": lambda: jpeg("L", (24, 16)),
    "grey in its own scans": lambda: jpeg("L", (100, 60), progressive=True, quality=40),
    "one block": lambda: jpeg("L", (3, 5)),
    "every colour": lambda: jpeg("RGB", (33, 17), subsampling=0),
    "half the colours": lambda: jpeg("RGB", (41, 35), subsampling=1, quality=95),
    "a quarter": lambda: jpeg("RGB", (57, 33), optimize=True, quality=30),
    "progressive": lambda: jpeg("RGB", (41, 35), progressive=True),
    "restarts": lambda: jpeg("RGB", (50, 40), restart_marker_blocks=2),
    "restarts in scans": lambda: jpeg("RGB", (50, 40), restart_marker_rows=1, progressive=True),
    "four components": lambda: jpeg("CMYK", (24, 24), progressive=True, quality=97),
    "noise": lambda: noise("RGB", 17, 24, quality=98),
    "noise in scans": lambda: noise("L", 24, 24, quality=98, progressive=True),
    "bits that wait": tiles,
    "steps of 1": lambda: jpeg("L", (40, 24), quality=100),
    "steps of 65,535": lambda: steps(noise("RGB", 24, 16, quality=90), 65535),
    "more behind it": lambda: jpeg("L", (16, 16)) + b"\xff\xd8\xff\xda",
}


def taken(data: bytes) -> tuple[int, bytes, bytes]:
    parts: tuple[int, bytes, bytes] | None = _jpeg.take_apart(data)
    assert parts is not None
    return parts


def closed(padding: int, rest: bytes, words: bytes, size: int) -> bytes:
    return close_view(METHOD, bytes([padding]), [rest, words], size)


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_are_closed(name: str) -> None:
    data = PICTURES[name]()
    assert closed(*taken(data), len(data)) == data


def test_longest_run_of_blocks() -> None:
    """A grey sheet of 32,942 blocks, all of whose coefficients are 0: its scans alone, as the model would take long."""
    data = io.BytesIO()
    Image.fromarray(np.full((1456, 1448), 128, np.uint8)).save(data, "JPEG", progressive=True)
    padding, rest, _ = taken(data.getvalue())
    picture, made, at = read(rest), b"", 0
    plane = Plane(picture.components[0], picture.steps[0])
    plane.blocks = [NOTHING] * (plane.width * plane.height)
    for scan in picture.scans:
        writer = BitWriter(padding, 1 << 16)
        ScanWriter(picture, scan, [plane], writer).write()
        made, at = made + rest[at : scan.end] + writer.out, scan.end
    assert made + rest[at:] == data.getvalue()


def test_padding_of_zeros() -> None:
    """Pillow pads with ones; the same picture padded with zeros is another file."""
    data = jpeg("L", (24, 16))
    padding, rest, words = taken(data)
    assert padding == 1
    assert closed(0, rest, words, len(data)) == _jpeg.put_together(0, rest, words, len(data)) != data


def with_all_codes(rest: bytes) -> bytes:
    """Huffman tables in which each value has a code, so that any coefficients can be written."""
    every = bytes([0] * 7 + [255, 1] + [0] * 7) + bytes(range(256))
    out, at = rest[:2], 2
    for marker, start, end in segments(rest):
        heads, i = b"", start
        while marker == 0xC4 and i < end:
            heads += rest[i : i + 1]
            i += 17 + sum(rest[i + 1 : i + 17])
        tables = b"".join(bytes([head]) + every for head in heads)
        out += b"\xff\xc4" + (2 + len(tables)).to_bytes(2, "big") + tables if heads else rest[at:end]
        at = end
    return out + rest[at:]


def agreed(padding: int, rest: bytes, words: bytes) -> int:
    """How many bytes both write: the native core is told the size that the second decoder came to. 0 if neither does."""
    try:
        made = close_jpeg(Numbers(bytes([padding])), [rest, words], 1 << 14)
    except Refused:
        with pytest.raises(ValueError, match=r"\w"):
            _jpeg.put_together(padding, rest, words, 1 << 14)
        return 0
    assert _jpeg.put_together(padding, rest, words, len(made)) == made
    return len(made)


def test_words_of_no_encoder() -> None:
    """Random words: counts that nothing follows, coefficients of 12 bits, DC coefficients of more."""
    written = 0
    for seed in range(8):
        rng = random.Random(seed)
        data = jpeg(
            "RGB" if seed % 3 else "L", (24, 16), progressive=seed % 2 == 1, restart_marker_blocks=seed
        )
        rest = with_all_codes(taken(steps(data, 1 + rng.randrange(65535)))[1])
        written += agreed(0, rest, rng.randbytes(2400)) > len(rest)
    assert written > 3


def test_damaged_parts_end_as_ours_do() -> None:
    """Bits of the words, of the Huffman tables and of the scans' segments."""
    rng, outcomes = random.Random(5), Counter[bool]()
    for options in ({}, {"progressive": True}, {"restart_marker_blocks": 1, "optimize": True}):
        padding, rest, words = taken(jpeg("RGB", (17, 16), **options))
        tables = min(start for marker, start, _ in segments(rest) if marker == 0xC4)
        for number in range(10):
            parts = [bytearray(rest), bytearray(words)]
            at = rng.randrange(len(words) - 8) if number % 2 else rng.randrange(tables, len(rest) - 2)
            parts[number % 2][at] ^= 1 << rng.randrange(8)
            outcomes[agreed(padding, bytes(parts[0]), bytes(parts[1])) > 0] += 1
    assert min(outcomes[True], outcomes[False]) > 2


def test_parts_of_no_file_are_refused() -> None:
    data = jpeg("L", (24, 16))
    padding, rest, words = taken(data)
    frame = rest.index(b"\xff\xc0")
    table, scan, end = rest.index(b"\xff\xdb"), rest.index(b"\xff\xda"), rest.rindex(b"\xff\xd9")
    size = len(data)
    for wrong, message in (
        (
            rest[:frame] + rest[frame:].replace(b"\x08\x00\x10\x00\x18", b"\x08\xff\xff\xff\xff"),
            "many blocks",
        ),
        (rest[:frame] + rest[frame:].replace(b"\x08\x00\x10\x00\x18", b"\x08\x00\x10\x00\x00"), "not read"),
        (rest[: table + 1] + b"\xe5" + rest[table + 2 :], "no such steps"),
        (rest[: scan + 1] + b"\xe5" + rest[scan + 2 :], "no scan"),
        (rest[:end], "marker"),
        (rest[:end] + b"\xff", "before EOI"),
        (rest[:end] + b"\xff\xfe\0\5a", "cut off"),
        (rest[:end] + rest[scan:end] * 64 + rest[end:], "too many scans"),
        (rest[:end] + b"\xff\xc8\0\2" + rest[end:], "another kind"),
        (rest[1:], "SOI"),
    ):
        with pytest.raises(Refused, match=message):
            closed(padding, wrong, words, 9 * size)
    for cut in (words[:-1], words[:8], b""):
        with pytest.raises(Refused):
            closed(padding, rest, cut, size)
    for parameters, parts in (
        (b"\2", [rest, words]),
        (b"\1\1", [rest, words]),
        (b"\1", [rest]),
        (b"", [rest, words]),
    ):
        with pytest.raises(Refused):
            close_view(METHOD, parameters, parts, size)
    for other in (size - 1, size + 1, 1):
        with pytest.raises(Refused):
            closed(padding, rest, words, other)


def test_coefficients_are_no_more_than_a_file_has() -> None:
    """A picture of noise, said to be a file of few bytes."""
    data = noise("L", 64, 64, quality=100, optimize=True)
    padding, rest, words = taken(data)
    with pytest.raises(Refused, match="too many coefficients"):
        closed(padding, rest, words, len(rest))
