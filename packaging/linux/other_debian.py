"""Another Debian than this machine's, in a folder: packages unpacked, nothing configured, no user in it.

Programs run there in namespaces of their own: nothing of this machine is changed, and nobody needs to be root. Needs a
kernel that lets users make such namespaces.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from own_apt import Apt, unpack

ROOT = Path(__file__).resolve().parents[2]
GLIBC = (34, 31, 28, 27, 26, 17)
"""Releases 2.x that the wheels of our requirements are named for; Debian 12 has 2.36. Qt's newest for ARM asks for more."""
# binfmt_misc of a namespace's own: Linux 6.7 or newer. The project's build folder is another one there.
ENTER = """\
set -e
if test -n "$BINFMT"; then
    mount -t binfmt_misc none /proc/sys/fs/binfmt_misc
    printf %s "$BINFMT" > /proc/sys/fs/binfmt_misc/register
fi
mkdir -p "$TOP/dev" "$TOP/proc" "$TOP/src" "$TOP/tmp"
mount --rbind /dev "$TOP/dev"
mount -t proc proc "$TOP/proc"
mount --rbind "$PROJECT" "$TOP/src"
mkdir -p "$TOP/build" "$TOP/src/build"
mount --bind "$TOP/build" "$TOP/src/build"
exec chroot "$TOP" /usr/bin/env -i PATH=/usr/bin:/bin:/usr/sbin:/sbin HOME=/tmp LANG=C.UTF-8 "$@"
"""


class OtherDebian:
    """One in `folder`, which is filled where it is not yet.

    Args:
        python: version of its Python, as `3.11`.
        processor: by the wheels' name. One that is not this machine's needs `binfmt`.
        binfmt: what the kernel is told about its programs.
    """

    def __init__(self, folder: Path, python: str, processor: str = "x86_64", binfmt: str = "") -> None:
        self.root = folder / "root"
        self._folder, self._python, self._processor, self._binfmt = folder, python, processor, binfmt

    def fill(self, packages: tuple[str, ...], processor: str = "", release: str = "") -> None:
        """With these packages and what they need, unless it is this already; `processor` by Debian's name."""
        complete, asked = self._folder / "complete", " ".join([processor, release, *packages])
        if complete.exists() and complete.read_text("utf-8") == asked:
            return
        shutil.rmtree(self.root, ignore_errors=True)
        with tempfile.TemporaryDirectory() as scratch:
            apt = Apt(Path(scratch, "apt"), processor, release)
            unpack(apt.with_all_they_need(*packages), self.root)
        if not (shell := self.root / "bin" / "sh").exists():
            shell.symlink_to("bash")  # a package makes this link when it is configured
        complete.write_text(asked, encoding="utf-8")

    def install(self, site: str, *what: str | Path) -> None:
        """Wheels for it, with their requirements, by this Python's pip into a folder below its /opt, which is new."""
        target = self.root / "opt" / site
        shutil.rmtree(target, ignore_errors=True)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        pip += ["--only-binary=:all:", f"--python-version={self._python}", "--target", str(target)]
        names = [*(f"manylinux_2_{minor}" for minor in GLIBC), "manylinux2014", "linux"]
        pip += [f"--platform={name}_{self._processor}" for name in names]
        subprocess.run([*pip, *map(str, what)], check=True)

    def run(self, *command: str) -> None:
        """In it, with this project at /src and a build folder of its own there. `NAME=VALUE` may stand in front."""
        namespaces = ["unshare", "--user", "--map-root-user", "--mount", "--pid", "--fork", "--kill-child"]
        told = {"BINFMT": self._binfmt, "TOP": str(self.root), "PROJECT": str(ROOT)}
        enter = [*namespaces, "sh", "-c", ENTER, "sh", *command]
        if code := subprocess.run(enter, env=os.environ | told, check=False).returncode:
            sys.exit(f"{' '.join(command)}: exit code {code}, in {self.root}")
