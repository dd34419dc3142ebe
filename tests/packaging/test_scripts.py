"""Scripts that no other test runs still fit the package that they use."""

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OF_EXTRAS = {"matplotlib", "PyInstaller", "torch"}
"""Packages that tests do not install."""
SCRIPTS = [*sorted((ROOT / "packaging").glob("*.py")), *sorted((ROOT / "tests" / "benchmarks").glob("*.py"))]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_what_a_script_imports_is_there(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(path.parent))
    for name in ("NACOMP_HOME", "QT_QPA_PLATFORM"):  # which scripts set for themselves
        monkeypatch.setenv(name, "offscreen" if name.startswith("QT") else "/nowhere")
    spec = importlib.util.spec_from_file_location(f"script_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    try:
        spec.loader.exec_module(module)
    except ModuleNotFoundError as missing:
        if missing.name not in OF_EXTRAS:
            raise
        pytest.skip(f"needs {missing.name}")
