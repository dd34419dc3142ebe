"""MIXING.md section 7: the text profile."""

from nac_decoder.measures import Measures
from nac_decoder.mixing_contexts import Context, mixed
from nac_decoder.mixing_parts import combine
from nac_decoder.paths import Pen

HEX = "0123456789abcdef"


def kind(byte: int) -> int:
    character = chr(byte)
    if byte >= 128:
        return 4
    if character.isdigit():
        return 1
    if character.isalpha():
        return 2 if character.islower() else 3
    if byte < 32:
        return 6 if byte == 10 else 7
    return 5 if byte == 32 else 8 + (byte & 7 if byte & 8 else byte >> 4 & 7)


class Text(Context):
    def __init__(self, byte: int, width: int) -> None:
        super().__init__(byte, width)
        self.word = self.last_word = self.key = 0
        self.shapes = self.field = self.field_hash = self.tag = 0
        self.lines = [(0, [0] * 32) for _ in range(3)]  # this, above, older: (start, fields' starts)
        self.begun = self.field_up = 0
        self.outline = self.run = 0
        self.number_hash = self.number_size = self.beginning = self.last_number = self.before_last = 0
        self.letter = self.numbers = 0
        self.tags: list[int] = []
        self.state = "outside"
        self.lead = 0
        self.spelt, self.half, self.shown = b"", -1, -1
        self.barred = self.bar = self.gap = False
        self.next, self.offset = "", -1
        self.name, self.named = "", -2  # named: of its letters so far; -1 for none, -2 within them
        self.measures = Measures()
        self.pen = Pen()

    def after(self, past: bytearray) -> None:
        self.past = past
        byte = past[-1]
        sort = kind(byte)
        letter = sort in (2, 3, 4)
        if letter:
            self.word = combine((self.word + 1) % 2**32, byte + 32 * (sort == 3))
        elif self.word:
            self.last_word, self.word = self.word, 0
        if chr(byte) in ":=":
            self.key = self.last_word
        shape = {1: 48, 2: 97, 3: 65, 4: 128}.get(sort, byte)
        self.shapes = (self.shapes << 8 | shape) % 2**64
        if sort <= 4 and self.outline % 256 == shape:
            self.run += 1
        else:
            self.outline, self.run = (self.outline << 8 | shape) % 2**64, 1
        self.count_numbers(byte, sort)
        self.pen.read(bytes(past[-4:]).rjust(4, b"\0"))
        self.read_spelt(chr(byte))
        self.read_numbers(chr(byte))
        self.read_name(byte, sort)
        self.measures.read(byte, self.field, byte in (10, self.byte))
        self.read_field(byte)
        self.read_tag(chr(byte), chr(self.back(2)), letter, sort)
        self.field_up = self.under(1, 0)

    def under(self, line: int, further: int) -> int:
        at = self.lines[line][1][self.field] + len(self.past) - self.begun + further
        return self.past[at] if at < self.lines[line - 1][0] else 0

    def read_field(self, byte: int) -> None:
        n = len(self.past)
        self.field_hash = combine((self.field_hash + 1) % 2**32, byte)
        if byte == 10:
            self.lines = [(n, [n] * 32), *self.lines[:2]]
            self.field = 0
        elif byte == self.byte:
            self.field = min(31, self.field + 1)
            self.lines[0][1][self.field :] = [n] * (32 - self.field)
        else:
            return
        self.begun, self.field_hash, self.lead = n, 0, 0
        self.foresee()

    def read_spelt(self, byte: str) -> None:
        spaced = self.back(2) == 32
        if byte == "\n":
            self.spelt, self.half, self.shown = b"", -1, -1
            self.barred, self.bar, self.gap = self.bar, False, False
            return
        if byte == "|" and spaced and not 0 <= self.shown < len(self.spelt):
            self.bar = True
        if self.shown >= 0:
            self.shown += 1
        elif byte in HEX:
            if self.half < 0:
                self.half = HEX.index(byte)
                return
            self.spelt = (self.spelt + bytes([16 * self.half + HEX.index(byte)]))[:64]
            self.half = -1
        else:
            self.half = -1
            self.read_between(byte, spaced)

    def read_between(self, byte: str, spaced: bool) -> None:
        if spaced and byte == "| "[not self.barred] and len(self.spelt) >= 4:
            self.shown = 0
        elif byte != " " or (spaced and self.barred and not self.gap):
            self.spelt = b""
        self.gap = self.gap or (spaced and byte == " ")

    def read_name(self, byte: int, sort: int) -> None:
        if byte == 10:
            self.name, self.named = "", -2
        elif self.named == -2 and sort in (2, 3):
            self.name += chr(byte).lower() if len(self.name) < 5 else ""
        elif self.named == -2:
            short = 2 <= len(self.name) <= 4 and byte == self.byte != 32
            self.named = 0 if short else -1
        elif 0 <= self.named < len(self.name) and chr(byte).lower() == self.name[self.named]:
            self.named += 1

    def short(self) -> int:
        if self.named < 0:
            return 0
        return 262144 + (ord(self.name[self.named]) if self.named < len(self.name) else 0)

    def read_numbers(self, byte: str) -> None:
        """Before the field: `field_up` is still what stood above this byte."""
        if self.offset >= 0:
            right = self.offset < len(self.next) and self.next[self.offset] == byte
            self.offset = self.offset + 1 if right else -1
        up = chr(self.field_up)
        if self.lead != 3:
            if byte in HEX[:10] and up in HEX[:10]:
                self.lead = max(-2, min(2, 10 * self.lead + int(byte) - int(up)))
            elif byte != up:
                self.lead = 3

    def count_numbers(self, byte: int, sort: int) -> None:
        if sort == 1 or byte == 46:
            self.number_hash = combine((self.number_hash + 1) % 2**32, byte)
            if self.number_size < 2:
                self.beginning = 256 * self.beginning + byte
            self.number_size += 1
            return
        if self.number_size:
            self.before_last, self.last_number = self.last_number, self.beginning
            self.number_hash = self.number_size = self.beginning = 0
            self.numbers += 1
        if sort in (2, 3):
            self.letter, self.numbers = byte, 0

    def number(self, line: int) -> str:
        """The hex digits that this field begins with in an earlier line."""
        start, end = self.lines[line][1][self.field], self.lines[line - 1][0]
        digits = ""
        for byte in self.past[start : min(end, start + 16)] if start < end else b"":
            if chr(byte) not in HEX:
                break
            digits += chr(byte)
        return digits

    def foresee(self) -> None:
        above, older = self.number(1), self.number(2)
        self.offset = -1
        if len(above) < 2 or not older:
            return
        base = 10 if (above + older).isdecimal() and above[0] != "0" else 16
        v = (2 * int(above, base) - int(older, base)) % 2**64
        if v < 2**62:
            self.next = (f"{v:d}" if base == 10 else f"{v:x}").zfill(len(above))
            self.offset = 0

    def coming(self) -> int:
        if 0 <= self.shown < len(self.spelt):
            return 65536 + self.spelt[self.shown]
        if self.offset < 0:
            return self.short()
        return 131072 + ord(self.next[self.offset]) if self.offset < len(self.next) else 196608

    def push(self, tag: int) -> None:
        self.tags += [tag] * (len(self.tags) < 64)

    def read_tag(self, byte: str, before: str, letter: bool, sort: int) -> None:
        if self.state == "opened":
            if byte == "/":
                self.tags[-1:] = []
            self.state, self.tag = ("named" if letter else "outside"), combine(0, ord(byte))
        elif self.state == "named":
            if letter or sort == 1 or byte in "_-:":
                self.tag = combine((self.tag + 1) % 2**32, ord(byte))
            else:
                self.push(self.tag)
                self.state = "outside"
        if byte == "<":
            self.state = "opened"
        elif (byte == ">" and before == "/") or byte in "}])":
            self.tags[-1:] = []
        elif byte in "{[(":
            self.push(combine(self.key, ord(byte)))

    def values(self) -> list[int]:
        c4, c1, field = self.last(4), self.last(1), self.field
        four, older = self.shapes % 2**32, self.shapes >> 32
        column = len(self.past) - self.lines[0][0]
        next_up, older_up = self.under(1, 1), self.under(2, 0)
        lead = self.lead + 3
        wide_up = lead << 16 | self.field_up
        pair = next_up << 8 | wide_up
        top = self.tags[-1] if self.tags else 0
        (of_byte, of_pair), short = self.followers(), self.short()
        drawn = self.pen.coming()
        fields = self.pen.contexts(c1) or [
            mixed(field, lead << 8 | self.field_up, c1),
            mixed(field, self.field_hash),
            mixed(field, older_up << 8 | wide_up),
            mixed(pair, column, c1),
        ]
        return [
            *(
                drawn or self.coming(),
                c1,
                self.last(2),
                self.last(3),
                c4,
                mixed(c4, self.last(8) >> 32 & 0xFFFF),
            ),
            *(mixed(self.word, c1), mixed(self.word, self.last_word, c1), c4 & 0xFFFF00),
            *(
                mixed(self.number_hash, self.before_last, self.letter)
                if self.number_size
                else mixed(self.outline % 2**32, self.outline >> 32, c1),
                *fields[:2],
            ),
            *(
                mixed(four, older & 0xFFFF),
                mixed(top, self.word, c1),
                mixed(self.last_word, self.last(2)),
            ),
            *(
                mixed(column, kind(c1)),
                of_byte,
                mixed(short, c1) if short else of_pair,
                mixed(four, older, field),
            ),
            *(mixed(field, pair), *fields[2:]),
        ]

    def inputs(self) -> list[int]:
        return [self.measures.input(self.field, self.row, self.done)]

    def rows(self) -> list[int]:
        kinds, column = self.last_rows()
        place = mixed(self.letter, min(self.numbers, 7), self.number_size) >> 22
        field = 16 * self.field + kind(self.field_up)
        return [field, kinds, place, column, 256 * kind(self.back(1)) + self.row]

    def fourth_row(self, _guess: int) -> int:
        return combine(self.outline % 2**32, min(self.run, 15)) >> 22

    def last_rows(self) -> list[int]:
        column = len(self.past) - self.lines[0][0]
        return [16 * kind(self.back(1)) + kind(self.back(2)), min(255, column)]

    def four_shapes(self) -> int:
        return self.shapes % 2**32
