"""What `make_wheel.py --target` compiles for: another processor by Debian's cross compiler, or musl by zig's clang.

Both through CPython's own switches for that: a description of the other Python (sysconfig's data) in place of this one's.
"""

import os
import pprint
import shutil
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"
TARGETS = ("aarch64", "x86_64-musl")


class Target:
    """Another Linux to build for; what only the build needs lies in a scratch folder.

    Attributes:
        environment: the build's.
        tools: folder of programs that go before the system's.
        strip: whether `strip` is among them. zig's linker leaves symbols out by itself.
        libc: name by which modules ask for the C library, if it is not what the linker wrote.
    """

    def __init__(self, scratch: Path) -> None:
        for name in ("settings", "tools"):
            (scratch / name).mkdir()
        self.tools = scratch / "tools"
        self.environment: dict[str, str] = {}
        self.strip = True
        self.libc = ""

    def path(self, environment: dict[str, str]) -> str:
        """PATH with the tools first."""
        return os.pathsep.join([str(self.tools), environment.get("PATH", "")])


def of(name: str | None, root: Path | None, scratch: Path) -> Target | None:
    """The target of that name; None for this machine."""
    if name is None:
        return None
    processor, _, libc = name.partition("-")
    if libc == "musl":
        return musl(processor, scratch)
    assert root is not None
    return gnu(processor, root, scratch)


def gnu(processor: str, root: Path, scratch: Path) -> Target:
    """By Debian's cross compiler. `root` holds a Python of this version for that processor, unpacked by
    `linux/arm_python.py`, for its headers and settings; it need not run.
    """
    gnu = f"{processor}-linux-gnu"
    settings = f"_sysconfigdata__{gnu}"
    found, strip = root / "usr" / "lib" / PYTHON / f"{settings}.py", shutil.which(f"{gnu}-strip")
    if strip is None or not found.is_file():
        sys.exit(f"building for {processor} needs {gnu}-g++, and {found}")
    target = Target(scratch)
    # Alone in a folder: with the rest of that Python's library beside it, this Python would import that.
    shutil.copy(found, scratch / "settings")
    (target.tools / "strip").symlink_to(strip)
    headers = root.resolve() / "usr" / "include"
    target.environment = {
        "_PYTHON_HOST_PLATFORM": f"linux-{processor}",
        "_PYTHON_SYSCONFIGDATA_NAME": settings,
        "PYTHONPATH": str(scratch / "settings"),
        "CC": f"{gnu}-gcc",
        "CXX": f"{gnu}-g++",
        "CPPFLAGS": f"-I{headers} -I{headers / PYTHON}",
    }
    return target


def musl(processor: str, scratch: Path) -> Target:
    """By zig's clang (`pip install ziglang`), which brings musl and a C++ library that it links into each module.

    Against this Python's own headers: on 64-bit Linux what a module sees of CPython does not depend on the C library.
    """
    target = Target(scratch)
    triplet, settings = f"{processor}-linux-musl", "_sysconfigdata__musl"
    compiler = f"zig-{triplet}"
    write_compiler(target.tools / compiler, triplet)
    facts = sysconfig.get_config_vars() | {
        "CC": compiler,
        "CXX": compiler,
        "LDSHARED": f"{compiler} -shared",
        "LDCXXSHARED": f"{compiler} -shared",
        "CFLAGS": "-DNDEBUG -fwrapv",
        "OPT": "",
        "CCSHARED": "-fPIC",
        "AR": "ar",
        "SOABI": f"{sys.implementation.cache_tag}-{triplet}",
        "EXT_SUFFIX": f".{sys.implementation.cache_tag}-{triplet}.so",
        "MULTIARCH": triplet,
    }
    text = f"build_time_vars = {pprint.pformat(facts)}\n"
    (scratch / "settings" / f"{settings}.py").write_text(text, encoding="utf-8")
    target.environment = {
        "_PYTHON_HOST_PLATFORM": f"linux-{processor}",
        "_PYTHON_SYSCONFIGDATA_NAME": settings,
        "PYTHONPATH": str(scratch / "settings"),
        "CC": compiler,
        "CXX": compiler,
        "PATH": target.path(dict(os.environ)),
    }
    target.strip = False
    target.libc = f"libc.musl-{processor}.so.1"
    return target


# zig's linker knows neither switch: its C++ library goes into the module as it is, with hidden names. Headers and libraries
# of this system, which builds add by habit, are another C library's. Its run-time library knows no processor's features.
COMPILER = """\
#!/bin/sh
for argument; do
    shift
    case $argument in
        -static-libstdc++ | -Wl,--exclude-libs,ALL) ;;
        -I/usr/include | -I/usr/include/*-linux-gnu | -I/usr/local/include | -L/usr/* | -L/lib*) ;;
        *) set -- "$@" "$argument" ;;
    esac
done
export ZIG_GLOBAL_CACHE_DIR="{cache}" ZIG_LOCAL_CACHE_DIR="{cache}"
exec "{python}" -m ziglang {language} -target {triplet} -DNACOMP_ASKS_CPUID -s "$@"
"""


def write_compiler(program: Path, triplet: str, language: str = "c++") -> None:
    """A program that is called like g++ or gcc."""
    cache = ROOT / "build" / "zig"
    text = COMPILER.format(cache=cache, python=sys.executable, triplet=triplet, language=language)
    program.write_text(text, encoding="utf-8")
    program.chmod(0o755)
