"""TRANSFORMS.md, `quoted-printable-1`."""

from itertools import pairwise

from nac_decoder.errors import check
from nac_decoder.numbers import Numbers

LF, CR, BLANKS = 10, 13, (9, 32)


def close_quoted_printable(given: Numbers, parts: list[bytes]) -> bytes:
    """Bytes and what is said about their escapes and breaks, to the text of a mail."""
    flags, longest = given.take(2)
    extra = given.take(len(given.data) - given.at)
    check(flags < 16 and len(extra) <= 32, "quoted-printable view is malformed")
    check(all(33 <= one <= 126 and one != 61 for one in extra), "extra characters are malformed")
    check(all(a < b for a, b in pairwise(extra)), "extra characters are out of order")
    check(len(parts) == 1 + bool(flags & 4) + bool(flags & 8), "quoted-printable has other parts")
    data, crlf = parts[0], bool(flags & 2)
    exceptions = _places(parts[-1], len(data) - 1) if flags & 8 else []
    escaped = _escaped(data, extra, crlf)
    for place in set(exceptions):
        escaped[place] = not escaped[place]
    breaks = _places(parts[1], len(data)) if flags & 4 else _breaks(data, escaped, longest)
    return _written(data, escaped, breaks, b"\r\n" if crlf else b"\n", lower=bool(flags & 1))


def _places(part: bytes, last: int) -> list[int]:
    numbers, place, found = Numbers(part), 0, []
    while numbers.at < len(part):
        place += numbers.varint()
        check(place <= last, "place is beyond the bytes")
        found.append(place)
    return found


def _escaped(data: bytes, extra: bytes, crlf: bool) -> list[bool]:
    """Rules 1 to 3."""
    end = b"\r\n" if crlf else b"\n"
    found = []
    for at, byte in enumerate(data):
        own = (byte < 32 and byte not in (9, LF)) or byte >= 127 or byte == 61 or byte in extra
        if crlf and byte == CR and data[at + 1 : at + 2] == b"\n":
            own = False
        if crlf and byte == LF and data[at - 1 : at] != b"\r":
            own = True
        if byte in BLANKS and (at + 1 == len(data) or data.startswith(end, at + 1)):
            own = True
        found.append(own)
    return found


def _breaks(data: bytes, escaped: list[bool], longest: int) -> list[int]:
    found, start = [], 0
    while start < len(data):
        behind = start
        while behind < len(data) and (data[behind] != LF or escaped[behind]):
            behind += 1
        end = behind
        if end > start and data[end - 1] == CR and not escaped[end - 1]:
            end -= 1
        found += _breaks_of_line([3 if one else 1 for one in escaped[start:end]], start, longest)
        start = behind + 1
    return found


def _breaks_of_line(widths: list[int], start: int, longest: int) -> list[int]:
    found, at, left = [], 0, sum(widths)
    while left > longest:
        width, first = 0, at
        while width + widths[at] <= longest - 1:
            width += widths[at]
            at += 1
        if at == first:
            break
        left -= width
        found.append(start + at)
    return found


def _written(data: bytes, escaped: list[bool], breaks: list[int], end: bytes, *, lower: bool) -> bytes:
    out, waiting = bytearray(), list(reversed(breaks))
    for at in range(len(data) + 1):
        while waiting and waiting[-1] == at:
            waiting.pop()
            out += b"=" + end
        if at < len(data):
            digits = b"=%02x" % data[at] if lower else b"=%02X" % data[at]
            out += digits if escaped[at] else data[at : at + 1]
    return bytes(out)
