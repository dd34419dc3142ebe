"""Proves an installed wheel, on whatever system: `python packaging/try_wheel.py PROJECT`.

Every native core loads, every golden archive gives its bytes, and what is compressed here comes back. Needs nothing but
the wheel and the project's golden archives and test model; continuous integration runs it on every system that a wheel is
built for.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

FOREIGN = {"lzma", "recovery", "tree"}
"""Golden archives of the container alone: their LZMA blocks state their filters as no encoder of ours does."""


def nacomp(*arguments: str | Path, **settings: str) -> str:
    """Run the installed command line."""
    command = [sys.executable, "-m", "nacomp", *map(str, arguments)]
    done = subprocess.run(
        command, env=os.environ | settings, capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return done.stdout


def cores_load(project: Path) -> str:
    """The native cores. One that does not load is not missed: readable Python takes its place, many times slower."""
    stubs = [*project.glob("models/*/_*.pyi"), *project.glob("nacomp/*/_*.pyi")]
    names = sorted(".".join(stub.relative_to(project).with_suffix("").parts) for stub in stubs)
    names = ["nacomp." + name.removeprefix("nacomp.") for name in names]
    code = "import importlib, sys; [importlib.import_module(name) for name in sys.argv[1:]]"
    done = subprocess.run(
        [sys.executable, "-c", code, *names], capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode:
        sys.exit(f"a native core does not load: {done.stderr}")
    return ", ".join(name.rpartition(".")[2] for name in names)


def reads_golden_archives(project: Path, home: Path) -> int:
    """How many gave their files' hashes."""
    golden = project / "formats" / "golden"
    expected = json.loads((golden / "expected.json").read_text("utf-8"))
    settings = {"NACOMP_HOME": str(home / "nacomp")}
    for model in ("tiny", "tiny-gemma3"):
        nacomp("models", "add", project / "tests" / "data" / f"{model}.gguf", **settings)
    for name, row in expected.items():
        if name in FOREIGN:
            continue
        password = row.get("password")
        further = {"NACOMP_PASSWORD": password} if password else {}
        nacomp("test", golden / f"{name}.nac", **settings, **further)
    name = "neural-embedded"
    nacomp("decompress", golden / f"{name}.nac", "-o", home / name, **settings)
    (entry,) = expected[name]["entries"]
    (file,) = [path for path in (home / name, home / name / entry["path"]) if path.is_file()]
    if hashlib.sha256(file.read_bytes()).hexdigest() != entry["sha256"]:
        sys.exit(f"{name} gives other bytes")
    return len(expected) - len(FOREIGN)


def comes_back(project: Path, home: Path) -> None:
    """Something compressed here, by the native cores."""
    source, archive, back = home / "README.md", home / "README.md.nac", home / "back"
    source.write_bytes((project / "README.md").read_bytes())
    settings = {"NACOMP_HOME": str(home / "nacomp")}
    nacomp("compress", source, "--level", "fast", **settings)
    nacomp("decompress", archive, "-o", back, **settings)
    if back.read_bytes() != source.read_bytes():
        sys.exit("README.md came back with other bytes")
    if archive.stat().st_size * 2 > source.stat().st_size:
        sys.exit("README.md came out too large")


def main() -> None:
    """The cores, golden archives in, a round trip, and which kernel did it."""
    project = Path(sys.argv[1]).resolve()
    cores = cores_load(project)
    with tempfile.TemporaryDirectory() as scratch:
        count = reads_golden_archives(project, Path(scratch))
        comes_back(project, Path(scratch))
        kernel = json.loads(nacomp("info", "--json"))["kernels"][0]
    print(f"cores {cores}; {count} golden archives read, README.md there and back, kernel {kernel}")


if __name__ == "__main__":
    main()
