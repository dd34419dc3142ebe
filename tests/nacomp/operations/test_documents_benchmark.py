"""The benchmark of looking inside: what it counts on a small folder, through the command line."""

import gzip
import sys
from pathlib import Path

import pytest
from rich.console import Console

from tests.benchmarks import documents
from tests.nacomp.archive.golden_views import GOLDEN
from tests.nacomp.workbench import ROOT

TEXT = (ROOT / "formats" / "SPEC.md").read_bytes()[:12_000]
"""So much that opening its stream saves more than the compact form does."""


def test_tables_of_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.gz").write_bytes(gzip.compress(TEXT, mtime=0))
    (tmp_path / "b.bin").write_bytes(bytes(300))
    (tmp_path / "empty").touch()
    assert [path.name for path in documents.files_below([tmp_path])] == ["b.bin", "a.gz"]
    shown: list[object] = []
    monkeypatch.setattr(Console, "print", lambda _console, table: shown.append(table))
    monkeypatch.setattr(sys, "argv", ["documents.py", str(tmp_path), "--before", sys.executable, "--streams"])
    documents.main()
    files, streams = ([list(column.cells) for column in table.columns] for table in shown)  # type: ignore[attr-defined]
    packed = gzip.compress(TEXT, mtime=0)
    assert files[0] == ["b.bin", "a.gz", "all"]
    assert files[1] == ["300", f"{len(packed):,}", f"{300 + len(packed):,}"]
    assert files[2] == files[3]  # the same interpreter, before and now
    assert files[7] == ["-", "deflate 1", "deflate 1"]
    assert streams[0] == ["a.gz"]
    assert streams[2] == [f"{len(TEXT):,}"]


def test_streams_of_an_archive_are_its_deflate_views() -> None:
    found = list(documents.streams_of(GOLDEN / "long-stream.nac"))
    assert [one.content for one in found] == [2066, 2241, 2029, 1664]
    assert all(0 < one.corrections < 20 for one in found)
