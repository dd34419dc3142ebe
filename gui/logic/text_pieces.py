"""A text of any size and encoding, piece by piece as UTF-8: what the surprise map is made of.

A piece, not the file, is read and decoded: a map costs as much as compressing, and a person reads from the beginning.
"""

import codecs
from dataclasses import dataclass, field
from pathlib import Path

PIECE_BYTES = 48_000
"""Some twenty pages: about a second at level fast, half a minute at Balanced."""
SAMPLE_BYTES = 65_536
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""By the bytes at the beginning; the longer marks come first, since one begins with the other."""
PICTURES = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"BM",
    b"II*\0",
    b"MM\0*",
    b"RIFF",
    b"\0\0\x01\0",
    b"\x8a\x4d\x4e\x47",
)


class NoText(Exception):
    """The file holds no text."""


class Picture(NoText):
    """It is a picture."""


@dataclass
class TextPieces:
    """Where the reading stands. `next` reads on; times and sizes of the file are not looked at again.

    Attributes:
        size: bytes of the file.
        read: bytes read so far.
    """

    path: Path
    encoding: str
    size: int
    read: int = 0
    _decoder: codecs.IncrementalDecoder = field(init=False, repr=False)
    _rest: str = field(default="", init=False, repr=False)

    def __post_init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder(self.encoding)("replace")

    @property
    def over(self) -> bool:
        """Whether everything has been read."""
        return self.read >= self.size and not self._rest

    def next(self) -> str:
        """The next piece; empty at the end. Raises OSError."""
        with self.path.open("rb") as file:
            file.seek(self.read)
            data = file.read(PIECE_BYTES)
        self.read = self.read + len(data) if data else self.size
        text = self._rest + self._decoder.decode(data, final=self.read >= self.size)
        self._rest = ""
        if self.read < self.size and (cut := max(text.rfind("\n"), text.rfind(" ")) + 1) > len(text) // 2:
            text, self._rest = text[:cut], text[cut:]  # words stay whole
        return text


def open_text(path: Path) -> TextPieces:
    """Look what a file is. Raises OSError, NoText, Picture."""
    size = path.stat().st_size
    with path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES)
    if not sample:
        raise NoText
    if sample.startswith(PICTURES):
        raise Picture
    return TextPieces(path, _encoding(sample), size)


def _encoding(sample: bytes) -> str:
    """What a text is written in, in Python's word. Raises NoText."""
    for mark, name in MARKS.items():
        if sample.startswith(mark):
            return name
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return _guessed(sample)
    if b"\0" in sample:
        return _wide(sample)
    return "utf-8"


def _wide(sample: bytes) -> str:
    """UTF-16 without a mark has a NUL in every other byte of a text in Latin letters. Raises NoText."""
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    most, least = max(even, odd), min(even, odd)
    if most < len(sample) // 8 or least > most // 10:
        raise NoText
    return "utf-16-be" if even > odd else "utf-16-le"


def _guessed(sample: bytes) -> str:
    """The old encoding that fits best. Raises NoText."""
    if b"\0" in sample:
        return _wide(sample)
    from nacomp.transforms.charset_guess import (
        guess,  # brings numpy along, which would double the window's start
    )

    name = guess(sample)
    if name is None:
        raise NoText
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise NoText from None
