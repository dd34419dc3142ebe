"""`nacomp info`: everything a script may want to know of an archive."""

import json
import random
import zipfile
from pathlib import Path

from nacomp.cli.info import _plain
from tests.nacomp.workbench import ROOT, TINY, nacomp


def test_info_for_scripts(archive: Path) -> None:
    document = json.loads(nacomp("info", archive, "--json").out)
    wanted = {
        "format_version", "engine", "numerics", "model_id", "model_sha256", "entries", "original_size",
        "compressed_size", "bits_per_byte", "blocks", "streams", "native_kernel",
    }  # fmt: skip
    assert wanted <= set(document)
    assert (document["engine"], document["model_id"], document["original_size"]) == ("exact", TINY, 3000)
    assert document["compressed_size"] == archive.stat().st_size
    assert document["entries"][0]["path"] == "text.txt"


def test_what_was_found_inside_is_told(tmp_path: Path) -> None:
    """A golden archive with three views in one another and beside each other; it needs no model."""
    golden = ROOT / "formats" / "golden" / "views.nac"
    document = json.loads(nacomp("info", golden, "--json").out)
    assert document["views"] == {"base64": 1, "hex": 1, "utf": 1}
    assert (document["blocks"], document["methods"]) == (2, {"stored": 2})
    assert "views             base64 1, hex 1, utf 1" in nacomp("info", golden).out.decode()
    assert "compressed; 3 views opened: base64, hex, utf" in nacomp("list", golden).out.decode()
    assert nacomp("decompress", golden, "-o", tmp_path / "out").code == 0
    assert (tmp_path / "out" / "digits").read_bytes().startswith(b"412074726565")


def test_each_entry_tells_what_it_takes_and_what_is_inside_it(tmp_path: Path) -> None:
    """Noise is stored as it is, and what was deflated is packed as what it unpacks to."""
    folder = tmp_path / "box"
    folder.mkdir()
    noise = random.Random(1).randbytes(300_000)
    (folder / "noise").write_bytes(noise)
    (folder / "same").write_bytes(noise)
    parts = {f"part {number}": " ".join(map(str, range(number, 900))) for number in range(3)}
    with zipfile.ZipFile(folder / "letter.docx", "w", zipfile.ZIP_DEFLATED) as letter:
        for name, text in parts.items():
            letter.writestr(name, text)
    assert nacomp("compress", folder, "-o", tmp_path / "a.nac", "--level", "fast").code == 0
    document = json.loads(nacomp("info", tmp_path / "a.nac", "--json").out)
    rows = {row["path"]: row for row in document["entries"]}
    assert rows == {
        row["path"]: row for row in json.loads(nacomp("list", tmp_path / "a.nac", "--json").out)["entries"]
    }
    assert {path: row["opened"] for path, row in rows.items() if row["opened"]} == {
        "box/letter.docx": {"deflate": 3}
    }
    assert document["views"] == {"deflate": 3}
    assert 299_000 <= rows["box/noise"]["packed_size"] < 301_000
    assert rows["box/same"]["packed_size"] == rows["box/noise"]["packed_size"]
    assert rows["box"]["packed_size"] == 0
    apart = rows["box/noise"]["packed_size"] + rows["box/letter.docx"]["packed_size"]
    assert 0 < document["compressed_size"] - apart < 2000


def test_a_hash_that_files_share_is_nobodys() -> None:
    golden = ROOT / "formats" / "golden" / "groups.nac"
    rows = json.loads(nacomp("list", golden, "--json").out)["entries"]
    shared = {row["path"] for row in rows if row["sha256"] is None}
    assert shared == {"a/1", "a/2", "a/4", "a/6"}
    assert "views opened" not in nacomp("list", golden).out.decode()


def test_installation_for_people_and_scripts() -> None:
    document = json.loads(nacomp("info", "--json").out)
    assert document["native_kernel"] in document["kernels"]
    shown = nacomp("info").out.decode()
    assert all(name.replace("_", " ") in shown for name in document)


def test_what_an_archive_says_of_its_model_cannot_deceive_the_terminal() -> None:
    shown = _plain({"id\x1b[2J": "evil\x1b]0;title\x07", "more": ["a\u202eb", {"c": "\x9b"}]})
    assert shown.isprintable()
    assert "\\x1b" in shown
