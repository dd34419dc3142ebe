"""The profile that is chosen for a block."""

import random
import struct
from typing import Literal

import numpy as np
import pytest

from nacomp.codecs import mixed, profiles
from nacomp.models.mixing.settings import AS_THEY_ARE, TURNED, MixingSettings, Profile

pytestmark = pytest.mark.skipif(not mixed.available(), reason="candidates are tried by the native core")

RNG = random.Random(2)
RECORDS = b"".join(bytes(RNG.choice((c, c + 90)) for c in range(12)) + RNG.randbytes(1) for _ in range(900))


def photo() -> bytes:
    noise = np.random.default_rng(1)
    hills = np.cumsum(np.cumsum(noise.normal(0, 1, (80, 150)), axis=0), axis=1) / 8
    light = 120 + 90 * np.tanh(hills / 20) + noise.normal(0, 1, (80, 150))
    colours = [light, light * 0.8 + 20 + noise.normal(0, 1, (80, 150)), light / 2 + 30]
    return np.stack(colours, axis=2).astype(np.uint8).tobytes()


def ink(width: int) -> bytes:
    """Discs, in rows of so many bytes."""
    rng = random.Random(width)
    y, x = np.mgrid[: 12000 // width, : 8 * width]
    black = np.zeros(x.shape, bool)
    for _ in range(60):
        black |= (x - rng.randrange(8 * width)) ** 2 + (y - rng.randrange(len(y))) ** 2 < rng.randrange(400)
    return np.packbits(black, axis=1).tobytes()


def dithered() -> bytes:
    """A smooth picture of 400 x 250 whose errors move on to the right and down."""
    hills = np.cumsum(np.cumsum(np.random.default_rng(4).normal(0, 1, (250, 400)), axis=0), axis=1)
    light = 0.5 + 0.4 * np.tanh(hills / 300)
    black = np.zeros(light.shape, bool)
    for y in range(249):
        for x in range(1, 399):
            black[y, x] = light[y, x] > 0.5
            error = light[y, x] - black[y, x]
            light[y, x + 1] += error * 7 / 16
            light[y + 1, x - 1 : x + 2] += error * np.array([3, 5, 1]) / 16
    return np.packbits(black, axis=1).tobytes()


def tone(channels: int) -> bytes:
    at = np.arange(6000)[:, None]
    noise = np.random.default_rng(3).normal(0, 20, (6000, channels))
    return (9000 * np.sin(at / 15 + np.arange(channels)) + noise).astype("<i2").tobytes()


def deep(size: int, upper_first: bool, header: int) -> bytes:
    """Two channels of samples of so many bytes behind some others."""
    at = np.arange(3000)[:, None]
    noise = np.random.default_rng(6).normal(0, 1e-3, (3000, 2))
    wave = (0.3 * np.sin(at / 15 + np.arange(2)) + 0.1 * np.sin(at / 4) + noise) * 256 ** (size) / 2
    ordered = wave.astype(">i4").view(np.uint8).reshape(-1, 4)[:, 4 - size :]
    return b"\7" * header + bytes(ordered[:, :: 1 if upper_first else -1])


@pytest.mark.parametrize(
    ("size", "upper_first", "header"),
    [(2, True, 54), (3, False, 44), (3, False, 45), (3, True, 54), (4, False, 44)],
)
def test_samples_of_any_size_find_their_frames(size: int, upper_first: bool, header: int) -> None:
    content = deep(size, upper_first, header)
    settings, _ = profiles.choose(content)
    assert settings.profile is Profile.SAMPLES
    assert (settings.width, settings.sample, settings.upper_first) == (2 * size, size, upper_first)
    assert settings.shift == header % size
    assert mixed.decode(mixed.encode(content, settings, len(content)) or b"", len(content)) == content


def instructions() -> bytes:
    """Calls of six functions among moves to and from the stack."""
    rng, code, functions = random.Random(8), bytearray(), (0, 97, 900, 4001, 5000, 9000)
    while len(code) < 12000:
        moved = bytes((rng.choice((0x89, 0x8B)), 0x45 | rng.randrange(8) << 3, rng.randrange(0, 256, 8)))
        code += rng.choice((b"", b"\x48")) + moved + b"\xe8"
        code += (rng.choice(functions) - len(code) - 4).to_bytes(4, "little", signed=True)
    return bytes(code)


@pytest.mark.parametrize(
    ("content", "profile", "width", "byte"),
    [
        (b"".join(b"%d;%d;word\n" % (i, i * 7) for i in range(400)), Profile.TEXT, 0, ord(";")),
        (b"One paragraph without any line, and so no fields. " * 90, Profile.TEXT, 0, 44),
        (RECORDS, Profile.BINARY, 13, 1),
        (photo(), Profile.IMAGE, 450, 3),
        (ink(40), Profile.BITMAP, 40, 1),
        (ink(77), Profile.BITMAP, 77, 1),
        (dithered(), Profile.BITMAP, 50, 1),
        (instructions(), Profile.CODE, 0, 1),
        (tone(1), Profile.SAMPLES, 2, 1),
        (tone(2), Profile.SAMPLES, 4, 1),
    ],
)
def test_data_finds_its_profile(content: bytes, profile: Profile, width: int, byte: int) -> None:
    settings, share = profiles.choose(content)
    assert (settings.profile, settings.width) == (profile, width)
    assert (settings.delimiter if profile is Profile.TEXT else settings.pixel) == byte
    assert settings.size == len(content)
    assert 0 < share < 0.9


@pytest.mark.parametrize("order", ["big", "little"])
def test_words_of_machine_code_find_their_order(order: Literal["big", "little"]) -> None:
    """Calls of six functions among loads and stores of registers."""
    rng, code = random.Random(8), bytearray()
    for at in range(3000):
        offset = rng.choice((0, 97, 900, 1500, 2000, 2900)) - at
        call = 0x94000000 | offset & 0x3FFFFFF
        load = rng.choice((0xF9400000, 0xF9000000, 0x91000000)) | rng.randrange(8) << 10 | rng.randrange(1024)
        code += rng.choice((call, load, load)).to_bytes(4, order)
    settings, _ = profiles.choose(bytes(code))
    assert (settings.profile, settings.pixel) == (Profile.WORDS, AS_THEY_ARE if order == "big" else TURNED)


def measured() -> bytes:
    """A wave that wanders, in hundredths, as numbers of 64 bits."""
    steps = np.random.default_rng(9).normal(0, 0.02, 9000)
    wave = 20 + 5 * np.sin(np.arange(9000) / 50) + np.cumsum(steps)
    return np.round(wave, 2).astype("<f8").tobytes()


def test_columns_of_numbers_are_records() -> None:
    settings, _ = profiles.choose(measured())
    assert (settings.profile, settings.width, settings.pixel) == (Profile.RECORDS, 8, 8)
    binary = MixingSettings(Profile.BINARY, settings.size, 8)
    records, plain = (
        len(mixed.encode(measured(), each, settings.size) or b"") for each in (settings, binary)
    )
    assert 0 < records < 0.9 * plain


def database() -> bytes:
    """Pages of 4 KB as SQLite has them: rows from the end of a page on, each of its number, three words and a float."""
    rng, words, pages = random.Random(4), [bytes(_word(number)) for number in range(900)], []
    for _ in range(10):
        page = b""
        while len(page) < 3900:
            text = b" ".join(rng.choice(words) for _ in range(3))
            row = (
                bytes((6, len(text) * 2 + 13, 7, 1))
                + text
                + struct.pack(">dB", rng.random() * 100, rng.randrange(50))
            )
            page = bytes((len(row), rng.randrange(2, 24), rng.randrange(128))) + row + page
        pages.append(page.rjust(4096, b"\0"))
    return b"".join(pages)


def _word(number: int) -> list[int]:
    rng = random.Random(number)
    return [rng.choice(b"etaoinshrdlu") for _ in range(rng.randrange(2, 9))]


def test_sizes_of_a_pixel_leave_room_for_other_profiles() -> None:
    """Three images come first in a first round of few bytes, where their rows are cut, and lose by far later."""
    settings, _ = profiles.choose(database())
    assert settings.profile is not Profile.IMAGE


@pytest.mark.parametrize(
    ("bits", "row", "pixel"), [(1, 16, 1), (8, 104, 1), (16, 204, 2), (24, 304, 3), (32, 404, 4)]
)
def test_a_header_names_rows_of_whole_words(bits: int, row: int, pixel: int) -> None:
    content = (
        b"BM" + bytes(16) + (101).to_bytes(4, "little") + bytes(6) + bits.to_bytes(2, "little") + bytes(99)
    )
    (named,) = profiles.named_rows(content)
    assert (named.width, named.pixel) == (row, pixel)
    assert named.profile is (Profile.BITMAP if bits == 1 else Profile.IMAGE)


@pytest.mark.parametrize(("width", "bits"), [(0, 8), (101, 4), (70000, 24), (1 << 31, 32)])
def test_a_header_of_no_possible_row_names_none(width: int, bits: int) -> None:
    content = (
        b"BM" + bytes(16) + width.to_bytes(4, "little") + bytes(6) + bits.to_bytes(2, "little") + bytes(5000)
    )
    assert profiles.named_rows(content) == []
    assert profiles.choose(content)[0].size == len(content)


def test_a_middle_unlike_the_rest_does_not_decide() -> None:
    """Code on both sides of a table: the middle 32 KB alone would not find it."""
    code = instructions() * 4
    table = b"".join(i.to_bytes(4, "little") for i in range(8500))
    assert profiles.choose(code + table + code)[0].profile is Profile.CODE


def test_noise_is_told_by_its_share() -> None:
    assert profiles.choose(RNG.randbytes(5000))[1] > 0.99


@pytest.mark.parametrize(
    ("content", "profile"), [(b"a;b\n" * 40, Profile.TEXT), (bytes(range(100, 256)), Profile.BINARY)]
)
def test_small_blocks_are_not_tried(
    content: bytes, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mixed, "encode", None)
    assert profiles.choose(content)[0].profile is profile


def test_any_size_has_a_profile() -> None:
    for size in (1, 2, 3, 11, 100):
        assert profiles.choose(bytes(size))[0].size == size
