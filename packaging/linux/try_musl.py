"""Tries the wheel for musl in a Python for musl: `python packaging/linux/try_musl.py PYTHON WHEELS`; `make try-musl`.

PYTHON is the folder that `musl_python.py` made, WHEELS the one of `make wheel-musl`. The wheel and all that it needs go
into a folder of their own, as wheels for musl from the index; then `try_wheel.py` runs there, and what is compressed there
and here must be the same bytes. `here` is the environment that this runs in, with glibc.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLATFORMS = ("musllinux_1_2_x86_64", "musllinux_1_1_x86_64")
SOURCES = ("README.md", "tests/data/tiny.gguf", "formats/golden/expected.json", "formats/golden/tree.nac")
"""Text for the model, floats and a table for the mixer, what no codec makes smaller."""


def install(wheel: Path, site: Path) -> None:
    """The wheel with its requirements, by this Python's pip: the other one has no pip, and no OpenSSL to fetch with."""
    version = f"--python-version={sys.version_info.major}.{sys.version_info.minor}"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", version]
    pip += ["--only-binary=:all:", *(f"--platform={name}" for name in PLATFORMS)]
    subprocess.run([*pip, "--target", str(site), str(wheel)], check=True)


def written_by(command: list[str | Path], scratch: Path, environment: dict[str, str]) -> str:
    """The SHA-256 of an archive of the sources, by one Python; it is the other's too, or this is not portable."""
    archive = scratch / "archive.nac"
    compress = [*command, "-m", "nacomp", "compress", *(ROOT / name for name in SOURCES), "-o", archive]
    subprocess.run(
        [*compress, "--force", "--quiet", "--level", "fast"], cwd=scratch, env=environment, check=True
    )
    return hashlib.sha256(archive.read_bytes()).hexdigest()


def main() -> None:
    """Install, try, compare."""
    python = Path(sys.argv[1]).resolve() / "python"
    (wheel,) = Path(sys.argv[2]).resolve().glob("nacomp-*-musllinux_*.whl")
    with tempfile.TemporaryDirectory() as scratch:
        top = Path(scratch)
        install(wheel, top / "site")
        # Run in `scratch`: from the source tree Python would import that, in place of what is installed.
        here = os.environ | {"NACOMP_HOME": str(top / "home")}
        there = here | {"PYTHONPATH": str(top / "site")}
        tried = [python, ROOT / "packaging" / "try_wheel.py", ROOT]
        subprocess.run(tried, cwd=top, env=there, check=True)
        hashes = {written_by([sys.executable], top, here), written_by([python], top, there)}
    if len(hashes) != 1:
        sys.exit(f"other bytes than with glibc: {sorted(hashes)}")
    print(f"the same bytes as with glibc: {hashes.pop()}")


if __name__ == "__main__":
    main()
