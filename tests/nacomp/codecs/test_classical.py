"""Classical payloads come back, are never larger than xz's, and cannot harm a decoder."""

import lzma
import random
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from nacomp.codecs import classical, mixed, ppmd
from nacomp.codecs.classical import METHODS, pack, pack_quick, unpack
from nacomp.formats.errors import CorruptArchive
from nacomp.formats.header import encode_header
from nacomp.formats.methods import Method, MethodKind

RNG = random.Random(7)
SOURCE = Path(classical.__file__).read_bytes()


def machine_code() -> bytes:
    """Something like x86 code: calls to a few addresses from many places."""
    parts = []
    for at in range(0, 40_000, 8):
        target = RNG.choice([100, 2000, 30_000, 31_000])
        parts.append(
            b"\xe8" + struct.pack("<i", target - at - 5) + bytes(RNG.choices([0x90, 0x53, 0x5D], k=3))
        )
    return b"".join(parts)


def waves(channels: int) -> bytes:
    """16-bit samples of rising tones, which never repeat."""
    time = np.arange(12_000)
    noise = np.random.default_rng(1).normal(0, 20, (len(time), channels))
    tones = np.stack(
        [8000 * np.sin(time**2 / (90_000 + 7000 * c) + time / 31) for c in range(channels)], axis=1
    )
    return (tones + noise).astype("<i2").tobytes()


def pixels() -> bytes:
    x, y = np.meshgrid(np.arange(150), np.arange(80))
    noise = np.random.default_rng(2).normal(0, 1.5, (80, 150, 3))
    return (np.stack([x + y / 3, 200 - x / 2, y + 20], axis=2) + noise).astype(np.uint8).tobytes()


SAMPLES = {
    "source": SOURCE,
    "machine code": machine_code(),
    "one channel": waves(1),
    "two channels": waves(2),
    "pixels": pixels(),
    "zeros": bytes(100_000),
    "noise": RNG.randbytes(30_000),
    "few bytes": b"ab",
}
LZMA_METHODS = [m for m in METHODS if m.kind is MethodKind.LZMA]


def by(kind: MethodKind, data: bytes) -> tuple[Method, bytes]:
    """`data` packed by a method of this kind, whether or not it is the smallest."""
    trials = [p for p in classical._candidates(data, lambda: None) if p.method.kind is kind]
    best = min(trials, key=lambda p: len(p.payload))
    return best.method, best.payload


@pytest.mark.parametrize("name", SAMPLES)
def test_smallest_payload_comes_back_and_beats_xz(name: str) -> None:
    data = SAMPLES[name]
    packed = pack(data)
    assert unpack(packed.method, packed.payload, len(data)) == data
    assert len(packed.payload) <= len(lzma.compress(data, preset=9 | lzma.PRESET_EXTREME))
    assert len(packed.payload) <= len(data)


@pytest.mark.parametrize("name", SAMPLES)
def test_every_kind_of_method_comes_back(name: str) -> None:
    data = SAMPLES[name]
    for packed in classical._candidates(data, lambda: None):
        assert unpack(packed.method, packed.payload, len(data)) == data


@settings(deadline=None, max_examples=40)
@given(st.binary(min_size=1, max_size=300))
def test_any_bytes_come_back(data: bytes) -> None:
    for packed in (pack(data), pack_quick(data)):
        assert unpack(packed.method, packed.payload, len(data)) == data
        assert len(packed.payload) <= len(data)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("source", "mixed"),
        ("machine code", "mixed"),
        ("one channel", "mixed"),
        ("two channels", "mixed"),
        ("pixels", "mixed"),
        ("noise", "stored"),
    ],
)
def test_data_finds_its_method(name: str, kind: str) -> None:
    assert pack(SAMPLES[name]).method.kind == kind


def test_machine_code_finds_its_filter() -> None:
    """For encoders without a native core: with it the mixer is smaller."""
    method, _ = by(MethodKind.LZMA, SAMPLES["machine code"])
    parameters: Any = method.parameters
    assert parameters["filters"][0]["id"] == "x86"


def test_packing_twice_gives_the_same() -> None:
    for name in ("source", "machine code", "pixels"):
        assert pack(SAMPLES[name]) == pack(SAMPLES[name])


def test_noise_is_stored_and_a_far_repeat_in_it_is_found() -> None:
    """What no probe of the middle shrinks gets no full trial, unless Zstandard sees more in the whole."""
    noise = random.Random(3).randbytes(1 << 20)
    assert pack(noise).method.kind is MethodKind.STORED
    assert len(pack(noise + noise[: 1 << 19]).payload) < 1.01 * len(noise)


def test_mixer_is_not_asked_for_noise_with_gaps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its middle, all zeros, promises much; pieces from all over show that there is nothing to win."""
    first, second = (b"".join(RNG.randbytes(30_000) + bytes(2000) for _ in range(4)) for _ in range(2))
    coded: list[int] = []
    encode = mixed.encode

    def watched(data: bytes, *rest: Any) -> bytes | None:
        coded.append(len(data))
        return encode(data, *rest)

    monkeypatch.setattr(mixed, "encode", watched)
    monkeypatch.setattr(classical, "SPREAD_LEAST", 1 << 18)
    data = first + bytes(30_000) + second
    packed = pack(data)
    assert packed.method.kind is MethodKind.LZMA
    assert unpack(packed.method, packed.payload, len(data)) == data
    assert max(coded) == classical.SPREAD_PIECES * classical.SPREAD_PIECE


def test_mixer_is_asked_for_dense_data_that_it_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sound fills more than the share from which on pieces are sampled, and the mixer makes it smaller all the same."""
    monkeypatch.setattr(classical, "SPREAD_LEAST", 1 << 17)
    time = np.arange(100_000)
    tones = sum(4000 * np.sin(time * pitch) for pitch in (0.31, 0.77, 1.3, 2.1))
    data = (tones + np.random.default_rng(3).normal(0, 60, len(time))).astype("<i2").tobytes()
    packed = pack(data)
    assert packed.method is mixed.METHOD
    assert classical.lzma_size(data) > classical.SPREAD_DENSE * len(data)


def test_check_can_stop_the_work() -> None:
    class Stop(Exception):
        pass

    def stop() -> None:
        raise Stop

    with pytest.raises(Stop):
        pack(SOURCE, stop)


def test_check_is_called_during_large_inputs() -> None:
    calls = []
    pack(bytes(5 * classical.TRY_BYTES), lambda: calls.append(1))
    assert len(calls) > 5


def test_large_text_is_left_to_lzma() -> None:
    data = (SOURCE * (ppmd.LIMIT // len(SOURCE) + 1))[: ppmd.LIMIT + 1]
    packed = pack(data)
    assert packed.method.kind is MethodKind.LZMA
    assert unpack(packed.method, packed.payload, len(data)) == data


def test_the_methods_cost_little_in_a_header() -> None:
    """They stand in every archive's header, used or not."""
    assert len(encode_header(METHODS)) - len(encode_header(METHODS[:1])) <= 80


KINDS = [MethodKind.ZSTD, MethodKind.PPMD, MethodKind.LZMA, MethodKind.STORED]
kinds = pytest.mark.parametrize("kind", KINDS)


@pytest.mark.parametrize("kind", [MethodKind.ZSTD, MethodKind.LZMA, MethodKind.STORED])
def test_wrong_sizes_truncation_and_extra_bytes_are_refused(kind: MethodKind) -> None:
    method, payload = by(kind, SOURCE)
    for original_size in (1, len(SOURCE) - 1, len(SOURCE) + 1, 1 << 21):
        with pytest.raises(CorruptArchive):
            unpack(method, payload, original_size)
    for wrong in (
        b"",
        payload[:1],
        payload[:5],
        payload[: len(payload) // 2],
        payload[:-1],
        payload + b"\x00",
    ):
        with pytest.raises(CorruptArchive):
            unpack(method, wrong, len(SOURCE))


def test_ppmd_is_asked_for_no_more_than_it_may_hold() -> None:
    method, payload = by(MethodKind.PPMD, SOURCE)
    with pytest.raises(CorruptArchive, match="over the limit"):
        unpack(method, payload, ppmd.LIMIT + 1)


@kinds
def test_damaged_payloads_give_an_error_or_bytes_of_the_right_size(kind: MethodKind) -> None:
    method, payload = by(kind, SOURCE[:4000])
    rng = random.Random(3)
    for _ in range(150):
        damaged = bytearray(payload)
        for _ in range(rng.randrange(1, 5)):
            damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
        try:
            assert len(unpack(method, bytes(damaged), 4000)) == 4000
        except CorruptArchive:
            continue


@pytest.mark.parametrize("method", [m for m in METHODS if m.kind is not MethodKind.STORED])
def test_noise_is_refused_or_decodes_to_the_stated_size(method: Method) -> None:
    rng = random.Random(4)
    for length in (*range(12), *[rng.randrange(200) for _ in range(60)]):
        noise = rng.randbytes(length)
        for payload in (
            noise,
            b"\x00" + noise,
            b"\x01" + noise,
            zstandard.MAGIC_NUMBER.to_bytes(4, "little") + noise,
        ):
            try:
                assert len(unpack(method, payload, 500)) == 500
            except CorruptArchive:
                continue


@pytest.mark.parametrize("method", LZMA_METHODS)
def test_lzma_bomb_is_stopped(method: Method) -> None:
    chain = classical._filter_chain(method.parameters["filters"])
    bomb = lzma.compress(
        bytes(1 << 24), lzma.FORMAT_RAW, filters=[*chain, {"id": lzma.FILTER_LZMA2, "preset": 1}]
    )
    with pytest.raises(CorruptArchive):
        unpack(method, bomb, 1000)


def test_zstd_bomb_is_stopped() -> None:
    for content_size in (True, False):
        bomb = zstandard.ZstdCompressor(write_content_size=content_size).compress(bytes(1 << 24))
        with pytest.raises(CorruptArchive):
            unpack(METHODS[1], bomb, 1000)


def test_zstd_frame_that_claims_a_huge_size_is_refused_unread() -> None:
    frame = struct.pack("<IB", zstandard.MAGIC_NUMBER, 0xE0) + struct.pack("<Q", 1 << 60) + b"\x01\x00\x00"
    assert zstandard.get_frame_parameters(frame).content_size == 1 << 60
    with pytest.raises(CorruptArchive, match="frame header"):
        unpack(METHODS[1], frame, 1000)


def test_zstd_frame_that_asks_for_a_huge_window_is_refused() -> None:
    settings = zstandard.ZstdCompressionParameters(window_log=27, write_content_size=False)
    frame = zstandard.ZstdCompressor(compression_params=settings).compressobj()
    payload = frame.compress(bytes(1000)) + frame.flush()
    assert zstandard.get_frame_parameters(payload).window_size == 1 << 27
    with pytest.raises(CorruptArchive):
        unpack(METHODS[1], payload, 1000)


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [
        ("ppmd", {}),
        ("ppmd", {"order": 6}),
        ("ppmd", {"order": 64, "memory": 1 << 26}),
        ("ppmd", {"order": 6, "memory": 1 << 40}),
        ("ppmd", {"order": -1, "memory": 1 << 26}),
        ("ppmd", {"order": "6", "memory": 1 << 26}),
        ("lzma", {}),
        ("lzma", {"filters": []}),
        ("lzma", {"filters": "lzma2"}),
        ("lzma", {"filters": [{"id": "delta", "dist": 100_000}, {"id": "lzma2"}]}),
        ("lzma", {"filters": [{"id": "lzma2", "dict_size": 1 << 40}]}),
        ("neural", {}),
    ],
)
def test_parameters_we_never_write_are_refused(kind: str, parameters: dict[str, Any]) -> None:
    payload = b"\x00\x00\x00\x00\x00\x00"
    with pytest.raises(CorruptArchive):
        unpack(Method(MethodKind(kind), parameters), payload, 10)


def test_methods_are_distinct() -> None:
    assert len({repr(method) for method in METHODS}) == len(METHODS)
