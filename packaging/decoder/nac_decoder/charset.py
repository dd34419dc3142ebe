"""TRANSFORMS.md, "Text encodings": text in another encoding, between its strays."""

import hashlib
import lzma
import struct
from collections.abc import Callable
from functools import cache

from nac_decoder.errors import Refused, check
from nac_decoder.numbers import Numbers
from nac_decoder.pages import kept

TABLES = "nacomp/transforms/charsets.xz"
"""The page names this file: it belongs to the definition, as the embedded model does."""
DIGEST = "f0eddcf422bab09ba549d80b66848ad3cff73276563fa798280ab2d72f1ded7c"
UTF = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
SHIFT_JIS, EUC_JP, GB18030 = 27, 28, 29
TWO_BYTES = {27: 3_456, 28: 27_522, 29: 75_654, 30: 99_720, 31: 123_786}
"""Encoding to where its table begins."""


def close_utf(given: Numbers, parts: list[bytes]) -> bytes:
    """`utf-1`."""
    number = given.take(1)[0]
    check(number < len(UTF), "text view is malformed")
    return _with_strays(parts, lambda text: text.encode(UTF[number]))


def close_charset(given: Numbers, parts: list[bytes]) -> bytes:
    """`charset-1`."""
    number = given.take(1)[0]
    check(number < 32, "text view is malformed")
    table = _sequences(number)

    def encoded(text: str) -> bytes:
        try:
            return b"".join(_sequence(number, table, ord(character)) for character in text)
        except KeyError as error:
            raise Refused("encoding has no such character") from error

    return _with_strays(parts, encoded)


def _with_strays(parts: list[bytes], encoded: Callable[[str], bytes]) -> bytes:
    check(1 <= len(parts) <= 2, "text view is malformed")
    try:
        text = parts[0].decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("text part is no text") from error
    found, at, strays = b"", 0, Numbers(b"".join(parts[1:]))
    while strays.at < len(strays.data):
        following = at + strays.varint()
        check(following <= len(text), "stray is behind the text")
        found += encoded(text[at:following]) + strays.take(strays.varint())
        at = following
    return found + encoded(text[at:])


def _sequence(number: int, table: dict[int, bytes], point: int) -> bytes:
    if number == GB18030 and point >= 0x10000:
        return _four_bytes(189_000 + point - 0x10000)
    return table[point]


@cache
def _sequences(number: int) -> dict[int, bytes]:
    """From a code point to its bytes."""
    table = {point: bytes([point]) for point in range(128)}
    if number < SHIFT_JIS:
        rows = _numbers(128 * number, 128)
        return table | {point: bytes([128 + n]) for n, point in enumerate(rows) if point}
    table |= _two_bytes(TWO_BYTES[number])
    if number == SHIFT_JIS:
        table |= {0xFF61 + n: bytes([0xA1 + n]) for n in range(63)}
    if number == EUC_JP:
        table |= {0xFF61 + n: bytes([0x8E, 0xA1 + n]) for n in range(63)}
        table |= {point: b"\x8f" + pair for point, pair in _two_bytes(51_588).items()}
    if number == GB18030:
        rows = _numbers(147_852, 39_420)
        table |= {point: _four_bytes(n) for n, point in enumerate(rows) if point}
    return table


def _two_bytes(start: int) -> dict[int, bytes]:
    rows = _numbers(start, 24_066)
    return {point: bytes([0x81 + n // 191, 0x40 + n % 191]) for n, point in enumerate(rows) if point}


def _four_bytes(number: int) -> bytes:
    front, back = divmod(number, 1260)
    return bytes([0x81 + front // 10, 0x30 + front % 10, 0x81 + back // 10, 0x30 + back % 10])


def _numbers(start: int, count: int) -> tuple[int, ...]:
    data = lzma.decompress(kept(TABLES))
    check(hashlib.sha256(data).hexdigest() == DIGEST, "tables are others")
    return struct.unpack_from(f"<{count}I", data, 4 * start)
