"""What is no JPEG file, or none of those that are taken apart: None from both implementations, whatever the file says."""

from collections.abc import Callable

import pytest

from nacomp.models.jpeg import _jpeg, reference
from tests.models.jpeg.samples import COLOUR, COM, PLAIN, PROGRESSIVE, Segments

DQT, DHT, SOF0, SOF1, SOF2, SOS, DRI, DNL = 0xDB, 0xC4, 0xC0, 0xC1, 0xC2, 0xDA, 0xDD, 0xDC
GREY, RGB, STEPPED = Segments.of(PLAIN), Segments.of(COLOUR), Segments.of(PROGRESSIVE)
FRAME, SCAN = GREY.body(SOF0), GREY.body(SOS)
EMPTY_TABLE = bytes(17)


def both(file: bytes) -> tuple[int, bytes, bytes] | None:
    """What both make of it."""
    found = _jpeg.take_apart(file)
    assert found == reference.take_apart(file)
    return found


def patched(body: bytes, at: int, *values: int) -> bytes:
    """A segment with other bytes from a place on."""
    return body[:at] + bytes(values) + body[at + len(values) :]


def huffman(*counts: int, values: bytes | None = None) -> bytes:
    """A table of AC codes, number 3."""
    count = sum(counts)
    shown = bytes(range(min(count, 256))) if values is None else values
    return bytes([0x13, *counts, *bytes(16 - len(counts))]) + shown


ACCEPTED = {
    "as it is": GREY,
    "in colour": RGB,
    "progressive": STEPPED,
    "SOF1": GREY.replace(SOF0, FRAME, SOF1),
    "a comment": GREY.first(COM, b"x"),
    "a segment without a byte": GREY.first(COM, b""),
    "a table that is just full": GREY.first(DHT, huffman(2)),
    "a table of 256 codes": GREY.first(DHT, huffman(0, 0, 0, 0, 0, 0, 0, 256 - 1, 1)),
    "an empty table": GREY.first(DHT, b"\x03" + bytes(16)),
    "steps of 16 bits": GREY.first(DQT, b"\x13" + b"\1\0" * 64),
    "restarts that never come": GREY.first(DRI, b"\xff\xff"),
    "factors of an only component": GREY.replace(SOF0, patched(FRAME, 7, 0x43)),
    "a component that is never scanned": GREY.replace(SOF0, FRAME[:5] + b"\2" + FRAME[6:] + b"\2\x11\0"),
    "64 scans": Segments(GREY.segments, GREY.scans[:-2]),
}
ACCEPTED["64 scans"].scans = (GREY.scans[:-2] + b"\xff\xda\0\x08" + SCAN) * 63 + GREY.scans


@pytest.mark.parametrize("name", ACCEPTED)
def test_accepted(name: str) -> None:
    """What stands beside each refusal, so that it is refused for its fault alone."""
    file = ACCEPTED[name].file()
    parts = both(file)
    assert parts is not None
    assert _jpeg.put_together(*parts, len(file)) == file


REFUSED: dict[str, Segments] = {
    "lossless": GREY.replace(SOF0, FRAME, 0xC3),
    "hierarchical": GREY.replace(SOF0, FRAME, 0xC5),
    "arithmetic-coded": GREY.replace(SOF0, FRAME, 0xC9),
    "arithmetic-coded, progressive": STEPPED.replace(SOF2, STEPPED.body(SOF2), 0xCA),
    "arithmetic conditioning": GREY.first(0xCC, b"\0\0"),
    "12 bits": GREY.replace(SOF0, patched(FRAME, 0, 12)),
    "no height": GREY.replace(SOF0, patched(FRAME, 1, 0, 0)),
    "height that comes later": GREY.first(DNL, b"\0\x0c"),
    "no width": GREY.replace(SOF0, patched(FRAME, 3, 0, 0)),
    "no component": GREY.replace(SOF0, patched(FRAME[:6], 5, 0)),
    "five components": GREY.replace(
        SOF0, FRAME[:5] + b"\5" + b"".join(bytes([i, 0x11, 0]) for i in range(5))
    ),
    "two components of one name": RGB.replace(SOF0, patched(RGB.body(SOF0), 9, 1)),
    "a factor of 0": GREY.replace(SOF0, patched(FRAME, 7, 0x01)),
    "a factor of 5": GREY.replace(SOF0, patched(FRAME, 7, 0x15)),
    "a quantisation table beyond 3": GREY.replace(SOF0, patched(FRAME, 8, 4)),
    "no quantisation table": GREY.without(DQT),
    "a quantisation table that is not there": GREY.replace(SOF0, patched(FRAME, 8, 2)),
    "a frame with more in it": GREY.replace(SOF0, FRAME + b"x"),
    "a frame that is cut off": GREY.replace(SOF0, FRAME[:-1]),
    "a component that is never scanned, without a table": GREY.replace(
        SOF0, FRAME[:5] + b"\2" + FRAME[6:] + b"\2\x11\3"
    ),
    "a second frame": GREY.first(SOF0, FRAME),
    "no frame": GREY.without(SOF0),
    "more blocks than the file can hold": GREY.replace(SOF0, patched(FRAME, 1, 0xFF, 0xFF, 0xFF, 0xFF)),
    "a few more blocks than the file can hold": GREY.replace(SOF0, patched(FRAME, 1, 4, 0, 2, 0)),
    "a picture taller than its scan": GREY.replace(SOF0, patched(FRAME, 1, 0, 60)),
    "a step of 0": GREY.first(DQT, b"\0" + bytes(63) + b"\1"),
    "a step of 0 in 16 bits": GREY.first(DQT, b"\x13" + b"\1\0" * 63 + b"\0\0"),
    "a quantisation table of another kind": GREY.first(DQT, b"\x23" + b"\1" * 64),
    "a quantisation table's number": GREY.first(DQT, b"\x04" + b"\1" * 64),
    "a quantisation table that is cut off": GREY.first(DQT, b"\x03" + b"\1" * 63),
    "a Huffman table too full": GREY.first(DHT, huffman(3)),
    "a Huffman table too full at the end": GREY.first(DHT, huffman(1, 1, 1, 2, 1)),
    "257 codes": GREY.first(DHT, huffman(0, 0, 0, 0, 0, 0, 0, 200, 57, values=bytes(range(256)) + b"x")),
    "a value with two codes": GREY.first(DHT, huffman(1, 1, values=b"aa")),
    "a Huffman table's number": GREY.first(DHT, b"\x04" + EMPTY_TABLE[1:]),
    "a Huffman table of another kind": GREY.first(DHT, b"\x20" + EMPTY_TABLE[1:]),
    "a Huffman table that is cut off": GREY.first(DHT, huffman(1, 1, values=b"a")),
    "no Huffman table": GREY.without(DHT),
    "restarts that are due": GREY.first(DRI, b"\0\1"),
    "an interval that is cut off": GREY.first(DRI, b"\0"),
    "a scan of no component": GREY.replace(SOS, patched(SCAN, 0, 0)),
    "a scan of five": GREY.replace(SOS, b"\5" + SCAN[1:3] * 5 + SCAN[3:]),
    "a scan of what is not there": GREY.replace(SOS, patched(SCAN, 1, 77)),
    "a scan with a table beyond 3": GREY.replace(SOS, patched(SCAN, 2, 0x40)),
    "a scan with more in it": GREY.replace(SOS, SCAN + b"x"),
    "a scan's header that is cut off": GREY.replace(SOS, SCAN[:-1]),
    "part of a baseline scan": GREY.replace(SOS, patched(SCAN, 4, 62)),
    "bits left out of a baseline scan": GREY.replace(SOS, patched(SCAN, 5, 1)),
    "a band from DC on": STEPPED.replace(SOS, patched(STEPPED.body(SOS), 8, 5)),
    "14 bits left out": STEPPED.replace(SOS, patched(STEPPED.body(SOS), 9, 14)),
    "a scan that refines by two bits": STEPPED.replace(SOS, patched(STEPPED.body(SOS), 9, 0x31)),
    "65 scans": Segments(GREY.segments, (GREY.scans[:-2] + b"\xff\xda\0\x08" + SCAN) * 64 + GREY.scans),
    "no end": Segments(GREY.segments, GREY.scans[:-2]),
    "a marker below C0": Segments(GREY.segments, GREY.scans[:-2] + b"\xff\x01\xff\xd9"),
    "a start within": Segments(GREY.segments, GREY.scans[:-2] + b"\xff\xd8\xff\xd9"),
    "a byte behind the scan": Segments(GREY.segments, GREY.scans[:-2] + b"x\xff\xd9"),
    "another bit in the padding": Segments(
        GREY.segments, GREY.scans[:-3] + bytes([GREY.scans[-3] ^ 1]) + b"\xff\xd9"
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    assert both(REFUSED[name].file()) is None


@pytest.mark.parametrize(
    "file", [b"", b"\xff", b"\xff\xd8", b"\xff\xd8\xff\xd9", b"\x89PNG\r\n\x1a\n", bytes(100)]
)
def test_refused_what_is_no_jpeg(file: bytes) -> None:
    assert both(file) is None


@pytest.mark.parametrize("whole", [PLAIN, PROGRESSIVE])
def test_refused_truncated(whole: bytes) -> None:
    for size in range(len(whole)):
        assert both(whole[:size]) is None


def test_refused_parts() -> None:
    """Of files that are refused, and sizes that no file has."""
    for name in (
        "no quantisation table",
        "more blocks than the file can hold",
        "12 bits",
        "no frame",
        "a step of 0",
    ):
        file = REFUSED[name]
        refused(Segments(file.segments, b"\xff\xd9").file(), bytes(100), len(PLAIN))
    parts = both(PLAIN)
    assert parts is not None
    _, rest, words = parts
    for size in (0, 1, len(PLAIN) - 1, len(PLAIN) + 1, 1 << 27, (1 << 28) + 1):
        refused(rest, words, size)
    refused(rest, words + b"x", len(PLAIN))
    refused(rest, words, len(PLAIN), padding=2)
    refused(b"", b"", 0)


def refused(rest: bytes, words: bytes, size: int, padding: int = 1) -> None:
    """By both, with ValueError."""
    calls: list[Callable[..., bytes]] = [_jpeg.put_together, reference.put_together]
    for call in calls:
        with pytest.raises(ValueError, match=r".+"):
            call(padding, rest, words, size)
