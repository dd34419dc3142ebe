"""MIXING.md section 14: records of numbers."""

from nac_decoder.mixing_contexts import Context, mixed
from nac_decoder.mixing_parts import combine


class Records(Context):
    """`byte`: bytes of a number."""

    def number(self, before: int) -> int:
        """The one that begins so many bytes before the coming number; bytes before the start are 0."""
        z = self.byte
        start = len(self.past) // z * z - before
        return sum(
            (self.past[i] if i >= 0 else 0) << 8 * (start + z - 1 - i) for i in range(start, start + z)
        )

    def mark(self, guess: int, k: int, known: int) -> int:
        z = self.byte
        modulus: int = 256**z
        digits = (guess % modulus).to_bytes(z, "big") + b"\0"
        away = k - int.from_bytes(digits[:known], "big")
        place = 2 if away == 0 else 3 if away == 1 else 1 if away == -1 else 4 if away > 0 else 0
        return place * 4096 + digits[known] * 16 + (digits[known + 1] >> 4 if known + 1 < z else 0)

    def values(self) -> list[int]:
        r, z, column = self.width, self.byte, self.column()
        done, c1, c4, m = column % z, self.last(1), self.last(4), 256**z
        k = self.last(8) % 256**done
        a, b, c = (self.number(times * r) for times in (1, 2, 3))
        p, q = self.number(z), self.number(z + r)
        same, onward, beside, curved = (
            self.mark(guess, k, done) for guess in (a, 2 * a - b, a + p - q, 3 * a - 3 * b + c)
        )
        d = (a - b) % m
        s = 2 * d.bit_length() if d < m // 2 else 2 * (m - d).bit_length() + 1
        part, u = combine(fold(k), column), self.back(r)
        found = [self.match(), combine(c1, column), combine(c4 & 0xFFFF, column), c4 & 0xFFFFFF, c4]
        found += [mixed(c4, self.last(8) >> 32 & 0xFFFF), combine(u << 8 | self.back(2 * r), column)]
        found += [combine(u << 8 | self.back(r + 1), c1)]
        found += [combine(mark, column) for mark in (same, onward, beside, curved)]
        found += [combine(same >> 4, combine(c1, column)), combine(same >> 4 << 16 | onward >> 4, column)]
        found += [
            combine(same >> 4 << 16 | s, column),
            combine(onward >> 8 << 16 | beside >> 4, column),
            part,
        ]
        found += [combine(part, fold(a)), combine(part, fold(p)), combine(part, fold(d))]
        return [*found, combine(part, combine(fold(a), fold(b))), column]


def fold(value: int) -> int:
    return combine(value >> 32, value % 2**32)
