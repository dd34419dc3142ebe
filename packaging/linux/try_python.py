"""Tries a wheel of another Python, from another release of Debian: `make try-python RELEASE=sid VERSION=3.14`.

python packaging/linux/try_python.py FOLDER RELEASE VERSION

FOLDER gets that Debian, once, with its Python and compiler. The wheel is compiled there, with these sources, the newest
pybind11 and setuptools; its requirements come as wheels for that Python from the index; then `try_wheel.py` runs there.
Needs Debian's package index, 700 MB of disk, and the minutes that compiling takes.
"""

import shutil
import sys
from pathlib import Path

from other_debian import OtherDebian

SYSTEM = ("bash", "coreutils", "libc-bin", "binutils", "g++")


def main() -> None:
    """Fill the folder, compile, install, try."""
    folder, release, version = Path(sys.argv[1]).resolve(), sys.argv[2], sys.argv[3]
    python = f"python{version}"
    debian = OtherDebian(folder, version)
    debian.fill((python, f"{python}-dev", *SYSTEM), release=release)
    debian.install("tools", "pip", "setuptools", "pybind11")
    wheels = debian.root / "opt" / "wheels"
    shutil.rmtree(wheels, ignore_errors=True)
    build = [
        "-m",
        "pip",
        "wheel",
        "/src",
        "--no-deps",
        "--no-build-isolation",
        "--quiet",
        "-w",
        "/opt/wheels",
    ]
    debian.run("PYTHONPATH=/opt/tools", "NACOMP_REQUIRE_NATIVE=1", f"/usr/bin/{python}", *build)
    (wheel,) = wheels.glob("nacomp-*.whl")
    debian.install("site", wheel)
    debian.run("PYTHONPATH=/opt/site", f"/usr/bin/{python}", "/src/packaging/try_wheel.py", "/src")
    print(f"{wheel.name} holds in the Debian named {release}")


if __name__ == "__main__":
    main()
