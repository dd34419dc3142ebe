"""MIXING.md section 13: machine code of words of four bytes."""

from nac_decoder.mixing_contexts import Context, mixed
from nac_decoder.mixing_parts import combine


class Words(Context):
    def __init__(self, byte: int, width: int) -> None:
        super().__init__(byte, width)
        self.recent = [0] * 256

    def after(self, past: bytearray) -> None:
        if len(past) % 4 == 0:
            self.recent[past[-4]] = self.word(1)

    def word(self, number: int) -> int:
        """The last whole word, the one before it and so on."""
        end = len(self.past) // 4 * 4 - 4 * (number - 1)
        return int.from_bytes(self.past[max(0, end - 4) : max(0, end)], "big")

    def upper(self) -> int:
        return self.back(len(self.past) % 4 or 4)

    def values(self) -> list[int]:
        j, c4 = len(self.past) % 4, self.last(4)
        part = combine(c4 % 256**j, j)
        o = [self.word(number) & 0xFFE00000 for number in (1, 2, 3, 4)]
        found = [
            self.match(),
            self.last(1),
            self.last(2),
            self.last(3),
            mixed(c4, self.last(8) >> 32 & 0xFFFF),
        ]
        found += [combine(part, self.recent[self.upper()]), c4 & 0xFFFF00, c4 & 0xF0F0F0F0]
        found += [combine(self.back(4) << 8 | self.back(8), j), part]
        return [*found, combine(part, o[0]), combine(part, o[1] | 1), mixed(part, mixed(*o[:3]), o[3]), j]

    def rows(self) -> list[int]:
        j = len(self.past) % 4
        return [32 * (self.upper() >> 4) + 8 * j + self.done, 256 * (j > 0) + self.upper()]


def turned_back(content: bytes) -> bytes:
    """Absolute targets, upper byte first, to ARM64's words."""
    found = bytearray(content)
    for i in range(len(content) // 4):
        w = int.from_bytes(content[4 * i : 4 * i + 4], "big")
        if w >> 26 == 0b100101:
            w = w >> 26 << 26 | (w - i) % 2**26
        elif w & 0x9F000000 == 0x90000000:
            target = (4 * (w >> 5 & 0x7FFFF) + (w >> 29 & 3) - (i >> 10)) % 2**21
            w = w & 0x9F00001F | (target & 3) << 29 | target >> 2 << 5
        found[4 * i : 4 * i + 4] = w.to_bytes(4, "little")
    return bytes(found)
