"""nacomp on ARM: its wheel in an ARM Python under emulation, with what it requires from the index, and the decoder there.

The neural core's bits are proven for ARM in `test_engine.py`, by a cross compiler and an emulator. Here the rest runs, too:
ARM's Python, numpy, OpenSSL, tokenizers, zstandard, and every core of ours as users get it. It reads the golden
archives, and what it writes are the bytes that this machine writes. Needs Debian's and Python's package indexes; minutes
long: `make portability-all`.
"""

import hashlib
import json
import math
import os
import random
import shutil
import subprocess
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.packaging.installed import ROOT, make
from tests.portability.toolchain import lacking, need

pytestmark = pytest.mark.slow

GOLDEN = ROOT / "formats" / "golden"
EXPECTED = json.loads((GOLDEN / "expected.json").read_text("utf-8"))
FOREIGN = ("lzma", "recovery", "tree")
"""Of the container alone: their LZMA blocks state their filters as no encoder of ours does."""
FOR_THE_DECODER = ("tree", "sealed", "look-inside")
"""zstd and LZMA, a seal, and views. A language model takes the decoder minutes here."""
GLIBC = (34, 31, 28, 27, 26, 17)
"""Releases 2.x that the wheels of our requirements are named for."""


@dataclass(frozen=True)
class Arm:
    """An ARM Python with nacomp.

    Attributes:
        command: runs it.
        home: nacomp's.
    """

    command: tuple[str | Path, ...]
    home: Path

    def python(self, *arguments: str | Path, **settings: str) -> str:
        """Run it; gives standard output and fails where there is anything on standard error."""
        command = [*self.command, *arguments]
        environment = os.environ | {"NACOMP_HOME": str(self.home)} | settings
        # Not from the source tree, which would be imported in place of what is installed.
        done = subprocess.run(
            command, cwd=self.home, env=environment, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    def nacomp(self, *arguments: str | Path, **settings: str) -> str:
        """The command line, without its report of progress."""
        return self.python("-m", "nacomp", *arguments, "--quiet", **settings)


@pytest.fixture(scope="module")
def arm(tmp_path_factory: pytest.TempPathFactory) -> Arm:
    """Debian's Python for ARM with the wheel that is cross compiled here."""
    need("qemu-aarch64", "apt-get", "dpkg-deb", "make", "aarch64-linux-gnu-g++")
    if sys.version_info[:2] != (3, 11):
        lacking("Python 3.11, which Debian 12 has for ARM")
    make("wheel-aarch64")
    (wheel,) = (ROOT / "dist" / "aarch64").glob("nacomp-*.whl")
    top, root = tmp_path_factory.mktemp("arm64"), ROOT / "build" / "aarch64"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--only-binary=:all:", "--python-version=311"]
    pip += [f"--platform=manylinux_2_{minor}_aarch64" for minor in GLIBC]
    subprocess.run([*pip, "--target", str(top / "site"), str(wheel)], check=True)
    site, program = f"PYTHONPATH={top / 'site'}", root / "usr" / "bin" / "python3.11"
    arm = Arm(("env", site, "qemu-aarch64", "-L", root, program), top / "home")
    arm.home.mkdir()
    for model in ("tiny", "tiny-gemma3"):
        arm.nacomp("models", "add", ROOT / "tests" / "data" / f"{model}.gguf")
    return arm


def test_it_is_arm_that_runs_and_the_native_cores(arm: Arm) -> None:
    code = (
        "import platform; from nacomp.models.predictors import _ensemble; from nacomp.models.mixing import _mixing; "
        "from nacomp.transforms import _deflate; from nacomp.codecs import _ppmd; "
        "from nacomp.models.jpeg import _jpeg; print(platform.machine())"
    )
    assert arm.python("-c", code) == "aarch64\n"
    assert json.loads(arm.python("-m", "nacomp", "info", "--json"))["native_kernel"].startswith("neon")


def test_arm_reads_golden_archives(arm: Arm) -> None:
    names = [name for name in EXPECTED if name not in FOREIGN]
    (password,) = {row["password"] for row in EXPECTED.values() if "password" in row}
    archives = [GOLDEN / f"{name}.nac" for name in names]
    said = arm.python("-m", "nacomp", "test", "--json", *archives, NACOMP_PASSWORD=password)
    results = [row for row in map(json.loads, said.splitlines()) if row["event"] == "result"]
    assert [Path(row["path"]).stem for row in results] == names


def write_sources(folder: Path) -> None:
    """What makes every codec work: prose for the model, a table for the mixer, noise, records for PPMd and LZMA, a view."""
    folder.mkdir()
    prose = (ROOT / "README.md").read_bytes()[:900]
    table = b"".join(b"%d;%d;%.3f\n" % (i, i % 7, math.sqrt(i)) for i in range(120))
    wave = b"".join(round(9000 * math.sin(i / 30)).to_bytes(2, "little", signed=True) for i in range(900))
    (folder / "prose.txt").write_bytes(prose)
    (folder / "table.csv").write_bytes(table)
    (folder / "wave.bin").write_bytes(wave)
    (folder / "noise.bin").write_bytes(random.Random(1).randbytes(1500))
    (folder / "packed.z").write_bytes(zlib.compress(prose[::-1], 6))


def test_arm_writes_the_bytes_of_this_machine(arm: Arm, tmp_path: Path) -> None:
    source, theirs, ours = tmp_path / "source", tmp_path / "arm.nac", tmp_path / "ours.nac"
    write_sources(source)
    arm.nacomp("compress", source, "-o", theirs, "--level", "fast")
    here: list[str | Path] = [
        sys.executable,
        "-m",
        "nacomp",
        "compress",
        source,
        "-o",
        ours,
        "--level",
        "fast",
        "--quiet",
    ]
    subprocess.run(here, check=True)
    assert theirs.read_bytes() == ours.read_bytes()
    listed = json.loads(arm.python("-m", "nacomp", "list", "--json", ours))["entries"]
    assert {row["path"] for row in listed} == {"source", *(f"source/{p.name}" for p in source.iterdir())}
    arm.nacomp("decompress", ours, "-o", tmp_path / "back")
    for path in source.iterdir():
        (back,) = (tmp_path / "back").rglob(path.name)
        assert back.read_bytes() == path.read_bytes()


def test_arm_writes_the_same_without_native_cores(arm: Arm, tmp_path: Path) -> None:
    """By the readable loops and the readable range coder, as a wheel for every system has them."""
    pure, source = tmp_path / "pure", tmp_path / "text.txt"
    site = Path(str(arm.command[1]).partition("=")[2])
    cores = ("_kernels.*", "_mixing.*", "_ensemble.*", "_jpeg.*", "_deflate.*", "_ppmd.*")
    shutil.copytree(site, pure, ignore=shutil.ignore_patterns(*cores))
    source.write_bytes((ROOT / "README.md").read_bytes()[:120])
    readable = Arm(("env", f"PYTHONPATH={pure}", *arm.command[2:]), arm.home)
    assert json.loads(readable.python("-m", "nacomp", "info", "--json"))["kernels"] == ["numpy"]
    for place, name in ((arm, "native.nac"), (readable, "readable.nac")):
        place.nacomp("compress", source, "-o", tmp_path / name, "--model", "tiny")
    assert (tmp_path / "readable.nac").read_bytes() == (tmp_path / "native.nac").read_bytes()
    readable.nacomp("test", tmp_path / "native.nac")


@pytest.mark.parametrize("name", FOR_THE_DECODER)
def test_the_decoder_reads_golden_archives_on_arm(arm: Arm, tmp_path: Path, name: str) -> None:
    archive, password = GOLDEN / f"{name}.nac", EXPECTED[name].get("password", "")
    arm.python(ROOT / "packaging" / "decoder", archive, "-o", tmp_path / "out", NACOMP_PASSWORD=password)
    for entry in EXPECTED[name]["entries"]:
        if entry["kind"] == "file":
            content = (tmp_path / "out" / entry["path"]).read_bytes()
            assert len(content) == entry["size"]
            if "group" not in entry and entry["sha256"]:
                assert hashlib.sha256(content).hexdigest() == entry["sha256"]
