"""Builds a native core with its driver by the compilers this machine has, for this and other processors."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).parent
MODELS = HERE.parents[1] / "models"
EXACT = MODELS / "exact" / "native"
PREDICTORS = MODELS / "predictors" / "native"
SHARED = MODELS / "native"
SHIPPED = ("-std=c++17", "-O3", "-ffp-contract=off", "-fno-math-errno")
"""The flags of setup.py; they are part of the numerics."""


def need(*tools: str) -> None:
    """Skip where a tool is missing, but fail in CI: there the proof must be made."""
    missing = [tool for tool in tools if shutil.which(tool) is None]
    if missing and os.environ.get("CI"):
        pytest.fail(f"CI lacks {', '.join(missing)}")
    if missing:
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
        assert (done.returncode, done.stderr.decode()) == (0, "")
        return done.stdout


def build(folder: Path, compiler: str, flags: Sequence[str], core: Path = EXACT) -> Program:
    """Compile a core, two files at a time, and link its driver."""
    need(compiler)
    folder.mkdir()
    driver = HERE / ("engine_driver.cpp" if core == EXACT else "ensemble_driver.cpp")
    sources = [*core.glob("*.cpp"), *SHARED.glob("*.cpp"), driver]
    sources.remove(core / "binding.cpp")

    def compile_one(source: Path) -> Path:
        target = folder / f"{source.stem}.o"
        _call(compiler, *flags, "-I", core, "-I", MODELS, "-c", source, "-o", target)
        return target

    with ThreadPoolExecutor(2) as pool:
        objects = list(pool.map(compile_one, sources))
    _call(compiler, *flags, *objects, "-o", folder / "driver", "-lpthread")
    return Program(folder / "driver")


def build_pool_stress(target: Path, flags: Sequence[str]) -> Path:
    """The thread pool alone, with pool_stress.cpp."""
    need("g++")
    sources = [EXACT / "pool.cpp", SHARED / "float_rules.cpp", HERE / "pool_stress.cpp"]
    _call("g++", *flags, "-I", EXACT, "-I", MODELS, *sources, "-o", target, "-lpthread")
    return target


def _call(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
