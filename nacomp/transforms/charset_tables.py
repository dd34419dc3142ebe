"""The tables of the old text encodings: part of the format, read from `charsets.xz` beside this file.

Python's codecs lost: their tables are a Python version's own, and 3.11's give 670 of the 128,779 characters here
otherwise or not at all (`tests/nacomp/transforms/test_charset_tables.py` counts them).
`packaging/make_charsets.py` made the file from the WHATWG encoding standard's indexes; `formats/TRANSFORMS.md`
has its layout and SHA-256.
"""

import hashlib
import lzma
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.uint32]

SINGLE_BYTE = (
    "ibm866", "iso-8859-2", "iso-8859-3", "iso-8859-4", "iso-8859-5", "iso-8859-6", "iso-8859-7",
    "iso-8859-8", "iso-8859-10", "iso-8859-13", "iso-8859-14", "iso-8859-15", "iso-8859-16",
    "koi8-r", "koi8-u", "macintosh", "windows-874", "windows-1250", "windows-1251", "windows-1252",
    "windows-1253", "windows-1254", "windows-1255", "windows-1256", "windows-1257", "windows-1258",
    "x-mac-cyrillic",
)  # fmt: skip
"""By the standard's names, in the order of the file; windows-1252 is also Latin-1, byte for byte."""
MULTI_BYTE = ("shift_jis", "euc-jp", "gb18030", "big5", "euc-kr")
CHARSETS = SINGLE_BYTE + MULTI_BYTE
"""An encoding's number in the format is its place here."""

LEAD, TRAIL = 0x81, 0x40
LEADS, TRAILS = 126, 191
FOUR_BYTES = 39420
"""Characters below U+10000 that gb18030 can write with four bytes."""
ASTRAL_LINEAR = 189000
"""The linear number of gb18030's four bytes that stand for U+10000."""
NONE = 0xFFFFFFFF
"""In the tables below: no character, no bytes."""

SHA256 = "f0eddcf422bab09ba549d80b66848ad3cff73276563fa798280ab2d72f1ded7c"
_PAIRS = {"shift_jis": 0, "euc-jp": 1, "euc-jp 3": 2, "gb18030": 3, "big5": 4, "euc-kr": 5}


@cache
def decode_ones(charset: str) -> Table:
    """(256,) characters of single bytes, NONE where a byte alone is none."""
    table = np.full(256, NONE, np.uint32)
    table[:128] = np.arange(128)
    if charset in SINGLE_BYTE:
        row = _raw()[SINGLE_BYTE.index(charset) * 128 :][:128]
        table[128:] = np.where(row == 0, NONE, row)
    elif charset == "shift_jis":
        table[0xA1:0xE0] = np.arange(0xFF61, 0xFFA0)
    return table


@cache
def decode_pairs(charset: str) -> Table:
    """(65536,) characters of two bytes, the first the higher; "euc-jp 3" is what follows the byte 0x8F."""
    at = len(SINGLE_BYTE) * 128 + _PAIRS[charset] * LEADS * TRAILS
    dense = _raw()[at : at + LEADS * TRAILS].reshape(LEADS, TRAILS)
    table = np.full((256, 256), NONE, np.uint32)
    table[LEAD : LEAD + LEADS, TRAIL : TRAIL + TRAILS] = np.where(dense == 0, NONE, dense)
    if charset == "euc-jp":
        table[0x8E, 0xA1:0xE0] = np.arange(0xFF61, 0xFFA0)
    return table.reshape(-1)


@cache
def decode_fours() -> Table:
    """(39420,) characters below U+10000 by the linear number of gb18030's four bytes."""
    return _raw()[-FOUR_BYTES:]


@cache
def encoded(charset: str) -> Table:
    """(0x30000,) for each character its bytes as one number, the first byte the highest, or NONE.

    A character has the fewest bytes of all it could have.
    """
    table = np.full(0x30000, NONE, np.uint32)
    if charset == "gb18030":
        linear = np.arange(FOUR_BYTES, dtype=np.uint32)
        table[decode_fours()] = from_linear(linear)
    if charset == "euc-jp":
        _invert(table, decode_pairs("euc-jp 3"), 0x8F0000)
    if charset in MULTI_BYTE:
        _invert(table, decode_pairs(charset), 0)
    _invert(table, decode_ones(charset), 0)
    return table


def from_linear(linear: Table) -> Table:
    """(n,) four bytes of gb18030 as one number each: leads in base 126, digits in base 10."""
    fourth = linear % 10
    third = linear // 10 % 126
    second = linear // 1260 % 10
    first = linear // 12600
    return ((first + 0x81) << 24 | (second + 0x30) << 16 | (third + 0x81) << 8 | fourth + 0x30).astype(
        np.uint32
    )


def _invert(table: Table, characters: Table, offset: int) -> None:
    units = np.flatnonzero(characters != NONE)[::-1]  # the first of several is written last and stays
    table[characters[units]] = units + offset


@cache
def _raw() -> Table:
    packed = Path(__file__).with_name("charsets.xz").read_bytes()
    raw = lzma.decompress(packed, lzma.FORMAT_XZ)
    if hashlib.sha256(raw).hexdigest() != SHA256:
        raise RuntimeError("charsets.xz is not the one of this release: install nacomp again")
    return np.frombuffer(raw, "<u4").astype(np.uint32)
