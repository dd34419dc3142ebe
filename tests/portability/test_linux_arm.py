"""Archives decode on 64-bit ARM in Python too: Debian's arm64 Python and numpy's arm64 wheel, run by qemu, and the decoder.

What this adds to the tests of the cores is numpy's own code for ARM, and zlib's, LZMA's and OpenSSL's. nacomp itself cannot
be installed there from wheels alone: constriction has none. Needs Debian's and Python's package indexes; minutes long:
`make portability-all`.
"""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.portability.toolchain import lacking, need

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "formats" / "golden"
EXPECTED = json.loads((GOLDEN / "expected.json").read_text("utf-8"))
PACKAGES = (
    *(
        "python3.11-minimal",
        "libpython3.11-minimal",
        "libpython3.11-stdlib",
        "libc6",
        "libgcc-s1",
        "libstdc++6",
    ),
    *("zlib1g", "libbz2-1.0", "liblzma5", "libexpat1", "libffi8", "libssl3"),
)
"""Debian 12's."""
ARCHIVES = ("tree", "sealed", "look-inside")
"""zstd and LZMA, a seal, and views. A language model takes minutes here; the tests of the cores prove its bits."""


def call(*command: str | Path, folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        lacking(f"what {command[0]} fetches ({done.stderr.strip()[-200:]})")


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> tuple[str | Path, ...]:
    """The command that runs Debian's Python for ARM, with numpy."""
    need("qemu-aarch64", "apt-get", "dpkg-deb")
    top = tmp_path_factory.mktemp("arm64")
    for name in ("lists/partial", "cache/archives/partial", "packages", "root"):
        (top / name).mkdir(parents=True)
    apt = ("apt-get", "-qq", "-o", "APT::Architecture=arm64", "-o", "APT::Architectures::=arm64")
    apt += ("-o", f"Dir::State::lists={top / 'lists'}", "-o", f"Dir::Cache={top / 'cache'}")
    call(*apt, "update", folder=top / "packages")
    call(*apt, "download", *PACKAGES, folder=top / "packages")
    for package in (top / "packages").glob("*.deb"):
        call("dpkg-deb", "-x", package, top / "root", folder=top)
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--only-binary=:all:")
    pip += ("--platform", "manylinux_2_28_aarch64", "--platform", "manylinux_2_27_aarch64")
    pip += ("--platform", "manylinux_2_17_aarch64", "--python-version", "311", "--target", str(top / "site"))
    call(*pip, "numpy", folder=top)
    site = f"PYTHONPATH={top / 'site'}"
    return "env", site, "qemu-aarch64", "-L", top / "root", top / "root" / "usr" / "bin" / "python3.11"


@pytest.mark.parametrize("name", ARCHIVES)
def test_arm_decodes_golden_archives(python: tuple[str | Path, ...], tmp_path: Path, name: str) -> None:
    archive = GOLDEN / f"{name}.nac"
    command = [*python, ROOT / "packaging" / "decoder", archive, "-o", tmp_path / "out"]
    environment = os.environ | {"NACOMP_PASSWORD": EXPECTED[name].get("password", "")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    for entry in EXPECTED[name]["entries"]:
        if entry["kind"] == "file":
            content = (tmp_path / "out" / entry["path"]).read_bytes()
            assert len(content) == entry["size"]
            if "group" not in entry and entry["sha256"]:
                assert hashlib.sha256(content).hexdigest() == entry["sha256"]


def test_it_is_arm_that_runs(python: tuple[str | Path, ...]) -> None:
    code = "import platform, numpy; print(platform.machine())"
    done = subprocess.run([*python, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("aarch64\n", "")
