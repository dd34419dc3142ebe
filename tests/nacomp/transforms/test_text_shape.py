"""A quick look: binary, UTF-8, or perhaps another encoding."""

import pytest

from nacomp.transforms.text_shape import WINDOW, high_bytes, is_binary, is_utf8, windows

RUSSIAN = "Съешь же ещё этих мягких французских булок. " * 40


def test_windows_reach_from_start_to_end_at_multiples_of_four() -> None:
    data = b"".join(number.to_bytes(4, "big") for number in range(25_000)) + b"end"
    pieces = windows(data)
    assert [len(piece) for piece in pieces] == [WINDOW] * 4
    assert data.startswith(pieces[0])
    assert all(data.index(piece) % 4 == 0 for piece in pieces)
    assert data.index(pieces[-1]) > len(data) - WINDOW - 16
    assert windows(data[:9000]) == [data[:9000]]


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        (bytes(range(256)), True),
        (b"text\r\n\t\x1a" * 100, False),
        (b"\x01" + b"a" * 100, True),
        (b"\x01" + b"a" * 1000, False),
    ],
)
def test_is_binary(sample: bytes, expected: bool) -> None:
    assert is_binary(sample) is expected


def test_cut_utf8_is_utf8_and_other_encodings_are_not() -> None:
    data = RUSSIAN.encode()
    assert is_utf8([data[1:1000], data[777:2000]])
    assert not is_utf8([RUSSIAN.encode("cp1251")])
    assert not is_utf8([RUSSIAN.encode("koi8-r")[:200]])


def test_high_bytes_are_found_wherever_they_are() -> None:
    assert high_bytes(b"ascii " * 1000) is None
    sample = high_bytes(b"ascii " * 90_000 + b"\xe9\xe8" + b" ascii" * 90_000)
    assert sample is not None
    assert b"ascii \xe9\xe8 ascii" in sample
    assert len(sample) < 40_000
