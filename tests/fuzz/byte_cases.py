"""Random cases for the cores that code bytes, as `native_cases.py` says it of all: deflate, PPMd, the mixer, JPEG."""

from collections.abc import Callable
from contextlib import suppress

import numpy as np

from nacomp.codecs import _ppmd, ppmd_reference
from nacomp.models.jpeg import _jpeg
from nacomp.models.jpeg import reference as jpeg_reference
from nacomp.models.mixing import _mixing, runs
from nacomp.models.mixing import reference as mixing_reference
from nacomp.models.mixing.machine_code import turn_code
from nacomp.models.mixing.settings import NUMBER_SIZES, MixingSettings, Profile
from nacomp.models.mixing.words import turn_words
from nacomp.transforms import _deflate
from tests.fuzz.drawn import SIZES, Random, pick, refuses
from tests.models.jpeg.samples import drawn_picture
from tests.nacomp.transforms.deflate_samples import RandomStream

# The deflate model


def deflate(rng: Random) -> None:
    """A valid stream, whole or cut, and corrections with other bytes in them."""
    seed, blocks, start = int(rng.integers(1 << 32)), int(rng.integers(1, 7)), int(rng.integers(8))
    drawn = RandomStream(seed, blocks, rng.bytes(int(pick(rng, 0, 1, 32768))), start)
    stream, dictionary = drawn.write(), drawn.dictionary
    opened = _deflate.open_stream(stream, start, dictionary, 1 << 20, 1 << 20)
    assert opened is not None
    content, corrections, bits, _ = opened
    assert content == drawn.content
    assert (start + bits + 7) // 8 == len(stream)
    assert _deflate.rebuild(content, corrections, dictionary)[0] == stream
    _deflate.open_stream(
        stream[: int(rng.integers(len(stream)))], 0, dictionary, 1 << 20, int(rng.integers(300))
    )
    _deflate.open_stream(rng.bytes(200), int(rng.integers(2000)), b"", int(rng.integers(1000)), 1 << 20)
    for _ in range(20):
        damaged = bytearray(corrections + rng.bytes(int(rng.integers(9))))
        for _ in range(int(rng.integers(1, 9))):
            damaged[int(rng.integers(len(damaged)))] = int(rng.integers(256))
        shorter = content[: int(pick(rng, len(content), 0, rng.integers(len(content) + 1)))]
        with suppress(_deflate.Corrupt):
            _deflate.rebuild(shorter, damaged, pick(rng, dictionary, b""))
    calls: list[Callable[[], object]] = [
        lambda: _deflate.open_stream(stream, 0, bytes(32769), 1, 1),
        lambda: _deflate.open_stream(stream, -1, b"", 1, 1),
        lambda: _deflate.open_stream(stream, 0, b"", 1 << 31, 1),
        lambda: _deflate.rebuild(content, corrections, bytes(32769)),
        lambda: _deflate.rebuild(content, b"", b""),
        lambda: _deflate.rebuild(None, corrections, b""),  # type: ignore[arg-type]
    ]
    refuses(pick(rng, *calls))


# PPMd


def ppmd(rng: Random) -> None:
    """Content of any kind in memory of any size; payloads cut, damaged or drawn, for more content than they are of too."""
    order, size = int(rng.integers(2, 17)), int(pick(rng, *SIZES, rng.integers(6000)))
    memory = int(pick(rng, 1 << 11, rng.integers(1 << 11, 1 << 13), rng.integers(1 << 13, 1 << 18)))
    content = bytes(rng.integers(0, pick(rng, 1, 2, 20, 256), size, np.uint8))
    content += content[: int(rng.integers(size + 1))]
    payload = _ppmd.encode(content, order, memory)
    assert payload == ppmd_reference.encode(content, order, memory)
    assert _ppmd.decode(payload, order, memory, len(content)) == content
    cut = payload[: int(rng.integers(len(payload)))]
    refuses(lambda: _ppmd.decode(cut, order, memory, len(content)))
    damaged = bytearray(payload)
    damaged[int(rng.integers(1, len(payload)))] ^= 1 << int(rng.integers(8))
    for nobodys in (cut, damaged, b"\0" + rng.bytes(int(rng.integers(3000))), rng.bytes(9)):
        with suppress(ValueError):
            _ppmd.decode(nobodys, order, memory, int(pick(rng, 0, len(content), 1 << 16)))
    calls: list[Callable[[], object]] = [
        lambda: _ppmd.encode(content, pick(rng, -1, 1, 17, 1 << 40), memory),
        lambda: _ppmd.encode(content, order, pick(rng, -1, (1 << 11) - 1, (1 << 30) + 1, 1 << 40)),
        lambda: _ppmd.decode(payload, order, memory, pick(rng, -1, (1 << 30) + 1, 1 << 70)),
        lambda: _ppmd.decode(payload + b"\0", order, memory, len(content)),
        lambda: _ppmd.decode(b"", order, memory, 0),
        lambda: _ppmd.decode(None, order, memory, 0),  # type: ignore[arg-type]
    ]
    for call in calls:
        refuses(call)


# The mixer


def mixing(rng: Random) -> None:
    """A short block of any profile through the core and the reference, then words that nobody wrote."""
    settings = some_settings(rng)
    content = bytes(rng.integers(0, pick(rng, 2, 40, 256), settings.size, np.uint8))
    kernel = pick(rng, *_mixing.available_kernels())
    core, readable = (
        _mixing.Encoder(*settings.arguments, kernel=kernel),
        mixing_reference.Encoder(*settings.arguments),
    )
    core.encode(content)
    readable.encode(content)
    words = core.finish()
    assert words == readable.finish()
    assert _mixing.Decoder(words, *settings.arguments, kernel=kernel).decode(len(content)) == content
    turned = _mixing.turn_code(content, True)
    assert turned == turn_code(content, True)
    assert _mixing.turn_code(turned, False) == content
    turned = _mixing.turn_words(content, True)
    assert turned == turn_words(content, True)
    assert _mixing.turn_words(turned, False) == turn_words(turned, False) == content
    picture(rng)
    refuses(lambda: core.encode(b"x"))
    refuses(core.finish)
    refuses(lambda: _mixing.Encoder(pick(rng, -1, 4, 1), 10, pick(rng, -1, 65536)))
    decoder = _mixing.Decoder(rng.bytes(int(rng.integers(0, 40))), *settings.arguments)
    with suppress(ValueError):
        assert len(decoder.decode(settings.size)) == settings.size
    refuses(lambda: decoder.decode(settings.size + 1))


def picture(rng: Random) -> None:
    """A few rows, flat or not, through both, and words that nobody wrote."""
    pixel = int(rng.integers(1, 9))
    row = pixel * int(rng.integers(1, 7))
    content = bytes(rng.integers(0, pick(rng, 1, 2, 256), row * int(rng.integers(1, 9)), np.uint8))
    core, readable = (made.PictureEncoder(len(content), row, pixel) for made in (_mixing, runs))
    core.encode(content)
    readable.encode(content)
    words = core.finish()
    assert words == readable.finish()
    assert _mixing.PictureDecoder(words, len(content), row, pixel).decode(len(content)) == content
    decoder = _mixing.PictureDecoder(rng.bytes(int(rng.integers(0, 40))), len(content), row, pixel)
    with suppress(ValueError):
        assert len(decoder.decode(len(content))) == len(content)
    refuses(lambda: decoder.decode(len(content) + pixel))


def some_settings(rng: Random) -> MixingSettings:
    profile, size = Profile(int(rng.integers(len(Profile)))), int(rng.integers(1, 60))
    pixel = int(rng.integers(1, {Profile.IMAGE: 9, Profile.WORDS: 3}.get(profile, 2)))
    if profile is Profile.RECORDS:
        pixel = pick(rng, *NUMBER_SIZES)
    sample = int(rng.integers(2, 5)) if profile is Profile.SAMPLES else 2
    widths = {
        Profile.TEXT: (0,),
        Profile.BINARY: (0, 1, 2, 13, 65535),
        Profile.SAMPLES: (sample, 2 * sample, 8 * sample),
        Profile.BITMAP: (1, 2, 3, 9, 65535),
        Profile.CODE: (0, 4, 65535),
        Profile.WORDS: (0,),
        Profile.IMAGE: (pixel, 12, 65535),
        Profile.RECORDS: (pixel, 3 * pixel, 800),
    }
    delimiter = pick(rng, 0, 44, 10, 255) if profile is Profile.TEXT else 0
    return MixingSettings(profile, size, pick(rng, *widths[profile]), pixel, delimiter, sample)


# JPEG pictures


def jpeg(rng: Random) -> None:
    """A picture of any kind through the core and the reference; then files and parts with other bytes in them, or cut."""
    file = drawn_picture(rng)
    kernel = pick(rng, *_mixing.available_kernels())
    parts = _jpeg.take_apart(file, kernel)
    assert parts is not None
    assert parts == jpeg_reference.take_apart(file)
    padding, rest, words = parts
    assert _jpeg.put_together(padding, rest, words, len(file), kernel) == file
    for _ in range(30):
        spoiled = damaged(rng, file)
        found = _jpeg.take_apart(spoiled)
        if found is not None:
            assert _jpeg.put_together(*found, len(spoiled)) == spoiled
    for _ in range(30):
        given = damaged(rng, rest) if rng.random() < 0.6 else rest
        nobodys = pick(rng, words, rng.bytes(4 * int(rng.integers(300))), bytes(len(words)))
        size = int(pick(rng, len(file), len(file), rng.integers(3 * len(file)), 1 << 14))
        with suppress(ValueError):
            assert len(_jpeg.put_together(int(rng.integers(2)), given, nobodys, size)) == size
    calls: list[Callable[[], object]] = [
        lambda: _jpeg.put_together(pick(rng, -1, 2, 1 << 40), rest, words, len(file)),
        lambda: _jpeg.put_together(padding, rest, words + b"x", len(file)),
        lambda: _jpeg.put_together(padding, rest, words, pick(rng, -1, 0, len(file) + 1, 1 << 29, 1 << 70)),
        lambda: _jpeg.put_together(padding, rest[: int(rng.integers(len(rest)))], words, len(file)),
        lambda: _jpeg.take_apart(None),  # type: ignore[arg-type]
        lambda: _jpeg.take_apart(file, "sse"),
    ]
    refuses(pick(rng, *calls))


def damaged(rng: Random, data: bytes) -> bytes:
    """Some bytes changed, to any or to an end of their range; now and then cut."""
    spoiled = bytearray(data[: int(rng.integers(len(data)))] if rng.random() < 0.1 else data)
    for _ in range(int(rng.integers(1, 6)) if spoiled else 0):
        spoiled[int(rng.integers(len(spoiled)))] = int(pick(rng, 0, 1, 127, 255, rng.integers(256)))
    return bytes(spoiled)
