"""The tables of the format: complete, unambiguous, and where Python's codecs say otherwise."""

import numpy as np
import pytest

from nacomp.transforms import charset_tables as tables
from nacomp.transforms.charset_tables import CHARSETS, MULTI_BYTE, NONE, SINGLE_BYTE

PYTHON = {
    "ibm866": "cp866", "macintosh": "mac_roman", "x-mac-cyrillic": "mac_cyrillic", "windows-874": "cp874",
    "shift_jis": "cp932", "euc-kr": "cp949", "big5": "big5hkscs",
}  # fmt: skip
"""Python's nearest codec, where it has another name."""
DIFFER = {
    "koi8-u": 2, "windows-874": 23, "windows-1250": 5, "windows-1251": 1, "windows-1252": 5, "windows-1253": 14,
    "windows-1254": 7, "windows-1255": 13, "windows-1257": 10, "windows-1258": 9,
}  # fmt: skip
"""Characters of single bytes that this Python codec does not give, or gives another for; the others agree in all."""
DIFFER_IN_SOME = {"euc-jp": 453, "gb18030": 2, "big5": 126}
"""The same for pairs, in Python 3.11; other versions have other tables, so this is a bound."""


def spelled(charset: str) -> list[tuple[bytes, str]]:
    """Every character of an encoding, with its bytes."""
    table = tables.encoded(charset)
    characters = np.flatnonzero(table != NONE).tolist()
    return [(_bytes(int(table[code])), chr(code)) for code in characters]


def _bytes(value: int) -> bytes:
    return value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big")


@pytest.mark.parametrize("charset", CHARSETS)
def test_every_pair_of_bytes_is_one_character_and_back(charset: str) -> None:
    encoded = tables.encoded(charset)
    ones = tables.decode_ones(charset)
    some = np.flatnonzero(ones != NONE)
    assert np.array_equal(encoded[ones[some]], some)
    if charset in MULTI_BYTE:
        pairs = tables.decode_pairs(charset)
        some = np.flatnonzero(pairs != NONE)
        assert np.array_equal(encoded[pairs[some]], some)


def test_the_order_of_the_format() -> None:
    assert len(CHARSETS) == 32
    assert (CHARSETS.index("koi8-r"), CHARSETS.index("windows-1252"), CHARSETS.index("big5")) == (13, 19, 30)


def test_latin_1_is_windows_1252_in_every_byte_from_160() -> None:
    assert tables.decode_ones("windows-1252")[160:].tolist() == list(range(160, 256))
    assert (tables.decode_ones("windows-1252") != NONE).all()


def test_gb18030_has_every_character_below_10000_but_one() -> None:
    table = tables.encoded("gb18030")
    missing = set(np.flatnonzero(table[:0x10000] == NONE).tolist())
    assert missing == {*range(0xD800, 0xE000), 0xE5E5}


@pytest.mark.parametrize(
    ("charset", "raw", "text"),
    [
        ("shift_jis", b"\x81\x60", "～"),
        ("shift_jis", b"\xfa\x54", None),  # the other way to write U+FFE2
        ("euc-jp", b"\x8e\xb1", "ｱ"),
        ("big5", b"\xf9\xf9", "═"),  # the last of two pointers
        ("big5", b"\x88\x62", None),  # two characters
        ("gb18030", b"\xa8\xbf", "ǹ"),
        ("euc-kr", b"\xc8\xfe", "힝"),
    ],
)
def test_choices_of_the_standard(charset: str, raw: bytes, text: str | None) -> None:
    assert tables.decode_pairs(charset)[int.from_bytes(raw, "big")] == (NONE if text is None else ord(text))


@pytest.mark.parametrize("charset", CHARSETS)
def test_where_python_differs(charset: str) -> None:
    codec = PYTHON.get(charset, charset.replace("windows-", "cp"))
    others = sum(not _same(raw, text, codec) for raw, text in spelled(charset))
    if charset in SINGLE_BYTE:
        assert others == DIFFER.get(charset, 0)
    else:
        assert others <= DIFFER_IN_SOME.get(charset, 0) + 100


def _same(raw: bytes, text: str, codec: str) -> bool:
    try:
        return raw.decode(codec) == text
    except UnicodeDecodeError:
        return False


def test_all_single_bytes_are_listed() -> None:
    assert len(SINGLE_BYTE) == 27
    assert all((tables.decode_ones(name)[128:] != NONE).sum() >= 80 for name in SINGLE_BYTE)
