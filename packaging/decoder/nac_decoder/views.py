"""TRANSFORMS.md: a view's parameters and parts, to the content that it was opened on."""

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from functools import partial
from typing import Any

from nac_decoder.charset import close_charset, close_utf
from nac_decoder.deflate import close_deflate
from nac_decoder.errors import Refused, check
from nac_decoder.jpeg import close_jpeg
from nac_decoder.numbers import Numbers
from nac_decoder.pictures import close_png_rows
from nac_decoder.quoted_printable import close_quoted_printable


def close_view(method: dict[str, Any], parameters: bytes, parts: list[bytes], size: int) -> bytes:
    """By the method's id. Views that are not here are refused."""
    views: dict[str, Callable[[Numbers, list[bytes]], bytes]] = {
        "utf-1": close_utf,
        "charset-1": close_charset,
        "base64-1": _base64,
        "hex-1": _hexadecimal,
        "quoted-printable-1": close_quoted_printable,
        "deflate-1": close_deflate,
        "jpeg-3": partial(close_jpeg, size=size),
        "png-rows-2": partial(close_png_rows, size=size),
    }
    view = views.get(method["parameters"].get("id", ""))
    if view is None:
        raise Refused(f"no view {method['parameters'].get('id')}")
    given = Numbers(parameters)
    made = view(given, parts)
    check(given.at == len(parameters) and len(made) == size, "view makes another size")
    return made


def _base64(given: Numbers, parts: list[bytes]) -> bytes:
    flags = given.take(1)[0]
    check(len(parts) == 1 and flags < 128, "base64 view is malformed")
    url, padding, spare = flags & 1, flags >> 1 & 3, flags >> 3
    missing = -len(parts[0]) % 3
    check(padding in (0, missing), "base64 ends with another number of =")
    check(spare < (1, 4, 16)[missing], "spare bits are none")
    encode = urlsafe_b64encode if url else b64encode
    symbols = encode(parts[0])
    symbols = symbols[: len(symbols) - missing]
    if spare:
        values = {encode(bytes([n << 2]))[:1]: n for n in range(64)}
        symbols = symbols[:-1] + encode(bytes([values[symbols[-1:]] + spare << 2]))[:1]
    return _in_lines(given, symbols + b"=" * padding)


def _hexadecimal(given: Numbers, parts: list[bytes]) -> bytes:
    upper = given.take(1)[0]
    check(len(parts) == 1 and upper <= 1, "hexadecimal view is malformed")
    digits = parts[0].hex().encode()
    return _in_lines(given, digits.upper() if upper else digits)


def _in_lines(given: Numbers, characters: bytes) -> bytes:
    """Cut after every so many characters."""
    length, between = given.varint(), given.take(len(given.data) - given.at)
    check(bool(length) == bool(between) and len(between) <= 16, "lines are malformed")
    if not length:
        return characters
    return between.join(characters[at : at + length] for at in range(0, len(characters), length))
