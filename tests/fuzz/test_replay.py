"""Everything the fuzzers started from or ever found still gives an answer or a sentence; atheris is not needed."""

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.mark.parametrize("target", ["container", "gguf", "decoder", "deflate", "ppmd", "jpeg"])
def test_corpus(target: str) -> None:
    command = [sys.executable, str(HERE / "fuzz.py"), target, "--replay", str(HERE / "corpus" / target)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip().endswith("files")


def test_native_cases() -> None:
    """In the cores as they are installed; `make sanitize` has the sanitizers."""
    command = [sys.executable, str(HERE / "sanitize.py"), "--replay"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip().endswith("cases")
