"""Outputs that are no plain files are written to, never replaced; and nothing that is there goes without being asked."""

import json
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import nacomp as library
from nacomp.models.library.store import Store
from tests.nacomp.workbench import DATA, ROOT, TINY, nacomp, refused

pytestmark = pytest.mark.skipif(os.name == "nt", reason="pipes with names, devices and links of POSIX")

TEXT = b"what is written to a pipe is not put in its place\n" * 9
FAST = ("--level", "fast")


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with a text, its archive, and one that can be repaired."""
    (tmp_path / "a").write_bytes(TEXT)
    (tmp_path / "a.nac").write_bytes(library.compress(TEXT, level="fast"))
    return tmp_path


def device(folder: Path) -> Path:
    """A null device of the test's own: the machine's must not be tried on."""
    path = folder / "null"
    try:
        os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        path.write_bytes(b"x")
    except PermissionError:
        pytest.skip("device nodes can only be made by root")
    return path


COMMANDS = {
    "compress": ["compress", "a", *FAST, "-o"],
    "verify": ["compress", "a", *FAST, "--verify", "-o"],
    "decompress": ["decompress", "a.nac", "-o"],
    "map": ["map", "a", *FAST, "--html"],
    "report": ["batch", "a", "-o", "made", *FAST, "--report"],
    "table": ["batch", "a", "-o", "made", *FAST, "--csv"],
}
"""Every command that writes a file where it is told to."""


def check_content(command: str, data: bytes) -> None:
    """That this is what the command writes."""
    if command in ("compress", "verify"):
        assert library.decompress(data) == TEXT
    elif command == "decompress":
        assert data == TEXT
    elif command == "map":
        assert data.startswith(b"<!doctype html>")
    elif command == "report":
        assert "summary" in json.loads(data)
    else:
        assert data.startswith(b"source,")


@pytest.mark.parametrize("force", [[], ["-f"]], ids=["asked", "forced"])
@pytest.mark.parametrize("command", COMMANDS)
def test_devices_stay(command: str, force: list[str], here: Path) -> None:
    null = device(here)
    assert nacomp(*COMMANDS[command], null, *force, cwd=here).code == 0
    assert stat.S_ISCHR(null.lstat().st_mode)


@pytest.mark.parametrize("command", COMMANDS)
def test_pipes_get_the_bytes(command: str, here: Path) -> None:
    os.mkfifo(here / "pipe")
    with subprocess.Popen(["cat", here / "pipe"], stdout=subprocess.PIPE) as reader:
        done = nacomp(*COMMANDS[command], "pipe", "-f", cwd=here)
        assert done.code == 0, done.err
        data, _ = reader.communicate(timeout=30)
    check_content(command, data)
    assert stat.S_ISFIFO((here / "pipe").lstat().st_mode)


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
@pytest.mark.parametrize("command", COMMANDS)
def test_standard_output_by_its_names(command: str, name: str, here: Path) -> None:
    """Also where it is a file, which is neither replaced nor cut off; and lines for programs keep off it."""
    with (here / "out").open("wb") as out:
        out.write(b"before\n")
        out.flush()
        line = [sys.executable, "-m", "nacomp", *COMMANDS[command], name, "--json"]
        done = subprocess.run(line, stdout=out, stderr=subprocess.PIPE, cwd=here, check=False)
    assert done.returncode == 0, done.stderr
    data = (here / "out").read_bytes()
    assert data.startswith(b"before\n")
    check_content(command, data.removeprefix(b"before\n"))


@pytest.mark.parametrize("command", COMMANDS)
def test_links_are_written_through_or_refused(command: str, here: Path) -> None:
    (here / "there").write_bytes(b"precious")
    (here / "link").symlink_to("there")
    assert "exists already" in nacomp(*COMMANDS[command], "link", cwd=here).err
    assert (here / "there").read_bytes() == b"precious"
    assert nacomp(*COMMANDS[command], "link", "-f", cwd=here).code == 0
    assert (here / "link").is_symlink()
    check_content(command, (here / "there").read_bytes())


def test_links_to_devices_and_to_nothing(here: Path) -> None:
    device(here)
    (here / "link").symlink_to("null")
    assert nacomp("compress", "a", "-o", "link", *FAST, cwd=here).code == 0
    assert (here / "link").is_symlink()
    (here / "round").symlink_to("round")
    assert nacomp("compress", "a", "-f", "-o", "round", *FAST, cwd=here).code == 5
    (here / "new").symlink_to("made")
    assert nacomp("compress", "a", "-f", "-o", "new", *FAST, cwd=here).code == 0
    assert library.decompress((here / "made").read_bytes()) == TEXT


@pytest.mark.parametrize("command", COMMANDS)
def test_sockets_and_folders_are_refused(command: str, here: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(here / "s"))
        done = nacomp(*COMMANDS[command], "s", "-f", cwd=here)
        assert (done.code, "Traceback" in done.err) == (5, False)
        assert stat.S_ISSOCK((here / "s").lstat().st_mode)
    (here / "folder").mkdir()
    if command != "decompress":
        for name, code in (("folder", 5), ("new/", 2)):
            assert nacomp(*COMMANDS[command], name, "-f", cwd=here).code == code
    assert not (here / "new").exists()


def test_a_taken_place_is_told_before_the_model_is_looked_for(here: Path) -> None:
    (here / "taken").write_bytes(b"precious")
    missing = ("--model", "smollm2-135m")
    assert "exists already" in refused(5, "compress", here / "a", "-o", here / "taken", *missing)
    assert "one of the inputs" in refused(5, "compress", here / "a", "-f", "-o", here / "a", *missing)
    Store().add(DATA / "tiny.gguf")
    (here / "b.nac").write_bytes(library.compress((ROOT / "LICENSE").read_bytes()[:6000], model=TINY))
    Store().remove(TINY)
    assert "exists already" in refused(5, "decompress", here / "b.nac", "-o", here / "taken")
    assert "model" in refused(4, "decompress", here / "b.nac", "-o", here / "free")
    assert (here / "taken").read_bytes() == b"precious"


def test_repair_and_trees_replace_no_devices(here: Path) -> None:
    null = device(here)
    assert nacomp("compress", "a", "-o", "r.nac", "--recovery", "5", *FAST, cwd=here).code == 0
    assert (
        nacomp("repair", "r.nac", "-f", "-o", null, cwd=here).code == 0
    )  # written through, as by all commands
    assert stat.S_ISCHR(null.lstat().st_mode)
    folder = here / "tree"
    folder.mkdir()
    (folder / "null").write_bytes(TEXT)
    assert nacomp("compress", "tree", *FAST, cwd=here).code == 0
    (folder / "null").unlink()
    null = device(folder)
    assert nacomp("decompress", "tree.nac", "-f", cwd=here).code == 5
    assert stat.S_ISCHR(null.lstat().st_mode)


def test_recovery_data_needs_a_file(here: Path) -> None:
    null = device(here)
    for option in (["--recovery", "5"], ["--resume"]):
        assert "in a file" in refused(2, "compress", here / "a", "-o", null, *option, *FAST)


def test_folder_that_is_new(here: Path) -> None:
    assert nacomp("decompress", "a.nac", "-o", "new/deeper/", cwd=here).code == 0
    assert (here / "new" / "deeper" / "data").read_bytes() == TEXT


# Nothing is replaced that nobody asked for.


@pytest.mark.parametrize("command", ["map", "report", "table"])
def test_pages_and_reports_are_kept(command: str, here: Path) -> None:
    (here / "r").write_bytes(b"precious")
    assert "exists already" in nacomp(*COMMANDS[command], "r", cwd=here).err
    assert (here / "r").read_bytes() == b"precious"
    assert nacomp(*COMMANDS[command], "r", "-f", cwd=here).code == 0
    check_content(command, (here / "r").read_bytes())


@pytest.mark.parametrize(
    "line",
    [
        ["a", "-o", "a"],
        ["a", "b", "-o", "b"],
        ["a", "-o", "hard"],
        ["a", "-o", "soft"],
        ["soft", "-o", "a"],
        ["folder", "-o", "folder/t"],
        ["folder", "-o", "folder/new.nac"],
        ["folder", "-o", "folder/deeper/new.nac"],
        ["folder", "-o", "way/new.nac"],
        ["way", "-o", "folder/new.nac"],
        [".", "-o", "x.nac"],
    ],
    ids=" ".join,
)
def test_inputs_are_not_replaced_by_their_archive(line: list[str], here: Path) -> None:
    (here / "b").write_bytes(b"another")
    os.link(here / "a", here / "hard")
    (here / "soft").symlink_to("a")
    (here / "folder" / "deeper").mkdir(parents=True)
    (here / "folder" / "t").write_bytes(TEXT)
    (here / "way").symlink_to("folder")
    before = {path: path.read_bytes() for path in here.rglob("*") if path.is_file()}
    done = nacomp("compress", "-f", *line, *FAST, cwd=here)
    assert done.code == 5
    assert "inputs" in done.err
    assert {path: path.read_bytes() for path in here.rglob("*") if path.is_file()} == before


def test_batch_replaces_its_own_archives_only(here: Path) -> None:
    docs = here / "docs"
    docs.mkdir()
    contents = {"notes": b"somebody's notes", "other": (here / "a.nac").read_bytes(), "empty": b""}
    for name, content in contents.items():
        (docs / f"{name}.txt").write_bytes(TEXT)
        (docs / f"{name}.txt.nac").write_bytes(content)
    (docs / "free.txt").write_bytes(TEXT)
    done = nacomp("batch", docs, *FAST)
    assert done.code == 1
    assert done.err.count("is no archive of") == 3
    for name, content in contents.items():
        assert (docs / f"{name}.txt.nac").read_bytes() == content
    (docs / "free.txt").write_bytes(TEXT * 2)
    nacomp("batch", docs, *FAST)
    assert library.decompress((docs / "free.txt.nac").read_bytes()) == TEXT * 2
