"""The view of a run of base64 as the bytes that it spells: a picture in an e-mail, a certificate, a data URI.

Parameters: one byte of flags, the line length as a varint, and what stands between lines (TRANSFORMS.md). Parts:
the decoded bytes.
"""

import binascii
import re
from collections.abc import Sequence

from nacomp.formats.errors import CorruptArchive
from nacomp.formats.records import dataclass
from nacomp.formats.varint import Cursor
from nacomp.transforms.lines import Lines, characters, end_of_run, lines_after, unpacked
from nacomp.transforms.view import View, corrupt

KIND = "base64-1"

MIN_RUN = 160
"""Characters; the view's own cost is about 30 bytes, which is what 160 characters can give back."""
LEAST_SYMBOLS = 32
"""Different characters within the first 4,096 of a run: hexadecimal digits have 16, proteins 20, names in programs
no digits. Real runs of 160 characters have 50 and more."""
_STANDARD = b"A-Za-z0-9+/"
_URL = b"A-Za-z0-9_\\-"
_LONG = re.compile(rb"(?<![A-Za-z0-9+/_\-])[A-Za-z0-9+/_\-]{56,}")
"""The first line: 60, 64, 70, 72 or 76 characters, or all."""
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_TO_URL = bytes.maketrans(b"+/", b"-_")
_FROM_URL = bytes.maketrans(b"-_", b"+/")


@dataclass(frozen=True)
class _Layout:
    """How a run is written. `spare` are the bits of the last character that stand for nothing, mostly 0."""

    url: bool
    padding: int
    spare: int
    lines: Lines

    def parameters(self) -> bytes:
        return bytes([self.url | self.padding << 1 | self.spare << 3]) + self.lines.packed()


def run_at(data: bytes, start: int) -> tuple[int, int] | None:
    """Start and end of the base64 whose first line begins at `start`, if it is any."""
    found = _LONG.match(data, start)
    if found is None:
        return None
    end = _end_of_run(data, start, found.end())
    good = end - start >= MIN_RUN and _is_mixed(data[start : min(end, start + 4096)])
    return (start, end) if good else None


def open_view(data: bytes) -> View | None:
    """The bytes that the whole of `data`, one run, spells, or None if it is no base64 written in a regular way."""
    layout = _layout(data)
    if layout is None:
        return None
    symbols = layout.lines.without(data)
    symbols = symbols[: len(symbols) - layout.padding]
    plain = symbols.translate(_FROM_URL) if layout.url else symbols
    try:
        decoded = binascii.a2b_base64(plain + b"=" * (-len(plain) % 4))
    except binascii.Error:
        return None
    view = View(layout.parameters(), (decoded,))
    try:
        return view if close_view(view.parameters, view.parts, len(data)) == data else None
    except CorruptArchive:
        return None


def close_view(parameters: bytes, parts: Sequence[bytes], limit: int) -> bytes:
    """The run that `open_view` saw. Raises CorruptArchive for what it does not write."""
    if len(parts) != 1:
        raise corrupt(KIND, f"{len(parts)} parts, expected 1")
    layout = _read(parameters, len(parts[0]))
    symbols = -(-len(parts[0]) * 4 // 3)
    size = symbols + layout.padding
    size += layout.lines.breaks(size) * len(layout.lines.between)
    if size > limit:
        raise corrupt(KIND, f"{size:,} bytes, expected at most {limit:,}")
    text = binascii.b2a_base64(parts[0], newline=False)[:symbols]
    if layout.spare:
        last = _ALPHABET.index(text[-1:]) | layout.spare
        text = text[:-1] + _ALPHABET[last : last + 1]
    if layout.url:
        text = text.translate(_TO_URL)
    return layout.lines.written(text + b"=" * layout.padding)


def _read(parameters: bytes, size: int) -> _Layout:
    """The layout of a run of `size` decoded bytes. Raises CorruptArchive for nonsense."""
    if not parameters or parameters[0] >> 7:
        raise corrupt(KIND, f"parameters {parameters[:8].hex()!r}, expected flags below 128")
    flags = parameters[0]
    cursor = Cursor(parameters[1:])
    layout = _Layout(bool(flags & 1), flags >> 1 & 3, flags >> 3, unpacked(KIND, cursor))
    missing = -size % 3
    if layout.padding not in (0, missing):
        raise corrupt(KIND, f"{layout.padding} characters of padding, expected 0 or {missing}")
    if layout.spare >> 2 * missing:
        raise corrupt(KIND, f"spare bits {layout.spare}, expected {2 * missing} bits")
    return layout


def _layout(data: bytes) -> _Layout | None:
    """How `data` is written, or None for what is no single run."""
    url = b"-" in data or b"_" in data
    first = re.match(rb"[%b]+" % (_URL if url else _STANDARD), data)
    if first is None or not _is_mixed(data[:4096]):
        return None
    lines = lines_after(data, 0, first.end())
    tail = data[-2:]
    padding = len(tail) - len(tail.rstrip(b"="))
    symbols = len(lines.without(data)) - padding
    if symbols % 4 == 1:
        return None
    last = data[-padding - 1 : len(data) - padding].translate(_FROM_URL)
    if last not in _ALPHABET:
        return None
    unused = {0: 0, 2: 15, 3: 3}[symbols % 4]
    return _Layout(url, padding, _ALPHABET.index(last) & unused, lines)


def _end_of_run(data: bytes, start: int, first_end: int) -> int:
    """Where the run ends whose first line is data[start:first_end]: lines of one length, then a shorter one."""
    end = end_of_run(data, start, first_end, _STANDARD)
    symbols = characters(start, end, lines_after(data, start, first_end))
    padding = re.compile(rb"={0,2}").match(data, end)
    equals = padding.end() - end if padding else 0
    if equals and (symbols + equals) % 4 == 0:
        return end + equals
    return end - 1 if symbols % 4 == 1 else end


def _is_mixed(sample: bytes) -> bool:
    """Whether the characters are as mixed as base64's."""
    symbols = set(sample) & set(_ALPHABET + b"-_")
    kinds = (range(48, 58), range(65, 91), range(97, 123))
    return len(symbols) >= LEAST_SYMBOLS and all(symbols & set(kind) for kind in kinds)
