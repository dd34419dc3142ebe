"""What a line says of its own end, in the readable implementation; `test_native.py` holds the native core to it."""

import pytest

from nacomp.models.mixing.foreseen import NextNumber, ShortName, SpeltBytes


def shown_of(line: bytes) -> list[int]:
    """What each byte of a line was expected to show."""
    spelt, found = SpeltBytes(), []
    for before, byte in zip(b"\n" + line, line, strict=False):
        found.append(spelt.coming)
        spelt.read(byte, before)
    return found


def test_a_dump_shows_what_it_has_spelt() -> None:
    line = b"00000010: 4865 6c6c 6f0a  Hello.  \n"
    text = line.index(b"H")
    expected = [0x10000 | byte for byte in b"Hello\n"]
    assert shown_of(line) == [0] * text + expected + [0] * (len(line) - text - len(expected))


@pytest.mark.parametrize(
    "line", [b"48 65 6c  Hel", b"48656c6c: 1  abc", b"4865 6c6c 6f0a|  Hello", b"4865 6c6c Hello"]
)
def test_no_text_of_few_bytes_or_other_lines(line: bytes) -> None:
    assert set(shown_of(line)) == {0}


BARRED = b"00000000  48 65 6c 6c  6f 0a 41 42  |Hello.AB|\n"


def test_behind_a_line_with_a_bar_the_text_stands_behind_one() -> None:
    """Neither the offset nor the gap between the halves starts it."""
    found = shown_of(BARRED * 2)[len(BARRED) :]
    text = BARRED.index(b"H")
    assert found == [0] * text + [0x10000 | byte for byte in b"Hello\nAB"] + [0, 0]


def test_a_line_without_a_bar_ends_that() -> None:
    plain = b"00000010: 4865 6c6c 6f0a  Hello.\n"
    found = shown_of(BARRED * 2 + plain * 2)[2 * len(BARRED) :]
    assert found[len(plain) :] == shown_of(plain) != found[: len(plain)]


def test_a_bar_that_is_shown_bars_nothing() -> None:
    line = b"417c 207c 4142  A| |AB\n"
    assert shown_of(line * 2) == shown_of(line) * 2


def letters_of(line: bytes, delimiter: bytes) -> list[int]:
    """What each byte of a line was expected to be."""
    name, found = ShortName(), []
    for byte in line:
        found.append(name.coming)
        name.read(byte, delimiter[0], is_letter=chr(byte).isascii() and chr(byte).isalpha())
    return found


def test_a_name_has_the_letters_of_its_code() -> None:
    assert letters_of(b"Heb,,Hebrew", b",") == [0] * 4 + [0x40000 | byte for byte in b"hheb\0\0\0"]


@pytest.mark.parametrize("line", [b"h,Hebrew", b"hebre,Hebrew", b"he;hebrew", b"h2,hebrew", b",he,he", b"he"])
def test_no_short_name_of_other_fields(line: bytes) -> None:
    assert set(letters_of(line, b",")) == {0}


def test_no_short_name_before_a_space_or_of_the_line_before() -> None:
    assert set(letters_of(b"The hedge", b" ")) == {0}
    assert letters_of(b"he,e\nhebrew", b",")[5:] == [0] * 6


def test_no_line_shows_the_bytes_of_another() -> None:
    assert shown_of(b"4865 6c6c  He\nab  Hell")[14:] == [0] * 8


def test_at_most_64_bytes_are_kept() -> None:
    assert sum(x > 0 for x in shown_of(b"41" * 80 + b"  " + b"A" * 80)) == 64


@pytest.mark.parametrize(
    ("above", "older", "coming"),
    [
        (b"120,5", b"110,4", b"130"),
        (b"98", b"95", b"101"),
        (b"101", b"104x", b"098"),
        (b"0000009a:", b"0000008a:", b"000000aa"),
        (b"009", b"008", b"00a"),
        (b"9f", b"9e", b"a0"),
        (b"12345678901234567890", b"1234567890123456", b"1234567890123456"),
    ],
)
def test_numbers_go_on_by_the_same_step(above: bytes, older: bytes, coming: bytes) -> None:
    number = NextNumber()
    number.foresee(above, older)
    for digit in coming:
        assert number.coming == 0x20000 | digit
        number.read(digit)
    assert number.coming == 0x30000
    number.read(ord(","))
    assert number.coming == 0


@pytest.mark.parametrize(
    ("above", "older"),
    [
        (b"1", b"2"),
        (b"", b""),
        (b"12", b"x"),
        (b"zz", b"12"),
        (b"10", b"99"),
        (b"ffffffffffffffff", b"ffffffffffffffff"),
    ],
)
def test_nothing_is_foreseen_of_one_digit_or_out_of_range(above: bytes, older: bytes) -> None:
    number = NextNumber()
    number.foresee(above, older)
    assert number.coming == 0


def test_another_digit_ends_it() -> None:
    number = NextNumber()
    number.foresee(b"20", b"10")
    number.read(ord("4"))
    assert number.coming == 0
