"""Every test starts clean: its own data folder, no settings of the person who runs it, no display."""

import os
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Each command that a test starts loads a model, through numpy's products once (smoothing.py). Their threads spin for one
# another where other work holds a core: 1.7 s instead of 3.2 s a command, 0.5 instead of 1.0 s of processor time. The
# products are exact, so no bit depends on it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Some environments keep Python from keeping what it compiled: each command would compile 190 modules again, 0.25 s.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ.setdefault("PYTHONPYCACHEPREFIX", str(Path(__file__).parents[1] / ".check" / "bytecode"))

# An OpenCL without a graphics card, as two devices, and where it keeps kernels: half a second of compiling for each of them.
os.environ.setdefault("POCL_DEVICES", "pthread pthread")
os.environ.setdefault("POCL_CACHE_DIR", str(Path(__file__).parents[1] / ".check" / "pocl"))

DATA = Path(__file__).parent / "data"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take long come first: one that begins last would leave the other processes without work."""
    items.sort(key=lambda item: item.get_closest_marker("long_file") is None)


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
