"""Packs the built application for any Linux with glibc, without a package manager: `make tar`.

python packaging/linux/make_tar.py APP OUTPUT_FOLDER      after `make app man completion`

One folder with bin, lib and share as the Debian package lays them out, which runs from wherever it lies, and install_tar.sh
as install.sh, which puts it below ~/.local.
"""

import platform
import shutil
import sys
import tarfile
import tempfile
from pathlib import Path

from make_deb import check_complete, lay_out, oldest_glibc, set_modes

from nacomp.version import VERSION

HERE = Path(__file__).resolve().parent


def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """An entry without what only this machine has."""
    entry.uid = entry.gid = entry.mtime = 0
    entry.uname = entry.gname = ""
    return entry


def main() -> None:
    """Lay out, pack."""
    app, output = Path(sys.argv[1]), Path(sys.argv[2])
    check_complete(app)
    name = f"nacomp-{VERSION}-linux-{platform.machine()}"
    with tempfile.TemporaryDirectory() as scratch:
        lay_out(app, Path(scratch))
        tree = Path(scratch) / "usr"
        shutil.copy(HERE / "install_tar.sh", tree / "install.sh")
        (tree / "install.sh").chmod(0o755)
        set_modes(tree)
        target = output / f"{name}.tar.xz"
        with tarfile.open(target, "w:xz", preset=6) as archive:
            archive.add(tree, name, filter=plain)
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB, for glibc {oldest_glibc(app)} or newer")


if __name__ == "__main__":
    main()
