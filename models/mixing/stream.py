"""What is kept of one stream: its bytes, and what matches and profiles have made of them."""

from dataclasses import field as made

from nacomp.formats.records import dataclass
from nacomp.models.mixing.bitmap import Pixels
from nacomp.models.mixing.foreseen import NextNumber, ShortName, SpeltBytes
from nacomp.models.mixing.machine_code import Code
from nacomp.models.mixing.measured import Measures
from nacomp.models.mixing.outline import Numbers, Outline
from nacomp.models.mixing.path import Path
from nacomp.models.mixing.picture import Picture
from nacomp.models.mixing.sign_filter import SignFilter, Taps
from nacomp.models.mixing.table import Slot
from nacomp.models.mixing.words import Words

FIELDS = 32
"""Of a line; the last one holds all others."""
UNLIKE = 3


@dataclass
class Match:
    """What one match model knows of one stream.

    Attributes:
        at: 1 + the expected byte's place in the shared numbering; 0 for none.
        length: bytes that agreed.
        missed: the last 8 guesses, a bit each, 1 for wrong, the newest lowest.
        guess: the byte expected, -1 for none.
        agrees: there is a guess, and the bits of the current byte so far are its bits.
    """

    at: int = 0
    length: int = 0
    missed: int = 0
    guess: int = -1
    agrees: bool = False


@dataclass
class Line:
    """Where a line begins, and each of its fields."""

    start: int = 0
    fields: list[int] = made(default_factory=lambda: [0] * FIELDS)


@dataclass
class Text:
    """What the profile has read. Words and names are hashes, 0 for none.

    Attributes:
        lead: of the field's number so far over the one above, -2 to 2; UNLIKE once they differ in more than digits.
    """

    word: int = 0
    last_word: int = 0
    shapes: int = 0
    older_shapes: int = 0
    line: Line = made(default_factory=Line)
    above: Line = made(default_factory=Line)
    older: Line = made(default_factory=Line)
    field: int = 0
    field_start: int = 0
    field_hash: int = 0
    tags: list[int] = made(default_factory=list)
    tag: int = 0
    state: str = "outside"
    key: int = 0
    field_up: int = 0
    lead: int = 0
    spelt: SpeltBytes = made(default_factory=SpeltBytes)
    next: NextNumber = made(default_factory=NextNumber)
    short_name: ShortName = made(default_factory=ShortName)
    measures: Measures = made(default_factory=Measures)
    outline: Outline = made(default_factory=Outline)
    numbers: Numbers = made(default_factory=Numbers)
    path: Path = made(default_factory=Path)


@dataclass
class Samples:
    """What the profile keeps of a stream.

    Attributes:
        filters: of each channel.
        taps, guesses, channel: of the current sample.
        errors: how far each channel's guesses were off lately, 2^-8.
    """

    filters: list[list[SignFilter]] = made(default_factory=list)
    taps: Taps = made(default_factory=Taps)
    guesses: list[int] = made(default_factory=lambda: [0] * 8)
    channel: int = 0
    errors: list[list[int]] = made(default_factory=list)


class Stream:
    """One history.

    Attributes:
        bits: the bits of the current byte so far, behind a leading 1.
        byte_due, nibble_due: what the next prediction has to look up first.
        last4, last8: the last four bytes, the newest lowest, and the four before them.
        hashes: of the current byte's contexts.
        slots: of the current nibble's.
    """

    def __init__(self, matches: int) -> None:
        self.history = bytearray()
        self.bits, self.bit_count = 1, 0
        self.byte_due = self.nibble_due = True
        self.last4 = self.last8 = 0
        self.hashes: list[int] = []
        self.slots: list[Slot] = []
        self.matches = [Match() for _ in range(matches)]
        self.text = Text()
        self.samples = Samples()
        self.picture = Picture()
        self.code = Code()
        self.pixels = Pixels()
        self.words = Words()

    def column(self, width: int) -> int:
        """The place in a record or row, or in a word where there is neither."""
        return len(self.history) % (width or 4)

    def back(self, distance: int) -> int:
        """The byte so far back; 0 for none."""
        return self.history[-distance] if 0 < distance <= len(self.history) else 0
