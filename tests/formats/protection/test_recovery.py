"""Recovery data: what it repairs, what it refuses, and that readers step over it."""

import contextlib
import io
import random

import pytest
import reedsolo
from hypothesis import given, settings
from hypothesis import strategies as st

from nacomp.formats.errors import (
    BeyondRepair,
    CorruptArchive,
    NacompError,
    NoRecoveryData,
    UnsupportedArchive,
)
from nacomp.formats.protection.erasure import combine, parity_matrix, repair_matrix
from nacomp.formats.protection.recovery import add_recovery, find_damage, plan_shape, repair
from nacomp.formats.protection.recovery_layout import (
    SHAPE,
    TRAILER_MAGIC,
    TRAILER_SIZE,
    RecoveryShape,
    decode_trailer,
    encode_trailer,
)
from nacomp.formats.reader import ArchiveReader
from tests.formats.make_archives import noise
from tests.formats.samples import SMALL_FILES, SMALL_OTHERS, STORED, build, read_files

SMALL = build(SMALL_FILES, SMALL_OTHERS)
LARGE = build({"noise": noise(150_000)}, methods=(STORED,), block_size=40_000)


def protected(archive: bytes, percent: float = 5) -> bytes:
    file = io.BytesIO(archive)
    add_recovery(file, percent)
    return file.getvalue()


PROTECTED = {"small": protected(SMALL), "large": protected(LARGE)}


def repaired(file: bytes) -> bytes:
    target = io.BytesIO()
    repair(io.BytesIO(file), target)
    return target.getvalue()


def scratched(file: bytes, start: int, size: int, rng: random.Random) -> bytes:
    return file[:start] + rng.randbytes(size) + file[start + size :]


@pytest.mark.parametrize("name", PROTECTED)
def test_an_archive_with_recovery_data_reads_as_before(name: str) -> None:
    original = {"small": SMALL, "large": LARGE}[name]
    assert PROTECTED[name].startswith(original)
    assert read_files(PROTECTED[name]) == read_files(original)
    with ArchiveReader.open(io.BytesIO(PROTECTED[name])) as reader:
        assert reader.size == len(original)


def test_any_four_percent_of_contiguous_damage_is_repaired_by_five_percent() -> None:
    rng = random.Random(8)
    for trial in range(100):
        file = PROTECTED["large"]
        size = len(file) * 4 // 100
        start = rng.randrange(len(file) - size + 1)
        assert repaired(scratched(file, start, size, rng)) == file, (trial, start)


@pytest.mark.parametrize("name", PROTECTED)
def test_damage_at_every_place_is_repaired(name: str) -> None:
    file = PROTECTED[name]
    size = len(file) * 3 // 100
    for start in range(0, len(file) - size, len(file) // 40):
        assert repaired(scratched(file, start, size, random.Random(start))) == file, start


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 3000), st.integers(1, 30), st.integers(0, 10_000), st.integers(0, 100))
def test_a_run_of_damage_of_the_stated_size_is_repaired(
    size: int, percent: int, place: int, seed: int
) -> None:
    file = protected(noise(size), percent)
    run = size * percent // 100
    start = place * (len(file) - run) // 10_000
    assert repaired(scratched(file, start, run, random.Random(seed))) == file


def test_a_whole_second_archive_of_recovery_data_repairs_a_lost_archive() -> None:
    file = protected(SMALL, 100)
    assert repaired(bytes(len(SMALL)) + file[len(SMALL) :]) == file


def test_scattered_damage_is_repaired() -> None:
    file = bytearray(PROTECTED["large"])
    rng = random.Random(1)
    for _ in range(6):
        file[rng.randrange(len(LARGE))] ^= 1 << rng.randrange(8)
    target = io.BytesIO()
    result = repair(io.BytesIO(bytes(file)), target)
    assert target.getvalue() == PROTECTED["large"]
    assert 1 <= result.damaged_sectors <= 6
    assert result.repaired_bytes <= result.damaged_sectors * 2048


def test_a_file_cut_off_in_its_recovery_data_is_repaired() -> None:
    file = PROTECTED["large"]
    for cut in (1, TRAILER_SIZE, TRAILER_SIZE + 1, len(file) - len(LARGE) - 2000):
        assert repaired(file[:-cut]) == file


def test_lost_recovery_data_alone_is_made_again() -> None:
    file = PROTECTED["large"]
    shape = decode_trailer(file[-TRAILER_SIZE:], len(file))
    assert shape is not None
    gone = (
        file[: shape.parity_offset]
        + bytes(shape.parity_size)
        + file[shape.parity_offset + shape.parity_size :]
    )
    target = io.BytesIO()
    assert repair(io.BytesIO(gone), target).repaired_bytes == 0
    assert target.getvalue() == file


def test_an_undamaged_file_has_no_damage() -> None:
    shape, damaged = find_damage(io.BytesIO(PROTECTED["large"]))
    assert not damaged
    assert shape == plan_shape(len(LARGE), 5)


def test_too_much_damage_is_refused() -> None:
    file = PROTECTED["large"]
    with pytest.raises(BeyondRepair, match="rows are damaged at one position"):
        repaired(scratched(file, 1000, len(file) // 10, random.Random(2)))


def test_lost_checksums_are_refused() -> None:
    file = PROTECTED["large"]
    shape = decode_trailer(file[-TRAILER_SIZE:], len(file))
    assert shape is not None
    broken = bytearray(file)
    for offset in shape.record(0)[0]:
        broken[offset + 60] ^= 1
    with pytest.raises(BeyondRepair, match="both copies"):
        repaired(bytes(broken))


@pytest.mark.parametrize("file", [b"", b"short", SMALL, LARGE])
def test_a_file_without_recovery_data_is_refused(file: bytes) -> None:
    with pytest.raises(NoRecoveryData):
        repaired(file)


def test_recovery_data_of_an_archive_inside_is_not_taken_for_its_own() -> None:
    outer = build({"inner.nac": PROTECTED["small"]}, methods=(STORED,), block_size=100_000)
    with pytest.raises(NoRecoveryData):
        repaired(outer)
    file = protected(outer)
    assert repaired(scratched(file, len(file) - 20, 20, random.Random(3))) == file


def test_recovery_data_is_not_added_twice() -> None:
    with pytest.raises(ValueError, match="without recovery data"):
        protected(PROTECTED["small"])


@pytest.mark.parametrize("percent", [0, -1, 100.1, float("nan")])
def test_impossible_percentages_are_refused(percent: float) -> None:
    with pytest.raises(ValueError, match="percent"):
        protected(SMALL, percent)


def test_a_failed_write_leaves_the_archive_as_it_was() -> None:
    class Full(io.BytesIO):
        def write(self, _data: object, /) -> int:
            raise OSError(28, "No space left on device")

    file = Full(SMALL)
    with pytest.raises(OSError, match="No space"):
        add_recovery(file, 5)
    assert file.getvalue() == SMALL


def test_five_percent_costs_little_more() -> None:
    for size, most in ((20_000, 0.14), (300_000, 0.075), (4_000_000, 0.063), (1 << 40, 0.061)):
        shape = plan_shape(size, 5)
        assert 0.05 < (shape.total_size - size) / size < most


@pytest.mark.parametrize("size", [1, 2, 63, 64, 65, 1000, 12_345, 1 << 30, 1 << 45])
@pytest.mark.parametrize("percent", [0.1, 1, 5, 33, 100])
def test_shapes_are_possible(size: int, percent: float) -> None:
    shape = plan_shape(size, percent)
    assert decode_trailer(encode_trailer(shape), shape.total_size) == shape
    assert shape.data_rows * shape.row_size >= size > (shape.data_rows - 1) * shape.row_size


def test_parity_is_the_reed_solomon_code_of_the_spec() -> None:
    rows = [noise(40)[i * 4 : i * 4 + 4] for i in range(10)]
    parity = combine(parity_matrix(10, 3), rows, 3, 4)
    codec = reedsolo.RSCodec(3, fcr=0, prim=0x11D, generator=2)
    for position in range(4):
        word = bytes(row[position] for row in rows)
        assert bytes(row[position] for row in parity) == bytes(codec.encode(word))[10:]


def test_repair_factors_are_those_of_the_library() -> None:
    """Decoding a codeword of one parity unit gives the same factors, only slowly."""
    chance = random.Random(7)
    for _ in range(12):
        data_rows, parity_rows = chance.randint(1, 40), chance.randint(1, 30)
        count = chance.randint(1, min(data_rows, parity_rows))
        lost = tuple(sorted(chance.sample(range(data_rows), count)))
        known = tuple(sorted(chance.sample(range(parity_rows), count)))
        codec = reedsolo.RSCodec(parity_rows, nsize=data_rows + parity_rows, fcr=0, prim=0x11D, generator=2)
        erased = [*lost, *(data_rows + p for p in range(parity_rows) if p not in known)]
        for parity, factors in zip(known, repair_matrix(data_rows, parity_rows, lost, known), strict=True):
            word = bytearray(data_rows + parity_rows)
            word[data_rows + parity] = 1
            message, _, _ = codec.decode(word, erase_pos=erased, only_erasures=True)
            assert factors == bytes(message[row] for row in lost)


def test_every_flipped_bit_is_detected_harmless_or_repaired() -> None:
    file = protected(build({"a": b"tiny"}, methods=(STORED,)))
    for position in range(0, len(file) * 8, 3):
        flipped = bytearray(file)
        flipped[position // 8] ^= 1 << position % 8
        with contextlib.suppress(NacompError):
            assert read_files(bytes(flipped)) == {"a": b"tiny"}
        assert repaired(bytes(flipped)) == file


@pytest.mark.parametrize("extra", [b"\0", TRAILER_MAGIC, PROTECTED["small"][-TRAILER_SIZE:]])
def test_trailing_garbage_behind_recovery_data_refused(extra: bytes) -> None:
    with pytest.raises(CorruptArchive):
        read_files(PROTECTED["small"] + extra)


@pytest.mark.parametrize(
    "shape",
    [
        RecoveryShape(len(SMALL), 63, 100, 10),
        RecoveryShape(len(SMALL), 1 << 21, 100, 10),
        RecoveryShape(len(SMALL), 96, 100, 10),
        RecoveryShape(len(SMALL), 64, 0, 10),
        RecoveryShape(len(SMALL), 64, 10, 0),
        RecoveryShape(len(SMALL), 64, 200, 56),
        RecoveryShape(0, 64, 10, 10),
    ],
)
def test_impossible_shape_refused(shape: RecoveryShape) -> None:
    with pytest.raises(CorruptArchive, match="the recovery data states"):
        read_files(SMALL + encode_trailer(shape))


def test_recovery_data_of_a_petabyte_refused() -> None:
    with pytest.raises(CorruptArchive, match="bytes with recovery data, found"):
        read_files(SMALL + encode_trailer(RecoveryShape(1 << 50, 64, 100, 10)))


def test_reserved_recovery_bits_refused() -> None:
    from nacomp.formats.checksums import TRAILER, checksum

    fields = SHAPE.pack(len(SMALL), 64, 100, 10, 1)
    with pytest.raises(UnsupportedArchive, match="recovery flags"):
        read_files(SMALL + fields + checksum(TRAILER, fields) + TRAILER_MAGIC)
