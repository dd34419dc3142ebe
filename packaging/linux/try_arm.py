"""Tries the wheel for 64-bit ARM with its window, under emulation: `make try-aarch64`.

python packaging/linux/try_arm.py FOLDER WHEELS

FOLDER gets a Debian for ARM. WHEELS has the wheel of `make wheel-aarch64`. The wheel with its requirements and Qt goes in,
and `smoke.py` runs there, over the two programs that the application is frozen from. That the wheel reads the golden
archives and writes the bytes of x86-64 is tested in `tests/portability/test_linux_arm.py`. PyInstaller is not run here: it
wants libpython3.11 and the loader's cache (`ldconfig`), and would take twenty minutes of processor time.

The kernel hands ARM programs to qemu in a namespace of our own (binfmt_misc, Linux 6.7 or newer). Needs Debian 12's
package index.
"""

import sys
import tempfile
from pathlib import Path

from other_debian import OtherDebian
from own_apt import Apt, unpack

PYTHON = "3.11"
PACKAGES = (
    *(f"python{PYTHON}", "bash", "coreutils", "libc-bin", "binutils", "file"),
    *("fonts-dejavu-core", "libglib2.0-0"),
)
WINDOWS = ("libegl1", "libgl1", "libxkbcommon0", "libdbus-1-3", "libfontconfig1")
QEMU_FROM = "trixie"
"""Qt starts processes by a call (`clone` with CLONE_PIDFD) that qemu 7.2, of Debian 12, refuses: the window gets no worker.
Debian 13 has 10.0, as programs that need no library."""
# A name, what an ARM program begins with, which bits of that count, and qemu: `F` opens it before the root changes.
BINFMT = (
    r":nacomp-arm:M::\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00"
    r":\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff:{qemu}:F"
)
INTERPRETER = f"/usr/bin/python{PYTHON}"
PROGRAM = f'#!/bin/sh\nPYTHONPATH=/opt/site exec {INTERPRETER} /src/packaging/app/{{name}}.py "$@"\n'
OFFSCREEN = "QT_QPA_PLATFORM=offscreen"


def debian_for_arm(folder: Path) -> OtherDebian:
    """Filled, with qemu beside it."""
    qemu = folder / "qemu" / "usr" / "bin" / "qemu-aarch64"
    arm = OtherDebian(folder, PYTHON, "aarch64", BINFMT.format(qemu=qemu))
    arm.fill((*PACKAGES, *WINDOWS), "arm64")
    if not qemu.exists():
        with tempfile.TemporaryDirectory() as scratch:
            unpack(Apt(Path(scratch, "own"), release=QEMU_FROM).alone("qemu-user"), folder / "qemu")
    return arm


def programs_of(arm: OtherDebian, wheel: Path) -> str:
    """The two programs as they are, over the installed wheel."""
    arm.install("site", f"{wheel}[gui]", "pip")
    programs = arm.root / "opt" / "programs"
    programs.mkdir(parents=True, exist_ok=True)
    for name, program in (("nacomp", "command_line"), ("nacomp-gui", "window")):
        (programs / name).write_text(PROGRAM.format(name=program), encoding="utf-8")
        (programs / name).chmod(0o755)
    return "/opt/programs"


def main() -> None:
    """Make the system, install, try."""
    (wheel,) = Path(sys.argv[2]).resolve().glob("nacomp-*_aarch64.whl")
    arm = debian_for_arm(Path(sys.argv[1]).resolve())
    programs = programs_of(arm, wheel)
    slow = ("SMOKE_PATIENCE=1200", "SMOKE_BYTES=2000")
    arm.run(OFFSCREEN, *slow, INTERPRETER, "/src/packaging/smoke.py", programs)


if __name__ == "__main__":
    main()
