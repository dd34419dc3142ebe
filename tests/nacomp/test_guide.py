"""The user guide's commands work as they stand: each block is run by a shell, in order, in one folder."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.nacomp.workbench import DATA, ROOT, prose

GUIDE = ROOT / "nacomp" / "GUIDE.md"
BLOCKS = re.findall(r"^```(\S+)\n(.*?)^```$", GUIDE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
FOLDERS = ("formats", "models", "nacomp", "gui", "tests", "packaging")
NEEDS_MORE = ("pip install", "nacomp models pull", "nacomp gui", "nacomp mount")
"""What a test cannot have: the network, another environment, a window, FUSE everywhere."""

pytestmark = pytest.mark.skipif(
    shutil.which("bash") is None, reason="the guide's blocks are for a Unix shell"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that the guide speaks of."""
    here = tmp_path_factory.mktemp("guide")
    (here / "book.txt").write_bytes(prose(4000))
    (here / "thesis" / "figures").mkdir(parents=True)
    for number in (1, 2):
        (here / "thesis" / f"chapter-{number}.tex").write_bytes(prose(1500, seed=number))
    (here / "thesis" / "figures" / "plot.csv").write_text("x,y\n1,2\n")
    (here / "thesis" / "figures" / "plot.png").write_bytes(bytes(range(256)))
    shutil.copy(DATA / "tiny.gguf", here)
    return here


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """One home for the whole guide, and this installation's programs first."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    return {**os.environ, "NACOMP_HOME": str(tmp_path_factory.mktemp("guide-home")), "PATH": path}


def run(command: list[str], folder: Path, surroundings: dict[str, str]) -> str:
    done = subprocess.run(
        command, cwd=folder, env=surroundings, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


@pytest.mark.slow
def test_commands_run(folder: Path, surroundings: dict[str, str]) -> None:
    said = ""
    for kind, text in BLOCKS:
        if kind == "sh":
            said += run(["bash", "-euo", "pipefail", "-c", text], folder, surroundings)
        elif kind == "python":
            said += run([sys.executable, "-W", "error", "-c", text], folder, surroundings)
    assert re.findall(r"exit code (\d+)", said) == ["5", "1", "1", "3", "3", "5"]
    assert "nacomp repair safe.nac" in said
    assert (folder / "restored" / "thesis" / "figures" / "plot.csv").is_file()
    assert (folder / "nightly" / "chapter-1.tex.nac").is_file()
    assert not (folder / "archives" / "thesis" / "figures" / "plot.png.nac").exists()
    assert (folder / "from-python" / "chapter-1.tex").is_file()


def test_only_what_needs_more_is_left_out() -> None:
    assert {kind for kind, _ in BLOCKS} == {"sh", "sh-not-run", "python"}
    for kind, text in BLOCKS:
        if kind == "sh-not-run":
            assert all(line.startswith(NEEDS_MORE) for line in text.splitlines())


@pytest.mark.parametrize(
    "page", ["README.md", "nacomp/GUIDE.md", "nacomp/ARCHITECTURE.md", "models/EXTENDING.md"]
)
def test_page_names_files_that_exist(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    known = {
        path.name for top in (*FOLDERS, ".") for path in (ROOT / top).glob("*" if top == "." else "**/*")
    }
    for name in re.findall(r"`([\w./-]+\.(?:py|md|cpp|toml|txt|csv|sh))`", text):
        if page != "nacomp/GUIDE.md" or "/" in name:
            exists = (ROOT / name).exists() if name.split("/")[0] in FOLDERS else Path(name).name in known
            assert exists, name
    for target in re.findall(r"\]\(([\w./-]+)\)", text):
        assert ((ROOT / page).parent / target).exists(), target
