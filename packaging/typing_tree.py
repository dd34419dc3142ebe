"""Lays out the four source folders as the one package they install as, in links, for mypy.

python packaging/typing_tree.py FOLDER     makes FOLDER/nacomp with links to everything in it
"""

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Make the tree anew, so that a removed file does not linger."""
    package = Path(sys.argv[1]) / "nacomp"
    if package.is_symlink():
        package.unlink()
    shutil.rmtree(package, ignore_errors=True)
    package.mkdir(parents=True)
    for child in (ROOT / "nacomp").iterdir():
        (package / child.name).symlink_to(child)
    for layer in ("formats", "models", "gui"):
        (package / layer).symlink_to(ROOT / layer)


if __name__ == "__main__":
    main()
