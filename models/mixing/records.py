"""Records of numbers of two, four or eight bytes, upper byte first (formats/MIXING.md, section 14).

Each number is guessed from those of its column. Whole numbers and floating point ones alike are read as unsigned: that
keeps the order of positive ones.
"""

from nacomp.models.mixing.arithmetic import MASK, combine
from nacomp.models.mixing.stream import Stream


def record_contexts(stream: Stream, expected: int, width: int, size: int) -> list[int]:
    """`size`: bytes of a number; `expected`: what the first match expects, as a context."""
    c4, back, column = stream.last4, stream.back, stream.column(width)
    level, c1, modulus = column % size, stream.last4 & 255, 1 << 8 * size
    known = (stream.last8 << 32 | c4) & ((1 << 8 * level) - 1)

    def number(distance: int) -> int:
        return sum(back(level + distance - i) << 8 * (size - 1 - i) for i in range(size))

    a, b, c, before, above = (number(d) for d in (width, 2 * width, 3 * width, size, size + width))
    guesses = (a, 2 * a - b, a + before - above, 3 * a - 3 * b + c)
    same, onward, beside, curved = (_mark(guess % modulus, known, size, level) for guess in guesses)
    part, step = combine(_folded(known), column), _size((a - b) % modulus, modulus)
    up = back(width) << 8
    return [
        expected,
        combine(c1, column),
        combine(c4 & 0xFFFF, column),
        c4 & 0xFFFFFF,
        c4,
        combine(c4, stream.last8 & 0xFFFF),
        combine(up | back(2 * width), column),
        combine(up | back(width + 1), c1),
        combine(same, column),
        combine(onward, column),
        combine(beside, column),
        combine(curved, column),
        combine(same >> 4, combine(c1, column)),
        combine(same >> 4 << 16 | onward >> 4, column),
        combine(same >> 4 << 16 | step, column),
        combine(onward >> 8 << 16 | beside >> 4, column),
        part,
        combine(part, _folded(a)),
        combine(part, _folded(before)),
        combine(part, _folded((a - b) % modulus)),
        combine(part, combine(_folded(a), _folded(b))),
        column,
    ]


def _mark(guess: int, known: int, size: int, level: int) -> int:
    """How the bytes so far stand to the guess's, 0 to 4, and the guess's next twelve bits."""
    below = 8 * (size - level)
    away = known - (guess >> below)
    place = max(-2, min(2, away)) + 2
    # 1 above is 3, 1 below is 1; all else is further.
    return place << 12 | (guess << 4 >> (below - 8)) & 0xFFF


def _folded(value: int) -> int:
    return combine(value >> 32, value & MASK)


def _size(difference: int, modulus: int) -> int:
    """Twice the bits of a difference, which is signed, and 1 if it is negative."""
    negative = difference >= modulus // 2
    return 2 * (modulus - difference if negative else difference).bit_length() + negative
