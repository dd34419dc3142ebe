"""`nacomp info`: everything a script may want to know of an archive."""

import json
from pathlib import Path

from nacomp.cli.info import _plain
from tests.nacomp.workbench import TINY, nacomp


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


def test_installation_for_people_and_scripts() -> None:
    document = json.loads(nacomp("info", "--json").out)
    assert document["native_kernel"] in document["kernels"]
    shown = nacomp("info").out.decode()
    assert all(name.replace("_", " ") in shown for name in document)


def test_what_an_archive_says_of_its_model_cannot_deceive_the_terminal() -> None:
    shown = _plain({"id\x1b[2J": "evil\x1b]0;title\x07", "more": ["a\u202eb", {"c": "\x9b"}]})
    assert shown.isprintable()
    assert "\\x1b" in shown
