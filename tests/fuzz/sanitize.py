"""The native cores under AddressSanitizer and UndefinedBehaviorSanitizer, driven through their bindings.

    python tests/fuzz/sanitize.py SECONDS [--start SEED]     build the cores into .check/sanitize and run new cases in them
    python tests/fuzz/sanitize.py --case ensemble 17         the same for one case: what a finding tells to run
    python tests/fuzz/sanitize.py --replay                   the committed cases, in the cores that are installed

`native_cases.py` says what a case is. It depends on its seed alone (and on numpy, which may change its generators), and the
run stops at the first finding. SECONDS begin behind the committed cases, `corpus/native/cases`: seeds that found something,
or reach what few others do. Linux and GCC only: the sanitizers' library has to be there before Python starts.
"""

import argparse
import importlib.util
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
BUILD = ROOT / ".check" / "sanitize"
CASES = Path(__file__).parent / "corpus" / "native" / "cases"
CORES = (
    "nacomp.models.exact._kernels",
    "nacomp.models.predictors._ensemble",
    "nacomp.transforms._deflate",
    "nacomp.models.mixing._mixing",
    "nacomp.models.jpeg._jpeg",
    "nacomp.codecs._ppmd",
)
TARGETS = ("ensemble", "engine", "deflate", "mixing", "tokens", "block", "ppmd", "jpeg")
LAST = BUILD / "last"
INSIDE = "NACOMP_SANITIZED"
"""Set in the process that has the sanitizers' library."""
sys.path.insert(0, str(ROOT))


def main() -> int:
    """Build and run, or run what was asked for; the exit status is that of the run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("seconds", nargs="?", type=float, default=60.0)
    parser.add_argument("--start", type=int, help="seed of the first new case; without it any")
    parser.add_argument("--case", nargs=2, metavar=("TARGET", "SEED"))
    parser.add_argument("--replay", action="store_true")
    options = parser.parse_args()
    if options.replay:
        return replay()
    if INSIDE not in os.environ:
        build()
        return run_inside(sys.argv[1:])
    load_cores()
    if options.case:
        return run_case(options.case[0], int(options.case[1]))
    return fuzz(options.seconds, secrets.randbits(32) if options.start is None else options.start)


def build() -> None:
    """The cores with sanitizers, where a source is newer than they are."""
    folders = ["--build-lib", str(BUILD / "lib"), "--build-temp", str(BUILD / "temp")]
    command = [sys.executable, "setup.py", "-q", "build_ext", *folders]
    switches = {"NACOMP_SANITIZE": "1", "NACOMP_REQUIRE_NATIVE": "1"}
    subprocess.run(command, check=True, cwd=ROOT, env={**os.environ, **switches})


def run_inside(arguments: list[str]) -> int:
    """This script again, with the sanitizers' library in front of all others."""
    # AddressSanitizer looks for the C++ runtime's functions at the start, and Python itself brings none.
    libraries = [library(name) for name in ("libasan.so", "libstdc++.so")]
    environment = {
        **os.environ,
        INSIDE: "1",
        "LD_PRELOAD": ":".join(libraries),
        # Python keeps what it has for its life, and a model that asks for too much gets an exception.
        "ASAN_OPTIONS": "detect_leaks=0:allocator_may_return_null=1",
        "UBSAN_OPTIONS": "print_stacktrace=1",
        "PYTHONMALLOC": "malloc",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    LAST.unlink(missing_ok=True)
    command = [sys.executable, str(Path(__file__)), *arguments]
    status = subprocess.run(command, env=environment, check=False).returncode
    if status and LAST.exists():
        print(
            f"a finding; to see it again: python tests/fuzz/sanitize.py --case {LAST.read_text()}",
            file=sys.stderr,
        )
    return status


def library(name: str) -> str:
    """Where the compiler has this library of its own."""
    command = [os.environ.get("CXX", "c++"), f"-print-file-name={name}"]
    path = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    if not Path(path).is_absolute():
        raise SystemExit(f"the compiler {command[0]} has no {name}: GCC with its sanitizers is needed")
    return path


def load_cores() -> None:
    """Put the sanitized modules where the package would put its own."""
    for name in CORES:
        (path,) = (BUILD / "lib" / Path(*name.split("."))).parent.glob(f"{name.rpartition('.')[2]}.*.so")
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        sys.modules[name] = module
        setattr(importlib.import_module(name.rpartition(".")[0]), name.rpartition(".")[2], module)


def run_case(target: str, seed: int) -> int:
    """One case. A finding raises, or ends the process."""
    import numpy as np

    from tests.fuzz import native_cases

    native_cases.TARGETS[target](np.random.default_rng([TARGETS.index(target), seed]))
    return 0


def committed() -> list[tuple[str, int]]:
    """(target, seed) of the corpus."""
    lines = CASES.read_text("ascii").splitlines()
    return [(line.split()[0], int(line.split()[1])) for line in lines if line and not line.startswith("#")]


def replay() -> int:
    """The corpus, without sanitizers."""
    for target, seed in committed():
        run_case(target, seed)
    print(f"{len(committed())} cases")
    return 0


def fuzz(seconds: float, start: int) -> int:
    """The corpus, then cases of all targets in turn until the time is over."""
    for target, seed in committed():
        noted(target, seed)
    runs, began = 0, time.monotonic()
    while (taken := time.monotonic() - began) < seconds:
        for target in TARGETS:
            noted(target, start + runs)
        runs += 1
    print(
        f"{len(committed())} cases of the corpus, then {runs} of each target from seed {start} on in {taken:.0f} s:"
    )
    print(f"nothing found ({len(TARGETS) * runs / max(taken, 1e-9):.1f} cases a second)")
    return 0


def noted(target: str, seed: int) -> None:
    """A case, noted before it runs: a finding of the sanitizers ends the process."""
    LAST.write_text(f"{target} {seed}")
    run_case(target, seed)


if __name__ == "__main__":
    sys.exit(main())
