"""Archives that ask for endless work or all memory: refused when they are opened, or decoded in a bounded share of both."""

import io
import threading
import time
from hashlib import sha256

import pytest

from nacomp.archive import block_decoder
from nacomp.archive.archive_reader import Archive
from nacomp.archive.block_decoder import CACHE_BYTES, BlockDecoder, check_decoding_work
from nacomp.codecs import classical, table
from nacomp.codecs.model_loader import ModelLoader
from nacomp.codecs.neural import NeuralSettings
from nacomp.errors import CorruptArchive, LimitExceeded, UnsupportedArchive
from nacomp.formats.checksums import content_checksum
from nacomp.formats.entry import Entry, EntryKind, Extent
from nacomp.formats.methods import Method, MethodKind
from nacomp.formats.writer import ArchiveWriter
from nacomp.models.predictors.parameters import EnsembleParameters
from nacomp.runtime.progress import Job
from tests.nacomp.workbench import TINY

MEGA = 1 << 20


def entry(name: str, extents: list[Extent], content: bytes) -> Entry:
    return Entry(name, EntryKind.FILE, 0o644, 0, len(content), sha256(content).digest(), "", tuple(extents))


def archive_of(contents: list[bytes], files: dict[str, list[Extent]]) -> bytes:
    """An archive with these blocks and files."""
    out = io.BytesIO()
    writer = ArchiveWriter(out, classical.METHODS)
    for content in contents:
        packed = classical.pack_quick(content)
        number = classical.METHODS.index(packed.method)
        writer.add_block(number, packed.payload, len(content), content_checksum(content))
    entries = []
    for name, extents in files.items():
        content = b"".join(contents[e.block][e.offset : e.offset + e.length] for e in extents)
        entries.append(entry(name, extents, content))
    writer.finish(entries)
    return out.getvalue()


def opened(data: bytes, threads: int = 2) -> Archive:
    return Archive(io.BytesIO(data), ModelLoader(threads=threads).for_method, threads=threads)


def test_extents_that_jump_between_large_blocks_are_refused_when_it_is_opened() -> None:
    """Forty bytes of content made two blocks of 256 MiB be decoded twenty times each: 20 s, and weeks at the limits."""
    large = bytes(CACHE_BYTES)
    jumps = [Extent(i % 2, i, 1) for i in range(40)]
    data = archive_of([large, large], {"forty": jumps})
    assert len(data) < 20_000
    with pytest.raises(LimitExceeded, match="bytes to decode"):
        opened(data)


def test_jumps_within_what_is_kept_are_free() -> None:
    small = [bytes([i]) * (CACHE_BYTES // 8) for i in range(4)]
    jumps = [Extent(i % 4, i, 1) for i in range(400)]
    with opened(archive_of(small, {"jumps": jumps})) as archive:
        assert archive.check(Job()) == 400


def test_work_is_counted_as_it_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the check foresees is what the decoder does, block for block."""
    monkeypatch.setattr(block_decoder, "CACHE_BYTES", 2500)
    contents = [bytes([i]) * 1000 for i in range(6)]
    order = [0, 1, 0, 2, 1, 3, 4, 0, 5, 4, 4, 0, 2]
    files = {f"{i:02}": [Extent(block, i, 10)] for i, block in enumerate(order)}
    decoded: list[int] = []
    decode = BlockDecoder._decode

    def counting(self: BlockDecoder, number: int) -> bytes:
        decoded.append(number)
        return decode(self, number)

    monkeypatch.setattr(BlockDecoder, "_decode", counting)
    with opened(archive_of(contents, files)) as archive:
        assert archive.check(Job()) == 10 * len(order)
        blocks, entries = archive.reader.blocks, archive.files
    least = len(decoded) * 1000 / 6000
    check_decoding_work(entries, blocks, -(-len(decoded) * 1000 // 6000))
    with pytest.raises(LimitExceeded):
        check_decoding_work(entries, blocks, int(least - 0.001))


def test_blocks_decoded_side_by_side_share_a_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten threads took 5.4 GB for 627 kB of archive."""
    monkeypatch.setattr(block_decoder, "AHEAD_BYTES", 3 * MEGA)
    monkeypatch.setattr(block_decoder, "WORKING_BYTES", 5 * MEGA)
    monkeypatch.setattr(block_decoder, "free_memory", lambda: 0)
    running, most, lock = 0, 0, threading.Lock()
    unpack = classical.unpack

    def watched(method: Method, payload: bytes, size: int) -> bytes:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.01)  # long enough for all ten threads to be here, if they may
        with lock:
            running -= 1
        return unpack(method, payload, size)

    monkeypatch.setattr(table.classical, "unpack", watched)
    contents = [bytes([i]) * MEGA for i in range(20)]
    data = archive_of(contents, {"all": [Extent(i, 0, MEGA) for i in range(20)]})
    with opened(data, 10) as archive:
        assert archive.check(Job()) == 20 * MEGA
    assert most <= 2


def test_tables_count_in_what_a_block_takes() -> None:
    largest = EnsembleParameters(ngram_orders=6, table_bits=20)
    assert EnsembleParameters().table_bytes(49152, 1) < 25 * MEGA
    assert 300 * MEGA < largest.table_bytes(49152, 8) < 400 * MEGA


def good_parameters() -> dict[str, object]:
    ensemble = EnsembleParameters().to_json()
    engine = {"engine": "exact", "numerics": "exact-1"}
    return {
        "coder": "range24-pages-1",
        "context": {"sinks": 4, "window": 64},
        "engine": engine,
        "ensemble": ensemble,
        "model": {"id": TINY, "sha256": "00"},
    }


@pytest.mark.parametrize("part", ["context", "engine", "ensemble", "model"])
@pytest.mark.parametrize("value", [1, "text", [], [1], {}, True])
def test_a_part_that_is_no_object_is_damage(part: str, value: object) -> None:
    """Each of these ended in a traceback somewhere: in info, test, cat or salvage."""
    parameters = {**good_parameters(), part: value}
    with pytest.raises((CorruptArchive, UnsupportedArchive)):
        NeuralSettings.from_json(parameters)
    data = forged(parameters)
    with opened(data) as archive, pytest.raises((CorruptArchive, UnsupportedArchive)):
        _ = archive.neural_parameters
    with opened(data) as archive, pytest.raises((CorruptArchive, UnsupportedArchive)):
        archive.check(Job())


def test_good_parameters_are_read_as_they_are() -> None:
    assert NeuralSettings.from_json(good_parameters()).to_json() == good_parameters()


def forged(parameters: dict[str, object]) -> bytes:
    """An archive of one block of a neural method with these parameters."""
    out = io.BytesIO()
    writer = ArchiveWriter(out, [Method(MethodKind.NEURAL, parameters)])  # type: ignore[arg-type]
    writer.add_block(0, bytes(16), 4, content_checksum(b"four"))
    writer.finish([entry("four", [Extent(0, 0, 4)], b"four")])
    return out.getvalue()
