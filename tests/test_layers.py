"""The layer order: formats <- models <- nacomp <- gui. Imports point to the left only; PySide6 stays in gui."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAYERS = ("formats", "models", "nacomp", "gui")
ALLOWED = {
    "formats": {"formats"},
    "models": {"formats", "models"},
    "nacomp": {"formats", "models", "nacomp"},
    "gui": {"formats", "models", "nacomp", "gui"},
}
FILES = [path for layer in LAYERS for path in sorted((ROOT / layer).rglob("*.py"))]


def layer_of(module: str) -> str | None:
    """The layer an imported module belongs to, or None for a module that is not ours."""
    parts = module.split(".")
    if parts[0] != "nacomp":
        return None
    return parts[1] if len(parts) > 1 and parts[1] in LAYERS else "nacomp"


def imports_of(path: Path) -> set[str]:
    """Every module a file imports, inside functions too. `from nacomp import x` counts as `nacomp.x`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
            assert node.level == 0, f"{path}: relative imports hide the layer"
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_down(path: Path) -> None:
    layer = path.relative_to(ROOT).parts[0]
    for module in imports_of(path):
        target = layer_of(module)
        assert target is None or target in ALLOWED[layer], f"{layer} must not import {module}"
        assert layer == "gui" or not module.startswith("PySide6"), f"{path.name} imports {module}"


def test_import_stays_light() -> None:
    """`import nacomp` and the command line's own help load neither numpy nor an engine nor Qt."""
    code = (
        "import sys, nacomp, nacomp.cli.main; "
        "print([m for m in ('numpy', 'constriction', 'gguf', 'tokenizers', 'PySide6', 'rich') if m in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_every_package_is_installed() -> None:
    """A package that pyproject.toml does not list would be missing from the wheel."""
    import tomllib

    listed = set(
        tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"]
    )
    for layer in LAYERS:
        for init in (ROOT / layer).rglob("__init__.py"):
            inner = init.parent.relative_to(ROOT / layer).parts
            name = ".".join(("nacomp",) + ((layer,) if layer != "nacomp" else ()) + inner)
            assert name in listed, f"{name} is not in pyproject.toml"
