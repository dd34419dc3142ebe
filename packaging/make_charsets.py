"""Write nacomp/transforms/charsets.xz, the tables of the old text encodings, and print their SHA-256.

    apt-get download librust-encoding-rs-dev && dpkg-deb -x librust-encoding-rs-dev_*.deb FOLDER
    python packaging/make_charsets.py FOLDER/usr/share/cargo/registry/encoding_rs-*/src

The source is encoding_rs, Firefox's implementation of the WHATWG encoding standard: its tables of single bytes, and
the lists of its tests, which name every pointer of the standard's indexes with its character (public domain). The
tables are part of the archive format, so they are made once and committed; `formats/TRANSFORMS.md` describes their
layout. Written so, they hold one pair of bytes for each character: the one that the standard's encoder writes, or the
first where the standard only decodes it.
"""

import hashlib
import lzma
import re
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.uint32]

LEADS, TRAILS = 126, 191
BIG5_LAST = {0x2550, 0x255E, 0x2561, 0x256A, 0x5341, 0x5345}
"""The standard's encoder writes the last pointer of these, and the first of all others."""
FILTERS = [
    {"id": lzma.FILTER_DELTA, "dist": 4},
    {"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "lc": 0, "lp": 2, "pb": 2},
]
TARGET = Path(__file__).resolve().parent.parent / "nacomp" / "transforms" / "charsets.xz"


def main(source: Path) -> None:
    """Collect the tables in the order of the page, pack them, and print their digest."""
    data = (source / "data.rs").read_text(encoding="utf-8")
    tests = source / "test_data"
    jis0208 = pairs(tests, "jis0208")
    jis0212 = pairs(tests, "jis0212")
    jis0212[np.isin(jis0212, jis0208)] = 0
    tables = [
        *single_bytes(data),
        pairs(tests, "shift_jis", lambda pointer, _: (8272 <= pointer < 8836, pointer)),
        jis0208,
        jis0212,
        pairs(tests, "gb18030"),
        pairs(tests, "big5", lambda at, cp: (at < 5024, -at if cp in BIG5_LAST else at)),
        pairs(tests, "euc_kr"),
        four_bytes(data),
    ]
    raw = np.concatenate(tables).astype("<u4").tobytes()
    TARGET.write_bytes(lzma.compress(raw, lzma.FORMAT_XZ, lzma.CHECK_CRC32, filters=FILTERS))
    print(f"{len(raw):,} bytes in {TARGET.stat().st_size:,}, SHA-256 {hashlib.sha256(raw).hexdigest()}")


def single_bytes(data: str) -> list[Table]:
    """(27,) tables of the characters of the bytes 128 to 255, 0 for none, in the alphabet's order of their names."""
    found = re.findall(r"^    [a-z0-9_]+: \[\n(.*?)^    \],", data, re.S | re.M)
    return [_numbers(text) for text in found]


def pairs(tests: Path, name: str, rank: Callable[[int, int], object] = lambda pointer, _: pointer) -> Table:
    """(126 * 191,) characters of (lead - 0x81) * 191 + (trail - 0x40); of several pairs for one, the lowest rank."""
    table = np.zeros(LEADS * TRAILS, np.uint32)
    best: dict[int, tuple[object, bytes]] = {}
    spelled = _lines(tests / f"{name}_in.txt", b"\n")
    shown = [line.decode() for line in _lines(tests / f"{name}_in_ref.txt", b"\n")]
    for pointer, (pair, text) in enumerate(zip(spelled, shown, strict=True)):
        if len(pair) < 2 or len(text) != 1 or text == "\ufffd":
            continue
        key = rank(pointer, ord(text))
        if ord(text) not in best or key < best[ord(text)][0]:  # type: ignore[operator]
            best[ord(text)] = key, pair[-2:]
    for code_point, (_, (lead, trail)) in best.items():
        table[(lead - 0x81) * TRAILS + trail - 0x40] = code_point
    return table


def four_bytes(data: str) -> Table:
    """(39420,) characters of gb18030's four bytes below U+10000, by their linear number."""
    starts = _numbers(_array(data, "GB18030_RANGE_POINTERS"))
    offsets = _numbers(_array(data, "GB18030_RANGE_OFFSETS"))
    pointer = np.arange(39420)
    row = np.searchsorted(starts, pointer, side="right") - 1
    table = (offsets[row] + pointer - starts[row]).astype(np.uint32)
    table[7457] = 0xE7C7  # a special case of the standard, outside its ranges
    return table


def _lines(path: Path, end: bytes) -> list[bytes]:
    """What follows the licence, which an empty line and two lines about the generator close."""
    lines = path.read_bytes().split(end)
    return lines[lines.index(b"") + 3 : -1]


def _array(data: str, name: str) -> str:
    found = re.search(rf"pub static {name}: [^=]*= \[(.*?)\];", data, re.S)
    if found is None:
        raise SystemExit(f"{name} is not in data.rs")
    return found.group(1)


def _numbers(text: str) -> Table:
    return np.array([int(number, 16) for number in re.findall("0x[0-9A-F]+", text)], np.uint32)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
