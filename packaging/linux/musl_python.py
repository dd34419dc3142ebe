"""Builds a Python for musl in a folder, to try the wheel for musl in: `python packaging/linux/musl_python.py FOLDER`.

No index has one. So Debian's sources of this Python, of zlib and of xz are compiled against Debian's musl; nothing is
installed, and apt's own lists stay as they are. musl comes from Debian 13: numpy's wheels for musl ask for 1.2.4 (they were
refused a symbol by the 1.2.3 of Debian 12), and the loader is the only thing of it that runs. zig's clang, which compiles
the wheel, would do as a compiler, but the loader is not in it.

Without OpenSSL: nacomp takes its ciphers from `cryptography`, which has its own. Needs Debian 12's package index, gcc and
make; 3 to 4 minutes of processor time, once.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from own_apt import Apt, told, unpack

PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"
SOURCES = ("zlib", "xz-utils", PYTHON)
MUSL = ("musl", "musl-dev")
MUSL_FROM = "trixie"
TRIPLET = "x86_64-linux-musl"
CONFIGURE = {
    "zlib": ["--static"],
    "xz-utils": ["--disable-shared", "--disable-nls", "--disable-doc", "--disable-scripts"],
    PYTHON: ["--without-ensurepip", "--disable-test-modules"],
}

# Asked for its triplet, gcc names its own: Python's configure ends where that is not the one that it finds in the headers,
# and its setup.py would add the headers of that other library.
COMPILER = """\
#!/bin/sh
case $* in -print-multiarch | --print-multiarch) exec echo {triplet} ;; esac
exec gcc "$@" -specs "{specs}"
"""


def lay_musl(packages: list[Path], target: Path) -> Path:
    """musl's loader, headers and start files below `target`; gives a compiler that uses them."""
    unpack(packages, target)
    library = target / "usr" / "lib" / TRIPLET
    (loader,) = (path for path in target.rglob("ld-musl-x86_64.so.1"))
    specs = (library / "musl-gcc.specs").read_text("utf-8")
    specs = specs.replace(f"/usr/lib/{TRIPLET}", str(library))
    specs = specs.replace(f"/usr/include/{TRIPLET}", str(target / "usr" / "include" / TRIPLET))
    specs = specs.replace("/lib/ld-musl-x86_64.so.1", str(loader))
    (target / "musl.specs").write_text(specs, encoding="utf-8")
    compiler = target / "musl-gcc"
    compiler.write_text(COMPILER.format(specs=target / "musl.specs", triplet=TRIPLET), encoding="utf-8")
    compiler.chmod(0o755)
    return compiler


def build(name: str, archive: Path, compiler: Path, target: Path) -> Path:
    """Compile one source; gives the folder that it was compiled in."""
    source = target / "build" / name
    shutil.rmtree(source, ignore_errors=True)
    source.mkdir(parents=True)
    told("tar", "-xf", archive, "--strip-components=1", folder=source)
    flags = {"CC": str(compiler), "CFLAGS": "-O1 -fPIC"}
    flags["CPPFLAGS"] = f"-I{target / 'usr' / 'include' / TRIPLET} -I{target / 'include'}"
    flags["OPT"] = "-DNDEBUG -fwrapv"  # Python's own would be with symbols
    flags["LDFLAGS"] = f"-L{target / 'lib'}"
    told("sh", "configure", f"--prefix={target}", *CONFIGURE[name], folder=source, **flags)
    make = ["make", f"-j{len(os.sched_getaffinity(0))}"]
    told(*make, folder=source)
    return source


def main() -> None:
    """Fetch, compile libraries and then Python, and let it say what it is."""
    target = Path(sys.argv[1]).resolve()
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        newer = Apt(Path(scratch, "newer"), release=MUSL_FROM)
        compiler = lay_musl(newer.alone(*MUSL), target)
        own = Apt(Path(scratch, "own"), sources=True)
        for name in SOURCES:
            source = build(name, own.source(name), compiler, target)
            if name != PYTHON:
                told("make", "install", folder=source)
    program = target / "python"
    program.unlink(missing_ok=True)
    program.symlink_to(source / "python")
    said = "import lzma, sysconfig, zlib; print(sysconfig.get_config_var('SOABI'))"
    print(f"{program}: {told(program, '-c', said, folder=target).strip()}")


if __name__ == "__main__":
    main()
