"""`nacomp bench` on files of the project's own. That figures are there and add up, not how large they are."""

import json
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from nacomp.cli.bench import summary_table
from nacomp.errors import UsageError
from nacomp.operations.benchmark import (
    CODECS,
    SUMMARY_HEADINGS,
    Contestant,
    Result,
    classical_contestants,
    compare,
    summary,
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


def test_classical_codecs_give_the_bytes_back(tmp_path: Path) -> None:
    path = tmp_path / "noise-and-text"
    path.write_bytes(bytes(range(256)) * 20 + prose(5000))
    results = list(compare([path], classical_contestants()))
    assert all(r.packed < r.size == 10_120 for r in results)


def test_a_program_that_loses_a_byte_is_told(folder: Path) -> None:
    copy = ("sh", "-c", "cat", "<{in}", ">{out}")
    lossy = ("sh", "-c", "tail -c +2", "<{in}", ">{out}")
    good, bad = Contestant("cat", copy, copy), Contestant("tail", copy, lossy)
    assert [r.packed for r in compare([folder / "a.txt"], [good])] == [2000]
    with pytest.raises(UsageError, match=r"tail did not give .*a\.txt back"):
        list(compare([folder / "a.txt"], [bad]))
    with pytest.raises(UsageError, match="failed with exit code 3"):
        list(compare([folder / "a.txt"], [Contestant("no", ("sh", "-c", "exit 3"), copy)]))
    with pytest.raises(UsageError, match="does not start"):
        list(compare([folder / "a.txt"], [Contestant("no", ("no-such-program",), copy)]))


def test_sums() -> None:
    rows = [Result(f, "c", 1000, 250, 1.0, 0.5, m, 7, True) for f, m in (("a", 10.0), ("b", 20.0))]
    (total,) = summary(rows)
    assert (total.size, total.packed, total.memory, total.weights) == (2000, 500, 20.0, 7)
    assert (total.bits_per_byte, total.ratio, total.compress_speed, total.decompress_speed) == (2, 4, 1, 2)


def test_nothing_to_compare(tmp_path: Path) -> None:
    for arguments in (("bench", tmp_path), ("bench",)):
        done = nacomp(*arguments)
        assert (done.code, "Traceback" in done.err) == (2, False)
