"""JPEG files become the coefficients of their pictures, and the same bytes again."""

import random
from contextlib import suppress

import pytest
from PIL import Image

from nacomp.formats.errors import CorruptArchive
from nacomp.transforms import sites
from nacomp.transforms.jpeg import close_view, open_view
from tests.nacomp.transforms.pictures import jpeg

if not sites.CAN_LOOK:
    pytest.skip("without the native cores nothing is looked into", allow_module_level=True)


def with_exif() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "a description"
    return jpeg(exif=exif, comment=b"a comment " * 20)


FILES = {
    "plain": jpeg(),
    "progressive": jpeg(progressive=True),
    "grey": jpeg("L"),
    "four colours": jpeg("CMYK"),
    "no subsampling": jpeg(subsampling=0),
    "optimised": jpeg(optimize=True),
    "restart markers": jpeg(restart_marker_rows=1),
    "odd size": jpeg(size=(203, 71)),
    "exif and comment": with_exif(),
    "bytes behind the end": jpeg() + b"what a camera keeps here" * 9,
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_shrinks_and_comes_back(name: str) -> None:
    data = FILES[name]
    view = open_view(data)
    assert view is not None
    assert sum(map(len, view.parts)) < 0.93 * len(data)
    assert close_view(view.parameters, view.parts, len(data)) == data


def test_what_lies_outside_the_scans_is_in_the_open() -> None:
    view = open_view(FILES["exif and comment"])
    assert view is not None
    assert b"a description" in view.parts[0]
    assert b"a comment a comment" in view.parts[0]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8\xff" + bytes(2000),
        jpeg()[:-900],
        jpeg(size=(1, 1)),
        b"x" + jpeg(),
        jpeg()[:2000] + b"\xff\x00" + jpeg()[2000:],
    ],
    ids=["empty", "no picture", "cut off", "one pixel", "begins elsewhere", "bytes between"],
)
def test_nothing_to_open(data: bytes) -> None:
    assert open_view(data) is None


@pytest.mark.parametrize("name", ["plain", "progressive"])
def test_flipped_and_cut_parts_are_refused_or_other_bytes(name: str) -> None:
    data = FILES[name]
    view = open_view(data)
    assert view is not None
    rng = random.Random(5)
    for attempt in range(120):
        parts = [bytearray(part) for part in view.parts]
        broken = parts[attempt % 2]
        for _ in range(rng.choice((1, 1, 4))):
            broken[rng.randrange(len(broken))] ^= 1 << rng.randrange(8)
        if attempt % 5 == 0:
            del broken[rng.randrange(len(broken)) // 4 * 4 :]
        with suppress(CorruptArchive):
            assert len(close_view(view.parameters, [bytes(part) for part in parts], len(data))) == len(data)


def test_nonsense_is_refused() -> None:
    data = jpeg()
    view = open_view(data)
    assert view is not None
    rest, words = view.parts
    for parameters, parts, limit in (
        (b"", view.parts, len(data)),
        (b"\2", view.parts, len(data)),
        (b"\1", (), len(data)),
        (b"\1", (rest,), len(data)),
        (b"\1", (b"", words), len(data)),
        (b"\1", (words, rest), len(data)),
        (b"\1", (rest, words[:-1]), len(data)),
        (b"\1", view.parts, len(data) - 1),
        (b"\1", view.parts, len(data) + 1),
    ):
        with pytest.raises(CorruptArchive, match="cannot be closed"):
            close_view(parameters, parts, limit)


def test_many_blocks_for_few_bytes_are_refused() -> None:
    view = open_view(jpeg(size=(640, 640)))
    assert view is not None
    with pytest.raises(CorruptArchive, match="more blocks than"):
        close_view(view.parameters, view.parts, 1000)
