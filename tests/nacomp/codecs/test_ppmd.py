"""PPMd: the bytes of the library whose place it took, from both implementations, and nothing that a payload could break."""

import os
import random
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nacomp.codecs import classical, forecast, mixed, ppmd, ppmd_reference
from nacomp.formats.errors import CorruptArchive
from nacomp.formats.methods import Method, MethodKind

_ppmd = pytest.importorskip("nacomp.codecs._ppmd")
SLICE = 512
"""Bytes that the library may be given at a time: it loses one where its output for a symbol straddles the end of 32 KiB."""
TEXT = (Path(__file__).parents[3] / "formats" / "SPEC.md").read_bytes()
DECODERS = (_ppmd.decode, ppmd_reference.decode)
decoders = pytest.mark.parametrize("decode", DECODERS, ids=["native", "readable"])
LEAST = 1 << 11
"""Bytes of memory that a model takes: of these a few hundred symbols are too many, and it begins anew."""


def library(data: bytes, order: int, memory: int) -> bytes:
    """The library's payload."""
    pyppmd = pytest.importorskip("pyppmd")
    encoder = pyppmd.Ppmd7Encoder(order, memory)
    slices = (data[at : at + SLICE] for at in range(0, len(data), SLICE))
    return b"".join([*map(encoder.encode, slices), encoder.flush()])


def drawn(seed: int, size: int) -> bytes:
    """Noise of few or many symbols, words of it, runs: whatever the seed says."""
    rng = random.Random(seed)
    symbols = rng.sample(range(256), rng.choice((1, 2, 5, 40, 256)))
    words = [bytes(rng.choices(symbols, k=rng.randrange(1, 30))) for _ in range(rng.choice((1, 8, 300)))]
    found = bytearray()
    while len(found) < size:
        found += rng.choice(words) * rng.choice((1, 1, 1, 1, 200))
    return bytes(found[:size])


def assert_same(data: bytes, order: int, memory: int) -> None:
    """The core's payload is the library's, and comes back."""
    payload = _ppmd.encode(data, order, memory)
    assert payload == library(data, order, memory)
    assert _ppmd.decode(payload, order, memory, len(data)) == data


@pytest.mark.parametrize("order", range(2, 17))
def test_payloads_are_the_library_s(order: int) -> None:
    rng = random.Random(order)
    for memory in (LEAST, LEAST + 3, 20_000, 1 << 17, 1 << 20, 1 << 26):
        assert_same(TEXT, order, memory)
        assert_same(rng.randbytes(40_000), order, memory)
        assert_same(drawn(rng.randrange(1 << 30), 60_000), order, memory)


def test_payloads_of_every_short_length_are_the_library_s() -> None:
    rng = random.Random(3)
    for size in range(301):
        for data in (bytes(size), b"\xff" * size, rng.randbytes(size), TEXT[:size]):
            assert_same(data, 2 + size % 15, 1 << 20)


def test_models_that_fill_their_memory_again_and_again_are_the_library_s() -> None:
    for memory in (1 << 20, 2_000_001):
        assert_same(drawn(1, 1 << 19) + random.Random(2).randbytes(1 << 19) + TEXT, 16, memory)


@settings(deadline=None, max_examples=150)
@given(st.integers(), st.integers(0, 9000), st.integers(2, 16), st.integers(LEAST, 1 << 18))
def test_any_content_in_any_memory_gives_the_library_s_payload(
    seed: int, size: int, order: int, memory: int
) -> None:
    assert_same(drawn(seed, size), order, memory)


@settings(deadline=None, max_examples=40)
@given(st.integers(), st.integers(0, 3000), st.integers(2, 16), st.integers(LEAST, 1 << 14))
def test_the_readable_twin_gives_the_same(seed: int, size: int, order: int, memory: int) -> None:
    data = drawn(seed, size)
    payload = ppmd_reference.encode(data, order, memory)
    assert payload == _ppmd.encode(data, order, memory)
    assert ppmd_reference.decode(payload, order, memory, size) == data


@pytest.mark.parametrize("order", [2, 6, 12, 16])
def test_the_readable_twin_gives_the_same_for_texts(order: int) -> None:
    for memory in (LEAST, 1 << 26):
        payload = _ppmd.encode(TEXT[:4000], order, memory)
        assert ppmd_reference.encode(TEXT[:4000], order, memory) == payload
        assert ppmd_reference.decode(payload, order, memory, 4000) == TEXT[:4000]


@decoders
def test_payloads_that_do_not_end_with_their_content_are_refused(decode: Callable[..., bytes]) -> None:
    payload = _ppmd.encode(TEXT[:200], 6, 1 << 20)
    for size in range(len(payload)):
        with pytest.raises(ValueError, match=r"cut off|start|end"):
            decode(payload[:size], 6, 1 << 20, 200)
    for wrong, size in ((payload + b"\0", 200), (payload, 0), (payload, 190), (payload, 210)):
        with pytest.raises(ValueError, match=r"cut off|end"):
            decode(wrong, 6, 1 << 20, size)
    for size in (199, 201):  # the likeliest symbol may move no bit: a checksum tells
        found = answer(decode, payload, 6, 1 << 20, size)
        assert isinstance(found, str) or found[:199] == TEXT[:199]


@decoders
def test_what_no_encoder_writes_is_refused(decode: Callable[..., bytes]) -> None:
    rest = random.Random(1).randbytes(100)
    starts = (b"\x01", b"\x00\xff\xff\xff\xff")
    for payload in (b"", bytes(4), *(start + rest for start in starts)):
        with pytest.raises(ValueError, match="start"):
            decode(payload, 6, 1 << 20, 10)
    with pytest.raises(ValueError, match="no encoder"):  # behind the last of 261 parts, after a symbol 0
        decode(b"\x00\x00\xff\x00\xfe\xff" + rest, 6, 1 << 20, 10)
    with pytest.raises(ValueError, match="end mark"):  # the last of 257 parts is that of an escape
        decode(b"\x00\xff\x80\x00\x00" + rest, 6, 1 << 20, 10)


def test_both_decoders_make_the_same_of_damage() -> None:
    """Each gives an error or exactly so many bytes; and the same symbols lead both to the same model."""
    rng, answers = random.Random(5), set()
    for number in range(150):
        order, memory = 2 + number % 15, rng.randrange(LEAST, 1 << 14)
        damaged = bytearray(_ppmd.encode(drawn(number, 900), order, memory))
        for _ in range(number % 3):
            damaged[rng.randrange(1, len(damaged))] ^= 1 << rng.randrange(8)
        found = [answer(decode, bytes(damaged), order, memory, 900) for decode in DECODERS]
        assert found[0] == found[1]
        answers.add(type(found[0]) if isinstance(found[0], bytes) else found[0])
    assert len(answers) > 2


def answer(decode: Callable[..., bytes], *arguments: object) -> bytes | str:
    """What it gives, or what it says."""
    try:
        return decode(*arguments)
    except ValueError as refusal:
        return str(refusal)


def test_the_core_refuses_numbers_out_of_range() -> None:
    for order, memory in ((1, 1 << 20), (17, 1 << 20), (6, LEAST - 1), (6, (1 << 30) + 1)):
        with pytest.raises(ValueError, match="is 2"):
            _ppmd.encode(b"abc", order, memory)
        with pytest.raises(ValueError, match="is 2"):
            _ppmd.decode(bytes(9), order, memory, 3)
    with pytest.raises(ValueError, match="at most"):
        _ppmd.decode(bytes(9), 6, 1 << 20, (1 << 30) + 1)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read from /proc")
def test_decoding_keeps_no_memory() -> None:
    """50 MiB in pieces: pyppmd kept 16 to 28 MB for each."""
    data = drawn(7, 1 << 16) * 16
    payload = ppmd.encode(data, 12, 1 << 24)
    pages = [0, 0]
    for number in range(50):
        assert ppmd.decode(payload, 12, 1 << 24, len(data)) == data
        ppmd.encode(data[: 1 << 17], 12, 1 << 24)
        pages[number > 2] = int(Path("/proc/self/statm").read_text().split()[1])
    assert (pages[1] - pages[0]) * os.sysconf("SC_PAGE_SIZE") < 6e6


def test_a_model_takes_no_more_memory_than_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ppmd.decoding_bytes(1 << 20) == (2 << 20) + ppmd.MAX_MEMORY
    monkeypatch.setattr(ppmd, "_ppmd", None)
    payload = _ppmd.encode(TEXT[:30_000], 12, 1 << 26)
    tracemalloc.start()
    ppmd.decode(payload, 12, 1 << 26, 30_000)
    assert tracemalloc.get_traced_memory()[1] < ppmd.decoding_bytes(30_000) + 4e6
    tracemalloc.stop()


@pytest.fixture
def pure(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where there is no compiler."""
    monkeypatch.setattr(ppmd, "_ppmd", None)
    monkeypatch.setattr(mixed, "_mixing", None)


@pytest.mark.usefixtures("pure")
def test_without_a_core_short_blocks_are_coded_as_with_it() -> None:
    packed = classical.pack(TEXT[:12_000])
    assert packed.method.kind is MethodKind.PPMD
    assert packed.payload == _ppmd.encode(TEXT[:12_000], packed.method.parameters["order"], 1 << 26)
    told: list[int] = []
    assert classical.unpack(packed.method, packed.payload, 12_000, told.append) == TEXT[:12_000]
    assert (len(told), sum(told)) == (2, 12_000)


@pytest.mark.usefixtures("pure")
def test_without_a_core_long_blocks_are_read_and_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ppmd, "READABLE_LIMIT", 4000)
    assert classical.pack(TEXT[:4000]).method.kind is MethodKind.PPMD
    assert classical.pack(TEXT[:4001]).method.kind is not MethodKind.PPMD
    method = Method(MethodKind.PPMD, {"order": 6, "memory": 1 << 26})
    payload = _ppmd.encode(TEXT[:9000], 6, 1 << 26)
    assert classical.unpack(method, payload, 9000) == TEXT[:9000]
    with pytest.raises(CorruptArchive, match="cut off"):
        classical.unpack(method, payload[:-1], 9000)


@pytest.mark.usefixtures("pure")
def test_without_a_core_its_size_is_told_from_lzma_and_long_texts_are_left_to_that() -> None:
    told, true = classical.ppmd_size(TEXT), len(_ppmd.encode(TEXT, 6, 1 << 26))
    assert 0.8 * true < told < 1.2 * true
    quick = classical.quick_size(TEXT)
    assert not forecast.could_be_smaller(TEXT, quick, quick // 2)
    assert forecast.could_be_smaller(TEXT, quick, quick)
