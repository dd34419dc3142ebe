"""JPEG files become JPEG XL and the same bytes again."""

import random

import pytest
from PIL import Image

from nacomp.errors import ExtraMissing
from nacomp.formats.errors import CorruptArchive
from nacomp.transforms import jxl
from nacomp.transforms.jpeg import close_view, open_view
from tests.nacomp.transforms.pictures import jpeg

pytest.importorskip("pylibjxl", reason="the extra nacomp[jpeg] is not installed")


def with_exif() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "a description"
    return jpeg(exif=exif, comment=b"a comment " * 20)


FILES = {
    "plain": jpeg(),
    "progressive": jpeg(progressive=True),
    "grey": jpeg("L"),
    "no subsampling": jpeg(subsampling=0),
    "optimised": jpeg(optimize=True),
    "restart markers": jpeg(restart_marker_rows=1),
    "odd size": jpeg(size=(203, 71)),
    "exif and comment": with_exif(),
    "bytes behind the end": jpeg() + b"what a camera keeps here" * 9,
    "bytes between": jpeg()[:2000] + b"\xff\x00" + jpeg()[2000:],
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_shrinks_and_comes_back(name: str) -> None:
    data = FILES[name]
    view = open_view(data)
    assert view is not None
    assert view.parameters == b""
    assert len(view.parts[0]) < 0.97 * len(data)
    assert close_view(view.parameters, view.parts, len(data)) == data


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\xd8\xff" + bytes(2000), jpeg()[:-900], jpeg("CMYK"), jpeg(size=(1, 1)), b"x" + jpeg()],
    ids=["empty", "no picture", "cut off", "cmyk", "one pixel", "begins elsewhere"],
)
def test_nothing_to_open(data: bytes) -> None:
    assert open_view(data) is None


def test_flipped_and_cut_pictures_are_refused_or_other_bytes() -> None:
    data = jpeg()
    view = open_view(data)
    assert view is not None
    rng = random.Random(5)
    refused = 0
    for attempt in range(150):
        broken = bytearray(view.parts[0])
        for _ in range(rng.choice((1, 1, 4))):
            broken[rng.randrange(min(len(broken), 300 if attempt % 2 else len(broken)))] ^= (
                1 << rng.randrange(8)
            )
        if attempt % 5 == 0:
            del broken[rng.randrange(len(broken)) :]
        try:
            assert len(close_view(b"", (bytes(broken),), len(data))) <= len(data)
        except CorruptArchive:
            refused += 1
    assert refused > 100


def test_nonsense_is_refused() -> None:
    data = jpeg()
    view = open_view(data)
    assert view is not None
    for parameters, parts, limit, reason in (
        (b"x", view.parts, len(data), "1 bytes of parameters"),
        (b"", (), len(data), "0 parts"),
        (b"", (b"",), len(data), "no JPEG XL picture"),
        (b"", (data,), len(data), "no JPEG XL picture"),
        (b"", view.parts, len(data) - 1, "expected at most"),
    ):
        with pytest.raises(CorruptArchive, match=reason):
            close_view(parameters, parts, limit)


def test_a_picture_that_is_no_jpeg_is_refused() -> None:
    from tests.nacomp.transforms.pictures import scene

    picture = jxl.from_pixels(scene(50, 50))
    assert picture is not None
    with pytest.raises(CorruptArchive, match="is no JPEG"):
        close_view(b"", (picture,), 10_000)


def test_many_pixels_for_few_bytes_are_refused() -> None:
    view = open_view(jpeg(size=(640, 640)))
    assert view is not None
    with pytest.raises(CorruptArchive, match="640 x 640 pixels"):
        close_view(b"", view.parts, 1000)


def test_without_the_binding_an_archive_says_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    data = jpeg()
    view = open_view(data)
    assert view is not None
    monkeypatch.setattr(jxl, "_load", lambda: None)
    assert open_view(data) is None
    assert not jxl.available()
    with pytest.raises(ExtraMissing, match=r"pip install 'nacomp\[jpeg\]'"):
        close_view(view.parameters, view.parts, len(data))
