"""What a JPEG XL file states of the JPEG that it rebuilds, read before anything is unpacked."""

import pytest

from nacomp.formats.errors import CorruptArchive
from nacomp.transforms import jxl
from nacomp.transforms.jxl_jpeg_list import check_jpeg_list
from tests.nacomp.transforms.pictures import jpeg


def boxed(fields: list[tuple[int, int]]) -> bytes:
    """A file with one `jbrd` box of (value, width) fields, the lowest bit first."""
    value = at = 0
    for number, width in fields:
        value |= number << at
        at += width
    content = value.to_bytes((at + 7) // 8 + 4, "little")
    return (8 + len(content)).to_bytes(4, "big") + b"jbrd" + content


def marker(code: int) -> tuple[int, int]:
    return code - 0xC0, 6


GREY, END, APPLICATION, COMMENT, SCAN, BETWEEN = (1, 1), *map(marker, (0xD9, 0xE1, 0xFE, 0xDA, 0xFF))


def test_the_sizes_of_segments_count() -> None:
    listed = boxed([GREY, APPLICATION, COMMENT, SCAN, END, (0, 2), (65535, 16), (9000, 16)])
    check_jpeg_list(listed, 9008 + 65535 - 65536)
    with pytest.raises(CorruptArchive, match="74,543 of segments and 1 scans"):
        check_jpeg_list(listed, 9006)


@pytest.mark.parametrize(
    ("selector", "width"),
    [((0, 2), 0), ((1, 2), 0), ((2, 2), 1), ((3, 2), 2)],
    ids=["0", "1", "2 or 3", "4 to 7"],
)
def test_every_kind_of_segment_is_passed_over(selector: tuple[int, int], width: int) -> None:
    fields = [GREY, APPLICATION, COMMENT, END, selector, (0, width), (500, 16), (65535, 16)]
    with pytest.raises(CorruptArchive, match="66,041 of segments"):
        check_jpeg_list(boxed(fields), 100)


def test_scans_and_bytes_between_segments_are_bounded() -> None:
    with pytest.raises(CorruptArchive, match="65 scans"):
        check_jpeg_list(boxed([GREY, *[SCAN] * 65, END]), 1000)
    with pytest.raises(CorruptArchive, match="196,618 of segments"):
        check_jpeg_list(boxed([GREY, *[BETWEEN] * 4, END]), 1000)


@pytest.mark.parametrize(
    "data", [b"", b"\0\0\0\x08jbrd", b"\0\0\0\x0cjbrd\0\0\0\0", b"\0\0\0\x02jxlc", b"\0\0\0\x01jbrd"]
)
def test_a_list_that_is_missing_or_endless(data: bytes) -> None:
    with pytest.raises(CorruptArchive):
        check_jpeg_list(data, 1000)


def test_a_real_file_is_read() -> None:
    pytest.importorskip("pylibjxl", reason="the extra nacomp[jpeg] is not installed")
    data = jpeg(comment=b"c" * 5000)
    picture = jxl.from_jpeg(data)
    assert picture is not None
    check_jpeg_list(picture, len(data))
    with pytest.raises(CorruptArchive, match=r"5,0[0-9]{2} of segments and 1 scans"):
        check_jpeg_list(picture, 5000 - 65536)
