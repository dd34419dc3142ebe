"""`formats/TRANSFORMS.md` describes the tables so that another program can read them: this one does, from the page."""

import hashlib
import lzma
import re
import struct
from pathlib import Path

import pytest

from nacomp.transforms import charset
from nacomp.transforms.charset_tables import CHARSETS

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "formats" / "TRANSFORMS.md").read_text(encoding="utf-8")
RAW = lzma.decompress((ROOT / "nacomp" / "transforms" / "charsets.xz").read_bytes())
NUMBERS = struct.unpack(f"<{len(RAW) // 4}I", RAW)
STARTS = {
    name: int(start.replace(",", ""))
    for start, name in re.findall(r"^\| ([\d,]+) \| [^|]* \| ([^|]*) \|$", PAGE, re.M)
}


def sequences(number: int, name: str) -> dict[int, bytes]:
    """The bytes of each character, by the page alone."""
    found = {code: bytes([code]) for code in range(128)}
    if number < 27:
        table = NUMBERS[number * 128 : number * 128 + 128]
        return found | {code: bytes([128 + place]) for place, code in enumerate(table) if code}
    found |= pairs(STARTS[f"{name}: two bytes"], b"")
    if name == "shift_jis":
        found |= {0xFF61 + byte - 0xA1: bytes([byte]) for byte in range(0xA1, 0xE0)}
    if name == "euc-jp":
        found |= {0xFF61 + byte - 0xA1: bytes([0x8E, byte]) for byte in range(0xA1, 0xE0)}
        found |= pairs(STARTS["euc-jp: the two bytes behind a byte 0x8F"], b"\x8f")
    if name == "gb18030":
        start = STARTS["gb18030: four bytes"]
        found |= {NUMBERS[start + place]: four_bytes(place) for place in range(39420)}
        found |= {0x10000 + place: four_bytes(189000 + place) for place in range(0, 0x100000, 997)}
    return found


def pairs(start: int, before: bytes) -> dict[int, bytes]:
    table = NUMBERS[start : start + 24066]
    return {
        code: before + bytes([0x81 + at // 191, 0x40 + at % 191]) for at, code in enumerate(table) if code
    }


def four_bytes(number: int) -> bytes:
    rest, fourth = divmod(number, 10)
    rest, third = divmod(rest, 126)
    first, second = divmod(rest, 10)
    return bytes([0x81 + first, 0x30 + second, 0x81 + third, 0x30 + fourth])


def test_the_page_states_the_digest_and_the_size() -> None:
    assert hashlib.sha256(RAW).hexdigest() in PAGE
    assert f"{len(NUMBERS):,} numbers" in PAGE


@pytest.mark.parametrize(("number", "name"), list(enumerate(CHARSETS)))
def test_closing_follows_the_page(number: int, name: str) -> None:
    assert re.search(rf"\| {number} \| {re.escape(name)} \|", PAGE)
    expected = sequences(number, name)
    text = "".join(map(chr, expected))
    assert charset.close_view(bytes([number]), (text.encode(),), 1 << 20) == b"".join(expected.values())
