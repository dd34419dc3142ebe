"""What `make` lays beside the sources so that editors and mypy see one package."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LAYERS = ("formats", "models", "gui")


def test_one_package_whose_new_files_are_there_at_once(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_bytes((ROOT / "Makefile").read_bytes())
    for folder in ("nacomp", *LAYERS):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "__init__.py").touch()
    links = [f"nacomp/{layer}" for layer in LAYERS]
    subprocess.run(["make", "-s", *links], cwd=tmp_path, check=True)
    for layer, link in zip(LAYERS, links, strict=True):
        assert (tmp_path / link).is_symlink()
        (tmp_path / layer / "newcomer.py").write_text("HERE = True\n")
        code = f"from nacomp.{layer}.newcomer import HERE; assert HERE"
        subprocess.run([sys.executable, "-S", "-c", code], cwd=tmp_path, check=True)
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert {f"/{link}" for link in links} <= set(ignored)
