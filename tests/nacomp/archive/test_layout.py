"""What lies inside files is coded in the open, and the archive gives the files back: whole, in parts, and after damage."""

import gzip
import io
import random
import tarfile
import zlib
from collections import Counter
from pathlib import Path

import pytest

from nacomp.archive import units
from nacomp.archive.archive_reader import Archive
from nacomp.archive.sources import Source
from nacomp.codecs.model_loader import ModelLoader
from nacomp.errors import UnsupportedArchive
from nacomp.formats.entry import EntryKind
from nacomp.formats.methods import Method, MethodKind
from nacomp.formats.reader import ArchiveReader
from nacomp.operations.compress import CompressOptions, compress
from nacomp.operations.salvage import salvage
from nacomp.runtime.progress import Job
from nacomp.transforms import deflate_view, opener
from nacomp.transforms.table import check_views, close_view

WORDS = b"".join(b"The %d. word of line %d is w%x.\n" % (n % 7, n, n * 977 % 4093) for n in range(200))
NOISE = random.Random(5).randbytes(2000)


def tar_gz(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz", compresslevel=6) as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


SAMPLES = {
    "a.gz": gzip.compress(WORDS, mtime=0),
    "b.bin": NOISE + zlib.compress(WORDS, 9) + NOISE,
    "c.tar.gz": tar_gz({"one.txt": WORDS, "two.zz": zlib.compress(WORDS[::-1])}),
    "d.txt": WORDS.decode().encode("utf-16"),
}


def archive_of(files: dict[str, bytes]) -> bytes:
    sources = [Source(name, EntryKind.FILE, len(data), 0o644, 0, data=data) for name, data in files.items()]
    out = io.BytesIO()
    compress(sources, out, ModelLoader(), CompressOptions("fast"), Job())
    return out.getvalue()


def contents(archive: bytes) -> dict[str, bytes]:
    with Archive(io.BytesIO(archive), ModelLoader().for_method) as opened:
        return {entry.path: b"".join(pieces) for entry, pieces in opened.contents(opened.files, Job())}


def views(archive: bytes) -> Counter[str]:
    """How many derived contents there are of each kind."""
    with ArchiveReader.open(io.BytesIO(archive)) as reader:
        return Counter(str(reader.methods[one.method].kind) for one in reader.index.derived)


@pytest.fixture(scope="module")
def archive() -> bytes:
    return archive_of(SAMPLES)


def test_files_with_views_come_back(archive: bytes) -> None:
    assert views(archive) == {"deflate": 4, "utf": 1}
    assert len(archive) < sum(map(len, SAMPLES.values())) // 3
    assert contents(archive) == SAMPLES


def test_one_file_is_read_without_the_others(archive: bytes) -> None:
    with Archive(io.BytesIO(archive), ModelLoader().for_method) as opened:
        for name, data in SAMPLES.items():
            assert opened.read(opened.entry(name)) == data


def test_the_same_files_make_the_same_archive(archive: bytes) -> None:
    assert archive_of(SAMPLES) == archive


def test_a_long_stream_goes_on_from_unit_to_unit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units, "UNIT_BYTES", 30_000)
    monkeypatch.setattr(units, "SMALL_BYTES", 10_000)
    monkeypatch.setattr(opener, "MAY_GO_ON", 22_000)
    monkeypatch.setattr(opener, "MOST_BLOCK", 100)
    monkeypatch.setattr(deflate_view, "PIECE_BYTES", 20_000)
    numbers = b"".join(b"%d;%d\n" % (n, n * n % 9973) for n in range(20_000))
    data = {"long.gz": NOISE + gzip.compress(numbers, mtime=0) + NOISE, "other": WORDS}
    archive = archive_of(data)
    with ArchiveReader.open(io.BytesIO(archive)) as reader:
        assert (
            sum(len(one.parts) == 3 for one in reader.index.derived) >= 2
        )  # with the window that they go on from
    assert contents(archive) == data


def test_a_lost_block_costs_only_what_is_made_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units, "SMALL_BYTES", 100)  # a unit for each file
    damaged = bytearray(archive_of(SAMPLES))
    with ArchiveReader.open(io.BytesIO(bytes(damaged))) as reader:
        first = reader.blocks[0]
    damaged[first.end - 1] ^= 1
    report = salvage(io.BytesIO(bytes(damaged)), tmp_path, ModelLoader(), Job())
    assert {file.path for file in report.damaged} == {"b.bin"}  # sorted by suffix, it is the first
    assert report.missing_blocks == ((0, 0),)
    for name in SAMPLES.keys() - {"b.bin"}:
        assert (tmp_path / name).read_bytes() == SAMPLES[name]


def test_what_does_not_pay_stays_as_it_is() -> None:
    dense = {"dense.bin": zlib.compress(NOISE) + gzip.compress(NOISE)}
    archive = archive_of(dense)
    assert not views(archive)
    assert contents(archive) == dense


def test_a_view_of_a_later_version_is_told_before_anything_is_written() -> None:
    with pytest.raises(UnsupportedArchive, match="deflate 'deflate-2'"):
        check_views([Method(MethodKind.DEFLATE, {"id": "deflate-2"})])
    with pytest.raises(UnsupportedArchive, match="utf None"):
        close_view(Method(MethodKind.UTF), b"", [], 0)
