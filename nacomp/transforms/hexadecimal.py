"""The view of a run of hexadecimal digits as the bytes that they spell: pictures in RTF and PostScript, dumps.

After level fast, 20,000 bytes of English as digits take 6,482 bytes and as bytes 3,350; 30,000 of a program 14,465
and 13,258. Parameters: one byte for the case, the line length as a varint, and what stands between lines
(TRANSFORMS.md). Parts: the bytes.
"""

import binascii
import re
from collections.abc import Sequence

from nacomp.formats.errors import CorruptArchive
from nacomp.formats.varint import Cursor
from nacomp.transforms.lines import Lines, characters, end_of_run, lines_after, unpacked
from nacomp.transforms.view import View, corrupt

KIND = "hex-1"

MIN_RUN = 256
"""Digits; hashes have up to 128, and the view's own cost is about 30 bytes."""

_UPPER = 1
_ALPHABETS = {0: b"0-9a-f", _UPPER: b"0-9A-F"}
_LONG = re.compile(rb"(?<![A-Za-z0-9])(?:[0-9a-f]{60,}|[0-9A-F]{60,})")
_LEAST_LETTERS = 1 / 32
"""Share of a to f among the digits: noise has 6 in 16, texts 1 in 8, a long decimal number none."""


def run_at(data: bytes, start: int) -> tuple[int, int] | None:
    """Start and end of the bytes in hexadecimal whose first line begins at `start`, if they are any."""
    found = _LONG.match(data, start)
    if found is None:
        return None
    first_end = found.end()
    end = end_of_run(data, start, first_end, _ALPHABETS[_case(data[start:first_end])])
    if characters(start, end, lines_after(data, start, first_end)) % 2:
        end -= 1
    good = end - start >= MIN_RUN and _has_letters(data[start : min(end, start + 4096)])
    return (start, end) if good else None


def open_view(data: bytes) -> View | None:
    """The bytes that the whole of `data`, one run, spells, or None if it is not written in a regular way."""
    case = _case(data)
    first = re.match(rb"[%b]+" % _ALPHABETS[case], data)
    if first is None or not _has_letters(data[:4096]):
        return None
    lines = lines_after(data, 0, first.end())
    try:
        decoded = binascii.unhexlify(lines.without(data))
    except binascii.Error:
        return None
    view = View(bytes([case]) + lines.packed(), (decoded,))
    try:
        return view if close_view(view.parameters, view.parts, len(data)) == data else None
    except CorruptArchive:
        return None


def close_view(parameters: bytes, parts: Sequence[bytes], limit: int) -> bytes:
    """The run that `open_view` saw. Raises CorruptArchive for what it does not write."""
    if not parameters or parameters[0] not in _ALPHABETS or len(parts) != 1:
        raise corrupt(KIND, f"parameters {parameters[:8].hex()!r} and {len(parts)} parts")
    lines: Lines = unpacked(KIND, Cursor(parameters[1:]))
    size = 2 * len(parts[0])
    size += lines.breaks(size) * len(lines.between)
    if size > limit:
        raise corrupt(KIND, f"{size:,} bytes, expected at most {limit:,}")
    text = binascii.hexlify(parts[0])
    return lines.written(text.upper() if parameters[0] == _UPPER else text)


def _case(digits: bytes) -> int:
    return _UPPER if re.search(rb"[A-F]", digits[:4096]) else 0


def _has_letters(sample: bytes) -> bool:
    digits = len(sample) - len(sample.translate(None, b"abcdefABCDEF"))
    return digits >= _LEAST_LETTERS * len(sample)
