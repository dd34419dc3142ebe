"""The view of a quoted-printable text of an e-mail as the bytes that it spells.

What an encoder decides is which bytes it escapes and where it breaks long lines. A rule with a few parameters says
both, as most encoders do it; what is otherwise stands in parts of its own. Parameters: flags, the longest line, and
the ASCII characters that are escaped beside "=". Parts: the bytes, then the breaks and the exceptions where needed.
"""

import re
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from nacomp.formats.errors import CorruptArchive
from nacomp.formats.records import dataclass
from nacomp.formats.varint import Cursor, encode_varint
from nacomp.transforms.view import View, corrupt

KIND = "quoted-printable-1"

MIN_RUN = 128
LEAST_ESCAPES = 4
MOST_EXTRA = 32
"""ASCII characters that an encoder may escape always; those for EBCDIC gateways escape 13."""

_LOWER, _CRLF, _BREAKS, _EXCEPTIONS = 1, 2, 4, 8
_HEADER = re.compile(
    rb"content-transfer-encoding:[ \t]*quoted-printable[^\n]*\n(?:[^\r\n][^\n]*\n)*\r?\n", re.I
)
_BODY_END = re.compile(rb"\r?\n--|\nFrom ")
_TOKEN = re.compile(rb"=(?:(\r?\n)|([0-9A-Fa-f]{2}))")

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class _Spelling:
    """Decoded bytes, which of them are escaped, and before which a line is broken (ascending)."""

    data: bytes
    escaped: Mask
    breaks: tuple[int, ...]


def find_runs(data: bytes) -> list[tuple[int, int]]:
    """Starts and ends of the bodies that an e-mail's headers declare quoted-printable, in order."""
    runs: list[tuple[int, int]] = []
    if b"rintable" not in data and b"RINTABLE" not in data:  # at the speed of memory, the pattern at 60 MB/s
        return runs
    for header in _HEADER.finditer(data):
        start = header.end()
        found = _BODY_END.search(data, start)
        end = found.start() if found else len(data)
        if end - start >= MIN_RUN and data.count(b"=", start, end) >= LEAST_ESCAPES:
            runs.append((start, end))
    return runs


def open_view(data: bytes) -> View | None:
    """The bytes that the whole of `data` spells, or None if it is no quoted-printable text of a regular kind."""
    if len(data) < MIN_RUN or data.count(b"=") < LEAST_ESCAPES:
        return None
    flags = _flags(data)
    spelling = _read(data, flags)
    if spelling is None:
        return None
    extra = _extra(spelling)
    if len(extra) > MOST_EXTRA:
        return None
    exceptions = np.flatnonzero(_rule(spelling.data, extra, flags) != spelling.escaped)
    if len(exceptions) > 16 + len(data) // 256:
        return None
    longest = max((len(line) for line in data.splitlines()), default=0)
    parts = [spelling.data]
    if longest > 255 or tuple(_greedy(spelling.data, spelling.escaped, longest)) != spelling.breaks:
        flags, longest = flags | _BREAKS, 0
        parts.append(_gaps(spelling.breaks))
    if len(exceptions):
        flags |= _EXCEPTIONS
        parts.append(_gaps(exceptions.tolist()))
    view = View(bytes([flags, longest]) + extra, tuple(parts))
    try:
        return view if close_view(view.parameters, view.parts, len(data)) == data else None
    except CorruptArchive:
        return None


def close_view(parameters: bytes, parts: Sequence[bytes], limit: int) -> bytes:
    """The text that `open_view` saw. Raises CorruptArchive for what it does not write."""
    flags, longest, extra = _parameters(parameters)
    expected = 1 + bool(flags & _BREAKS) + bool(flags & _EXCEPTIONS)
    if len(parts) != expected:
        raise corrupt(KIND, f"{len(parts)} parts, expected {expected}")
    data = parts[0]
    if len(data) > limit:
        raise corrupt(KIND, f"more than {limit:,} bytes")
    escaped = _rule(data, extra, flags)
    if flags & _EXCEPTIONS:
        at = list(_places(parts[-1], len(data) - 1))
        escaped[at] ^= True
    breaks = _places(parts[1], len(data)) if flags & _BREAKS else _greedy(data, escaped, longest)
    return _write(_Spelling(data, escaped, tuple(breaks)), flags, limit)


def _write(spelling: _Spelling, flags: int, limit: int) -> bytes:
    line_end = b"=\r\n" if flags & _CRLF else b"=\n"
    size = len(spelling.data) + 2 * int(spelling.escaped.sum()) + len(line_end) * len(spelling.breaks)
    if size > limit:
        raise corrupt(KIND, f"{size:,} bytes, expected at most {limit:,}")
    letter = b"=%02x" if flags & _LOWER else b"=%02X"
    codes = [letter % code for code in range(256)]
    out: list[bytes] = []
    at = 0
    marks = [(int(place), 1) for place in np.flatnonzero(spelling.escaped)]
    for place, escape in sorted([*marks, *((place, 0) for place in spelling.breaks)]):
        out.append(spelling.data[at:place])
        out.append(codes[spelling.data[place]] if escape else line_end)
        at = place + escape
    out.append(spelling.data[at:])
    return b"".join(out)


def _read(data: bytes, flags: int) -> _Spelling | None:
    """Spelling of a text, or None for an equals sign that is no escape, or escapes of two kinds."""
    out = bytearray()
    escapes: list[int] = []
    breaks: list[int] = []
    soft = b"\r\n" if flags & _CRLF else b"\n"
    at = 0
    for token in _TOKEN.finditer(data):
        out += data[at : token.start()]
        at = token.end()
        line_end, digits = token.groups()
        if digits is not None:
            escapes.append(len(out))
            out.append(int(digits, 16))
        elif line_end == soft:
            breaks.append(len(out))
        else:
            return None
    out += data[at:]
    escaped = np.zeros(len(out), np.bool_)
    escaped[escapes] = True
    return _Spelling(bytes(out), escaped, tuple(breaks))


def _flags(data: bytes) -> int:
    """How the text spells digits and line ends; where it mixes, the way back will not be the same."""
    lower = _LOWER if re.search(rb"=(?:[0-9A-F]?[a-f])", data) else 0
    return lower | (_CRLF if b"\r\n" in data else 0)


def _extra(spelling: _Spelling) -> bytes:
    """The printable ASCII characters that are escaped more often than not, ascending; not "=", which always is."""
    codes = np.frombuffer(spelling.data, np.uint8)
    escaped = np.bincount(codes[spelling.escaped], minlength=256)
    plain = np.bincount(codes[~spelling.escaped], minlength=256)
    return bytes(code for code in range(33, 127) if code != 61 and escaped[code] > plain[code])


def _rule(data: bytes, extra: bytes, flags: int) -> Mask:
    """(byte,) what an encoder escapes: all but printable ASCII, line ends, and blanks that end no line."""
    codes = np.frombuffer(data, np.uint8)
    if not len(codes):
        return np.zeros(0, np.bool_)
    always = np.zeros(256, np.bool_)
    always[:32] = always[127:] = True
    always[list(b"=" + extra)] = True
    always[list(b"\t\n")] = False
    escaped = always[codes]
    line_feed = codes == 10
    ends = np.append(line_feed[1:], True)  # what stands before a line end, or the end of all
    if flags & _CRLF:
        pair = (codes == 13) & np.append(line_feed[1:], False)
        escaped[pair] = False
        escaped[line_feed & ~np.append(False, pair[:-1])] = True
        ends = np.append(pair[1:], True)
    escaped[((codes == 32) | (codes == 9)) & ends] = True
    return escaped


def _greedy(data: bytes, escaped: Mask, longest: int) -> Iterator[int]:
    """Where lines are broken that fill up to `longest` characters, the "=" of a break counted."""
    codes = np.frombuffer(data, np.uint8)
    widths = np.concatenate(([0], np.cumsum(np.where(escaped, 3, 1))))
    ends = np.flatnonzero((codes == 10) & ~escaped)
    start = 0
    for feed in (*ends.tolist(), len(data)):
        end = feed - 1 if feed > start and data[feed - 1] == 13 and not escaped[feed - 1] else feed
        while widths[end] - widths[start] > longest:
            cut = int(np.searchsorted(widths, widths[start] + longest - 1, side="right")) - 1
            if cut <= start:  # not even one character fits
                break
            yield cut
            start = cut
        start = feed + 1


def _gaps(places: Sequence[int]) -> bytes:
    """Ascending places as varints, each less the one before."""
    return b"".join(
        encode_varint(place - before) for before, place in zip((0, *places), places, strict=False)
    )


def _places(gaps: bytes, last: int) -> Iterator[int]:
    """The places of `_gaps`. Raises CorruptArchive for one beyond `last`."""
    cursor, place = Cursor(gaps), 0
    while cursor.remaining:
        place += cursor.varint()
        if place > last:
            raise corrupt(KIND, f"a place {place:,} beyond {last:,}")
        yield place


def _parameters(parameters: bytes) -> tuple[int, int, bytes]:
    extra = parameters[2:]
    if len(parameters) < 2 or parameters[0] > 15 or len(extra) > MOST_EXTRA:
        raise corrupt(KIND, f"parameters {parameters[:8].hex()!r}")
    if any(not 33 <= code < 127 or code == 61 for code in extra) or list(extra) != sorted(set(extra)):
        raise corrupt(KIND, f"escaped characters {extra.hex()!r}, expected printable ASCII, ascending")
    return parameters[0], parameters[1], extra
