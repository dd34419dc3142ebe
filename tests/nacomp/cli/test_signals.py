"""A signal ends a command at once, in whatever it waits; what it would have left behind is cleaned up."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import nacomp as library
from tests.nacomp.workbench import until_it_waits

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals and pipes of POSIX")

APPLICATION = str(Path(__file__).parents[3] / "packaging" / "app" / "command_line.py")
NOISE = random.Random(3).randbytes(100_000)
"""More than a pipe holds, compressed too."""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "a").write_bytes(NOISE)
    (tmp_path / "a.nac").write_bytes(library.compress(NOISE, level="fast"))
    os.mkfifo(tmp_path / "p")
    return tmp_path


def ends_at_once(process: "subprocess.Popen[bytes]", number: signal.Signals) -> None:
    process.send_signal(number)
    assert process.wait(15) == 130
    assert process.stderr is not None
    told = process.stderr.read()
    assert b"Traceback" not in told
    assert b"ignored" not in told


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("cat a.nac", signal.SIGTERM),
        ("compress a -c --level fast", signal.SIGINT),
        ("compress a --verify -c --level fast", signal.SIGHUP),
        ("decompress -c a.nac", signal.SIGINT),
        ("map --level fast text --json", signal.SIGTERM),
    ],
)
def test_in_a_write_to_a_pipe_that_nobody_reads(line: str, number: signal.Signals, here: Path) -> None:
    (here / "text").write_bytes(b"to be told of at length, and of what might have been there too\n" * 150)
    before = sorted(here.iterdir())
    with subprocess.Popen(
        [sys.executable, "-m", "nacomp", *line.split()],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=here,
    ) as process:
        until_it_waits(process)
        ends_at_once(process, number)
        process.kill()
    assert sorted(here.iterdir()) == before


@pytest.mark.parametrize("line", ["compress a -o p --level fast", "decompress a.nac -o p"])
@pytest.mark.parametrize("reader", [False, True])
def test_in_a_fifo_that_nobody_reads(line: str, reader: bool, here: Path) -> None:
    """Where nobody opened it, and where whoever did reads nothing."""
    before = sorted(here.iterdir())
    handle = os.open(here / "p", os.O_RDONLY | os.O_NONBLOCK) if reader else None
    with subprocess.Popen(
        [sys.executable, "-m", "nacomp", *line.split()],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=here,
    ) as process:
        until_it_waits(process)
        ends_at_once(process, signal.SIGTERM)
    if handle is not None:
        os.close(handle)
    assert sorted(here.iterdir()) == before


def test_lines_for_programs_that_nobody_reads(here: Path) -> None:
    """Progress is passed over where it would have to wait, whatever the job; what must be told waits, and can be stopped."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with pytest.raises(BlockingIOError):
        while True:
            os.write(writer, b"x" * 4096)
    os.set_blocking(writer, True)
    with subprocess.Popen(
        [sys.executable, "-m", "nacomp", "compress", "a", "-o", "new.nac", "--json", "--level", "fast"],
        stdout=writer,
        stderr=subprocess.PIPE,
        cwd=here,
    ) as process:
        until_it_waits(process)
        ends_at_once(process, signal.SIGTERM)
    os.close(reader)
    os.close(writer)


@pytest.mark.parametrize("program", [("-m", "nacomp"), (APPLICATION,)], ids=["module", "application"])
def test_while_the_program_is_being_loaded(here: Path, program: tuple[str, ...]) -> None:
    """The first thing that it loads is stopped in the middle, as by a quick Ctrl-C: it ended in a traceback."""
    (here / "click.py").write_text(
        "import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(60)\n"
    )
    done = subprocess.run(
        [sys.executable, *program, "list", "a.nac"],
        env={**os.environ, "PYTHONPATH": str(here)},
        cwd=here,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (130, b"", 1), done.stderr
    assert b"Stopped on request" in done.stderr
