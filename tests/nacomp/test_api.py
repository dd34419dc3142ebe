"""The library: buffers of every kind count as their bytes, and what is none is refused by its type."""

import array
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nacomp
from nacomp.errors import FileProblem, UsageError
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


def test_one_word_is_one_word_and_not_its_letters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A string is an iterable of strings, so `exclude="*.aux"` would leave out all that `*` matches."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "thesis"
    folder.mkdir()
    for name in ("a.tex", "b.aux"):
        (folder / name).write_bytes(TEXT)
    nacomp.compress_files("thesis", "all.nac", level="fast")
    nacomp.compress_files(folder, "tex.nac", level="fast", exclude="*.aux")
    nacomp.compress_files(os.fsencode(folder), b"aux.nac", level="fast", include="*.aux")
    found = {}
    for name in ("all.nac", "tex.nac", "aux.nac"):
        with nacomp.open(name) as archive:
            found[name] = [entry.path for entry in archive.entries]
    assert found == {
        "all.nac": ["thesis", "thesis/a.tex", "thesis/b.aux"],
        "tex.nac": ["thesis", "thesis/a.tex"],
        "aux.nac": ["thesis", "thesis/b.aux"],
    }
    with nacomp.open(b"all.nac") as archive:
        assert archive.extract(b"out", "thesis/b.aux") == [Path("out/thesis/b.aux")]


def test_an_empty_path_is_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a").write_bytes(TEXT)
    nacomp.compress_files(["a"], "a.nac", level="fast")
    with pytest.raises(UsageError):
        nacomp.compress_files([""], tmp_path.parent / "b.nac", level="fast")
    with pytest.raises(UsageError):
        nacomp.compress_files(["a"], "", level="fast", overwrite=True)
    with nacomp.open("a.nac") as archive, pytest.raises(UsageError):
        archive.extract("", overwrite=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "a.nac"]


@pytest.mark.skipif(os.name == "nt", reason="links take a right there")
def test_what_has_no_bytes_is_no_empty_file(tmp_path: Path) -> None:
    (tmp_path / "top").mkdir()
    (tmp_path / "top" / "a").write_bytes(TEXT)
    (tmp_path / "top" / "link").symlink_to("a")
    nacomp.compress_files([tmp_path / "top"], tmp_path / "a.nac", level="fast")
    with nacomp.open(tmp_path / "a.nac") as archive:
        for path, what in (("top", "a folder"), ("top/link", "a link to a")):
            with pytest.raises(FileProblem, match=what):
                archive.read(path)


def test_help_shows_what_there_is() -> None:
    """The names load when they are used, and `help` has to find them all the same."""
    code = "import nacomp, pydoc; print(pydoc.render_doc(nacomp, renderer=pydoc.plaintext))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert all(f"    {name}(" in shown for name in ("compress", "compress_files", "decompress", "open"))
    assert "class ArchiveFile" in shown
