"""Runs of characters that stand for bytes, cut into lines of one length: what base64 and hexadecimal share."""

import re

from nacomp.formats.records import dataclass
from nacomp.formats.varint import Cursor, encode_varint
from nacomp.transforms.view import corrupt

MOST_BETWEEN = 16
"""Bytes between two lines: a line end and some indentation."""

_BETWEEN = re.compile(rb"(?:\\r\\n|\\n|[\r\n\t ]{1,16})(?=[A-Za-z0-9+/])")


@dataclass(frozen=True)
class Lines:
    """Every line but the last has `length` characters, and `between` stands between two; 0 and nothing: one line."""

    length: int
    between: bytes

    def packed(self) -> bytes:
        """As the parameters of a view end: a varint and the rest."""
        return encode_varint(self.length) + self.between

    def breaks(self, size: int) -> int:
        """How many places between two lines a run of `size` characters has."""
        return max(0, size - 1) // self.length if self.length else 0

    def written(self, text: bytes) -> bytes:
        """`text` cut into lines."""
        if not self.length:
            return text
        return self.between.join(text[at : at + self.length] for at in range(0, len(text), self.length))

    def without(self, data: bytes) -> bytes:
        """`data` with nothing between its lines."""
        return data.replace(self.between, b"") if self.between else data


def unpacked(kind: str, cursor: Cursor) -> Lines:
    """The rest of a view's parameters. Raises CorruptArchive for what no encoder writes."""
    length = cursor.varint()
    lines = Lines(length, cursor.bytes(cursor.remaining))
    if bool(length) != bool(lines.between) or len(lines.between) > MOST_BETWEEN:
        raise corrupt(kind, f"lines of {length:,} characters and {len(lines.between)} bytes between them")
    return lines


def lines_after(data: bytes, start: int, first_end: int) -> Lines:
    """How a run seems to be cut whose first line is data[start:first_end]."""
    found = _BETWEEN.match(data, first_end)
    return Lines(first_end - start, found.group()) if found else Lines(0, b"")


def end_of_run(data: bytes, start: int, first_end: int, alphabet: bytes) -> int:
    """Where the run ends: lines of one length, then one that may be shorter. `alphabet` is a class of `re`."""
    lines = lines_after(data, start, first_end)
    if not lines.length:
        return first_end
    line, between = b"[%b]{%d}" % (alphabet, lines.length), re.escape(lines.between)
    whole = re.compile(rb"(?:%b%b)*[%b]{1,%d}" % (line, between, alphabet, lines.length)).match(data, start)
    return whole.end() if whole else first_end


def characters(start: int, end: int, lines: Lines) -> int:
    """How many characters a run has without what stands between its lines."""
    if not lines.length:
        return end - start
    step = lines.length + len(lines.between)
    return end - start - (end - start) // step * len(lines.between)
