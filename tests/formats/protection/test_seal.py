"""Sealed archives: what goes in comes out with the password, and nothing at all, or nothing wrong, without it."""

import io
import random
from typing import BinaryIO, cast

import pytest

from nacomp.formats.checksums import SEAL, checksum
from nacomp.formats.errors import CorruptArchive, LimitExceeded, NacompError, PasswordNeeded, WrongPassword
from nacomp.formats.protection.recovery import add_recovery, repair
from nacomp.formats.protection.seal import CHUNK, FIELDS, SEAL_SIZE, SEALED_CHUNK, is_sealed
from nacomp.formats.reader import ArchiveReader
from nacomp.formats.scan import IntactParts
from tests.formats.samples import PASSWORD, SMALL_FILES, STORED, build, read_block, sealed


def contents(data: bytes, password: str | None = PASSWORD) -> dict[str, bytes]:
    with ArchiveReader.open(io.BytesIO(data), password=password) as reader:
        blocks = [read_block(reader, info.number) for info in reader.blocks]
        return {
            entry.path: b"".join(blocks[e.content][e.offset : e.offset + e.length] for e in entry.extents)
            for entry in reader.entries
        }


def large() -> dict[str, bytes]:
    """Four chunks and a bit."""
    return {"noise": random.Random(1).randbytes(4 * CHUNK + 1000)}


LARGE = build(large(), methods=(STORED,), block_size=5000)


@pytest.mark.parametrize("size", [1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 5])
def test_every_size_comes_back(size: int) -> None:
    # An archive of STORED blocks has a size that content can set to the byte.
    empty = len(build({"a": b"x"}, methods=(STORED,), block_size=1 << 20))
    files = {"a": random.Random(size).randbytes(max(1, size - empty))}
    assert contents(sealed(build(files, methods=(STORED,), block_size=1 << 20))) == files


def test_nothing_but_the_size_shows() -> None:
    files = {"secret-name.txt": b"secret content " * 9}
    data = sealed(build(files, methods=(STORED,)))
    assert b"secret" not in data
    assert b"stored" not in data
    assert is_sealed(io.BytesIO(data))


def test_sealing_twice_gives_other_bytes_and_the_same_content() -> None:
    archive = build(SMALL_FILES)
    first, second = sealed(archive), sealed(archive)
    assert first[SEAL_SIZE:-SEAL_SIZE] != second[SEAL_SIZE:-SEAL_SIZE]
    assert len(first) == len(second)
    assert contents(first) == contents(second) == SMALL_FILES


def test_wrong_or_missing_password_is_told() -> None:
    data = sealed(build(SMALL_FILES))
    for word in ("Correct horse", "", PASSWORD + " "):
        with pytest.raises(WrongPassword) as wrong:
            contents(data, word)
        assert wrong.value.exit_code == 4
    with pytest.raises(PasswordNeeded) as needed:
        contents(data, None)
    assert needed.value.exit_code == 4


def test_a_password_is_the_same_composed_or_not() -> None:
    assert contents(sealed(build(SMALL_FILES), "Schlu\u0308ssel"), "Schl\u00fcssel") == SMALL_FILES


def test_empty_password_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        sealed(b"x", "")


def test_every_flipped_bit_is_detected() -> None:
    data = sealed(build({"a": b"abc"}, methods=(STORED,)))
    for bit in range(8 * len(data)):
        bad = bytearray(data)
        bad[bit // 8] ^= 1 << bit % 8
        with pytest.raises(NacompError):
            contents(bytes(bad))


def test_every_truncation_is_detected() -> None:
    data = sealed(build({"a": b"abc"}, methods=(STORED,)))
    for size in range(len(data)):
        with pytest.raises(NacompError):
            contents(data[:size])


def chunks(data: bytes) -> list[bytes]:
    body = data[SEAL_SIZE:-SEAL_SIZE]
    return [body[at : at + SEALED_CHUNK] for at in range(0, len(body), SEALED_CHUNK)]


def test_swapped_repeated_and_missing_chunks_are_detected() -> None:
    data = sealed(LARGE)
    seal, parts = data[:SEAL_SIZE], chunks(data)
    assert len(parts) > 3
    swapped = [parts[1], parts[0], *parts[2:]]
    repeated = [parts[0], parts[0], *parts[2:]]
    for wrong in (swapped, repeated, parts[:-1], parts[1:], [*parts[:2], parts[-1]]):
        with pytest.raises(CorruptArchive):
            contents(seal + b"".join(wrong) + seal)


def test_chunks_of_another_archive_with_the_same_password_are_detected() -> None:
    one, other = sealed(LARGE), sealed(LARGE)
    seal, parts = one[:SEAL_SIZE], chunks(one)
    parts[1] = chunks(other)[1]
    with pytest.raises(CorruptArchive):
        contents(seal + b"".join(parts) + seal)
    with pytest.raises(CorruptArchive):
        contents(other[:SEAL_SIZE] + one[SEAL_SIZE:-SEAL_SIZE] + other[:SEAL_SIZE])


@pytest.mark.parametrize(
    ("log_n", "r", "p"), [(40, 8, 1), (17, 255, 1), (17, 8, 255), (63, 255, 255), (18, 8, 9)]
)
def test_key_derivation_bombs_are_refused_before_they_go_off(log_n: int, r: int, p: int) -> None:
    data = sealed(build({}))
    values = [*FIELDS.unpack_from(data)]
    values[3:6] = log_n, r, p
    fields = FIELDS.pack(*values)
    seal = fields + checksum(SEAL, fields)
    with pytest.raises(LimitExceeded):
        contents(seal + data[SEAL_SIZE:-SEAL_SIZE] + seal)


def test_key_derivations_that_scrypt_does_not_have_are_no_lack_of_memory() -> None:
    """2^17 with r = 1 is within the limits and no scrypt: it was told as too little memory for the model."""
    data = sealed(build({}))
    values = [*FIELDS.unpack_from(data)]
    values[3:6] = 17, 1, 1
    fields = FIELDS.pack(*values)
    seal = fields + checksum(SEAL, fields)
    with pytest.raises(CorruptArchive, match="scrypt"):
        contents(seal + data[SEAL_SIZE:-SEAL_SIZE] + seal)


def salvaged(data: bytes) -> tuple[dict[int, bytes], IntactParts]:
    found = IntactParts(io.BytesIO(data), password=PASSWORD)
    return {number: found.block(number).payload for number in found.intact}, found


def test_salvage_loses_only_the_blocks_a_damaged_chunk_touches() -> None:
    data = bytearray(sealed(LARGE))
    whole, _ = salvaged(bytes(data))
    data[SEAL_SIZE + SEALED_CHUNK + 7] ^= 1
    left, found = salvaged(bytes(data))
    assert found.index is not None
    lost = whole.keys() - left.keys()
    assert 0 < len(lost) <= CHUNK // 5000 + 2
    assert all(whole[number] == left[number] for number in left)


@pytest.mark.parametrize("where", [0, 9, 20, 40, -1, -SEAL_SIZE, -40])
def test_salvage_does_with_either_seal(where: int) -> None:
    data = bytearray(sealed(LARGE))
    whole, _ = salvaged(bytes(data))
    data[where] ^= 0x10
    assert salvaged(bytes(data))[0] == whole


@pytest.mark.parametrize("cut", [1, SEAL_SIZE, SEAL_SIZE + 1, SEAL_SIZE + 20_000])
def test_salvage_of_a_cut_off_archive_gives_what_is_left(cut: int) -> None:
    whole, _ = salvaged(sealed(LARGE))
    left, _ = salvaged(sealed(LARGE)[:-cut])
    assert len(left) >= len(whole) - 2 - (cut + CHUNK) // 5000
    assert all(whole[number] == left[number] for number in left)


def test_recovery_data_repairs_without_the_password() -> None:
    stream = io.BytesIO(sealed(LARGE))
    add_recovery(stream, 10)
    original = stream.getvalue()
    assert contents(original) == large()
    bad = bytearray(original)
    bad[20_000:23_000] = random.Random(5).randbytes(3000)
    mended = io.BytesIO()
    repair(io.BytesIO(bytes(bad)), cast(BinaryIO, mended))
    assert mended.getvalue() == original
