"""The layer order: formats <- models <- nacomp <- gui, and the order of the rooms inside them.

Imports point to the left, or down, only, those inside functions too; PySide6 stays in gui; no circle anywhere.
"""

import ast
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAYERS = ("formats", "models", "nacomp", "gui")
READABLE = ("nacomp.models.mixing.reference", "nacomp.models.jpeg.reference", "nacomp.codecs.ppmd_reference")
"""Twins of native cores, which no job with these loads."""
ALLOWED = {
    "formats": {"formats"},
    "models": {"formats", "models"},
    "nacomp": {"formats", "models", "nacomp"},
    "gui": {"formats", "models", "nacomp", "gui"},
}
FILES = [path for layer in LAYERS for path in sorted((ROOT / layer).rglob("*.py"))]

FLOORS = (
    ("formats",),
    # What wraps an archive knows its structures, not how it is opened; what opens one looks through the wrapping.
    ("formats/protection",),
    ("formats/diagnosis.py",),
    ("formats/members.py",),
    ("formats/merge.py",),
    ("formats/reader.py",),
    ("formats/scan.py",),
    ("models/context_window.py", "models/errors.py", "models/exp32.py", "models/range_coder.py"),
    ("models/tokens", "models/library"),
    ("models/protocol.py",),
    ("models/mixing",),
    ("models/exact", "models/jpeg", "models/llama", "models/predictors"),
    ("models",),
    ("models/training",),
    ("nacomp/errors.py", "nacomp/version.py"),
    ("nacomp/runtime",),
    ("nacomp/transforms", "nacomp/codecs"),
    ("nacomp/archive",),
    ("nacomp/operations",),
    ("nacomp/api.py", "nacomp/cli"),
    ("nacomp",),
    ("gui/errors.py",),
    ("gui/logic",),
    ("gui/look", "gui/process"),
    ("gui/controllers",),
    ("gui/views",),
    ("gui",),
)
"""The places of a house, lowest floor first. A file belongs to the longest place that its path begins with, and imports
from its own place and from floors below; places on one floor do not know each other."""
ENGINES = ("models/exact", "models/llama")
KNOW_ENGINES = ("nacomp/codecs/model_loader.py", "nacomp/cli/engines.py")
FLOOR_OF = {place: floor for floor, places in enumerate(FLOORS) for place in places}


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


def module_of(path: Path) -> str:
    """The name a file is imported by."""
    layer, *inner = path.relative_to(ROOT).with_suffix("").parts
    parts = ["nacomp", *([layer] if layer != "nacomp" else []), *inner]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in FILES}


def imported_files(path: Path) -> set[Path]:
    """The files of ours that a file imports, inside functions too."""
    found = set()
    for name in imports_of(path):
        module = name
        while module not in MODULES and "." in module:
            module = module.rpartition(".")[0]
        if module in MODULES:
            found.add(MODULES[module])
    return found - {path}


def place_of(path: Path) -> str:
    """The place a file belongs to."""
    inside = path.relative_to(ROOT)
    return next(str(p.as_posix()) for p in (inside, *inside.parents) if p.as_posix() in FLOOR_OF)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_down(path: Path) -> None:
    layer = path.relative_to(ROOT).parts[0]
    for module in imports_of(path):
        target = layer_of(module)
        assert target is None or target in ALLOWED[layer], f"{layer} must not import {module}"
        assert layer == "gui" or not module.startswith("PySide6"), f"{path.name} imports {module}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_rooms_know_those_below_only(path: Path) -> None:
    own = place_of(path)
    for imported in imported_files(path):
        other = place_of(imported)
        below = FLOOR_OF[other] < FLOOR_OF[own]
        assert other == own or below, f"{own} must not import {imported.relative_to(ROOT)}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_only_their_loader_knows_the_engines(path: Path) -> None:
    """And the command that lists them. All others know `models/protocol.py`."""
    knows = place_of(path).startswith("models") or path.relative_to(ROOT).as_posix() in KNOW_ENGINES
    for imported in imported_files(path):
        assert knows or place_of(imported) not in ENGINES, f"imports {imported.relative_to(ROOT)}"


def test_no_import_runs_in_a_circle() -> None:
    """A circle that closes only inside a function is one too: the two files cannot be understood one after the other."""
    try:
        TopologicalSorter({path: imported_files(path) for path in FILES}).prepare()
    except CycleError as circle:
        pytest.fail(" <- ".join(str(path.relative_to(ROOT)) for path in circle.args[1]))


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_runs_without_the_coders_that_ours_are_compared_with(path: Path) -> None:
    """No wheel of the one exists for Linux on ARM and on musl, the other breaks its process; only tests may need them."""
    assert not {name.split(".")[0] for name in imports_of(path)} & {"constriction", "pyppmd"}


def test_import_stays_light() -> None:
    """`import nacomp` and the command line's own help load neither numpy nor an engine nor Qt."""
    code = (
        "import sys, nacomp, nacomp.cli.main; "
        "print([m for m in ('numpy', 'gguf', 'tokenizers', 'PySide6', 'rich') if m in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_listing_loads_no_more_than_it_needs() -> None:
    """What opens views, runs models or is there for want of a compiler was a fifth of the time that `list` takes."""
    late = ("gguf", "psutil", "nacomp.transforms.opener", *READABLE)
    code = f"import sys, nacomp.cli.list; print([m for m in {late} if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_decoding_loads_no_encoder() -> None:
    """What chooses codecs and tries classical ones."""
    late = ("nacomp.codecs.block_choice", "nacomp.codecs.classical", "nacomp.codecs.profiles", "tokenizers")
    code = (
        "import sys, nacomp.cli.decompress, nacomp.codecs.model_loader; "
        f"print([m for m in {late} if m in sys.modules])"
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


@pytest.mark.parametrize("room", ["logic", "look", "controllers", "views"])
def test_processes_of_the_window_are_started_in_one_room(room: str) -> None:
    """Views do not even know that there are any: a controller stands between. And `logic` is tested without Qt."""
    for path in sorted((ROOT / "gui" / room).rglob("*.py")):
        imports = imports_of(path)
        starters = {name for name in imports if name.startswith("subprocess") or name.endswith(".QProcess")}
        assert not starters, f"{path.name} starts processes"
        known = [name for name in imports if name.startswith("nacomp.gui.process")]
        assert room != "views" or not known, f"{path.name} imports {known}"
        qt = [name for name in imports if name.startswith("PySide6")]
        assert room != "logic" or not qt, f"{path.name} imports {qt}"
