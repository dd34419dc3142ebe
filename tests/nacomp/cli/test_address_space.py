"""A limit on the address space is told in a sentence, not by libraries that end the process."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.packaging.installed import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits on addresses are Linux's")


@pytest.mark.parametrize("megabytes", [100, 170, 190, 210, 230, 250])
def test_a_small_limit_is_told_in_a_sentence(tmp_path: Path, megabytes: int) -> None:
    command = f"ulimit -v {megabytes * 1024}; ulimit -c 0; exec {sys.executable} -m nacomp compress README.md --level fast"
    done = subprocess.run(
        ["sh", "-c", f"{command} -o {tmp_path}/out.nac"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {2, 4}  # 4 where it is the model's file that cannot be loaded
    assert done.stderr.startswith("nacomp: ")
    assert done.stderr.count("\n") == 1
    assert "memory" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_larger_limit_is_no_hindrance(tmp_path: Path) -> None:
    command = f"ulimit -v 1000000; exec {sys.executable} -m nacomp compress README.md --level fast -q"
    subprocess.run(["sh", "-c", f"{command} -o {tmp_path}/out.nac"], cwd=ROOT, check=True)
    assert (tmp_path / "out.nac").is_file()
