"""Tries the wheel for 64-bit ARM with its window, under emulation: `make try-aarch64`.

python packaging/linux/try_arm.py FOLDER WHEELS

FOLDER gets a Debian for ARM: packages unpacked, nothing configured, no user in it. WHEELS has the wheel of
`make wheel-aarch64`. The wheel with its requirements and Qt goes in, and `smoke.py` runs there, over the two programs that
the application is frozen from. That the wheel reads the golden archives and writes the bytes of x86-64 is tested in
`tests/portability/test_linux_arm.py`. PyInstaller is not run here: it starts, but asks for libpython3.11 and a cache of the
loader, and would take twenty minutes of processor time.

The kernel hands ARM programs to qemu in a namespace of our own (binfmt_misc, Linux 6.7 or newer): nothing of this machine is
changed, and nobody needs to be root. Needs Debian 12's package index.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from own_apt import Apt, unpack

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    "python3.11",
    "bash",
    "coreutils",
    "libc-bin",
    "binutils",
    "file",
    "fonts-dejavu-core",
    "libglib2.0-0",
)
WINDOWS = ("libegl1", "libgl1", "libxkbcommon0", "libdbus-1-3", "libfontconfig1")
GLIBC = (34, 31, 28, 27, 26, 17)
"""Releases 2.x that the wheels of our requirements are named for. Debian 12 has 2.36; Qt's newest for ARM asks for more."""
QEMU_FROM = "trixie"
"""Qt starts processes by a call (`clone` with CLONE_PIDFD) that qemu 7.2, of Debian 12, refuses: the window gets no worker.
Debian 13 has 10.0, as programs that need no library."""
# A name, what an ARM program begins with, which bits of that count, and qemu: `F` opens it before the root changes.
BINFMT = (
    r":nacomp-arm:M::\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00"
    r":\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff:{qemu}:F"
)
ENTER = """\
set -e
mount -t binfmt_misc none /proc/sys/fs/binfmt_misc
printf %s "$BINFMT" > /proc/sys/fs/binfmt_misc/register
mkdir -p "$TOP/dev" "$TOP/proc" "$TOP/src" "$TOP/tmp"
mount --rbind /dev "$TOP/dev"
mount -t proc proc "$TOP/proc"
mount --rbind "$PROJECT" "$TOP/src"
mkdir -p "$TOP/build" "$TOP/src/build"
mount --bind "$TOP/build" "$TOP/src/build"
exec chroot "$TOP" /usr/bin/env -i PATH=/usr/bin:/bin HOME=/tmp LANG=C.UTF-8 PYTHONPATH=/opt/site \\
    QT_QPA_PLATFORM=offscreen SMOKE_PATIENCE=1200 "$@"
"""
PROGRAM = '#!/bin/sh\nPYTHONPATH=/opt/site exec /usr/bin/python3.11 /src/packaging/app/{name}.py "$@"\n'


class Arm:
    """A Debian for ARM in `folder`, and qemu beside it."""

    def __init__(self, folder: Path) -> None:
        self.root, self._qemu = folder / "root", folder / "qemu" / "usr" / "bin" / "qemu-aarch64"
        if not (folder / "complete").exists():
            self._unpack(folder)
            (folder / "complete").touch()

    def _unpack(self, folder: Path) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            arm = Apt(Path(scratch, "arm"), "arm64")
            unpack(arm.with_all_they_need(*PACKAGES, *WINDOWS), self.root)
            (self.root / "bin" / "sh").symlink_to("bash")  # a package makes this link when it is configured
            unpack(Apt(Path(scratch, "own"), release=QEMU_FROM).alone("qemu-user"), folder / "qemu")

    def install(self, wheel: Path, *further: str) -> None:
        """By this Python's pip, as wheels for ARM."""
        site = self.root / "opt" / "site"
        shutil.rmtree(site, ignore_errors=True)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        pip += ["--only-binary=:all:", "--python-version=3.11", "--target", str(site)]
        pip += [
            f"--platform={name}_aarch64"
            for name in (*(f"manylinux_2_{minor}" for minor in GLIBC), "manylinux2014")
        ]
        subprocess.run([*pip, f"{wheel}[gui]", *further], check=True)

    def run(self, *command: str) -> None:
        """In that system, with this project at /src."""
        namespaces = ["unshare", "--user", "--map-root-user", "--mount", "--pid", "--fork", "--kill-child"]
        told = {"BINFMT": BINFMT.format(qemu=self._qemu), "TOP": str(self.root), "PROJECT": str(ROOT)}
        enter = [*namespaces, "sh", "-c", ENTER, "sh", *command]
        if code := subprocess.run(enter, env=os.environ | told, check=False).returncode:
            sys.exit(f"{' '.join(command)}: exit code {code}, in the Debian for ARM")


def main() -> None:
    """Make the system, install, try."""
    folder = Path(sys.argv[1]).resolve()
    (wheel,) = Path(sys.argv[2]).resolve().glob("nacomp-*_aarch64.whl")
    arm = Arm(folder)
    arm.install(wheel, "pip")
    programs = arm.root / "opt" / "programs"
    programs.mkdir(parents=True, exist_ok=True)
    for name, program in (("nacomp", "command_line"), ("nacomp-gui", "window")):
        (programs / name).write_text(PROGRAM.format(name=program), encoding="utf-8")
        (programs / name).chmod(0o755)
    arm.run("/usr/bin/python3.11", "/src/packaging/smoke.py", "/opt/programs")


if __name__ == "__main__":
    main()
