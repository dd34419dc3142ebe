"""Bytes seen before: found to the byte at any distance, never trusted without their digest, and never cut for little."""

import io
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from nacomp.archive import content_store, repeats, units
from nacomp.archive.archive_reader import Archive
from nacomp.archive.archive_writer import write_archive
from nacomp.archive.block_encoder import BlockEncoder
from nacomp.archive.file_table import FileExtents
from nacomp.archive.kept_blocks import keeping
from nacomp.archive.repeats import RepeatFinder, Stretch
from nacomp.archive.sources import Source
from nacomp.archive.spool import source_from_stream
from nacomp.archive.walk import walk
from nacomp.codecs import classical
from nacomp.codecs.levels import LEVELS
from nacomp.codecs.model_loader import ModelLoader
from nacomp.errors import FileChanged
from nacomp.formats.entry import EntryKind
from nacomp.formats.extent import Extent
from nacomp.formats.protection.seal import Seal
from nacomp.operations.salvage import salvage
from nacomp.runtime.progress import CancelToken, Job
from nacomp.runtime.results import LeftOut
from tests.nacomp.workbench import decoded_blocks, prose

pytestmark = pytest.mark.skipif(not repeats.CAN_FIND, reason="repeats are found by the native core alone")
KILO = 1 << 10


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything thirty-two times smaller: units of 64 KiB, chunks of 768 bytes."""
    monkeypatch.setattr(repeats, "LEAST_CHUNK", 1 << 8)
    monkeypatch.setattr(repeats, "MOST_CHUNK", 1 << 12)
    monkeypatch.setattr(repeats, "CHUNK_BITS", 9)
    monkeypatch.setattr(repeats, "LEAST_RUN", 1 << 10)
    monkeypatch.setattr(units, "UNIT_BYTES", 64 * KILO)
    monkeypatch.setattr(units, "POOL_BYTES", 8 * KILO)
    monkeypatch.setattr(units, "SMALL_BYTES", 4 * KILO)


def noise(size: int, seed: int = 1) -> bytes:
    return np.random.default_rng(seed).bytes(size)


def source(name: str, data: bytes) -> Source:
    return Source(name, EntryKind.FILE, len(data), 0o644, 0, data=data)


def archived(files: dict[str, bytes], seal: Seal | None = None) -> io.BytesIO:
    """An archive of these files, coded classically."""
    out = io.BytesIO()
    encoder = BlockEncoder(None, Job())
    write_archive(out, [source(*file) for file in files.items()], encoder, Job(), seal)
    return out


def size_of(files: dict[str, bytes]) -> int:
    """Bytes of an archive of these files, each of which comes back from it."""
    out = archived(files)
    with Archive(out, ModelLoader().for_method) as archive:
        assert archive.check(Job()) == sum(map(len, files.values()))
        for entry in archive.entries:
            assert archive.read(entry) == files[entry.path]
    return len(out.getvalue())


def stretches(*files: bytes, window: int = 64 * KILO) -> list[Stretch]:
    """Those of the last of these files, which make the file again."""
    finder = RepeatFinder()
    found: list[Stretch] = []
    for number, data in enumerate(files):
        found = list(finder.stretches(source(str(number), data), window))
        assert b"".join(stretch.data for stretch in found) == data
    return found


def shape(found: list[Stretch]) -> list[tuple[int, str, int]]:
    """(bytes, source, offset) of each; new ones have no source."""
    return [
        (len(s.data), s.repeats.source.name if s.repeats else "", s.repeats.offset if s.repeats else 0)
        for s in found
    ]


def test_a_copy_takes_nothing_at_any_distance() -> None:
    """20 MB of noise twice took 40 MB: a unit saw nothing of those before it."""
    once = noise(300 * KILO)
    assert size_of({"twice": once + once}) < len(once) + 2000
    assert size_of({"a": once, "b": noise(200 * KILO, 2), "c": once}) < 500 * KILO + 2000


def test_a_shifted_copy_is_new_in_what_was_inserted_alone() -> None:
    once = noise(40 * KILO)
    found = stretches(once, once[: 20 * KILO] + b"inserted" + once[20 * KILO :])
    assert shape(found) == [(20 * KILO, "0", 0), (8, "", 0), (20 * KILO, "0", 20 * KILO)]
    cut = stretches(once, once[: 10 * KILO] + once[10 * KILO + 100 :])
    assert shape(cut) == [(10 * KILO, "0", 0), (30 * KILO - 100, "0", 10 * KILO + 100)]


def test_a_copy_within_a_file_stands_on_its_beginning() -> None:
    once = noise(20 * KILO)
    assert shape(stretches(once + b"between" + once)) == [(20 * KILO + 7, "", 0), (20 * KILO, "0", 0)]


def test_a_run_never_stands_on_itself() -> None:
    """Where a file repeats itself all the time, a run that is widened comes to where its own original is."""
    period = noise(1500)
    for seed in range(20):
        head = noise(int(seed) * 100, seed)
        at = 0
        for stretch in stretches(head + period * 5 + b"between" + period * 5 + head):
            if stretch.repeats is not None:
                assert stretch.repeats.offset + len(stretch.data) <= at
            at += len(stretch.data)


def test_windows_do_not_show() -> None:
    """A run goes on over the windows in which a file is read."""
    once = noise(50 * KILO)
    found = stretches(once, b"first" + once, window=6 * KILO)
    assert shape(found)[0] == (5, "", 0)
    assert {name for _, name, _ in shape(found)[1:]} == {"0"}


def test_short_runs_stay_in_their_text() -> None:
    common = prose(900)
    assert shape(stretches(noise(8000, 1) + common, noise(8000, 2) + common)) == [(8900, "", 0)]


def test_a_small_file_that_was_seen_is_a_repeat() -> None:
    assert shape(stretches(prose(700), prose(700))) == [(700, "0", 0)]
    assert shape(stretches(b"tiny", b"tiny")) == [(4, "", 0)]


def test_zeros_are_left_to_the_codecs() -> None:
    assert len(stretches(bytes(60 * KILO))) == 1
    assert size_of({"zeros": bytes(500 * KILO)}) < 1500


def test_what_changed_meanwhile_is_not_taken_for_what_it_was(tmp_path: Path) -> None:
    """The bytes beside a run are read again; they count only if their digest holds, else a chunk is coded again."""
    once = noise(40 * KILO)
    (tmp_path / "a").write_bytes(once)
    (original,) = walk([tmp_path / "a"])
    finder = RepeatFinder()
    assert len(list(finder.stretches(original, 64 * KILO))) == 1
    edited = once[: 20 * KILO] + b"inserted" + once[20 * KILO :]
    (tmp_path / "a").write_bytes(edited)
    found = list(finder.stretches(source("b", edited), 64 * KILO))
    assert b"".join(stretch.data for stretch in found) == edited
    for stretch in found:
        if stretch.repeats is not None:
            at = stretch.repeats.offset
            assert stretch.data == once[at : at + len(stretch.data)]


def test_a_stream_is_compared_with_itself_while_it_is_read() -> None:
    """Its spool has one place to read from, which looking back must not move."""
    once = noise(40 * KILO)
    data = once + once[: 20 * KILO] + b"inserted" + once[20 * KILO :] + b"end"
    spooled = source_from_stream(io.BytesIO(data), "stdin", CancelToken())
    found = list(RepeatFinder().stretches(spooled, 16 * KILO))
    assert b"".join(stretch.data for stretch in found) == data
    assert sum(len(stretch.data) for stretch in found if stretch.repeats is None) == 40 * KILO + 11


def test_a_file_in_the_pool_is_written_before_what_repeats_it() -> None:
    small = noise(3 * KILO)
    assert size_of({"a": small, "b": noise(60 * KILO, 2) + small + noise(60 * KILO, 3)}) < 124 * KILO + 2000
    assert size_of({f"{n:03}": small for n in range(100)}) < 3 * KILO + 6000


def test_nothing_stands_on_a_file_that_is_left_out(tmp_path: Path) -> None:
    """Of a file that changes while it is read, some units are written already."""
    once = noise(300 * KILO)
    (tmp_path / "a").write_bytes(once)
    (tmp_path / "b").write_bytes(once)
    sources = walk([tmp_path / "a", tmp_path / "b"])
    os.truncate(tmp_path / "a", 299 * KILO)
    told: list[LeftOut] = []
    out = io.BytesIO()
    write_archive(out, sources, BlockEncoder(None, Job()), Job(), None, told.append)
    with Archive(out, ModelLoader().for_method) as archive:
        assert [entry.path for entry in archive.entries] == ["b"]
        assert archive.read(archive.entries[0]) == once
        used = {extent.content for extent in archive.entries[0].extents}
        contents = [archive.reader.blocks[number].original_size for number in used]
        assert sum(contents) == len(once)
    assert [what.path for what in told] == [str(tmp_path / "a")]


def test_a_forgotten_source_is_found_no_more() -> None:
    finder = RepeatFinder()
    once = noise(20 * KILO)

    class Failing(Source):
        def chunks(self, chunk_bytes: int) -> Iterator[bytes]:
            yield from super().chunks(chunk_bytes)
            raise FileChanged(path=self.name)

    failing = Failing("a", EntryKind.FILE, len(once), 0o644, 0, data=once)
    with pytest.raises(FileChanged):
        list(finder.stretches(failing, 4 * KILO))
    finder.forget(failing)
    assert shape(list(finder.stretches(source("b", once), 64 * KILO))) == [(20 * KILO, "", 0)]
    assert shape(list(finder.stretches(source("c", once), 64 * KILO))) == [(20 * KILO, "b", 0)]


def test_views_are_repeated_too() -> None:
    """What a repeat stands on may be derived: a stream that was opened."""
    import gzip

    packed = gzip.compress(prose(60 * KILO), mtime=0)
    assert size_of({"a": packed, "b": noise(1000) + packed}) < size_of({"a": packed}) + 1500


def test_near_copies_decode_every_block_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each needs all blocks of the first, which memory does not hold."""
    once = noise(200 * KILO)
    files = {f"{n}": once[: n * KILO] + b"%d" % n + once[n * KILO :] for n in range(20)}
    numbers = decoded_blocks(monkeypatch)
    monkeypatch.setattr(content_store, "CACHE_BYTES", 70 * KILO)
    out = archived(files)
    assert len(out.getvalue()) < 210 * KILO
    with Archive(out, ModelLoader().for_method) as archive:
        assert archive.check(Job()) == sum(map(len, files.values()))
        assert len(numbers) == len(set(numbers)) <= len(archive.reader.blocks)
        monkeypatch.setattr(content_store, "LEAST_ROOM", 0)
        assert archive.read(archive.entry("7")) == files["7"]


def test_a_resumed_job_writes_the_same_archive(tmp_path: Path) -> None:
    once = noise(150 * KILO)
    files = [source("a", once), source("b", once[5:] + prose(9000)), source("c", b"c" + once)]
    written = []
    with keeping(tmp_path / "out", classical.METHODS, LEVELS["fast"]) as kept:
        for _ in range(2):
            encoder = BlockEncoder(None, Job(), threads=2)
            encoder.keep_in(kept)
            out = io.BytesIO()
            write_archive(out, files, encoder, Job())
            written.append((out.getvalue(), len(kept)))
    assert written[0] == written[1]
    assert len(written[0][0]) < 165 * KILO


def test_a_sealed_archive_has_them_too() -> None:
    once = noise(100 * KILO)
    out = archived({"a": once, "b": once}, Seal("open sesame"))
    assert len(out.getvalue()) < 105 * KILO
    with Archive(out, ModelLoader().for_method, password="open sesame") as archive:
        assert archive.read(archive.entry("b")) == once


def test_a_lost_block_costs_what_shares_it(tmp_path: Path) -> None:
    once = noise(300 * KILO)
    out = archived({"a": once, "b": once[10:], "c": noise(40 * KILO, 9)})
    data = bytearray(out.getvalue())
    data[100 * KILO] ^= 1
    report = salvage(io.BytesIO(bytes(data)), tmp_path / "out", ModelLoader(), Job())
    assert {file.path: bool(file.lost) for file in report.files} == {"a": True, "b": True, "c": False}
    (lost,) = report.files[0].lost
    assert report.files[1].lost == ((lost[0] - 10, lost[1]),)


def test_extents_of_a_part() -> None:
    extents = FileExtents()
    extents.add([Extent(3, 10, 5), Extent(4, 0, 7), Extent(-1, 2, 4)])
    assert extents.part(0, 16) == extents.all
    assert extents.part(5, 7) == [Extent(4, 0, 7)]
    assert extents.part(4, 9) == [Extent(3, 14, 1), Extent(4, 0, 7), Extent(-1, 2, 1)]
    extents.add_repeat([Extent(-1, 6, 2), Extent(3, 10, 1)])
    assert extents.all[2:] == [Extent(-1, 2, 6), Extent(3, 10, 1)]
    assert extents.part(14, 5) == [Extent(-1, 4, 4), Extent(3, 10, 1)]


def test_each_of_many_versions_takes_its_own_changes_alone() -> None:
    """Where changes of two versions had come to lie in one chunk, all of it was taken for new."""
    finder, version = RepeatFinder(), noise(64 * KILO)
    list(finder.stretches(source("v0", version), 1 << 20))
    numbers = np.random.default_rng(5)
    for number in range(1, 12):
        for part in range(5):
            at = int(numbers.integers(2 * KILO, 10 * KILO)) + part * 12 * KILO
            version = version[:at] + noise(20, seed=100 * number + part) + version[at:]
        found = list(finder.stretches(source(f"v{number}", version), 1 << 20))
        assert b"".join(one.data for one in found) == version
        assert sum(len(one.data) for one in found if one.repeats is None) <= 5 * 20


def test_a_short_run_counts_with_what_stands_beside_it() -> None:
    """A chunk that is seen is less than a run takes, and what is equal around it is not."""
    first = noise(3 * KILO)
    finder = RepeatFinder()
    list(finder.stretches(source("a", first), 1 << 20))
    middle = first[KILO // 2 : -KILO // 2]
    found = list(finder.stretches(source("b", noise(KILO, 2) + middle + noise(KILO, 3)), 1 << 20))
    assert [len(one.data) for one in found if one.repeats is not None] == [len(middle)]
