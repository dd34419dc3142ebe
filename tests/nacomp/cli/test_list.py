"""`nacomp list`: a table for people, rows for programs."""

import json
import zipfile
from pathlib import Path

from tests.nacomp.workbench import nacomp, prose


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
    assert "1 entry, 3 kB" in shown


def test_long_table_tells_rights_owner_share_and_what_was_found_inside(tmp_path: Path) -> None:
    source = tmp_path / "notes.zip"
    with zipfile.ZipFile(source, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("notes.txt", prose(6000))
    source.chmod(0o640)
    archive = tmp_path / "a.nac"
    assert nacomp("compress", source, "--owners", "-o", archive, "--level", "fast").code == 0
    headings, file, summary = nacomp("list", "--long", archive).out.decode().splitlines()
    assert headings.split() == ["mode", "owner", "size", "packed", "ratio", "modified", "inside", "name"]
    (own,) = json.loads(nacomp("list", "--json", "-s", "notes.zip", archive).out)["entries"]
    assert file.startswith("-rw-r-----  " + own["owner"])
    assert f"{own['packed_size'] / own['size']:.1%}" in file
    assert "deflate 1" in file
    assert "1 view opened: deflate" in summary
