"""What is told before a job starts, and what must not overflow: names, sizes, room, memory, times."""

import io
import os
import random
import sys
from pathlib import Path

import psutil
import pytest

import nacomp as library
from nacomp.archive.archive_writer import write_archive
from nacomp.archive.block_encoder import BlockEncoder
from nacomp.archive.guard import check_names, check_output, check_room, name_fault, split_names
from nacomp.archive.sources import Source
from nacomp.archive.walk import walk
from nacomp.codecs.model_loader import ModelLoader
from nacomp.errors import FileProblem, LimitExceeded, Remedy
from nacomp.formats.block import BlockInfo
from nacomp.formats.entry import EMPTY_SHA256, Entry, EntryKind
from nacomp.formats.extent import Extent
from nacomp.formats.header import decode_header, encode_header
from nacomp.formats.index import decode_moved_index, encode_index
from nacomp.formats.limits import DEFAULT_LIMITS
from nacomp.formats.methods import Method, MethodKind
from nacomp.formats.protection.recovery import plan_shape
from nacomp.formats.reader import ArchiveReader
from nacomp.formats.scan import lost_ranges
from nacomp.models.exact.engine import cache_bytes
from nacomp.models.exact.weights import Hyperparameters
from nacomp.models.library.store import Store
from nacomp.operations.compress import CompressOptions, compress
from nacomp.runtime import memory
from nacomp.runtime.memory import NotEnoughMemory, check_memory, free_memory
from nacomp.runtime.progress import Job
from tests.nacomp.workbench import TINY, nacomp, prose


def source(name: str, target: str = "") -> Source:
    kind = EntryKind.SYMLINK if target else EntryKind.FILE
    return Source(name, kind, 0, 0o644, 0, Path("/somewhere") / name, link_target=target)


@pytest.mark.parametrize(
    "name", ["back\\slash", "C:drive", "d:/x", "a/../b", "a//b", "n" * 256, "d/" * 2048 + "x"]
)
def test_names_no_archive_may_hold(name: str) -> None:
    assert name_fault(source(name))
    with pytest.raises(FileProblem, match=r"cannot be in an archive.*and 1 more") as refused:
        check_names([source("fine"), source(name), source(name)])
    assert refused.value.remedy is Remedy.LEAVE_OUT_UNSAFE


@pytest.mark.parametrize("target", ["/etc/passwd", "../outside", "a/../../outside", "C:\\windows", "x\\y"])
def test_links_that_lead_out(target: str) -> None:
    good, bad = split_names([source("a"), source("link", target), source("d/inner", "../a")])
    assert [s.name for s in good] == ["a", "d/inner"]
    assert [s.name for s, _ in bad] == ["link"]


@pytest.mark.skipif(os.name == "nt", reason="such names cannot be made there")
def test_unsafe_names_are_told_at_once_and_can_be_left_out(tmp_path: Path, tiny_model: Path) -> None:
    Store().add(tiny_model)
    top = tmp_path / "top"
    top.mkdir()
    (top / "good").write_bytes(b"kept")
    (top / "back\\slash\x1b[31m").write_bytes(b"refused")
    (top / "out").symlink_to("/etc/hostname")
    done = nacomp("compress", top, "-o", tmp_path / "a.nac", "--model", TINY)
    assert done.code == 5
    assert "back\\\\slash\\x1b[31m" in done.err.replace("\n", "")
    assert "and 1 more" in done.err
    assert not (tmp_path / "a.nac").exists()
    done = nacomp("compress", top, "-o", tmp_path / "a.nac", "--model", TINY, "--skip-unsafe")
    assert (done.code, done.err.count("left out")) == (0, 2)
    assert nacomp("cat", tmp_path / "a.nac").out == b"kept"


def test_bombs_need_a_word_from_the_user() -> None:
    check_output(10 << 30, 100, None)
    check_output(100 << 30, 1 << 30, None)
    check_output(1 << 50, 100, 1 << 51)
    with pytest.raises(LimitExceeded, match="21,474,836,480") as refused:
        check_output(20 << 30, 100, None)
    assert refused.value.remedy is Remedy.ALLOW_OUTPUT


def bomb(size: int) -> bytes:
    """A small archive whose one block is named so often that it would give this many bytes."""
    content = bytes(1 << 20)
    out = io.BytesIO()
    coder = BlockEncoder(None, Job())
    write_archive(out, [Source("zeros", EntryKind.FILE, len(content), 0o644, 0, data=content)], coder, Job())
    with ArchiveReader.open(out) as reader:
        header, blocks, entry = reader.header, reader.blocks, reader.entries[0]
        extents = tuple(Extent(0, 0, 1 << 20) for _ in range(size >> 20))
        huge = Entry(entry.path, entry.kind, 0o644, 0, size, entry.sha256, extents=extents)
        section = encode_index(blocks, (), [huge], b"")
        body = out.getvalue()[: blocks[-1].end]
    assert header
    footer = blocks[-1].end.to_bytes(8, "little") + out.getvalue()[-8:]
    return body + section + footer


def test_a_bomb_is_refused_before_it_writes(tmp_path: Path) -> None:
    path = tmp_path / "bomb.nac"
    path.write_bytes(bomb(40 << 30))
    assert path.stat().st_size < 100_000
    done = nacomp("decompress", path, "-o", tmp_path / "out")
    assert (done.code, f"--max-output {40 << 30}" in done.err) == (3, True)
    done = nacomp("decompress", path, "--salvage", "-o", tmp_path / "out")
    assert (done.code, f"--max-output {40 << 30}" in done.err) == (3, True)
    assert [p.name for p in tmp_path.iterdir()] == ["bomb.nac"]


def test_the_library_has_the_same_limit(tmp_path: Path) -> None:
    archive = library.compress(bytes(5000), model=None, level="fast")
    assert library.decompress(archive, max_output=5000) == bytes(5000)
    with pytest.raises(LimitExceeded):
        library.decompress(archive, max_output=4999)
    with pytest.raises(LimitExceeded, match="bytes of output"):
        library.decompress(bomb(40 << 30))
    path = tmp_path / "a.nac"
    path.write_bytes(archive)
    with library.open(path) as opened, pytest.raises(LimitExceeded):
        opened.extract(tmp_path / "out", max_output=4999)


def test_no_room_on_the_disk(tmp_path: Path) -> None:
    check_room(1000, tmp_path / "not" / "there" / "yet")
    with pytest.raises(FileProblem, match="the disk has room for"):
        check_room(1 << 60, tmp_path / "not" / "there" / "yet")


@pytest.mark.skipif(os.name == "nt", reason="no such limit there")
def test_a_disk_that_fills_up(tmp_path: Path, tiny_model: Path) -> None:
    """The system refuses to write on; what was there stays, and nothing new is left."""
    import resource

    target = tmp_path / "out.nac"
    target.write_bytes(b"earlier")
    data = Source("noise", EntryKind.FILE, 60_000, 0o644, 0, data=random.Random(5).randbytes(60_000))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(FileProblem, match="too large"):
            store = Store(tmp_path / "models")
            compress([data], target, ModelLoader(store=store), CompressOptions("fast", overwrite=True), Job())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert target.read_bytes() == b"earlier"
    assert [p.name for p in tmp_path.iterdir()] == ["out.nac"]
    assert tiny_model.exists()


def test_memory_is_what_psutil_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Read without it on Linux, and by it where the system's page is not there or says something else."""
    expected = psutil.virtual_memory().available + psutil.swap_memory().free
    assert memory._free_of_machine() == pytest.approx(expected, rel=0.2)
    for number, page in enumerate(
        ["", "MemAvailable: 12 kB\n", "MemAvailable: x\nSwapFree: 0 kB\n", "no page"]
    ):
        monkeypatch.setattr(memory, "MEMINFO", tmp_path / str(number))
        memory.MEMINFO.write_text(page)
        assert memory._free_of_machine() == pytest.approx(expected, rel=0.2)
    monkeypatch.setattr(memory, "MEMINFO", tmp_path / "missing")
    assert memory._free_of_machine() == pytest.approx(expected, rel=0.2)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no /proc to lack")
def test_memory_is_known_without_proc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    total = psutil.virtual_memory().total
    monkeypatch.setattr(memory, "MEMINFO", tmp_path / "missing")
    monkeypatch.setattr(psutil, "PROCFS_PATH", str(tmp_path))
    assert 0 < memory._free_of_machine() <= total


def test_memory_is_told_before_it_is_taken(tiny_model: Path) -> None:
    assert 10 << 20 < free_memory() < 1 << 50
    check_memory(1 << 20, "")
    with pytest.raises(NotEnoughMemory, match=r"2,001 MB of memory and 1,000 MB are free; use less\."):
        check_memory(2 * 10**9, "use less", free=10**9)
    smollm2 = Hyperparameters(30, 576, 9, 3, 64, 1536, 49152, 2048, 1e-5)
    assert cache_bytes(smollm2, 32, 1024) == 501_350_400
    assert tiny_model.exists()


def test_times_out_of_range(tmp_path: Path) -> None:
    """Beyond the year 2262, and before 1678: the nearest time there is, and never a failure."""
    out = io.BytesIO()
    sources = [
        Source(name, EntryKind.FILE, 1, 0o644, time, data=b"x")
        for name, time in (("future", 1 << 70), ("past", -(1 << 70)), ("now", 12345))
    ]
    write_archive(out, sources, BlockEncoder(None, Job()), Job())
    with ArchiveReader.open(out) as reader:
        times = {entry.path: entry.mtime_ns for entry in reader.entries}
    assert times == {"future": (1 << 63) - 1, "past": -(1 << 63), "now": 12345}
    path = tmp_path / "t.nac"
    path.write_bytes(out.getvalue())
    assert nacomp("decompress", path, "-o", tmp_path / "out").code == 0
    assert nacomp("list", path).code == 0
    assert (tmp_path / "out" / "past").read_bytes() == b"x"


def test_sizes_over_4_gib() -> None:
    """64 bits everywhere: a file of 5 TiB in blocks of 256 MiB, without writing it."""
    block, count = 256 << 20, 20_480
    methods = (Method(MethodKind.ZSTD),)
    header = decode_header(encode_header(methods), DEFAULT_LIMITS)
    blocks, offset = [], header.size
    for number in range(count):
        blocks.append(BlockInfo(number, 0, block, block - 5, offset))
        offset = blocks[-1].end
    extents = tuple(Extent(info.number, 0, block) for info in blocks)
    entry = Entry("huge", EntryKind.FILE, 0o644, 0, block * count, EMPTY_SHA256, extents=extents)
    found = decode_moved_index(encode_index(blocks, (), [entry], b""), header, 6 << 40, DEFAULT_LIMITS)
    assert found.entries[0].size == 5 << 40
    assert found.blocks[-1].end > 5 << 40 > 1 << 32
    assert lost_ranges(found.entries[0], set(range(count)) - {count - 1}) == [((5 << 40) - block, block)]
    shape = plan_shape(5 << 40, 5)
    assert shape.archive_size == 5 << 40
    assert shape.parity_rows * shape.row_size >= (5 << 40) // 20
    assert shape.total_size > shape.parity_offset > 5 << 40


def test_a_source_that_vanishes(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(prose(100))
    sources = walk([path])
    path.unlink()
    target = tmp_path / "out.nac"
    loader = ModelLoader(store=Store(tmp_path / "models"))
    with pytest.raises(FileProblem, match="no such file"):
        compress(sources, target, loader, CompressOptions("fast"), Job())
    assert list(tmp_path.iterdir()) == []


def test_a_target_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    for target in (tmp_path / "file" / "below.nac", tmp_path / "no" / "folder.nac", tmp_path):
        done = nacomp("compress", tmp_path / "file", "-o", target, "-f", "--level", "fast")
        assert (done.code, done.err.count("\n"), "Traceback" in done.err) == (5, 1, False)
