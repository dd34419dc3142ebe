"""What a line says of its own end, in the readable implementation; `test_native.py` holds the native core to it."""

import pytest

from nacomp.models.mixing.foreseen import NextNumber, SpeltBytes


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
