"""GGUF files are untrusted: what is well formed reads back, anything else is one sentence and never a traceback."""

import contextlib
import hashlib
import struct
from pathlib import Path

import gguf
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nacomp.models.errors import ModelError
from nacomp.models.library.gguf_file import Q8_0, GgufFile, _dequantised, open_gguf
from tests.models.tiny_gguf import Kind, TinyModel, random_blocks, write_tiny_gguf

VALUE = 4  # GGUF type number of uint32
STRING, ARRAY = 8, 9


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_gguf(tmp_path_factory.mktemp("gguf") / "tiny.gguf", TinyModel(layers=1, vocabulary=257))


def text(value: bytes) -> bytes:
    return struct.pack("<Q", len(value)) + value


def pair(key: bytes, kind: int, value: bytes) -> bytes:
    return text(key) + struct.pack("<I", kind) + value


def tensor(name: bytes, shape: tuple[int, ...], kind: int = 0, offset: int = 0) -> bytes:
    sizes = struct.pack(f"<I{len(shape)}Q", len(shape), *shape)
    return text(name) + sizes + struct.pack("<IQ", kind, offset)


def craft(pairs: list[bytes], tensors: list[bytes], data: bytes = b"", version: int = 3) -> bytes:
    head = b"GGUF" + struct.pack("<IQQ", version, len(tensors), len(pairs))
    body = head + b"".join(pairs) + b"".join(tensors)
    return body + bytes(-len(body) % 32) + data


def opened(folder: Path, content: bytes) -> GgufFile:
    path = folder / "crafted.gguf"
    path.write_bytes(content)
    return open_gguf(path)


def test_metadata_and_tensors_read_back(tmp_path: Path) -> None:
    pairs = [
        pair(b"a.text", STRING, text("grüße".encode())),
        pair(b"a.real", 6, struct.pack("<f", 0.5)),
        pair(b"a.flag", 7, b"\x01"),
        pair(b"a.big", 10, struct.pack("<Q", 2**63)),
        pair(b"a.words", ARRAY, struct.pack("<IQ", STRING, 2) + text(b"x") + text(b"")),
        pair(b"a.numbers", ARRAY, struct.pack("<IQ3i", 5, 3, -1, 0, 7)),
    ]
    values = np.arange(6, dtype="<f4").reshape(2, 3)
    with opened(tmp_path, craft(pairs, [tensor(b"t", (3, 2))], values.tobytes())) as file:
        assert file.metadata == {
            "a.text": "grüße",
            "a.real": 0.5,
            "a.flag": True,
            "a.big": 2**63,
            "a.words": ["x", ""],
            "a.numbers": [-1, 0, 7],
        }
        assert file.tensor_names == ("t",)
        read = file.tensor("t")
    np.testing.assert_array_equal(read, values)  # still readable after closing
    assert read.dtype == np.float32


def test_agrees_with_the_gguf_package(tiny: Path) -> None:
    theirs = gguf.GGUFReader(tiny)
    with open_gguf(tiny) as ours:
        for key, value in ours.metadata.items():
            assert theirs.fields[key].contents() == value
        assert [t.name for t in theirs.tensors] == list(ours.tensor_names)
        for found in theirs.tensors:
            np.testing.assert_array_equal(found.data, ours.tensor(found.name))


def test_sha256_is_the_file_s(tiny: Path) -> None:
    with open_gguf(tiny) as file:
        assert file.sha256 == hashlib.sha256(tiny.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("kind", "tolerance"),
    [
        (Kind.F16, 2e-3),
        (Kind.BF16, 2e-2),
        (Kind.Q8_0, 2e-2),
        (Kind.Q5_0, 2e-1),
        (Kind.Q5_1, 2e-1),
        (Kind.Q4_0, 4e-1),
        (Kind.Q4_1, 4e-1),
    ],
)
def test_every_simple_format_dequantises(kind: Kind, tolerance: float, tmp_path: Path) -> None:
    plain = write_tiny_gguf(tmp_path / "plain.gguf", TinyModel(layers=1))
    packed = write_tiny_gguf(tmp_path / "packed.gguf", TinyModel(layers=1, kind=kind))
    with open_gguf(plain) as expected, open_gguf(packed) as found:
        assert found.tensors["token_embd.weight"].type == kind
        for name in expected.tensor_names:
            np.testing.assert_allclose(found.tensor(name), expected.tensor(name), atol=tolerance)


@pytest.mark.parametrize("kind", [Kind.Q2_K, Kind.Q3_K, Kind.Q4_K, Kind.Q5_K, Kind.Q6_K])
def test_every_k_quant_dequantises(kind: Kind, tmp_path: Path) -> None:
    model = TinyModel(layers=1, width=256, hidden=256, kind=kind)
    with open_gguf(write_tiny_gguf(tmp_path / "k.gguf", model)) as file:
        found = file.tensor("blk.0.ffn_up.weight")
    expected = gguf.dequantize(random_blocks((256, 256), kind, model.seed), kind)
    np.testing.assert_array_equal(found, expected)
    assert found.std() > 0


ONE = [tensor(b"t", (8,))]
DATA = bytes(64)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"GGU", "not a GGUF file"),
        (b"PK\x03\x04" + bytes(60), "not a GGUF file"),
        (craft([], ONE, DATA, version=1), "version 1"),
        (craft([], ONE, DATA, version=3 << 24), "version"),
        (b"GGUF" + struct.pack("<IQQ", 3, 2**63, 0), "tensors"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 2**63), "cut short"),
        (craft([struct.pack("<Q", 2**64 - 1) + b"key"], []), "cut short"),
        (craft([pair(b"k", ARRAY, struct.pack("<IQ", 0, 2**62))], []), "more than"),
        (craft([pair(b"k", ARRAY, struct.pack("<IQ", VALUE, 2**22))], []), "cut short"),
        (craft([pair(b"k", ARRAY, struct.pack("<IQ", STRING, 2**22))], []), "cut short"),
        (craft([pair(b"k", ARRAY, struct.pack("<IQ", ARRAY, 1) * 50)], []), "arrays of metadata type 9"),
        (craft([pair(b"k", 77, b"")], []), "type 77"),
        (craft([pair(b"k", STRING, text(b"\xff\xfe"))], []), "UTF-8"),
        (craft([pair(b"k", VALUE, bytes(4))] * 2, []), "twice"),
        (craft([pair(b"general.alignment", VALUE, bytes(4))], ONE, DATA), "alignment"),
        (craft([pair(b"general.alignment", STRING, text(b"32"))], ONE, DATA), "alignment"),
        (craft([], [tensor(b"t", ())], DATA), "0 dimensions"),
        (craft([], [tensor(b"t", (1,) * 5)], DATA), "5 dimensions"),
        (craft([], [tensor(b"t", (0, 8))], DATA), "impossible"),
        (craft([], [tensor(b"t", (2**63, 2**63))], DATA), "cut short"),
        (craft([], [tensor(b"t", (2**32, 2**32))], DATA), "cut short"),
        (craft([], [tensor(b"t", (33,), kind=8)], DATA), "impossible"),
        (craft([], [tensor(b"t", (8,), kind=4)], DATA), "unknown format"),
        (craft([], [tensor(b"t", (8,), offset=2**64 - 32)], DATA), "cut short"),
        (craft([], [tensor(b"t", (8,), offset=64)], DATA), "cut short"),
        (craft([], [tensor(b"t", (8,)), tensor(b"t", (8,), offset=32)], DATA), "two tensors named t"),
        (craft([], [tensor(b"t", (8,)), tensor(b"u", (8,))], DATA), "overlap"),
    ],
)
def test_hostile_directory_is_refused(content: bytes, reason: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=reason):
        opened(tmp_path, content)


def test_missing_file_and_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "nothing.gguf", tmp_path):
        with pytest.raises(ModelError, match=path.name):
            open_gguf(path)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_are_refused(bad: float, tmp_path: Path) -> None:
    values = np.array([0, 1, bad, 3], "<f4")
    with (
        opened(tmp_path, craft([], [tensor(b"t", (4,))], values.tobytes())) as file,
        pytest.raises(ModelError, match="not finite"),
    ):
        file.tensor("t")


def test_scale_that_is_not_finite_is_refused(tmp_path: Path) -> None:
    block = np.array([np.inf], "<f2").tobytes() + bytes(32)
    with (
        opened(tmp_path, craft([], [tensor(b"t", (32,), kind=8)], block)) as file,
        pytest.raises(ModelError, match="not finite"),
    ):
        file.tensor("t")


def test_format_without_dequantiser_is_refused(tmp_path: Path) -> None:
    integers = tensor(b"t", (8,), kind=int(Kind.I32))
    with opened(tmp_path, craft([], [integers], DATA)) as file, pytest.raises(ModelError, match="I32"):
        file.tensor("t")


def test_absent_tensor_is_refused(tiny: Path) -> None:
    with open_gguf(tiny) as file, pytest.raises(ModelError, match="no tensor nonsense"):
        file.tensor("nonsense")


def test_every_truncation_is_refused(tmp_path: Path) -> None:
    pairs = [pair(b"k", STRING, text(b"value")), pair(b"l", ARRAY, struct.pack("<IQ2I", VALUE, 2, 1, 2))]
    whole = craft(pairs, [tensor(b"t", (8,))], bytes(32))
    for length in range(len(whole)):
        with pytest.raises(ModelError):
            opened(tmp_path, whole[:length])
    opened(tmp_path, whole).close()


@given(where=st.integers(0, 2000), bits=st.integers(1, 255))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damage_is_a_sentence_or_harmless(where: int, bits: int, tiny: Path, tmp_path: Path) -> None:
    content = bytearray(tiny.read_bytes())
    content[where] ^= bits
    with contextlib.suppress(ModelError), opened(tmp_path, bytes(content)) as file:
        for name in file.tensor_names:
            assert np.isfinite(file.tensor(name)).all()


def test_q8_0_is_read_to_the_bit_as_the_package_reads_it() -> None:
    """Scales of every kind, subnormal and not finite ones among them; in one row, in many, and in experts' planes."""
    scales = np.arange(1 << 16, dtype=np.uint16).view(np.uint8).reshape(-1, 2)
    numbers = np.random.default_rng(4).integers(0, 256, (1 << 16, 32), dtype=np.uint8)
    raw = np.concatenate([scales, numbers], axis=1)
    with np.errstate(all="ignore"):
        for shape in ((1, -1), (64, -1), (4, 16, 34 * 1024)):
            found = _dequantised(raw.reshape(shape), Q8_0)
            expected = gguf.dequantize(raw.reshape(shape), Kind.Q8_0)
            assert found.shape == expected.shape
            np.testing.assert_array_equal(found.view(np.uint32), expected.view(np.uint32))
