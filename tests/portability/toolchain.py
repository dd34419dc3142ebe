"""Builds a native core with its driver by the compilers this machine has, for this and other processors."""

import hashlib
import os
import shutil
import subprocess
import sysconfig
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import NoReturn

import pybind11
import pytest

HERE = Path(__file__).parent
MODELS = HERE.parents[1] / "models"
EXACT = MODELS / "exact" / "native"
PREDICTORS = MODELS / "predictors" / "native"
MIXING = MODELS / "mixing" / "native"
DEFLATE = MODELS.parent / "nacomp" / "transforms" / "native"
PPMD = MODELS.parent / "nacomp" / "codecs" / "native"
SHARED = MODELS / "native"
DRIVERS = {EXACT: "engine", PREDICTORS: "ensemble", MIXING: "mixing"}
OBJECTS = MODELS.parent / ".check" / "portability"
SHIPPED = ("-std=c++17", "-O3", "-ffp-contract=off", "-fno-math-errno")
"""The flags of setup.py; they are part of the numerics."""


def need(*tools: str) -> None:
    """Skip where a tool is missing, but fail in CI: there the proof must be made."""
    if missing := [tool for tool in tools if shutil.which(tool) is None]:
        lacking(*missing)


def lacking(*missing: str) -> NoReturn:
    """Skip, or fail in CI."""
    if os.environ.get("CI"):
        pytest.fail(f"CI lacks {', '.join(missing)}")
    pytest.skip(f"needs {', '.join(missing)}")


@dataclass(frozen=True)
class Program:
    """A built driver and what runs it.

    Attributes:
        emulator: command in front of the program, empty for none.
    """

    path: Path
    emulator: tuple[str, ...] = ()

    def under(self, *emulator: str) -> "Program":
        """The same program in an emulator."""
        return Program(self.path, emulator)

    def run(self, file: Path, kernel: str, threads: int, *extra: str) -> subprocess.CompletedProcess[bytes]:
        """Run one driver file; what was computed is on standard output."""
        command: list[str | Path] = [*self.emulator, self.path, file, kernel, str(threads), *extra]
        return subprocess.run(command, capture_output=True, check=False, timeout=300)

    def output(self, file: Path, kernel: str, threads: int = 1, *extra: str) -> bytes:
        """Run one driver file and return what it computed; anything a sanitizer says fails the test."""
        done = self.run(file, kernel, threads, *extra)
        said = (done.returncode, done.stderr.decode())
        assert said == (0, ""), said
        return done.stdout


def build(folder: Path, compiler: str, flags: Sequence[str], core: Path = EXACT) -> Program:
    """Compile a core, two files at a time, and link its driver."""
    need(compiler)
    folder.mkdir()
    driver = HERE / f"{DRIVERS[core]}_driver.cpp"
    sources = [*core.glob("*.cpp"), *SHARED.glob("*.cpp"), driver]
    sources.remove(core / "binding.cpp")
    if core == PREDICTORS:  # which hold the step that codes beside the context mixer
        sources += [path for path in MIXING.glob("*.cpp") if path.name != "binding.cpp"]

    with ThreadPoolExecutor(2) as pool:
        objects = list(pool.map(partial(_compiled, compiler, tuple(flags), core), sources))
    program = folder / ("driver.exe" if "mingw" in compiler else "driver")
    _call(compiler, *flags, *objects, "-o", program, "-lpthread")
    return Program(program)


def _compiled(compiler: str, flags: tuple[str, ...], core: Path, source: Path) -> Path:
    """One file's object, made once for all tests that link it, and again when any source has changed."""
    room = core if source.parent == HERE else source.parent
    about = f"{_version(compiler)}{flags}{_sources_digest()}".encode()
    name = f"{source.parent.parent.name}-{source.stem}-{hashlib.sha256(about).hexdigest()[:16]}.o"
    target = OBJECTS / name
    if not target.exists():
        OBJECTS.mkdir(parents=True, exist_ok=True)
        unfinished = target.with_suffix(f".{os.getpid()}")
        _call(compiler, *flags, "-I", room, "-I", MODELS, "-c", source, "-o", unfinished)
        unfinished.replace(target)
    return target


@cache
def _version(compiler: str) -> str:
    return subprocess.run([compiler, "--version"], capture_output=True, text=True, check=True).stdout


@cache
def _sources_digest() -> str:
    """Of all that a core or a driver may include."""
    sources = [*MODELS.glob("native/*"), *MODELS.glob("*/native/*"), *HERE.glob("*.h"), *HERE.glob("*.cpp")]
    digest = hashlib.sha256()
    for path in sorted(path for path in sources if path.is_file()):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def build_pool_stress(target: Path, flags: Sequence[str]) -> Path:
    """The thread pool alone, with pool_stress.cpp."""
    need("g++")
    sources = [EXACT / "pool.cpp", SHARED / "float_rules.cpp", HERE / "pool_stress.cpp"]
    _call("g++", *flags, "-I", EXACT, "-I", MODELS, *sources, "-o", target, "-lpthread")
    return target


def compile_modules(folder: Path, compiler: Sequence[str], flags: Sequence[str]) -> list[Path]:
    """Every file of every core, bindings too, two at a time: that they do compile is what is asked."""
    folder.mkdir()
    here = sysconfig.get_path("include")
    sources = [
        path
        for room in (EXACT, PREDICTORS, MIXING, DEFLATE, PPMD, SHARED)
        for path in sorted(room.glob("*.cpp"))
    ]

    def compile_one(source: Path) -> Path:
        target = folder / f"{source.parent.parent.name}-{source.stem}.o"
        places = ("-I", source.parent, "-I", MODELS, "-I", pybind11.get_include(), "-I", here)
        _call(*compiler, *flags, *places, "-c", source, "-o", target)
        return target

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(compile_one, sources))


def _call(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
