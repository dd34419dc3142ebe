"""The command line as scripts and people meet it: help, wrong usage, and what comes before any command."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import nacomp as library
from nacomp.cli.main import COMMANDS
from tests.nacomp.workbench import TINY, nacomp, refused


def test_version_and_help() -> None:
    assert nacomp("--version").out.startswith(b"nacomp, version ")
    shown = nacomp("--help").out.decode().splitlines()
    listed = shown[shown.index("Commands:") + 1 :]
    assert [line.split()[0] for line in listed if line][: len(COMMANDS)] == list(COMMANDS)
    assert max(map(len, shown)) < 80


def test_help_and_completion_load_no_command() -> None:
    """A terminal asks for both while somebody waits: 0.08 s instead of 0.6 s."""
    code = """
import sys
from nacomp.cli.main import COMMANDS, cli
cli.main(["--help"], standalone_mode=False)
context = cli.make_context("nacomp", ["list", "a"])
found = {item.value: item.help for item in cli.shell_complete(context, "")}
assert COMMANDS.items() <= found.items()
assert [item.value for item in cli.shell_complete(context, "--ver")] == ["--version"]
assert not [name for name in sys.modules if name in ("numpy", "rich") or name.startswith("nacomp.archive")]
"""
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_missing_input(tmp_path: Path) -> None:
    assert "no such file" in refused(5, "compress", tmp_path / "nothing")
    assert "no such file" in refused(5, "decompress", tmp_path / "nothing.nac")


def test_unknown_option_and_level(text: Path) -> None:
    assert nacomp("compress", text, "--level", "huge").code == 2
    assert nacomp("compress").code == 2
    assert nacomp("squash", text).code == 2


def test_unknown_kernel(text: Path) -> None:
    assert "abacus" in refused(4, "compress", text, "-c", "--model", TINY, "--kernel", "abacus")


def test_not_an_archive(text: Path, tmp_path: Path) -> None:
    refused(3, "decompress", text, "-o", tmp_path / "back")
    refused(3, "list", text)
    refused(3, "test", "-", stdin=b"")
    assert not (tmp_path / "back").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["compress", ""],
        ["compress", "a.txt", "-o", ""],
        ["compress", "a.txt", "--output="],
        ["compress", "--delete", ""],
        ["compress", "-C", "", "a.txt"],
        ["compress", "--", ""],
        ["decompress", "a.nac", "-C", ""],
        ["decompress", "a.nac", "-o", "", "-f"],
        ["update", "a.nac", ""],
        ["diff", "a.nac", ""],
        ["batch", ""],
        ["batch", ".", "-o", ""],
        ["cat", "a.nac", ""],
        ["estimate", ""],
    ],
)
def test_an_empty_word_is_no_folder(words: list[str], tmp_path: Path) -> None:
    """What a variable without a value leaves behind: as a path it would be the folder one is in, with all in it."""
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "a.txt").write_bytes(b"kept")
    (inside / "a.nac").write_bytes(library.compress(b"kept", level="fast"))
    before = [(path, path.stat().st_mtime_ns) for path in sorted(tmp_path.rglob("*"))]
    done = nacomp(*words, cwd=inside)
    assert (done.code, "empty word" in done.err) == (2, True), done.err
    assert [(path, path.stat().st_mtime_ns) for path in sorted(tmp_path.rglob("*"))] == before


def test_names_that_end_in_an_equals_sign(tmp_path: Path) -> None:
    """Behind `--` stand names, and an option's value may end so."""
    for name in ("--output=", "=", "a="):
        (tmp_path / name).write_bytes(b"kept")
    done = nacomp(
        "compress",
        "-q",
        "--exclude=x=",
        "--level",
        "fast",
        "-o",
        "b=",
        "--",
        "--output=",
        "=",
        "a=",
        cwd=tmp_path,
    )
    assert done.code == 0, done.err
    with library.open(tmp_path / "b=") as archive:
        assert [entry.path for entry in archive.entries] == ["--output=", "=", "a="]


@pytest.mark.parametrize(
    "words",
    [
        ["compress"],
        ["compress", "a", "--level", "huge"],
        ["list", "a", "--levl"],
        ["squash", "a"],
        ["list", ""],
    ],
)
def test_wrong_usage_is_an_event_for_programs(words: list[str]) -> None:
    """They read standard output, where a line per error is promised; they found nothing there."""
    done = nacomp(*words, "--json")
    assert (done.code, done.err) == (2, "")
    told = json.loads(done.out)
    assert (told["event"], told["kind"], told["code"]) == ("error", "UsageError", 2)
    assert told["message"] == told["template"].format(**told["fields"])
    assert not told["message"].endswith(("..", "?."))
