"""Packs the built application as a Debian package: `make deb`.

python packaging/linux/make_deb.py APP OUTPUT_FOLDER      after `make app man completion`

The application lies in /usr/lib/nacomp with links in /usr/bin; menu entries, MIME type, icons, file managers' menus,
manual pages and completions where the system looks for them. No scripts run at installation: the caches of MIME types,
menus and icons follow by dpkg's file triggers. The command line depends on libc alone; what only the window needs is
recommended, so that a server is spared it.
"""

import gzip
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from elftools.common.exceptions import ELFError
from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerNeedSection

from nacomp.version import VERSION

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
COMPLETIONS = {
    "bash": "bash-completion/completions/nacomp",
    "zsh": "zsh/vendor-completions/_nacomp",
    "fish": "fish/vendor_completions.d/nacomp.fish",
}
PNG_SIZES = (32, 48, 128, 256)

# Libraries that stay the system's own, because they belong to its kernel, graphics driver or display server.
OF_THE_SYSTEM = {
    "libc6": {
        *(
            "libc.so.6",
            "libm.so.6",
            "libdl.so.2",
            "libpthread.so.0",
            "librt.so.1",
            "libresolv.so.2",
            "libutil.so.1",
        ),
        *("ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"),
    },
    "libegl1": {"libEGL.so.1"},
    "libgl1": {"libGL.so.1"},
    "libxcb1": {"libxcb.so.1"},
    "libwayland-client0": {"libwayland-client.so.0"},
    "libwayland-cursor0": {"libwayland-cursor.so.0"},
    "libwayland-egl1": {"libwayland-egl.so.1"},
}
CONTROL = """\
Package: nacomp
Version: {version}
Architecture: {architecture}
Maintainer: {maintainer}
Installed-Size: {kilobytes}
Depends: libc6 (>= {glibc})
Recommends: {window}
Section: utils
Priority: optional
Description: lossless compression with a small language model
 Compresses files, folders and streams by predicting them: English text comes
 out at about a third of what xz makes of it. Archives decode bit for bit on
 any machine. Command line (nacomp) and desktop application (nacomp-gui).
"""
COPYRIGHT = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: nacomp
Comment: The libraries in /usr/lib/nacomp/_internal keep their own licences, which lie
 there in *.dist-info; Qt and PySide6 are used under LGPL-3.

Files: *
Copyright: 2026 the nacomp authors
License: Apache-2.0
 On Debian systems its text is in /usr/share/common-licenses/Apache-2.0.
"""


def binaries(app: Path) -> Iterator[ELFFile]:
    """Every program and library of the application."""
    for path in app.rglob("*"):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                try:
                    yield ELFFile(file)
                except ELFError:
                    continue


def check_complete(app: Path) -> None:
    """Raises SystemExit if a library is neither inside nor the system's own: this machine lacked it at the build."""
    inside = {path.name for path in app.rglob("*")}
    needed = set()
    for binary in binaries(app):
        section = binary.get_section_by_name(".dynamic")
        if isinstance(section, DynamicSection):
            tags = (tag for tag in section.iter_tags() if tag.entry.d_tag == "DT_NEEDED")
            needed |= {str(tag.needed) for tag in tags}  # type: ignore[attr-defined]  # named after the kind of tag
    missing = needed - inside - set().union(*OF_THE_SYSTEM.values())
    if missing:
        raise SystemExit(f"{app} lacks {', '.join(sorted(missing))}: install them here and build it again")


def oldest_glibc(app: Path) -> str:
    """The oldest glibc that all of it runs with."""
    asked = {(2, 17)}
    for binary in binaries(app):
        section = binary.get_section_by_name(".gnu.version_r")
        if isinstance(section, GNUVerNeedSection):
            for _, versions in section.iter_versions():
                for version in versions:
                    if found := re.fullmatch(r"GLIBC_(\d+)\.(\d+)(\.\d+)?", version.name):
                        asked.add((int(found[1]), int(found[2])))
    return "{}.{}".format(*max(asked))


def packed(source: Path, target: Path) -> None:
    """A gzip file that is the same each time."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(gzip.compress(source.read_bytes(), mtime=0))


def lay_out(app: Path, tree: Path) -> None:
    """The package's files as they will lie in the system."""
    share = tree / "usr" / "share"
    shutil.copytree(app, tree / "usr" / "lib" / "nacomp", symlinks=True)
    (tree / "usr" / "bin").mkdir(parents=True)
    for program in ("nacomp", "nacomp-gui"):
        (tree / "usr" / "bin" / program).symlink_to(f"../lib/nacomp/{program}")
    install = ["sh", str(ROOT / "packaging" / "linux" / "install.sh"), "--system", "--files-only"]
    subprocess.run(install, env=os.environ | {"PREFIX": str(tree / "usr")}, check=True)
    for size in PNG_SIZES:
        target = share / "icons" / "hicolor" / f"{size}x{size}" / "apps" / "nacomp.png"
        target.parent.mkdir(parents=True)
        shutil.copy(BUILD / "icons" / f"nacomp-{size}.png", target)
    for page in (BUILD / "man").glob("*.1"):
        packed(page, share / "man" / "man1" / f"{page.name}.gz")
    for shell, place in COMPLETIONS.items():
        target = share / place
        target.parent.mkdir(parents=True)
        shutil.copy(BUILD / "completion" / f"nacomp.{shell}", target)
    packed(ROOT / "CHANGELOG.md", share / "doc" / "nacomp" / "NEWS.gz")
    (share / "doc" / "nacomp" / "copyright").write_text(COPYRIGHT, encoding="utf-8")


def set_modes(tree: Path) -> None:
    """Folders and programs 755, all else 644, whatever the builder's umask."""
    for path in [tree, *tree.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def write_control(app: Path, tree: Path) -> str:
    """DEBIAN/control; gives the architecture."""
    asked = subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True)
    size = sum(path.stat().st_size for path in tree.rglob("*") if path.is_file() and not path.is_symlink())
    name = os.environ.get("DEBFULLNAME", "the nacomp authors")
    (tree / "DEBIAN").mkdir()
    (tree / "DEBIAN" / "control").write_text(
        CONTROL.format(
            version=VERSION,
            architecture=asked.stdout.strip(),
            maintainer=f"{name} <{os.environ.get('DEBEMAIL', 'nacomp@example.invalid')}>",
            kilobytes=size // 1024,
            glibc=oldest_glibc(app),
            window=", ".join(package for package in OF_THE_SYSTEM if package != "libc6"),
        ),
        encoding="utf-8",
    )
    return asked.stdout.strip()


def main() -> None:
    """Lay out, describe, pack."""
    app, output = Path(sys.argv[1]), Path(sys.argv[2])
    check_complete(app)
    with tempfile.TemporaryDirectory() as scratch:
        tree = Path(scratch) / "tree"
        lay_out(app, tree)
        architecture = write_control(app, tree)
        set_modes(tree)
        target = output / f"nacomp_{VERSION}_{architecture}.deb"
        command = ["dpkg-deb", "--root-owner-group", "-Zxz", "--build", str(tree), str(target)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
