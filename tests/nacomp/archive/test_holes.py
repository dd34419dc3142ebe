"""Sparse files: holes are found without reading them, and are holes again."""

import io
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nacomp.archive import holes
from nacomp.archive.extract import bytes_to_write
from nacomp.archive.holes import DataReader, HoleFinder, filled, write_data
from nacomp.archive.sources import Source
from nacomp.archive.walk import walk
from nacomp.errors import FileChanged
from nacomp.formats.entry import Entry, EntryKind, Hole

pytestmark = pytest.mark.skipif(not hasattr(os, "SEEK_HOLE"), reason="no system call for holes")
MIB = 1 << 20


def sparse(path: Path, size: int, pieces: dict[int, bytes]) -> Path:
    """A file of this size with these pieces of data at their offsets."""
    with path.open("wb") as file:
        file.truncate(size)
        for offset, piece in pieces.items():
            file.seek(offset)
            file.write(piece)
    return path


@st.composite
def layouts(draw: st.DrawFn) -> tuple[bytes, tuple[Hole, ...]]:
    """A file's bytes and its holes."""
    content = b""
    found: list[Hole] = []
    for _ in range(draw(st.integers(0, 4))):
        content += draw(st.binary(min_size=bool(found), max_size=9))
        found.append(Hole(len(content), draw(st.integers(1, 9))))
        content += bytes(found[-1].length)
    return content + draw(st.binary(max_size=9)), tuple(found)


@given(layouts(), st.integers(1, 12))
def test_data_and_holes_are_the_file(layout: tuple[bytes, tuple[Hole, ...]], step: int) -> None:
    content, found = layout
    reader = DataReader(io.BytesIO(content), found, len(content))
    pieces = list(iter(lambda: reader.read(step), b""))
    data = b"".join(pieces)
    assert len(data) == len(content) - sum(hole.length for hole in found)
    assert all(len(piece) == step for piece in pieces[:-1])
    assert b"".join(filled(found, map(memoryview, pieces))) == content
    for at in range(len(data) + 2):
        reader.seek(at)
        assert reader.read(step) == data[at : at + step]
    out = io.BytesIO()
    write_data(out, found, pieces)
    assert out.getvalue().ljust(len(content), b"\0") == content


def test_holes_of_a_file_are_found_and_written_again(tmp_path: Path) -> None:
    pieces = {MIB: b"one", 5 * MIB - 3: b"two", 9 * MIB: b"three"}
    path = sparse(tmp_path / "a", 12 * MIB, pieces)
    (source,) = walk([path])
    assert source.whole_size == 12 * MIB
    assert source.size < MIB
    assert next(hole.offset for hole in source.holes) == 0
    assert source.holes[-1].offset + source.holes[-1].length == 12 * MIB
    with (tmp_path / "b").open("w+b") as file:
        write_data(file, source.holes, source.chunks(1000))
    assert (tmp_path / "b").read_bytes() == path.read_bytes()
    assert HoleFinder().find(tmp_path / "b", (tmp_path / "b").stat()) == source.holes
    assert source.read_at(0, source.size) == b"".join(source.chunks(MIB))


def test_a_terabyte_of_nothing(tmp_path: Path) -> None:
    (source,) = walk([sparse(tmp_path / "a", 1 << 40, {1 << 39: b"data"})])
    assert source.whole_size == 1 << 40
    assert source.size < MIB
    assert b"".join(source.chunks(MIB)).strip(b"\0") == b"data"


def test_a_file_without_holes_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"a" * 9000)
    os.sync()
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("opened"))
    assert HoleFinder().find(tmp_path / "a", (tmp_path / "a").stat()) == ()


def test_no_more_holes_are_kept_than_an_archive_may_have(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holes, "MOST_HOLES", 3)
    for name in "ab":
        sparse(tmp_path / name, 4 * MIB, {MIB: b"one", 3 * MIB: b"two"})
    first, second = walk([tmp_path / "a", tmp_path / "b"])
    assert len(first.holes) == 3
    assert second.holes == ()
    assert b"".join(second.chunks(MIB)) == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize("size", [3 * MIB, 5 * MIB])
def test_a_sparse_file_that_changes_is_told(tmp_path: Path, size: int) -> None:
    path = sparse(tmp_path / "a", 4 * MIB, {MIB: b"one", 3 * MIB + 5: b"two"})
    found = path.stat()
    (source,) = walk([path])
    os.truncate(path, size)
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))
    with pytest.raises(FileChanged):
        list(source.chunks(MIB))


def test_room_is_asked_for_data_where_holes_take_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = [Entry("a", EntryKind.FILE, 0, 0, 1 << 50, bytes(32), holes=(Hole(0, (1 << 50) - 5),))]
    assert bytes_to_write(entries, tmp_path / "new" / "folder") == 5
    monkeypatch.setattr("nacomp.archive.extract.keeps_holes", lambda _: False)
    assert bytes_to_write(entries, tmp_path) == 1 << 50


def test_a_folder_that_is_not_there_keeps_no_holes(tmp_path: Path) -> None:
    assert holes.keeps_holes(tmp_path)
    assert not holes.keeps_holes(tmp_path / "missing")


def test_sources_in_memory_have_none() -> None:
    assert Source("a", EntryKind.FILE, 3, 0, 0, data=b"abc").whole_size == 3
