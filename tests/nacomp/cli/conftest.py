"""What the commands are tried on: a small text and its archive, with the tiny model installed."""

from pathlib import Path

import pytest

from nacomp.models.library.store import Store
from tests.nacomp.workbench import TINY, nacomp, prose


@pytest.fixture
def text(tmp_path: Path, tiny_model: Path) -> Path:
    """A small text, with the tiny model installed."""
    Store().add(tiny_model)
    path = tmp_path / "text.txt"
    path.write_bytes(prose(3000))
    return path


@pytest.fixture
def archive(text: Path) -> Path:
    """An archive of it."""
    path = text.with_suffix(".nac")
    assert nacomp("compress", text, "-o", path, "--model", TINY).code == 0
    return path
