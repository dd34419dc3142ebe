"""Archives that ask for endless work or all memory: refused when they are opened, or decoded in a bounded share of both."""

import io
import threading
import time
import zlib
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Any

import pytest

from nacomp.archive import archive_reader, content_decoder, content_store
from nacomp.archive.archive_reader import Archive
from nacomp.archive.content_decoder import ContentDecoder
from nacomp.archive.content_store import CACHE_BYTES
from nacomp.archive.decoding_work import CACHED_GROUPS, check_decoding_work
from nacomp.codecs import classical
from nacomp.codecs.model_loader import ModelLoader
from nacomp.codecs.neural import NeuralSettings
from nacomp.errors import CorruptArchive, LimitExceeded, UnsupportedArchive
from nacomp.formats.checksums import content_checksum
from nacomp.formats.derived import Derived
from nacomp.formats.entry import Entry, EntryKind
from nacomp.formats.extent import Extent
from nacomp.formats.limits import Limits
from nacomp.formats.methods import Method, MethodKind
from nacomp.formats.reader import ArchiveReader
from nacomp.formats.writer import ArchiveWriter
from nacomp.models.predictors.parameters import EnsembleParameters
from nacomp.runtime.progress import Job
from nacomp.transforms.deflate_view import Trailer, pieces
from nacomp.transforms.table import view_method
from tests.formats.forging import RawDerived, one_block, raw_file, with_views
from tests.nacomp.workbench import TINY, decoded_blocks, prose

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
        content = b"".join(contents[e.content][e.offset : e.offset + e.length] for e in extents)
        entries.append(entry(name, extents, content))
    writer.finish(entries)
    return out.getvalue()


def opened(data: bytes, threads: int = 2) -> Archive:
    return Archive(io.BytesIO(data), ModelLoader(threads=threads).for_method, threads=threads)


def test_extents_that_jump_between_large_blocks_decode_each_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty bytes of content made two blocks of 256 MiB be decoded twenty times each: 20 s, and weeks at the limits."""
    large = [bytes([1]) * CACHE_BYTES, bytes([2]) * CACHE_BYTES]
    jumps = [Extent(i % 2, i, 1) for i in range(40)]
    numbers = decoded_blocks(monkeypatch)
    with opened(archive_of(large, {"forty": jumps})) as archive:
        assert archive.read(archive.entries[0]) == b"\1\2" * 20
    assert sorted(numbers) == [0, 1]


def test_without_room_on_the_disk_the_work_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks are decoded again then, as often as the bytes that are given out pay for."""
    monkeypatch.setattr(content_store, "CACHE_BYTES", 2500)
    monkeypatch.setattr(content_store, "LEAST_ROOM", 0)
    contents = [bytes([i]) * 1000 for i in range(6)]
    few = [Extent(i % 6, 10 * i, 10) for i in range(24)]
    many = [Extent(i % 6, i, 1) for i in range(600)]
    numbers = decoded_blocks(monkeypatch)
    with opened(archive_of(contents, {"few": few, "many": many})) as archive:
        assert len(archive.read(archive.entry("few"))) == 240
        assert len(numbers) == 24
        with pytest.raises(LimitExceeded, match="bytes to decode"):
            archive.read(archive.entry("many"))


def test_a_full_disk_costs_time_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(content_store, "CACHE_BYTES", 2500)
    monkeypatch.setattr("nacomp.archive.content_store.tempfile.TemporaryFile", full)
    contents = [bytes([i]) * 1000 for i in range(6)]
    with opened(archive_of(contents, {"a": [Extent(i % 6, 10 * i, 10) for i in range(24)]})) as archive:
        assert archive.check(Job()) == 240


def test_all_files_are_judged_once_and_another_order_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[int] = []

    def counting(entries: Sequence[Entry], *rest: Any) -> int:
        judged.append(len(entries))
        return check_decoding_work(entries, *rest)

    monkeypatch.setattr(archive_reader, "check_decoding_work", counting)
    contents = [bytes([i]) * 1000 for i in range(6)]
    files = {f"{part}{i}": [Extent(i, 10 * part, 10)] for i in range(6) for part in range(9)}
    with opened(archive_of(contents, files)) as archive:
        assert archive.check(Job()) == 10 * 6 * 9
        assert judged == [54]
        jumping = sorted(archive.files, key=lambda entry: entry.path)
        assert sum(1 for _ in archive.contents(jumping, Job())) == 54
        assert judged == [54, 54]


def test_jumps_within_what_is_kept_are_free() -> None:
    small = [bytes([i]) * (CACHE_BYTES // 8) for i in range(4)]
    jumps = [Extent(i % 4, i, 1) for i in range(400)]
    with opened(archive_of(small, {"jumps": jumps})) as archive:
        assert archive.check(Job()) == 400


def test_work_is_counted_as_it_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the check foresees is what the decoder does, block for block, however little memory there is."""
    monkeypatch.setattr(content_store, "CACHE_BYTES", 2500)
    contents = [bytes([i]) * 1000 for i in range(6)]
    order = [0, 1, 0, 2, 1, 3, 4, 0, 5, 4, 4, 0, 2]
    files = {f"{i:02}": [Extent(block, i, 10)] for i, block in enumerate(order)}
    numbers = decoded_blocks(monkeypatch)
    with opened(archive_of(contents, files)) as archive:
        in_turns = sorted(archive.files, key=lambda one: one.path)
        for entry, pieces in archive.contents(in_turns, Job()):
            assert b"".join(pieces) == bytes([order[int(entry.path)]]) * 10
        work = check_decoding_work(in_turns, {}, archive.reader.block_table, {}, Limits())
    assert len(numbers) * 1000 == work == 6000


def streams(count: int) -> list[tuple[bytes, Derived, list[bytes]]]:
    """Deflate streams, what each is derived of in blocks of its own from `2 * number` on, and those blocks' contents."""
    found = []
    for number in range(count):
        packer = zlib.compressobj(wbits=-15)
        data = packer.compress(prose(3000, seed=number)) + packer.flush()
        (piece,) = pieces(memoryview(data), 0, Trailer.NOTHING)
        parts = [piece.content, piece.corrections]
        places = tuple(
            (Extent(2 * number + at, 0, len(part)),) if part else () for at, part in enumerate(parts)
        )
        found.append(
            (data, Derived(0, len(data), piece.parameters, places), [part or b"-" for part in parts])
        )
    return found


def archive_of_streams(order: list[int]) -> bytes:
    """Files of deflate streams, one after the other in this order; each also has a byte of its own."""
    made = streams(max(order) + 1)
    out = io.BytesIO()
    writer = ArchiveWriter(out, (view_method(MethodKind.DEFLATE), *classical.METHODS))
    for content in (content for _, _, contents in made for content in contents):
        packed = classical.pack_quick(content)
        method = 1 + classical.METHODS.index(packed.method)
        writer.add_block(method, packed.payload, len(content), content_checksum(content))
    files = []
    for at, number in enumerate(order):
        data, derived, contents = made[number]
        extents = [Extent(2 * number, 0, 1), Extent(2 * len(made) + number, 0, derived.size)]
        files.append(entry(f"{at:02}", extents, contents[0][:1] + data))
    writer.finish(files, [derived for _, derived, _ in made])
    return out.getvalue()


def test_work_of_derived_contents_is_counted_as_it_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is foreseen is what is decoded and made, byte for byte, where the cache holds little."""
    done = 0
    decode, derive = ContentDecoder._decode, ContentDecoder._derive

    def decoding(self: ContentDecoder, number: int) -> bytes:
        nonlocal done
        done += self._blocks[number].original_size
        return decode(self, number)

    def deriving(self: ContentDecoder, one: Derived) -> bytes:
        nonlocal done
        done += one.size + one.input_size
        return derive(self, one)

    monkeypatch.setattr(ContentDecoder, "_decode", decoding)
    monkeypatch.setattr(ContentDecoder, "_derive", deriving)
    order = [0, 1, 0, 2, 1, 3, 0, 3, 3, 2]
    limits = Limits(max_decoding_work=20)
    once = 0
    for cache in (7000, 1 << 20):
        monkeypatch.setattr(content_store, "CACHE_BYTES", cache)
        done = 0
        with Archive(io.BytesIO(archive_of_streams(order)), ModelLoader().for_method, limits) as archive:
            reader = archive.reader
            files = [archive.entry(f"{at:02}") for at in range(len(order))]
            for _, content in archive.contents(files, Job()):
                assert b"".join(content)
            tables = (archive.groups, reader.block_table, reader.derived_table)
            assert check_decoding_work(files, *tables, limits) == done
            once = sum(
                b.original_size for b in reader.blocks if any(b.number == e.content for e in used(reader))
            )
            once += sum(one.size + one.input_size for one in reader.index.derived)
            assert done == once


def used(reader: ArchiveReader) -> list[Extent]:
    """All extents of an archive."""
    return [e for entry in reader.entries for e in entry.extents] + [
        e for one in reader.index.derived for e in one.extents
    ]


def test_derived_contents_of_gigabytes_for_a_few_bytes_are_refused() -> None:
    """Two hundred contents of 64 MiB for a file of one byte each: they do not make each other's work allowed."""
    count = 200
    files = [raw_file(b"%03d" % number, (1 + number, 0, 1)) for number in range(count)]
    data = with_views([RawDerived(size=64 << 20)] * count, *files)
    assert len(data) < 10_000
    with pytest.raises(LimitExceeded, match="bytes to decode"):
        opened(data)


def grouped(groups: int, members: int, *, in_turns: bool) -> bytes:
    """Files of one byte each in so many groups; read in the order of their bytes, groups come whole or in turns."""
    content = bytes(groups * members)
    out = io.BytesIO()
    writer = ArchiveWriter(out, classical.METHODS)
    packed = classical.pack_quick(content)
    number = classical.METHODS.index(packed.method)
    writer.add_block(number, packed.payload, len(content), content_checksum(content))
    digest = sha256(bytes(members)).digest()
    writer.finish(
        Entry(
            f"{at:06}",
            EntryKind.FILE,
            0o644,
            0,
            1,
            digest,
            extents=(Extent(0, at, 1),),
            group=at % groups if in_turns else at // members,
        )
        for at in range(len(content))
    )
    return out.getvalue()


def test_groups_are_read_whole_and_once() -> None:
    with opened(grouped(CACHED_GROUPS, 100, in_turns=True)) as archive:
        assert archive.check(Job()) == CACHED_GROUPS * 100
    with opened(grouped(CACHED_GROUPS + 9, 100, in_turns=False)) as archive:
        assert archive.check(Job()) == (CACHED_GROUPS + 9) * 100
        assert archive.read(archive.entries[700]) == b"\0"


def test_groups_that_are_read_in_turns_are_refused() -> None:
    """Every file would be read with its group anew: quadratic, and hours only to count it."""
    with pytest.raises(LimitExceeded, match="bytes to decode"):
        opened(grouped(CACHED_GROUPS + 1, 100, in_turns=True))


def test_a_group_of_other_bytes_is_damage() -> None:
    two = [raw_file(b"a", (0, 0, 3)), raw_file(b"b", (0, 0, 3), group=0)]
    with opened(one_block(*two, hashes=[sha256(b"abcabc").digest()])) as archive:
        assert [archive.read(entry) for entry in archive.entries] == [b"abc", b"abc"]
    with opened(one_block(*two, hashes=[sha256(b"abc").digest()])) as archive:
        for entry in archive.entries:
            with pytest.raises(CorruptArchive, match="did not come back as it was"):
                archive.read(entry)


def test_blocks_decoded_side_by_side_share_a_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten threads took 5.4 GB for 627 kB of archive."""
    monkeypatch.setattr(content_decoder, "AHEAD_BYTES", 3 * MEGA)
    monkeypatch.setattr(content_decoder, "WORKING_BYTES", 5 * MEGA)
    monkeypatch.setattr(content_decoder, "free_memory", lambda: 0)
    running, most, lock = 0, 0, threading.Lock()
    unpack = classical.unpack

    def watched(method: Method, payload: bytes, size: int, check: Callable[[int], object]) -> bytes:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.01)  # long enough for all ten threads to be here, if they may
        with lock:
            running -= 1
        return unpack(method, payload, size, check)

    monkeypatch.setattr("nacomp.codecs.classical.unpack", watched)
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
