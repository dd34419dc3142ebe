"""The wheels: whole, needing no compiler's runtime, and at work in a bare environment without network."""

import json
import os
import shutil
import sys
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from tests.packaging.installed import ROOT, Bare, built_wheel

pytestmark = pytest.mark.long_file

ON_EVERY_LINUX = {"libc.so.6", "libm.so.6", "libgcc_s.so.1", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}
LAYERS = {"nacomp": ROOT / "nacomp"} | {
    f"nacomp/{name}": ROOT / name for name in ("formats", "models", "gui")
}
DATA = {".cl", ".pyi", ".typed", ".gguf", ".toml", ".txt", ".svg", ".qm", ".xz"}


@pytest.fixture(scope="module")
def wheel() -> Path:
    """The wheel with the native cores."""
    return built_wheel(pure=False)


@pytest.fixture(scope="module")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Bare:
    """It, installed; in CI with its dependencies from the package index, as a user would."""
    return Bare(tmp_path_factory.mktemp("bare"), wheel, from_index="CI" in os.environ)


def expected_files() -> set[str]:
    """Everything a wheel should hold beside compiled modules and its own metadata."""
    return {
        f"{inside}/{path.relative_to(folder).as_posix()}"
        for inside, folder in LAYERS.items()
        for path in folder.rglob("*")
        if path.suffix == ".py" or path.suffix in DATA
    }


def test_native_wheel_is_whole(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {n for n in archive.namelist() if ".dist-info/" not in n and not n.endswith("/")}
    compiled = {name for name in names if name.endswith((".so", ".pyd"))}
    assert {name.split(".")[0] for name in compiled} == {
        "nacomp/models/exact/_kernels",
        "nacomp/models/jpeg/_jpeg",
        "nacomp/models/mixing/_mixing",
        "nacomp/models/predictors/_ensemble",
        "nacomp/transforms/_deflate",
        "nacomp/codecs/_ppmd",
    }
    assert names - compiled == expected_files()


@pytest.mark.skipif(sys.platform != "linux", reason="reads Linux modules")
def test_modules_need_only_what_every_linux_has(wheel: Path) -> None:
    from elftools.elf.dynamic import DynamicSection
    from elftools.elf.elffile import ELFFile

    assert "-manylinux_" in wheel.name
    with zipfile.ZipFile(wheel) as archive:
        modules = [name for name in archive.namelist() if name.endswith(".so")]
        for name in modules:
            section = ELFFile(BytesIO(archive.read(name))).get_section_by_name(".dynamic")
            assert isinstance(section, DynamicSection)
            tags: list[Any] = [tag for tag in section.iter_tags() if tag.entry.d_tag == "DT_NEEDED"]
            needed = {tag.needed for tag in tags}
            assert needed <= ON_EVERY_LINUX, name
    assert len(modules) == 6


def test_bare_environment_compresses_and_gives_back(bare: Bare, tmp_path: Path) -> None:
    source = tmp_path / "README.md"
    shutil.copy(ROOT / "README.md", source)
    archive, back = tmp_path / "README.md.nac", tmp_path / "back.md"
    bare.run("nacomp", "compress", source, "--level", "fast")
    bare.run("nacomp", "decompress", archive, "-o", back)
    assert back.read_bytes() == source.read_bytes()
    assert archive.stat().st_size * 2 < source.stat().st_size
    shown = json.loads(bare.run("nacomp", "info", archive, "--json"))
    assert (shown["model_id"], shown["engine"]) == ("embedded", "exact")
    assert shown["native_kernel"] != "numpy"


def test_bare_environment_runs_what_was_installed_and_not_this_tree(bare: Bare) -> None:
    code = "import nacomp.models.exact._kernels as k; print(k.__file__)"
    assert Path(bare.run("python", "-c", code).strip()).is_relative_to(bare.scripts.parent)


def test_pure_wheel_gives_the_same_bytes_without_native_cores(
    bare: Bare, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, tiny_model: Path
) -> None:
    pure = Bare(tmp_path_factory.mktemp("pure"), built_wheel(pure=True))
    source = tmp_path / "text.txt"
    source.write_bytes((ROOT / "README.md").read_bytes()[:1500])
    archives: list[Path] = []
    for place in (bare, pure):
        place.run("nacomp", "models", "add", tiny_model)
        archives.append(tmp_path / f"{len(archives)}.nac")
        place.run("nacomp", "compress", source, "--model", "tiny", "-o", archives[-1])
    assert archives[0].read_bytes() == archives[1].read_bytes()
    assert json.loads(pure.run("nacomp", "info", "--json"))["kernels"] == ["numpy"]
    pure.run("nacomp", "decompress", archives[1], "-o", tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == source.read_bytes()
