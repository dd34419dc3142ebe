"""Against what RFC 1951 says in its sections 3.2.5 and 3.2.7."""

from nacomp.transforms.deflate_tables import (
    DISTANCE_BASE,
    DISTANCE_EXTRA,
    LENGTH_BASE,
    LENGTH_EXTRA,
    ODD_LONGEST,
    Token,
    distance_index,
    length_index,
    width,
)


def test_ends_of_the_tables() -> None:
    assert LENGTH_BASE[:9] == (3, 4, 5, 6, 7, 8, 9, 10, 11)
    assert (LENGTH_BASE[27], LENGTH_EXTRA[27], LENGTH_BASE[28], LENGTH_EXTRA[28]) == (227, 5, 258, 0)
    assert DISTANCE_BASE[:6] == (1, 2, 3, 4, 5, 7)
    assert (DISTANCE_BASE[29], DISTANCE_EXTRA[29]) == (24577, 13)


def test_every_length_and_distance_has_its_symbol() -> None:
    for length in range(3, 258):
        index = length_index(length)
        assert 0 <= length - LENGTH_BASE[index] < 1 << LENGTH_EXTRA[index]
    assert (length_index(258), length_index(ODD_LONGEST)) == (28, 27)
    for distance in range(1, 32769):
        index = distance_index(distance)
        assert 0 <= distance - DISTANCE_BASE[index] < 1 << DISTANCE_EXTRA[index]


def test_width() -> None:
    assert [width(Token(length, 1)) for length in (1, 258, ODD_LONGEST)] == [1, 258, 258]
