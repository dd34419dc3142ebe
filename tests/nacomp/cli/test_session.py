"""Signals and control lines: a command stops in order, and leaves nothing."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.nacomp.workbench import TINY, prose


def start(*arguments: str | Path) -> "subprocess.Popen[bytes]":
    """A command that runs while the test goes on."""
    command = [sys.executable, "-m", "nacomp", *map(str, arguments)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def wait_for(process: "subprocess.Popen[bytes]", word: bytes) -> None:
    """Read JSON lines until one has this word."""
    assert process.stdout is not None
    for line in process.stdout:
        if word in line:
            return
    raise AssertionError(f"{word!r} never came")


def long_text(folder: Path) -> Path:
    """Text that takes the tiny model many seconds."""
    path = folder / "long.txt"
    path.write_bytes(prose(900_000))
    return path


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C cannot be sent to one process there")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_leaves_nothing(number: signal.Signals, text: Path, tmp_path: Path) -> None:
    source = long_text(text.parent)
    with start("compress", source, "-o", tmp_path / "long.nac", "--model", TINY, "--json") as process:
        wait_for(process, b'"compressing"')
        process.send_signal(number)
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert json.loads(out.splitlines()[-1])["kind"] == "Interrupted"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["long.txt", "text.txt"]


def test_control_lines(text: Path, tmp_path: Path) -> None:
    source = long_text(text.parent)
    with start(
        "compress", source, "-o", tmp_path / "l.nac", "--model", TINY, "--json", "--control"
    ) as process:
        assert process.stdin is not None
        wait_for(process, b'"compressing"')
        for word in (b"pause", b"resume", b"cancel"):
            process.stdin.write(word + b"\n")
            process.stdin.flush()
            time.sleep(0.05)
        out, _ = process.communicate(timeout=60)
    events = [json.loads(line) for line in out.splitlines()]
    assert [e["event"] for e in events if e["event"] in ("paused", "resumed", "error")] == [
        "paused",
        "resumed",
        "error",
    ]
    assert process.returncode == 130
    assert not (tmp_path / "l.nac").exists()
