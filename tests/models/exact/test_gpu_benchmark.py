"""`make bench-gpu` on what there is: it compares processor, device and llama.cpp, and goes on where one is missing."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from nacomp.models.exact.opencl.choice import known_devices
from tests.models.exact.opencl_devices import home_with_verdicts, need_devices
from tests.nacomp.workbench import prose

need_devices()

ROOT = Path(__file__).parents[3]


def benchmark(folder: Path, home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    text = folder / "text"
    text.write_bytes(prose(20))
    options = ["--levels", "fast", "--seconds", "0.01", "--text", str(text)]
    command = [sys.executable, "-m", "tests.benchmarks.gpu", *options]
    environment = {**os.environ, "NACOMP_HOME": str(home), **variables}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return home_with_verdicts(tmp_path_factory.mktemp("tested"))


def test_the_benchmark_compares_the_device_with_the_processor(tmp_path: Path, home: Path) -> None:
    done = benchmark(tmp_path, home)
    assert done.returncode == 0, done.stderr
    rows = [line.split(": ") for line in done.stdout.splitlines() if line.startswith("| fast |")]
    device = "gpu" if any(not known.is_processor for known in known_devices()) else "1"
    others = ["llama.cpp"] if find_spec("llama_cpp") else []
    assert [row[0].removeprefix("| fast | ").split(":")[0] for row in rows] == ["cpu", device, *others]
    assert done.stdout.count("the same on both") == 2


def test_what_is_missing_costs_its_row_and_leaves_a_sentence(tmp_path: Path, home: Path) -> None:
    for name in ("pyopencl", "llama_cpp"):
        (tmp_path / f"{name}.py").write_text("raise ImportError('it is not here')\n")
    done = benchmark(tmp_path, home, PYTHONPATH=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "| fast | cpu: " in done.stdout
    assert "No device: " in done.stdout
    assert "fast on llama.cpp: ended with 1: " in done.stdout
