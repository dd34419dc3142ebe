"""MIXING.md section 7: the paths of drawings."""

from decimal import Decimal

from nac_decoder.mixing_parts import combine

NUMBERS = {"m": 2, "l": 2, "t": 2, "h": 1, "v": 1, "c": 6, "s": 4, "q": 4, "a": 7}
HERE, START, TWICE, HALF_MORE, ONWARD, ROUND = range(6)


def text_of(value: int) -> str:
    text = f"{abs(Decimal(value).scaleb(-4)):.4f}".rstrip("0").rstrip(".")
    text = text.removeprefix("0") or "0"
    return "-" * (value < 0) + text


def rough(value: int) -> int:
    n = max(0, abs(value).bit_length() - 3)
    return 16 * n + 2 * (abs(value) >> n) + (value < 0)


class Near:
    def __init__(self, kind: int, value: int) -> None:
        self.kind, self.text = kind, text_of(value)
        self.lead = self.agreed = 0

    def read(self, byte: str) -> None:
        own, self.text = self.text[:1], self.text[1:]
        if self.lead == 3:
            return
        if own.isdecimal() and byte.isdecimal():
            self.lead = max(-2, min(2, 10 * self.lead + int(byte) - int(own)))
        elif own != byte:
            self.lead = 3
        self.agreed = min(3, self.agreed + (self.lead == 0))

    def coming(self, begun: bool) -> int:
        byte = ord(self.text[0]) if self.text else 1
        return 524288 + byte + 256 * (self.lead + 2) + 2048 * self.agreed + 8192 * begun + 16384 * self.kind


class Pen:
    def __init__(self) -> None:
        self.quote, self.letter = "", " "
        self.count = self.sizes = self.hash = 0
        self.at, self.start, self.past = [0, 0], [0, 0], [0, 0, 0, 0]
        self.number, self.minus = "", False
        self.near: Near | None = None

    def read(self, last: bytes) -> None:
        before, lead_in, byte = chr(last[0]), last[1:3], chr(last[3])
        if not self.quote:
            if byte in "\"'" and lead_in in (b"d=", b"d:") and (before <= "," or before == "{"):
                self.quote = byte
            return
        if self.number and not ("0" <= byte <= "9" or (byte == "." and "." not in self.number)):
            self.end()
            self.foresee()
        if "0" <= byte <= "9" or byte in ".-":
            self.grow(byte)
        elif byte == self.quote:
            self.quote, self.letter, self.near = "", " ", None
        elif "a" <= chr(ord(byte) | 32) <= "z":
            if byte in "zZ":
                self.at = list(self.start)
            self.letter, self.count, self.sizes = byte, 0, 0
            self.foresee()

    def grow(self, byte: str) -> None:
        if byte == "-":
            self.minus = True
        else:
            self.number += byte
            self.hash = combine((self.hash + 1) % 2**32, ord(byte))
        if self.near:
            self.near.read(byte)

    def value(self) -> int:
        whole, _, part = self.number.partition(".")
        whole, part = whole[:8], part[: max(0, 8 - len(whole))][:4]
        return (-1 if self.minus else 1) * int(whole + part.ljust(4, "0"))

    def of(self) -> int:
        return NUMBERS.get(self.letter.lower(), 0)

    def which(self) -> int:
        return self.count % self.of() if self.of() else 0

    def end(self) -> None:
        v = self.value()
        self.past = [v, *self.past[:3]]
        self.sizes = combine((self.sizes + 1) % 2**32, rough(v) >> 3)
        if self.of() and self.which() == self.of() - 1:
            self.move(v)
            self.sizes = 0
        self.count += 1
        self.number, self.minus, self.hash = "", False, 0

    def move(self, v: int) -> None:
        small = self.letter.lower()
        end = {"h": {0: v}, "v": {1: v}}.get(small, {0: self.past[1], 1: v})
        for axis, to in end.items():
            moved = to + self.at[axis] * self.letter.islower()
            self.at[axis] = max(-(2**40), min(2**40, moved))
        if small == "m" and self.count < 2:
            self.start = list(self.at)

    def foresee(self) -> None:
        of, i, letter = self.of(), self.which(), self.letter
        self.near = None
        if letter in "aA" and i == 1:
            self.near = Near(ROUND, self.past[0])
        elif letter in "csq" and i >= 2:
            double = letter == "c" and i < 4
            self.near = Near(TWICE, 2 * self.past[1]) if double else Near(HALF_MORE, 3 * self.past[1] >> 1)
        elif of and letter.isupper() and (letter != "A" or i >= 5):
            axis = {"V": 1, "A": i - 5}.get(letter, i % 2)
            if of > 2 and i >= of - 2:
                self.near = Near(START, self.start[axis])
            elif letter == "C" and i >= 2:
                self.near = Near(ONWARD, 2 * self.past[1] - self.at[axis])
            else:
                self.near = Near(HERE, self.at[axis])

    def coming(self) -> int:
        return self.near.coming(self.number != "") if self.near else 0

    def contexts(self, c1: int) -> list[int]:
        """Those of the numbers 10, 11, 20 and 21 among curves; none elsewhere."""
        if self.of() <= 2:
            return []
        so_far = combine(ord(self.letter) << 8 | self.which(), self.hash)
        so_far = combine(so_far, self.minus << 8 | (0 if self.hash else c1))
        axis = combine(so_far, rough(self.past[1]) << 12 | rough(self.past[3]))
        sizes = combine(combine(self.sizes, len(self.number)), self.minus << 8 | c1)
        return [combine(self.coming(), c1), so_far, axis, sizes]
