"""Packs the built application as one file that runs on any Linux with glibc: `make appimage`.

python packaging/linux/make_appimage.py APP OUTPUT_FOLDER      after `make app man completion`

An AppImage of type 2: our own small runtime (appimage/), linked statically with Debian's libsquashfuse and libfuse3, and
behind it a squashfs image with bin, lib and share as the Debian package lays them out. Started it opens the window; with a
command of nacomp's as its first argument, or through a link of the name `nacomp`, it is the command line.

The runtime that AppImages usually bring is in no package index, and asks to be downloaded at the build.
"""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from make_deb import check_complete, lay_out, oldest_glibc, set_modes

from nacomp.cli.main import COMMANDS
from nacomp.version import VERSION

HERE = Path(__file__).resolve().parent
MAGIC = b"AI\x02"
"""In the padding of ELF's identification, from byte 8 on: type 2."""
LIBRARIES = (
    "-lsquashfuse_ll",
    "-lsquashfuse",
    "-lfuse3",
    "-lzstd",
    "-lz",
    "-llzma",
    "-llz4",
    "-llzo2",
    "-lpthread",
    "-ldl",
)
SQUASH = (
    *("-comp", "zstd", "-Xcompression-level", "19", "-b", "256K", "-root-owned", "-noappend", "-no-xattrs"),
    *("-mkfs-time", "0", "-all-time", "0", "-quiet", "-no-progress"),
)
"""The same bytes each time."""


def run(*command: str | Path, **environment: str) -> None:
    """A tool of the system's. Raises SystemExit where it is missing or fails."""
    try:
        subprocess.run(command, check=True, env=os.environ | environment)
    except FileNotFoundError:
        raise SystemExit(f"{command[0]} is needed to make an AppImage (see CONTRIBUTING.md)") from None
    except subprocess.CalledProcessError as error:
        raise SystemExit(f"{command[0]} failed ({error.returncode})") from None


def make_runtime(target: Path) -> None:
    """The program in front of the image, with AppImage's mark."""
    sources = sorted((HERE / "appimage").glob("*.c"))
    defines = ("-D_GNU_SOURCE", "-D_FILE_OFFSET_BITS=64", "-I/usr/include/fuse3")
    # libfuse can load modules, which needs the shared libc: nothing here asks for one, so that warning is not shown.
    run("gcc", "-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-static", "-s", "-Wl,--no-warnings", *defines,
        *sources, "-o", target, *LIBRARIES)  # fmt: skip
    with target.open("r+b") as file:
        file.seek(8)
        file.write(MAGIC)


def lay_out_folder(app: Path, folder: Path) -> None:
    """The image's files: an AppDir."""
    lay_out(app, folder)
    set_modes(folder)
    share = folder / "usr" / "share"
    shutil.copy(share / "applications" / "nacomp.desktop", folder)
    shutil.copy(share / "icons" / "hicolor" / "256x256" / "apps" / "nacomp.png", folder)
    (folder / ".DirIcon").symlink_to("nacomp.png")
    words = "|".join(sorted([*COMMANDS, "--help", "-h", "--version"]))
    start = (HERE / "appimage" / "AppRun.in").read_text("utf-8")
    (folder / "AppRun").write_text(start.replace("@COMMANDS@", words), "utf-8")
    (folder / "AppRun").chmod(0o755)


def pack(folder: Path, target: Path) -> None:
    """The runtime, and behind it the folder as an image."""
    with tempfile.TemporaryDirectory() as scratch:
        image, runtime = Path(scratch) / "image", Path(scratch) / "runtime"
        run("mksquashfs", folder, image, *SQUASH)
        make_runtime(runtime)
        with target.open("wb") as file:
            for part in (runtime, image):
                with part.open("rb") as source:
                    shutil.copyfileobj(source, file)
    target.chmod(0o755)


def main() -> None:
    """Lay out, pack."""
    app, output = Path(sys.argv[1]), Path(sys.argv[2])
    check_complete(app)
    target = output / f"nacomp-{VERSION}-{platform.machine()}.AppImage"
    with tempfile.TemporaryDirectory() as scratch:
        lay_out_folder(app, Path(scratch))
        pack(Path(scratch), target)
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB, for glibc {oldest_glibc(app)} or newer")


if __name__ == "__main__":
    main()
