"""`nacomp bench` on files of the project's own. That figures are there and add up, not how large they are."""

import json
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from nacomp.cli.bench import summary_table
from nacomp.operations.benchmark import (
    CODECS,
    SUMMARY_HEADINGS,
    Result,
    classical_contestants,
    summary_cells,
)
from tests.nacomp.workbench import nacomp, prose


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two texts, one in a folder below; an empty file and a link, which are left out."""
    found = tmp_path / "corpus"
    (found / "below").mkdir(parents=True)
    (found / "a.txt").write_bytes(prose(2000))
    (found / "below" / "b.txt").write_bytes(prose(1000, seed=2))
    (found / "empty").write_bytes(b"")
    (found / "link").symlink_to("a.txt")
    return found


def test_the_command_compares_all_on_every_file(folder: Path) -> None:
    done = nacomp("bench", folder, "--json")
    assert done.code == 0, done.err
    found = json.loads(done.out.splitlines()[-1])
    codecs = {c.name for c in classical_contestants()} | {"nacomp fast"}
    assert set(CODECS) - codecs <= {"brotli -q 11"}
    assert {(r["file"], r["codec"]) for r in found["files"]} == {
        (f, c) for f in ("a.txt", "b.txt") for c in codecs
    }
    for row in found["summary"]:
        mine = [r for r in found["files"] if r["codec"] == row["codec"]]
        assert (row["size"], row["packed"]) == (3000, sum(r["packed"] for r in mine))
        assert min(row["compress_seconds"], row["decompress_seconds"], row["memory"]) > 0
        assert row["packed"] < 2200
    assert {row["codec"] for row in found["summary"] if row["weights"]} == {"nacomp fast"}


def test_the_table_fits_80_columns() -> None:
    rows = [
        Result(
            "all files", name, 2_810_784, 1_493_080, 99.9, 0.0004, 12_345.0, 98_765_432, name == "nacomp fast"
        )
        for name in (*CODECS, "nacomp fast")
    ]
    console = Console(width=80, record=True, file=StringIO())
    console.print(summary_table(rows, "all files; in = compress, out = decompress"))
    shown = console.export_text()
    assert max(map(len, shown.splitlines())) <= 80
    for text in (*CODECS, *SUMMARY_HEADINGS, *summary_cells(rows[0])):
        assert text in shown


def test_nothing_to_compare(tmp_path: Path) -> None:
    for arguments in (("bench", tmp_path), ("bench",)):
        done = nacomp(*arguments)
        assert (done.code, "Traceback" in done.err) == (2, False)
