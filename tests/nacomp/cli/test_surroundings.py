"""Closed and full standard streams, no home, no display: a sentence and an exit code, never a traceback."""

import errno
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

import nacomp as library
from nacomp.models.errors import HomeMissing
from nacomp.models.library import store

pytestmark = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device here that is always full")

TEXT = b"said to nobody in particular\n" * 9


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with a text and its archive."""
    (tmp_path / "a").write_bytes(TEXT)
    (tmp_path / "a.nac").write_bytes(library.compress(TEXT, level="fast"))
    return tmp_path


def shell(line: str, folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """A line of bash, with `nacomp` in it."""
    line = line.replace("nacomp ", f"{sys.executable} -m nacomp ")
    both = {**os.environ, **environment}
    surroundings = {key: value for key, value in both.items() if environment.get(key) != ""}
    return subprocess.run(
        ["bash", "-c", line],
        cwd=folder,
        capture_output=True,
        text=True,
        env=surroundings,
        timeout=60,
        check=False,
    )


DATA = ["compress a -c --level fast", "cat a.nac", "decompress -c a.nac"]
DATA += ["list a.nac", "list --json a.nac", "info", "models list"]


@pytest.mark.parametrize("stream", [">/dev/full", ">&-"])
@pytest.mark.parametrize("line", [*DATA, "--help", "completion bash"])
def test_data_that_cannot_be_written(line: str, stream: str, here: Path) -> None:
    done = shell(f"nacomp {line} {stream}", here)
    assert done.returncode == 5
    assert "standard" in done.stderr
    assert "Traceback" not in done.stderr
    assert "ignored" not in done.stderr


@pytest.mark.parametrize(
    "stream", ["2>/dev/full", "2>&-", ">&- 2>&-", "<&- >&- 2>&-", "--json >/dev/full", "--json >&-"]
)
def test_work_that_is_done_is_done_though_nobody_hears_it(stream: str, here: Path) -> None:
    for line in ("compress a -f -o b.nac --level fast", "decompress a.nac -f -o back", "test a.nac"):
        done = shell(f"nacomp {line} {stream}", here)
        assert (done.returncode, done.stderr) == (0, ""), line
    assert library.decompress((here / "b.nac").read_bytes()) == (here / "back").read_bytes() == TEXT


def test_failures_keep_their_code_though_nobody_hears_them(here: Path) -> None:
    for line, code in (("test a", 3), ("test nothing", 5), ("test", 2), ("no-such-command", 2)):
        for stream in ("2>/dev/full", "2>&-"):
            assert shell(f"nacomp {line} {stream}", here).returncode == code


@pytest.mark.parametrize("line", ["compress - -o b.nac", "test -", "list -", "decompress - -o b"])
def test_closed_standard_input(line: str, here: Path) -> None:
    done = shell(f"nacomp {line} <&-", here)
    assert (done.returncode, "Traceback" in done.stderr) == (5, False)
    assert "standard input" in done.stderr
    assert not (here / "b").exists()
    assert not (here / "b.nac").exists()


def test_reader_that_leaves(here: Path) -> None:
    done = shell("nacomp cat a.nac | sleep 0; exit ${PIPESTATUS[0]}", here)
    assert done.returncode in (0, 5)
    assert done.stderr == ""


@pytest.mark.parametrize("kind", ["raises", "names a folder called ~"])
def test_no_home(kind: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What the system says of a user id without a name, by older and newer versions of platformdirs."""

    def nowhere(*_: object, **__: object) -> Path:
        if kind == "raises":
            raise RuntimeError("could not determine the home directory")
        return Path("~/.local/share/nacomp")

    monkeypatch.delenv(store.HOME_VARIABLE)
    monkeypatch.setattr(store, "user_data_path", nowhere)
    monkeypatch.chdir(tmp_path)
    assert library.decompress(library.compress(TEXT, level="fast")) == TEXT
    with pytest.raises(HomeMissing, match="NACOMP_HOME"):
        store.Store().make_folder()
    assert not list(tmp_path.iterdir())


def test_no_display(here: Path) -> None:
    pytest.importorskip("PySide6")
    done = shell("nacomp gui", here, DISPLAY="", WAYLAND_DISPLAY="", QT_QPA_PLATFORM="")
    assert (done.returncode, done.stderr.count("\n")) == (5, 1)
    assert "no display" in done.stderr


@pytest.mark.parametrize("where", ["DISPLAY", "WAYLAND_DISPLAY", "both", "QT_QPA_PLATFORM", "nacomp-gui"])
def test_a_display_that_cannot_be_reached(where: str, here: Path) -> None:
    """Qt itself ends the program in the middle (134)."""
    pytest.importorskip("PySide6")
    surroundings = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}
    if where in ("DISPLAY", "both", "nacomp-gui"):
        surroundings["DISPLAY"] = ":7391"
    if where in ("WAYLAND_DISPLAY", "both"):
        surroundings["WAYLAND_DISPLAY"] = "no-such-display"
    if where == "QT_QPA_PLATFORM":
        surroundings[where] = "no-such-platform"
    line = 'python -c "from nacomp.gui.app import main; raise SystemExit(main())"'
    done = shell(
        line.replace("python", sys.executable) if where == "nacomp-gui" else "nacomp gui",
        here,
        **surroundings,
    )
    assert (done.returncode, done.stderr.count("\n")) == (5, 1), done.stderr
    assert (
        done.stderr.removeprefix("nacomp: ")
        .removeprefix("nacomp-gui: ")
        .startswith("The desktop application")
    )


def test_errors_of_the_system_are_sentences() -> None:
    from nacomp.cli.main import _error_of

    assert "no space left" in str(_error_of(OSError(errno.ENOSPC, "No space left on device")))


def test_a_full_disk_is_told_of_the_archive_that_is_updated(here: Path) -> None:
    """And not of a standard stream."""
    (here / "more").write_bytes(random.Random(5).randbytes(4000))
    before = (here / "a.nac").read_bytes()
    done = shell("ulimit -f 1; nacomp update --level fast a.nac more 2>&1 | cat; exit ${PIPESTATUS[0]}", here)
    assert (done.returncode, "a.nac: file too large" in done.stdout) == (5, True), done.stdout
    assert (here / "a.nac").read_bytes() == before


def test_a_file_in_the_folders_place(here: Path) -> None:
    (here / "b").write_bytes(TEXT)
    assert shell("nacomp compress -q --level fast a b -o two.nac", here).returncode == 0
    done = shell("nacomp decompress two.nac -o b", here)
    assert (done.returncode, "b: is no folder" in done.stderr) == (5, True), done.stderr
    assert (here / "b").read_bytes() == TEXT


@pytest.mark.skipif(sys.platform != "linux", reason="names are UTF-8 there whatever is set")
def test_names_that_the_locale_cannot_spell(here: Path) -> None:
    """It ended in a traceback; the listing spells them out, and nothing is written under another name."""
    plain = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    (here / "grün").mkdir()
    (here / "grün" / "übel").write_bytes(TEXT)
    library.compress_files(here / "grün", here / "b.nac", level="fast")
    library.compress_files(here / "grün" / "übel", here / "c.nac", level="fast")
    assert "gr\\xfcn" in shell("nacomp list b.nac", here, **plain).stdout
    for line in ("decompress b.nac -o out", "decompress c.nac -C ."):
        done = shell(f"nacomp {line}", here, **plain)
        assert (done.returncode, "ascii" in done.stderr, "Traceback" in done.stderr) == (5, True, False), (
            done.stderr
        )
    assert not (here / "out").exists()
    assert shell("nacomp decompress b.nac -o out", here, **(plain | {"PYTHONUTF8": "1"})).returncode == 0


def test_a_full_disk_is_told_of_the_folder_of_the_models(here: Path, tiny_model: Path) -> None:
    """And not of a standard stream; and nothing is left of the model there."""
    line = f"ulimit -f 20; nacomp models add {tiny_model} 2>&1 | cat; exit ${{PIPESTATUS[0]}}"
    done = shell(line, here, NACOMP_HOME=str(here / "home"))
    assert (done.returncode, f"{here / 'home' / 'models'}: file too large" in done.stdout) == (5, True), (
        done.stdout
    )
    assert list((here / "home" / "models").iterdir()) == []
