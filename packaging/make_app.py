"""Builds the application with PyInstaller: icons, the folder of nacomp.spec, smaller libraries, a report of sizes.

python packaging/make_app.py FOLDER         makes FOLDER/nacomp (and on macOS FOLDER/nacomp.app); `make app` calls it

Runs in the environment that the application is made of: nacomp's wheel with the extras `gui` and `package`.
"""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import PyInstaller.__main__

PACKAGING = Path(__file__).resolve().parent
BUILD = PACKAGING.parent / "build"


def strip_symbols(inside: Path) -> None:
    """Take debug symbols out of the interpreter, which one compiled by its user is full of (17 of 23 MB), and zstandard's
    module (11 of 12 MB).

    Only there: most libraries out of manylinux wheels have been edited after linking, and `strip` breaks some of them.
    """
    for pattern in ("libpython*", "python3*/lib-dynload/*.so", "zstandard/*.so"):
        for path in inside.glob(pattern):
            subprocess.run(["strip", "--strip-debug", str(path)], check=True)


def sizes(folder: Path) -> Counter[str]:
    """Bytes by what they belong to; the parts of `_internal` one by one."""
    found: Counter[str] = Counter()
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            parts = path.relative_to(folder).parts
            own = parts[1] if parts[0] == "_internal" else parts[0]
            found[own.split(".libs")[0]] += path.stat().st_size
    return found


def main() -> None:
    """Build and report."""
    target = Path(sys.argv[1]).resolve()
    offscreen = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    icons = [sys.executable, str(PACKAGING / "make_icons.py"), str(BUILD / "icons")]
    subprocess.run(icons, env=offscreen, check=True)
    places = ["--distpath", str(target), "--workpath", str(BUILD / "pyinstaller")]
    PyInstaller.__main__.run([*places, "--noconfirm", "--log-level", "WARN", str(PACKAGING / "nacomp.spec")])
    app = target / "nacomp"
    if sys.platform == "linux":
        strip_symbols(app / "_internal")
    found = sizes(app)
    print(f"{app}: {found.total() / 1e6:.1f} MB")
    for name, size in found.most_common(12):
        print(f"{size / 1e6:8.1f} MB  {name}")


if __name__ == "__main__":
    main()
