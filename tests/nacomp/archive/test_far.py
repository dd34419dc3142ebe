"""Large units with much in common that no chunk finds are coded as one, and only those."""

import io
import random
from pathlib import Path

import pytest

from nacomp.archive import far, units
from nacomp.archive.archive_reader import Archive
from nacomp.archive.archive_writer import write_archive
from nacomp.archive.block_encoder import BlockEncoder
from nacomp.archive.kept_blocks import keeping
from nacomp.archive.sources import Source
from nacomp.codecs import classical
from nacomp.codecs.levels import LEVELS
from nacomp.codecs.model_loader import ModelLoader
from nacomp.formats.entry import EntryKind
from nacomp.runtime.progress import Job

KILO = 1 << 10
STEP = 1500
"""Bytes between changes: fewer than any chunk has."""
FIRST = random.Random(1).randbytes(100 * KILO)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Units of 64 KiB, looked at together up to 512 KiB."""
    monkeypatch.setattr(units, "UNIT_BYTES", 64 * KILO)
    monkeypatch.setattr(units, "SMALL_BYTES", 32 * KILO)
    monkeypatch.setattr(far, "SMALL_BYTES", 32 * KILO)
    monkeypatch.setattr(far, "FAR_BYTES", 512 * KILO)


def version(number: int) -> bytes:
    """The same with a byte changed now and then: another one in each version."""
    data = bytearray(FIRST)
    for at in range(number, len(data), STEP):
        data[at] ^= 255
    return bytes(data)


def archived(files: dict[str, bytes], encoder: BlockEncoder | None = None) -> bytes:
    out = io.BytesIO()
    sources = [Source(name, EntryKind.FILE, len(data), 0o644, 0, data=data) for name, data in files.items()]
    write_archive(out, sources, encoder or BlockEncoder(None, Job()), Job())
    return out.getvalue()


def opened(data: bytes) -> Archive:
    return Archive(io.BytesIO(data), ModelLoader().for_method)


def test_versions_of_a_file_take_what_is_new_in_them() -> None:
    files = {f"v{number}": version(number) for number in range(4)}
    files["all in one"] = b"".join(version(number) for number in range(4, 7))
    archive = archived(files)
    assert len(archive) < 2.1 * len(FIRST)  # once in each 512 KiB, and not seven times
    with opened(archive) as found:
        assert {entry.path: found.read(entry) for entry in found.files} == files


def test_what_has_nothing_in_common_stays_apart() -> None:
    files = {f"f{number}": random.Random(number).randbytes(100 * KILO) for number in range(3)}
    with opened(archived(files)) as found:
        assert all(block.original_size <= 100 * KILO for block in found.reader.blocks)


def test_no_more_than_the_bound_is_joined() -> None:
    files = {f"v{number}": version(number) for number in range(8)}
    with opened(archived(files)) as found:
        sizes = [block.original_size for block in found.reader.blocks]
        assert max(sizes) <= 512 * KILO
        assert len([size for size in sizes if size > 100 * KILO]) == 2
        assert {entry.path: found.read(entry) for entry in found.files} == files


def test_without_memory_units_stay_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(far, "free_memory", lambda: 1 << 20)
    with opened(archived({f"v{number}": version(number) for number in range(3)})) as found:
        assert all(block.original_size <= 100 * KILO for block in found.reader.blocks)


def test_the_window_is_as_wide_as_memory_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    for free, window in ((4 << 30, 1 << 27), (2 << 30, 1 << 26), (1 << 30, 1 << 25), (1 << 29, 0)):
        monkeypatch.setattr(far, "free_memory", lambda free=free: free)
        assert far.window_for(1 << 27) == window
    monkeypatch.setattr(far, "free_memory", lambda: 1 << 29)
    assert far.window_for(1 << 20) == 1 << 20


def test_a_joined_block_is_kept_for_a_job_that_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {f"v{number}": version(number) for number in range(3)}
    whole = archived(files)
    encoder = BlockEncoder(None, Job())
    with keeping(tmp_path / "a.nac", encoder.methods, LEVELS["fast"]) as kept:
        encoder.keep_in(kept)
        assert archived(files, encoder) == whole
        monkeypatch.delattr(classical, "pack_far")
        assert archived(files, encoder) == whole
