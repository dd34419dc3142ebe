"""`nacomp map`: the surprise map as JSON and as a page."""

import json
from pathlib import Path

from tests.nacomp.workbench import TINY, nacomp


def test_map_accounts_for_the_archive(text: Path, archive: Path, tmp_path: Path) -> None:
    """The bits of the map are the bits of the payload, and its texts are the file."""
    page = tmp_path / "map.html"
    done = nacomp("map", text, "--model", TINY, "--json", "--html", page)
    tokens = json.loads(done.out.splitlines()[-1])["tokens"]
    assert "".join(t["text"] for t in tokens).encode() == text.read_bytes()
    bits = sum(t["bits"] for t in tokens)
    assert abs(bits / 8 - archive.stat().st_size) < 450
    assert page.read_text(encoding="utf-8").count("<span") == len(tokens)
