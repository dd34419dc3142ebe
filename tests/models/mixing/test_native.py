"""The native core against the readable reference: the same probabilities, the same words, on every kernel."""

import random
from contextlib import suppress

import pytest

from nacomp.models.mixing import machine_code, reference, words
from nacomp.models.mixing.settings import MixingSettings, Profile

_mixing = pytest.importorskip("nacomp.models.mixing._mixing")

NOISE = random.Random(5)
TABLE = b"".join(b"%d,item%d,%.2f,ok\n" % (i, i % 7, i * 1.7) for i in range(6))
PAGE = (
    b"<list>\n  <item id='1'><b>One</b></item>\n  <item id='2'/>\n</list>{\"key\": [1, 2, {\"Key\": 10}]}\n"
    * 2
)
WAVE = b"".join((3000 - 37 * i % 900 + 60 * i).to_bytes(2, "big", signed=True) for i in range(60))
DEEP = b"".join((70001 * i % 900001 - 41 * i * i).to_bytes(3, "big", signed=True) for i in range(60))
EDGES = b"".join(NOISE.choice((b"\x7f\xff\xff\xff", b"\x80\0\0\0", b"\0\0\0\1")) for _ in range(24))
PICTURE = bytes(
    (x * 3 + y * 5 + c * 40 + NOISE.randrange(4)) % 256 for y in range(5) for x in range(8) for c in range(3)
)
STRIPES = bytes((x * y * 37 >> 3 & 0xF0) | NOISE.randrange(4) for y in range(12) for x in range(9))
CODE = bytes.fromhex(
    "554889e54883ec10e8fbffffff8b05112233004883c410c3"  # a call, an address relative to the instruction's end
    "660f1f440000c5f877c4e27918c062f17c48280789041d0000000048b80102030405060708"
    "66c7450034120f85f0ffffff66f7c03412f6c201f7d8c8100001e9f6ffffffa10011223344556677e8"
)
ARM = (
    bytes.fromhex(
        "fd7bbfa9fd030091050000941f2003d5000000b0000040f9f4ffff97fd7bc1a8c0035fd6ffffff97ffffff97000000b0"
    )
    * 4
)
CLOCK = b"".join(
    (0xFFFFFFFFFE000000 + 900001 * i + i % 3).to_bytes(8, "big") + b"\0\0\1" + bytes([i]) for i in range(20)
)
DRAWN = (
    'd="M10.25,7.5c-.5,12.75,1,1,2,2,3,3,4,4.Z" ..5 12345678901234567 aaaaaaaaaaaaaaaaaaÄÖ1A2\n'.encode() * 2
)
PATHS = (
    b'<path d="M705.5,-36c-.17.32-.34.48-.51.48l-2.43,1.66C702.3 37,-701 37.5,705.5,-36Z"/><path d=\'m-1-2.5.25 0H9h-.5'
    b"V12v-3t4,4T1 1q2-2,5.5,1S3,4 5,6s1,1,2,2A4.5,4.5,0,1,0,9,9a2,2,0,0,1,1.12345,99999999.99999999zM7 8L123456789012,0z'/>"
    b'{d:"c99999999.5,1,199999999,2,3,-L-0 000c-0,-0"}{id:"M1,1c2,2"}'
)
DUMP = b"".join(
    b"%08x: 4865 6c6c 6f2c 0a%02x  Hello,.%c\n" % (138 + 16 * i, 65 + i, 65 + i) for i in range(4)
)
BARRED = (
    b"".join(
        b"%08x  48 65 6c 6c 6f 2c 0a 20  48 7c 7c 6f %02x 41 42 43  |Hello,. H||o%cABC|\n"
        % (16 * i, 65 + i, 65 + i)
        for i in range(4)
    )
    + b"00000040  48 65                                             |He|\n48 |\n4865  6c6c  He\n"
)
CODES = b"".join(
    b"%s,%d,%s\n" % (code, i, name)
    for i, (code, name) in enumerate(
        zip(
            (b"deu", b"FRA", b"a", b"abcde", b"en2", b"nl", b""),
            (b"Deutsch", b"Francais", b"A", b"Ab", b"English", b"Nederlands", b"x"),
            strict=True,
        )
    )
)
MEASURED = b"".join(
    b"%d,%.2f,%.1f,%s\n"
    % (
        998 + i * i % 7,
        -3.3 + i * 0.41,
        20 - i * 1.7,
        (b"1", b"7.", b".5", b"--4", b"-12.5.1", b"1234567890123", b"")[i % 7],
    )
    for i in range(16)
)
STEPS = (
    b"17,0009,ffffffffffffffff,9\n19,000b,fffffffffffffffe,12\n21,000d,fffffffffffffffd,x\n"
    b"23,1,fffffffffffffffc7,99\n20,ff,0,98\n17,101,0000000000000000,97\n\n14,5,1\n"
)
CASES = {
    "table": (MixingSettings(Profile.TEXT, len(TABLE), delimiter=ord(",")), TABLE),
    "page": (MixingSettings(Profile.TEXT, len(PAGE), delimiter=ord(" ")), PAGE),
    "records": (MixingSettings(Profile.BINARY, 130, 13), bytes(i % 13 * (i // 40) % 256 for i in range(130))),
    "noise": (MixingSettings(Profile.BINARY, 40), NOISE.randbytes(40)),
    "one channel": (MixingSettings(Profile.SAMPLES, 121, 2), WAVE + b"x"),
    "two channels": (MixingSettings(Profile.SAMPLES, 120, 4), WAVE),
    "24 bits": (MixingSettings(Profile.SAMPLES, 180, 6, sample=3), DEEP[:180]),
    "24 bits of one channel": (MixingSettings(Profile.SAMPLES, 122, 3, sample=3), DEEP[:122]),
    "32 bits": (MixingSettings(Profile.SAMPLES, 160, 8, sample=4), DEEP[:160]),
    "32 bits at their ends": (MixingSettings(Profile.SAMPLES, 96, 4, sample=4), EDGES),
    "pixels": (MixingSettings(Profile.IMAGE, len(PICTURE), 24, 3), PICTURE),
    "pixels of 16 bits": (MixingSettings(Profile.IMAGE, len(PICTURE), 48, 6), PICTURE),
    "pixels as wide as their rows": (MixingSettings(Profile.IMAGE, 120, 3, 3), PICTURE[:120]),
    "code": (MixingSettings(Profile.CODE, len(CODE)), CODE),
    "code in records": (MixingSettings(Profile.CODE, 2 * len(CODE), 5), bytes(CODE * 2)),
    "bitmap": (MixingSettings(Profile.BITMAP, len(STRIPES), 9), STRIPES),
    "bitmap of one byte a row": (MixingSettings(Profile.BITMAP, len(STRIPES), 1), STRIPES),
    "bitmap wider than its block": (MixingSettings(Profile.BITMAP, 40, 65535), STRIPES[:40]),
    "words": (MixingSettings(Profile.WORDS, len(ARM)), ARM),
    "words of ARM64, cut": (MixingSettings(Profile.WORDS, 94, pixel=2), ARM[:94]),
    "numbers of 16 bits": (MixingSettings(Profile.RECORDS, 121, 6, 2), WAVE + b"x"),
    "numbers of 32 bits": (MixingSettings(Profile.RECORDS, len(CLOCK), 12, 4), CLOCK),
    "numbers of 64 bits": (MixingSettings(Profile.RECORDS, len(CLOCK), 8, 8), CLOCK),
    "numbers at their ends": (MixingSettings(Profile.RECORDS, 96, 4, 4), EDGES),
    "hex dump": (MixingSettings(Profile.TEXT, len(DUMP), delimiter=ord(" ")), DUMP),
    "hex dump behind bars": (MixingSettings(Profile.TEXT, len(BARRED), delimiter=ord(" ")), BARRED),
    "codes": (MixingSettings(Profile.TEXT, len(CODES), delimiter=ord(",")), CODES),
    "measures": (MixingSettings(Profile.TEXT, len(MEASURED), delimiter=ord(",")), MEASURED),
    "numbers that go on": (MixingSettings(Profile.TEXT, len(STEPS), delimiter=ord(",")), STEPS),
    "drawing": (MixingSettings(Profile.TEXT, len(DRAWN), delimiter=ord(" ")), DRAWN),
    "paths": (MixingSettings(Profile.TEXT, len(PATHS), delimiter=ord(",")), PATHS),
    "nothing": (MixingSettings(Profile.TEXT, 0), b""),
}


@pytest.mark.parametrize("kernel", _mixing.available_kernels())
@pytest.mark.parametrize("name", CASES)
def test_words_are_those_of_the_reference(name: str, kernel: str) -> None:
    """So the native coder writes what constriction does, too: the reference's coder is held to that."""
    settings, content = CASES[name]
    native, readable = (
        _mixing.Encoder(*settings.arguments, kernel=kernel),
        reference.Encoder(*settings.arguments),
    )
    native.encode(content[:50])
    native.encode(content[50:])
    readable.encode(content)
    words = native.finish()
    assert words == readable.finish()
    decoder = _mixing.Decoder(words, *settings.arguments, kernel=kernel)
    assert (
        decoder.decode(10) + decoder.decode(max(0, len(content) - 10)) == content
        if len(content) >= 10
        else True
    )


def test_the_reference_decodes() -> None:
    settings, content = CASES["table"]
    native = _mixing.Encoder(*settings.arguments)
    native.encode(content)
    assert reference.Decoder(native.finish(), *settings.arguments).decode(60) == content[:60]


@pytest.mark.parametrize("outside", [0, 1, 3])
def test_streams_and_outside_inputs(outside: int) -> None:
    """Three streams in turn, which find each other's bytes, with inputs from outside up to the domain's ends."""
    rng, contents = random.Random(7), (TABLE[:30], TABLE[15:45], PAGE[:30])
    settings = MixingSettings(Profile.TEXT, 180, delimiter=ord(","))
    native = _mixing.Predictor(*settings.arguments, outside_inputs=outside, streams=3)
    readable = reference.Mixing(settings, 3, outside)
    for at in range(30):
        for stream, content in enumerate(contents):
            for shift in range(7, -1, -1):
                bit = content[at] >> shift & 1
                points = [rng.choice((-3072, -500, 0, 90 if bit else -90, 32767)) for _ in range(outside)]
                selector = rng.randrange(256)
                assert native.predict(stream, points, selector) == readable.predict(stream, points, selector)
                native.learn(bit)
                readable.learn(bit)


def test_outside_inputs_are_trusted_from_the_start() -> None:
    predictor = _mixing.Predictor(int(Profile.TEXT), 100, outside_inputs=1)
    assert predictor.predict(0, [1000], 0) / (1 << 22) == pytest.approx(0.98, abs=0.005)


@pytest.mark.parametrize(
    "arguments",
    [
        {"profile": 8, "width": 4, "pixel": 4},
        {"profile": 7, "width": 12, "pixel": 3},
        {"profile": 7, "width": 6, "pixel": 4},
        {"profile": 7, "width": 0, "pixel": 4},
        {"profile": 5, "width": 0},
        {"profile": 4, "width": 65536},
        {"profile": -1},
        {"profile": 2, "width": 3, "pixel": 2},
        {"profile": 2, "width": 0, "pixel": 2},
        {"profile": 2, "width": 18, "pixel": 2},
        {"profile": 2, "width": 1, "pixel": 1},
        {"profile": 2, "width": 5, "pixel": 5},
        {"profile": 2, "width": 27, "pixel": 3},
        {"profile": 3, "width": 2, "pixel": 3},
        {"profile": 1, "width": 65536},
        {"profile": 0, "delimiter": 256},
        {"profile": 0, "kernel": "abacus"},
        {"profile": 0, "size": 1 << 31},
    ],
)
def test_settings_out_of_range_are_refused(arguments: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        _mixing.Encoder(**{"size": 10, **arguments})


@pytest.mark.parametrize("seed", range(20))
def test_words_are_turned_as_by_the_reference_and_back(seed: int) -> None:
    """Words of ARM64 behind 64 KB, so that pages count, and words that aim beyond either end."""
    rng = random.Random(seed)
    aims = b"".join(
        (rng.choice((0x94000000, 0x97FFFFF0, 0x90000000, 0xF0FFFFE0)) ^ rng.randrange(256)).to_bytes(
            4, "little"
        )
        for _ in range(50)
    )
    content = bytes(1 << 16) + aims + ARM[: 20 + seed]
    turned = _mixing.turn_words(content, True)
    assert turned == words.turn_words(content, True) != content
    assert _mixing.turn_words(turned, False) == words.turn_words(turned, False) == content


def test_calls_of_one_function_are_the_same_word() -> None:
    content = b"".join((0x94000000 | 500 - at).to_bytes(4, "little") for at in range(3))
    assert _mixing.turn_words(content, True) == (0x94000000 | 500).to_bytes(4, "big") * 3


@pytest.mark.parametrize("seed", range(40))
def test_targets_are_turned_as_by_the_reference_and_back(seed: int) -> None:
    """Of code, of code cut anywhere, and of noise with many opcodes that aim."""
    rng = random.Random(seed)
    noise = bytes(
        rng.choice((0xE8, 0x0F, 0x85, 0x8B, 0x05, 0xFF, 0, 1, rng.randrange(256))) for _ in range(300)
    )
    content = (b"\x90" * 32 + CODE * 3)[: 40 + 4 * seed] if seed % 2 else b"\x90" * 32 + noise
    turned = _mixing.turn_code(content, True)
    assert turned == machine_code.turn_code(content, True)
    assert _mixing.turn_code(turned, False) == machine_code.turn_code(turned, False) == content
    # Anything is the turned form of something: a damaged archive is no special case.
    assert _mixing.turn_code(_mixing.turn_code(noise, False), True) == noise


def test_calls_of_one_function_look_alike() -> None:
    """Two calls of offset 100, behind enough instructions that nobody doubts that this is code."""
    content = bytearray(b"\x90" * 200)
    for at in (40, 60):
        content[at : at + 5] = b"\xe8" + (100 - at - 5).to_bytes(4, "little")
    turned = _mixing.turn_code(bytes(content), True)
    assert turned[40:45] == turned[60:65] == b"\xe8\x00\x00\x00\x64"


def test_more_bytes_than_announced_are_refused() -> None:
    encoder = _mixing.Encoder(0, 3)
    with pytest.raises(ValueError, match="announced"):
        encoder.encode(b"four")
    with pytest.raises(ValueError, match="announced"):
        _mixing.Decoder(b"", 0, 3).decode(4)


@pytest.mark.parametrize("seed", range(24))
def test_any_words_decode_to_something_or_are_refused(seed: int) -> None:
    words = random.Random(seed).randbytes(4 * (seed % 9))
    decoder = _mixing.Decoder(words, seed % 2, 60)
    with suppress(ValueError):
        assert len(decoder.decode(60)) == 60


def test_words_over_the_range_are_refused() -> None:
    """The first bit's quantile is below 2^24 only if the point is in the range, which ends one before 2^64."""
    with pytest.raises(ValueError, match="no encoder"):
        _mixing.Decoder(b"\xff" * 8, 0, 60).decode(60)
