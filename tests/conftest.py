"""Every test starts clean: its own data folder, no settings of the person who runs it, no display."""

import os
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

DATA = Path(__file__).parent / "data"


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Models and settings live in a folder of this test's own."""
    monkeypatch.setenv("NACOMP_HOME", str(tmp_path_factory.mktemp("home")))
    for name in [key for key in os.environ if key.startswith("NACOMP_") and key not in ("NACOMP_HOME",)]:
        if name != "NACOMP_REQUIRE_NATIVE":
            monkeypatch.delenv(name)


@pytest.fixture
def tiny_model() -> Path:
    """The tiny trained model that stands in for large ones: real weights, a real vocabulary, 300 KB."""
    return DATA / "tiny.gguf"
