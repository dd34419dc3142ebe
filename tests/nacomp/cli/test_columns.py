"""Names are shown as they are: in columns, in a pipe, on a terminal in ASCII, beside a progress bar."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console as RichConsole

from nacomp.cli import console as console_module
from nacomp.cli import screen as screen_module
from nacomp.cli.columns import print_columns
from nacomp.cli.console import TerminalConsole
from nacomp.models.library.store import Store
from nacomp.runtime.events import Progress, Result, Started
from tests.nacomp.workbench import TINY, nacomp

NAMES = ["[id].txt", "a:heart:b", "[red]x[bold]", "[]", "x" * 200, "\u65e5\u672c.txt", "caf\u00e9"]


def test_columns_hold_long_and_wide_names(capsys: pytest.CaptureFixture[str]) -> None:
    print_columns(("size", "name"), [("1 B", "\u65e5\u672c"), ("1,000 B", "x" * 300)], right=frozenset({0}))
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["   size  name", "    1 B  \u65e5\u672c", "1,000 B  " + "x" * 300]


def test_wide_characters_take_two_columns(capsys: pytest.CaptureFixture[str]) -> None:
    print_columns(("name", "size"), [("\u65e5\u672c", "1"), ("abcd", "2"), ("cafe\u0301", "3")])
    assert capsys.readouterr().out.splitlines()[1:] == ["\u65e5\u672c  1", "abcd  2", "cafe\u0301  3"]


@pytest.fixture
def archive(tmp_path: Path, tiny_model: Path) -> Path:
    Store().add(tiny_model)
    folder = tmp_path / "x["
    folder.mkdir()
    for name in [*NAMES, "b].txt"]:
        (folder / name).write_bytes(b"some text\n")
    target = tmp_path / "names.nac"
    assert nacomp("compress", folder, "-o", target, "--model", TINY).code == 0
    return target


def test_a_list_in_a_pipe_has_one_line_an_entry(archive: Path) -> None:
    lines = nacomp("list", archive).out.decode().splitlines()
    assert len(lines) == 1 + 1 + len(NAMES) + 1 + 1
    assert all(any(line.endswith("x[/" + name) for line in lines) for name in NAMES)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
@pytest.mark.parametrize("command", ["list", "test", "decompress"])
def test_no_encoding_of_the_terminal_ends_a_command(
    archive: Path, tmp_path: Path, encoding: str, command: str
) -> None:
    more = ["-o", str(tmp_path / "out")] if command == "decompress" else []
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "nacomp", command, str(archive), *more],
        env=environment,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr.count(b"Traceback")) == (0, 0), done.stderr


def test_the_bar_shows_names_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal, a folder `x[` with `b].txt` in it ended in a traceback, `[id]` vanished and a heart was drawn."""
    shown = io.StringIO()

    def on_terminal(**options: bool) -> RichConsole:
        options.pop("stderr")
        return RichConsole(file=shown, force_terminal=True, width=120, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(screen_module, "RichConsole", on_terminal)
    monkeypatch.setattr(console_module, "BAR_AFTER", 0.0)
    monkeypatch.setenv("FORCE_COLOR", "1")
    console = TerminalConsole()
    for name in [*NAMES[:4], "x[/b].txt"]:
        console.start(Started("test", (name,), total_bytes=100))
        assert console._timer is not None
        console._timer.join()
        console.progress(Progress(50, 100, bytes_per_second=10.0, path=name))
        console.close()
        assert name in shown.getvalue()


def test_a_quick_command_loads_no_bar(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither in a pipe nor on a terminal: rich is a tenth of the time that it takes."""
    monkeypatch.delitem(sys.modules, "nacomp.cli.screen", raising=False)
    for variable in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.setenv(variable, "1")
        console = TerminalConsole()
        console.start(Started("test", ("a",), total_bytes=100))
        console.progress(Progress(50, 100, path="a"))
        console.result(Result(), "a: done")
        assert capsys.readouterr().err == "a: done\n"
        assert "nacomp.cli.screen" not in sys.modules
