"""`nacomp list`: a table for people, rows for programs."""

import json
from pathlib import Path

from tests.nacomp.workbench import nacomp


def test_json_error() -> None:
    done = nacomp("list", "no-such.nac", "--json")
    line = json.loads(done.out)
    assert (done.code, line["event"], line["kind"], line["code"]) == (5, "error", "FileProblem", 5)


def test_rows_for_programs(archive: Path) -> None:
    (row,) = json.loads(nacomp("list", archive, "--json").out)["entries"]
    assert (row["path"], row["kind"], row["size"], row["link_target"]) == ("text.txt", "file", 3000, None)


def test_table_for_people(archive: Path) -> None:
    shown = nacomp("list", archive).out.decode()
    assert "text.txt" in shown
    assert "1 entries, 3 kB" in shown
