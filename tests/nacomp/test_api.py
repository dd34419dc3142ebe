"""The library: buffers of every kind count as their bytes, and what is none is refused by its type."""

import array
import io
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nacomp
from tests.nacomp.workbench import prose

TEXT = prose(400)
BUFFERS = {
    "bytes": TEXT,
    "bytearray": bytearray(TEXT),
    "memoryview": memoryview(TEXT),
    "16-bit items": memoryview(TEXT).cast("H"),
    "32-bit items": array.array("i", TEXT),
    "64-bit floats": memoryview(TEXT).cast("d"),
    "two dimensions": memoryview(TEXT).cast("B", (8, 50)),
    "array of rows": np.frombuffer(TEXT, np.uint8).reshape(8, 50),
    "another byte order": np.frombuffer(TEXT, ">u4"),
    "records": np.frombuffer(TEXT, [("a", "u1"), ("b", "<u2"), ("c", "u1")]),
    "inside another": memoryview(b"before" + TEXT + b"behind")[6:-6],
    "a file's buffer": io.BytesIO(TEXT).getbuffer(),
}


@pytest.mark.parametrize("kind", BUFFERS)
def test_any_contiguous_buffer_counts_as_its_bytes(kind: str) -> None:
    data: Any = BUFFERS[kind]
    assert nacomp.decompress(nacomp.compress(data, level="fast")) == TEXT


@pytest.mark.parametrize("empty", [b"", np.empty((0, 3)), array.array("d")])
def test_empty_buffers(empty: Any) -> None:
    assert nacomp.decompress(nacomp.compress(empty, level="fast")) == b""


@pytest.mark.parametrize("wrap", [bytearray, memoryview, lambda a: np.frombuffer(a, np.uint8)])
def test_archive_in_any_buffer(wrap: Any) -> None:
    assert nacomp.decompress(wrap(nacomp.compress(TEXT, level="fast"))) == TEXT


def test_archive_in_wide_items() -> None:
    """Its length in items is not its length in bytes."""
    starts = range(0, len(TEXT), 10)
    packed = next(p for n in starts if len(p := nacomp.compress(TEXT[: -n or None], level="fast")) % 2 == 0)
    assert TEXT.startswith(nacomp.decompress(memoryview(packed).cast("H")))


NO_BUFFERS = {
    "str": "text",
    "None": None,
    "number": 7,
    "list": [1, 2],
    "gaps": memoryview(TEXT)[::2],
    "columns": np.asfortranarray(np.zeros((4, 5))),
    "file": io.BytesIO(TEXT),
}


@pytest.mark.parametrize("kind", NO_BUFFERS)
def test_what_is_no_contiguous_buffer_is_refused(kind: str) -> None:
    data: Any = NO_BUFFERS[kind]
    with pytest.raises(TypeError):
        nacomp.compress(data, level="fast")
    with pytest.raises(TypeError):
        nacomp.decompress(data)


@pytest.mark.parametrize("password", [b"secret", 7, bytearray(b"x")])
def test_password_is_a_string(password: Any, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="password"):
        nacomp.compress(TEXT, level="fast", password=password)
    (tmp_path / "a.nac").write_bytes(nacomp.compress(TEXT, level="fast"))
    with pytest.raises(TypeError, match="password"):
        nacomp.open(tmp_path / "a.nac", password=password)
    with pytest.raises(TypeError, match="password"):
        nacomp.decompress((tmp_path / "a.nac").read_bytes(), password=password)


def test_files_and_folders_by_pattern(tmp_path: Path) -> None:
    for name in ("top/a.txt", "top/b.log", "top/sub/c.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    os.link(tmp_path / "top" / "a.txt", tmp_path / "top" / "z.txt")
    archive = tmp_path / "a.nac"
    nacomp.compress_files([tmp_path / "top"], archive, level="fast", exclude=["*.log"], password="secret")
    with nacomp.open(archive, password="secret") as opened:
        assert [entry.path for entry in opened.entries] == [
            *("top", "top/a.txt", "top/sub", "top/sub/c.txt", "top/z.txt")
        ]
        assert opened.read("top/z.txt") == b"top/a.txt"
        written = opened.extract(tmp_path / "out", ["top/*.txt"], strip_components=1, same_owner=False)
    assert sorted(path.name for path in written) == ["a.txt", "z.txt"]
    assert (tmp_path / "out" / "z.txt").samefile(tmp_path / "out" / "a.txt")
    with pytest.raises(nacomp.NacompError, match="exists already"):
        nacomp.compress_files([str(tmp_path / "top")], str(archive), level="fast")


def test_what_a_hole_would_take_in_memory_is_bounded(tmp_path: Path) -> None:
    with (tmp_path / "hole").open("wb") as file:
        file.truncate(1 << 40)
    nacomp.compress_files([tmp_path / "hole"], tmp_path / "a.nac", level="fast")
    with (
        nacomp.open(tmp_path / "a.nac") as opened,
        pytest.raises(nacomp.NacompError, match="bytes of output"),
    ):
        opened.read("hole")
    with pytest.raises(nacomp.NacompError, match="bytes of output"):
        nacomp.decompress((tmp_path / "a.nac").read_bytes())


def test_open_takes_paths_only(tmp_path: Path) -> None:
    """A number would be an open file that is closed in the end, and a file object has no name for messages."""
    path = tmp_path / "a.nac"
    path.write_bytes(nacomp.compress(TEXT, level="fast"))
    with path.open("rb") as file:
        for wrong in (file, file.fileno(), bytearray(path.read_bytes())):
            with pytest.raises(TypeError):
                nacomp.open(wrong)  # type: ignore[arg-type]
        file.seek(0)
    with nacomp.open(str(path)) as archive:
        assert archive.read("data") == TEXT
