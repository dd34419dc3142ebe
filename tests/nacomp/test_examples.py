"""The example scripts for nightly jobs, run as they are."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import nacomp as library
from tests.nacomp.workbench import ROOT, prose

EXAMPLES = ROOT / "packaging" / "examples"
SHELLS = {
    "nightly.sh": ["bash"],
    "nightly.ps1": ["pwsh", "-NoProfile", "-File"],
    "nightly.py": [sys.executable],
}


@pytest.mark.parametrize("name", SHELLS)
def test_a_night_and_the_next(name: str, tmp_path: Path) -> None:
    shell = SHELLS[name]
    if shutil.which(shell[0]) is None:
        pytest.skip(f"{shell[0]} is not on this machine")
    job = shutil.copy(EXAMPLES / "nightly.toml", tmp_path)
    documents = tmp_path / "documents"
    (documents / "letters").mkdir(parents=True)
    for place in ("letters/a.txt", "b.log", "c.tmp"):
        (documents / place).write_bytes(prose(1500))
    # `nacomp` is found where this Python has its programs.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    command = [*shell, str(EXAMPLES / name), job, str(tmp_path / "reports")]

    def night() -> tuple[int, str, dict[str, int]]:
        done = subprocess.run(
            command,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        report = json.loads((tmp_path / "reports" / "last.json").read_text(encoding="utf-8"))
        return done.returncode, done.stderr, report["summary"]

    code, said, summary = night()
    # No larger model here: the first rule's level says so.
    assert (code, [line for line in said.splitlines() if "would be better" not in line]) == (0, [])
    assert (summary["done"], summary["skipped"]) == (2, 0)
    assert len(list((tmp_path / "reports").glob("*.csv"))) == 1
    made = tmp_path / "archives" / "letters" / "a.txt.nac"
    assert library.decompress(made.read_bytes()) == prose(1500)
    made.unlink()
    made.mkdir()
    code, said, summary = night()
    assert (code, summary["skipped"], summary["failed"]) == (1, 1, 1)
    assert "a.txt: " in said
