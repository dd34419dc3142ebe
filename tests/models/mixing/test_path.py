"""Paths of drawings, in the readable implementation; `test_native.py` holds the native core to it."""

import pytest

from nacomp.models.mixing.path import Path, rough, written


def after(text: str) -> Path:
    path, last4 = Path(), 0
    for byte in text.encode():
        last4 = (last4 << 8 | byte) & 0xFFFFFFFF
        path.read(last4)
    return path


def foreseen(text: str) -> str:
    """The whole number that is near the coming one."""
    return after(text).near.text.decode()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (' d="M10.5,-20 C', "10.5"),
        (' d="M10.5,-20 l1,2 L', "11.5"),
        (' d="M10.5,-20 l1,2,1,2 C', "12.5"),
        (' d="M10.5,-20 l1,2,1,2 C3', "12.5"),
        (' d="M10.5,-20 C3,', "-20"),
        (' d="M10.5,-20 C12,', "-20"),
        (' d="M10.5,-20 C12,-21,', "13.5"),
        (' d="M10.5,-20 C12,-21,14,-22,', "10.5"),
        (' d="M10.5,-20 C12,-21,14,-22,10.5,', "-20"),
        (' d="M10.5,-20 l3,3z L', "10.5"),
        (' d="M10.5,-20 h2v-3 H', "12.5"),
        (' d="M10.5,-20 h2v-3 V', "-23"),
        (' d="M1,2c.25-.5', ""),
        (' d="M1,2c.25-.5,', ".5"),
        (' d="M1,2c.25-.5,.5', ".5"),
        (' d="M1,2c.25-.5.5', ".5"),
        (' d="M1,2c.25-.5.5.', "-1"),
        (' d="M1,2c.25-.5.5.5.', ".75"),
        (' d="M1,2c.25-.5.5.5.25.5.', ""),
        (' d="M1,2a4.5,', "4.5"),
        (" d='M1,2A4,4,0,0,1,", "1"),
        ('{d:"M1,2M', "1"),
    ],
)
def test_what_the_coming_number_is_near(text: str, number: str) -> None:
    """The pen, where it was set down, or what the curve's points say."""
    assert foreseen(text) == number


@pytest.mark.parametrize(
    "text", ['id="M1,2C', 'd="M1,2"C', "d=M1,2C", ' d="M1,2z', ' d="1,2', ' d="M1,2A4,4,']
)
def test_nothing_is_near_elsewhere(text: str) -> None:
    assert after(text).coming == 0


def test_a_path_ends_at_its_own_quote() -> None:
    assert after("d='M1,2\"L").coming
    assert not after("d='M1,2'L").coming


def test_the_lead_says_how_far_a_number_is_from_what_it_is_near() -> None:
    leads = {
        number: after(' d="M705,0L' + number).near.lead for number in ("705", "706", "71", "69", "9", "-7")
    }
    assert leads == {"705": 0, "706": 1, "71": 1, "69": -1, "9": 2, "-7": 3}


def test_numbers_too_long_or_too_far_do_no_harm() -> None:
    far = after(' d="M99999999,0' + "l99999999,1" * 3 + "L")
    assert far.at == [1 << 40, 30000]
    assert after(' d="M1234567890,0.123456789L').at == [123456780000, 1234]


def test_numbers_are_written_as_drawings_write_them() -> None:
    assert [written(value) for value in (0, 5000, -12500, 100000)] == [b"0", b".5", b"-1.25", b"10"]


def test_what_is_rough_keeps_three_bits_and_the_sign() -> None:
    assert [rough(value) for value in (0, 7, -7, 8, 15)] == [0, 14, 15, 24, 30]
