"""`nacomp map`: the surprise map as JSON, on a page and in a terminal, in the colours of the common scale."""

import json
import re
from pathlib import Path

import click
import pytest

from nacomp.cli import map as surprise
from nacomp.operations.surprise_map import SurprisingToken
from nacomp.runtime.surprise_scale import FULL_BITS, share_of
from tests.nacomp.workbench import TINY, nacomp

TOKENS = [SurprisingToken(b"%d " % bits, float(bits), ()) for bits in range(0, int(FULL_BITS) + 4)]


def test_map_accounts_for_the_archive(text: Path, archive: Path, tmp_path: Path) -> None:
    """The bits of the map are the bits of the payload, and its texts are the file."""
    page = tmp_path / "map.html"
    done = nacomp("map", text, "--model", TINY, "--json", "--html", page)
    tokens = json.loads(done.out.splitlines()[-1])["tokens"]
    assert "".join(t["text"] for t in tokens).encode() == text.read_bytes()
    bits = sum(t["bits"] for t in tokens)
    assert abs(bits / 8 - archive.stat().st_size) < 450
    assert page.read_text(encoding="utf-8").count("<span") == len(tokens)


def test_page_has_the_share_of_each_token() -> None:
    shares = re.findall(r"--s:([\d.]+)", surprise.html_page("a.txt", TOKENS))
    assert shares == [f"{share_of(token.bits):.2f}" for token in TOKENS]


def test_terminal_uses_all_its_shades_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[int | None] = []
    monkeypatch.setattr(click, "secho", lambda _text, **style: shown.append(style["bg"]))
    monkeypatch.setattr(click, "echo", lambda *_, **__: None)
    surprise._print(TOKENS)
    steps = [int(share_of(token.bits) * len(surprise.SHADES)) for token in TOKENS]
    assert shown == [surprise.SHADES[min(step, len(surprise.SHADES) - 1)] for step in steps]
    assert list(dict.fromkeys(shown)) == list(surprise.SHADES)
