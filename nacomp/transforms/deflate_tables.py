"""RFC 1951's tables: which symbol and how many extra bits stand for a length and a distance."""

from typing import NamedTuple

LITERAL_CODES, DISTANCE_CODES, LENGTH_CODES, END_OF_BLOCK = 286, 30, 19, 256
SHORTEST, LONGEST, WINDOW = 3, 258, 32768
ODD_LONGEST = 259
"""A length of 258 in the spelling that no encoder needs: symbol 284 with 31 extra."""

LENGTH_EXTRA = (*(0,) * 8, *(1,) * 4, *(2,) * 4, *(3,) * 4, *(4,) * 4, *(5,) * 4, 0)
LENGTH_BASE = (*(3 + sum(1 << extra for extra in LENGTH_EXTRA[:i]) for i in range(28)), 258)
DISTANCE_EXTRA = (0, 0, *(i // 2 for i in range(28)))
DISTANCE_BASE = tuple(1 + sum(1 << extra for extra in DISTANCE_EXTRA[:i]) for i in range(30))
LENGTH_ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)
FIXED_LENGTHS = (*(8,) * 144, *(9,) * 112, *(7,) * 24, *(8,) * 8)
REPEAT_EXTRA = {16: 2, 17: 3, 18: 7}
REPEAT_BASE = {16: 3, 17: 3, 18: 11}


class Token(NamedTuple):
    """A literal (length 1) or a copy: so many bytes from so far behind."""

    length: int
    distance: int


LITERAL = Token(1, 0)


def width(token: Token) -> int:
    """The bytes a token stands for."""
    return LONGEST if token.length == ODD_LONGEST else token.length


def length_index(length: int) -> int:
    """0..28 of a length 3..259."""
    if length >= LONGEST:
        return 28 if length == LONGEST else 27
    return max(i for i in range(28) if LENGTH_BASE[i] <= length)


def distance_index(distance: int) -> int:
    """0..29 of a distance 1..32768."""
    far = distance - 1
    if far < 4:
        return far
    bits = far.bit_length() - 1
    return 2 * bits + (far >> (bits - 1) & 1)
