"""The mixer's codec: payloads of every profile, and what is refused."""

import random
import struct

import pytest

from nacomp.codecs import mixed
from nacomp.codecs.classical import METHODS, unpack
from nacomp.errors import CorruptArchive
from nacomp.formats.methods import Method, MethodKind
from nacomp.models.mixing.settings import TURNED, MixingSettings, Profile

pytestmark = pytest.mark.skipif(not mixed.available(), reason="blocks are written by the native core")

TABLE = b"".join(b"%d;name %d;%d\n" % (i, i % 9, i * i) for i in range(300))
SETTINGS = {
    "text": MixingSettings(Profile.TEXT, len(TABLE), delimiter=ord(";")),
    "binary": MixingSettings(Profile.BINARY, len(TABLE)),
    "records": MixingSettings(Profile.BINARY, len(TABLE), 65535),
    "samples": MixingSettings(Profile.SAMPLES, len(TABLE), 4),
    "samples of 24 bits": MixingSettings(Profile.SAMPLES, len(TABLE), 9, sample=3, shift=2),
    "samples of 32 bits": MixingSettings(Profile.SAMPLES, len(TABLE), 4, sample=4, upper_first=True, shift=3),
    "code": MixingSettings(Profile.CODE, len(TABLE), 4),
    "bitmap": MixingSettings(Profile.BITMAP, len(TABLE), 9),
    "image": MixingSettings(Profile.IMAGE, len(TABLE), 7, 3),
    "words": MixingSettings(Profile.WORDS, len(TABLE)),
    "records of numbers": MixingSettings(Profile.RECORDS, len(TABLE), 12, 4),
    "records of one number": MixingSettings(Profile.RECORDS, len(TABLE), 8, 8),
    "words of ARM64": MixingSettings(Profile.WORDS, len(TABLE), pixel=TURNED),
}


def encoded(name: str = "text") -> bytes:
    payload = mixed.encode(TABLE, SETTINGS[name], len(TABLE))
    assert payload is not None
    return payload


@pytest.mark.parametrize("name", SETTINGS)
def test_every_profile_comes_back(name: str) -> None:
    assert mixed.decode(encoded(name), len(TABLE)) == TABLE


def test_the_reference_decodes_where_the_core_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    content = TABLE[:101]
    settings = MixingSettings(Profile.SAMPLES, len(content), 2)
    payload = mixed.encode(content, settings, 500)
    monkeypatch.setattr(mixed, "_mixing", None)
    assert mixed.encode(content, settings, 500) is None
    assert payload is not None
    assert mixed.decode(payload, len(content)) == content


def test_the_reference_decodes_code_where_the_core_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"\x90" * 33 + bytes.fromhex("e8000000008b0501000000") * 4
    payload = mixed.encode(content, MixingSettings(Profile.CODE, len(content)), 500)
    monkeypatch.setattr(mixed, "_mixing", None)
    assert payload is not None
    assert mixed.decode(payload, len(content)) == content


def test_the_reference_decodes_words_where_the_core_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    content = bytes.fromhex("fd7bbfa9fd030091050000940000009000") * 5
    payload = mixed.encode(content, MixingSettings(Profile.WORDS, len(content), pixel=TURNED), 500)
    monkeypatch.setattr(mixed, "_mixing", None)
    assert payload is not None
    assert mixed.decode(payload, len(content)) == content


def test_a_payload_over_the_limit_is_given_up_before_the_end() -> None:
    noise, calls = random.Random(1).randbytes(4 * mixed.PIECE), []
    settings = MixingSettings(Profile.BINARY, len(noise))
    assert mixed.encode(noise, settings, mixed.PIECE, lambda: calls.append(1)) is None
    assert len(calls) == 1


def test_progress_is_told_and_can_stop_the_work() -> None:
    content = bytes(2 * mixed.PIECE + 5)
    payload = mixed.encode(content, MixingSettings(Profile.BINARY, len(content)), len(content))
    assert payload is not None
    told: list[int] = []
    mixed.decode(payload, len(content), told.append)
    assert told == [mixed.PIECE, mixed.PIECE, 5]


@pytest.mark.parametrize(
    "header",
    [
        struct.pack("<BBH", 8, 1, 0),  # no such profile
        struct.pack("<BBH", 7, 3, 12),  # numbers of three bytes
        struct.pack("<BBH", 7, 4, 6),  # records of a number and a half
        struct.pack("<BBH", 6, 3, 0),  # words in no order that there is
        struct.pack("<BBH", 6, 1, 4),  # words with a width
        struct.pack("<BBH", 5, 1, 0),  # a bitmap without a row
        struct.pack("<BBH", 5, 2, 9),
        struct.pack("<BBH", 0, 44, 5),  # a text with a width
        struct.pack("<BBH", 1, 0, 5),  # a binary block with another byte than 1
        struct.pack("<BBH", 2, 2, 3),  # an odd frame
        struct.pack("<BBH", 2, 2, 18),
        struct.pack("<BBH", 2, 1, 2),  # samples of one byte
        struct.pack("<BBH", 2, 5, 5),
        struct.pack("<BBH", 2, 3 + 16 * 3, 3),  # a whole sample before the first
        struct.pack("<BBH", 2, 2 + 8, 0),
        struct.pack("<BBH", 4, 2, 0),  # code with another byte than 1
        struct.pack("<BBH", 3, 9, 100),  # too many bytes a pixel
        struct.pack("<BBH", 3, 3, 2),  # a row shorter than a pixel
    ],
)
def test_headers_we_never_write_are_refused(header: bytes) -> None:
    with pytest.raises(CorruptArchive):
        unpack(mixed.METHOD, header + bytes(8), 100)


@pytest.mark.parametrize("payload", [b"", b"\x00", b"\x00,\x00"])
def test_a_payload_without_a_header_is_refused(payload: bytes) -> None:
    with pytest.raises(CorruptArchive, match="no header"):
        unpack(mixed.METHOD, payload, 100)


def test_sizes_we_never_write_are_refused() -> None:
    for payload, size in (
        (encoded() + b"x", len(TABLE)),
        (encoded(), mixed.LIMIT + 1),
        (encoded() + bytes(1 << 15), 100),
    ):
        with pytest.raises(CorruptArchive):
            unpack(mixed.METHOD, payload, size)


@pytest.mark.parametrize("parameters", [{}, {"predictor": "mixing-5"}, {"predictor": "mixing-6", "more": 1}])
def test_other_predictors_are_refused(parameters: dict[str, str | int]) -> None:
    with pytest.raises(CorruptArchive, match="predictor is not known"):
        unpack(Method(MethodKind.MIXED, parameters), encoded(), len(TABLE))


def test_damaged_payloads_give_an_error_or_bytes_of_the_right_size() -> None:
    rng = random.Random(3)
    for name in SETTINGS:
        damaged = bytearray(encoded(name))
        damaged[rng.randrange(4, len(damaged))] ^= 1 << rng.randrange(8)
        try:
            assert len(unpack(METHODS[-1], bytes(damaged), len(TABLE))) == len(TABLE)
        except CorruptArchive:
            continue


def test_memory_is_bounded_by_the_size() -> None:
    assert mixed.decoding_bytes(100) < 50 << 20
    assert mixed.decoding_bytes(mixed.LIMIT) < 256 << 20
