"""What the commands are tried on: a small text and its archive, with the tiny model installed."""

from pathlib import Path

import pytest

from nacomp.models.library.store import Store
from tests.nacomp.workbench import ROOT, TINY, nacomp


@pytest.fixture
def text(tmp_path: Path, tiny_model: Path) -> Path:
    """A small text that the model suits better than any other codec, with the tiny model installed."""
    Store().add(tiny_model)
    path = tmp_path / "text.txt"
    path.write_bytes((ROOT / "LICENSE").read_bytes()[:3000])
    return path


@pytest.fixture
def archive(text: Path) -> Path:
    """An archive of it."""
    path = text.with_suffix(".nac")
    assert nacomp("compress", text, "-o", path, "--model", TINY).code == 0
    return path
