"""One bad path below an input: jobs of one file each report it and go on, one archive stops or leaves it out when asked."""

import ctypes
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import nacomp as library
from tests.nacomp.workbench import Finished

pytestmark = pytest.mark.skipif(os.name == "nt", reason="pipes, sockets and rights of POSIX")

TEXT = b"the rest is what a night's work is for\n" * 9
FAST = ("--level", "fast")
BAD = {"d/listed/inner", "d/pipe", "d/secret", "d/shut", "d/socket"}
"""Below a folder within which none may look, a pipe, a file and a folder without rights, a socket."""
_PR_CAPBSET_DROP = 24
_RIGHTS_OF_ROOT = (1, 2)
"""CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH: to read what no mode allows."""


def _as_others() -> None:
    """In a child of root's, so that what is not readable is not: prctl(2)."""
    for right in _RIGHTS_OF_ROOT:
        ctypes.CDLL(None).prctl(_PR_CAPBSET_DROP, right, 0, 0, 0)


def run(*arguments: str | Path, cwd: Path) -> Finished:
    command = [sys.executable, "-W", "error", "-m", "nacomp", *map(str, arguments)]
    drop = _as_others if os.geteuid() == 0 and sys.platform.startswith("linux") else None
    done = subprocess.run(command, capture_output=True, cwd=cwd, timeout=120, check=False, preexec_fn=drop)
    return Finished(done.returncode, done.stdout, done.stderr.decode())


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Path]:
    """A folder that holds a folder `d` of two good files, with every kind of bad path between them."""
    if os.geteuid() == 0 and not sys.platform.startswith("linux"):
        pytest.skip("root may read everything")
    top = tmp_path / "d"
    for folder in ("listed", "shut"):
        (top / folder).mkdir(parents=True)
        (top / folder / "inner").write_bytes(TEXT)
    for name in ("a", "secret", "z"):
        (top / name).write_bytes(TEXT)
    os.mkfifo(top / "pipe")
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(top / "socket"))
    for name, mode in (("listed", 0o400), ("shut", 0), ("secret", 0)):
        (top / name).chmod(mode)
    yield tmp_path
    for folder in ("listed", "shut"):
        if (top / folder).exists():
            (top / folder).chmod(0o700)


def below(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.nac"))


def told(done: Finished) -> set[str]:
    """The bad paths that were named, each on a line of its own."""
    assert "Traceback" not in done.err
    return {path for path in BAD for line in done.err.splitlines() if path in line}


def test_archives_of_each_file_go_on(here: Path) -> None:
    done = run("compress", "-r", "d", *FAST, cwd=here)
    assert (done.code, told(done)) == (1, BAD), done.err
    assert "--skip-unreadable" not in done.err
    assert below(here) == ["d/a.nac", "d/z.nac"]
    assert library.decompress((here / "d" / "z.nac").read_bytes()) == TEXT


@pytest.mark.parametrize(
    ("how", "failing"), [("d", BAD), ("d/*", BAD), ("d/**/*", {"d/pipe", "d/secret", "d/shut", "d/socket"})]
)
def test_batches_go_on(how: str, failing: set[str], here: Path) -> None:
    done = run("batch", how, "-o", "out", "--report", "r.json", *FAST, cwd=here)
    assert (done.code, told(done) >= failing) == (1, True), done.err
    assert [Path(path).name for path in below(here / "out")] == ["a.nac", "z.nac"]
    report = json.loads((here / "r.json").read_text())
    states = {row["source"]: row["state"] for row in report["files"]}
    assert {name for name, state in states.items() if state == "done"} == {"d/a", "d/z"}
    assert {name for name, state in states.items() if state == "failed"} >= failing


def test_batches_leave_out_what_is_excluded(here: Path) -> None:
    excluded = [part for path in sorted(BAD) for part in ("--exclude", Path(path).name)]
    done = run("batch", "d", "-o", "out", *excluded, *FAST, cwd=here)
    assert (done.code, below(here / "out")) == (0, ["d/a.nac", "d/z.nac"]), done.err


def test_one_archive_stops_with_a_sentence(here: Path) -> None:
    done = run("compress", "d", *FAST, cwd=here)
    assert (done.code, len(told(done)), done.err.count("\n")) == (5, 1, 1), done.err
    assert "--skip-unreadable" in done.err
    assert below(here) == []


@pytest.mark.parametrize("more", [("--verify", "--recovery", "5"), ("--resume",)])
def test_one_archive_leaves_them_out_where_asked(more: tuple[str, ...], here: Path) -> None:
    done = run("compress", "d", "--skip-unreadable", "--json", *more, *FAST, cwd=here)
    events = [json.loads(line) for line in done.out.splitlines()]
    (result,) = [event for event in events if event["event"] == "result"]
    warnings = [event["message"] for event in events if event["event"] == "warning"]
    assert done.code == 1
    assert (events[-1]["event"], events[-1]["kind"]) == ("error", "NotAllRead")
    assert {row["path"] for row in result["left_out"]} == BAD
    for row in result["left_out"]:
        assert any(row["path"] in message and row["reason"] in message for message in warnings)
    with library.open(here / "d.nac") as archive:
        assert [entry.path for entry in archive.entries] == ["d", "d/a", "d/listed", "d/shut", "d/z"]
        assert archive.read("d/a") == archive.read("d/z") == TEXT
    assert run("test", "d.nac", cwd=here).code == 0


def test_to_standard_output_too(here: Path) -> None:
    done = run("compress", "d", "-c", "--skip-unreadable", *FAST, cwd=here)
    assert (done.code, told(done)) == (1, BAD), done.err
    (here / "x.nac").write_bytes(done.out)
    with library.open(here / "x.nac") as archive:
        assert archive.read("d/z") == TEXT


def test_what_is_left_out_is_not_removed(here: Path) -> None:
    assert run("compress", "d", "--skip-unreadable", "--delete", *FAST, cwd=here).code in (1, 5)
    assert not (here / "d" / "a").exists()
    for folder in ("listed", "shut"):
        (here / "d" / folder).chmod(0o700)
    assert all((here / path).exists() for path in BAD)
    assert (here / "d" / "shut" / "inner").read_bytes() == TEXT


def test_estimates_go_on(here: Path) -> None:
    done = run("estimate", "d", *FAST, cwd=here)
    assert (done.code, told(done)) == (0, BAD), done.err


def test_nothing_left_is_a_failure(tmp_path: Path) -> None:
    """An archive of nothing would look like one of the file."""
    (tmp_path / "a").write_bytes(TEXT)
    (tmp_path / "a").chmod(0)
    done = run("compress", "a", "-o", "a.nac", "--skip-unreadable", *FAST, cwd=tmp_path)
    assert (done.code, (tmp_path / "a.nac").exists()) == (5, False), done.err


def test_an_input_that_is_not_there_is_a_slip(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(TEXT)
    done = run("compress", "a", "missing", "-o", "x.nac", "--skip-unreadable", *FAST, cwd=tmp_path)
    assert (done.code, (tmp_path / "x.nac").exists()) == (5, False)
    done = run("compress", "-r", "missing", "a", *FAST, cwd=tmp_path)
    assert (done.code, below(tmp_path)) == (1, ["a.nac"])


def test_taken_places_are_told_before_the_first_is_written(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    for name in ("a", "b", "c"):
        (tmp_path / "d" / name).write_bytes(TEXT)
    (tmp_path / "d" / "c.nac").write_bytes(b"mine")
    for line in (["-r", "d"], ["d/a", "d/b", "d/c"]):
        done = run("compress", *line, "--json", *FAST, cwd=tmp_path)
        events = [json.loads(line)["event"] for line in done.out.splitlines()]
        assert (done.code, events[0]) == (1, "error")
        assert (tmp_path / "d" / "c.nac").read_bytes() == b"mine"
        assert library.decompress((tmp_path / "d" / "b.nac").read_bytes()) == TEXT
        for name in ("a", "b"):
            (tmp_path / "d" / f"{name}.nac").unlink()
        (tmp_path / "d" / "c.nac.nac").unlink(missing_ok=True)


def test_a_file_named_twice_is_compressed_once(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "a").write_bytes(TEXT)
    assert run("compress", "-r", "d", "d/a", *FAST, cwd=tmp_path).code == 0
