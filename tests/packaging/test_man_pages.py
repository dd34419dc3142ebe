"""The manual pages: they name every command, option and exit code, and render without a warning."""

import subprocess
import sys
from pathlib import Path

import pytest

from nacomp.cli.tree import read_tree
from nacomp.errors import ExitCode
from tests.packaging.installed import ROOT
from tests.portability.toolchain import need


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All pages, freshly made."""
    folder = tmp_path_factory.mktemp("man")
    subprocess.run([sys.executable, ROOT / "packaging" / "man_pages.py", folder], check=True)
    return folder


def rendered(page: Path) -> str:
    """The page as `man` shows it, without attributes; a warning of groff fails the test."""
    need("groff")
    command: list[str | Path] = [
        "groff",
        "-man",
        "-ww",
        "-Tutf8",
        "-K",
        "utf8",
        "-rLL=400n",
        "-P-c",
        "-P-b",
        "-P-u",
        page,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == "", page.name
    return done.stdout


def test_every_command_has_a_page_with_all_it_takes(pages: Path) -> None:
    for node in read_tree().all():
        shown = rendered(pages / f"{'-'.join(('nacomp', *node.path))}.1")
        for option in node.options:
            assert f"       {option.shown}\n" in shown or f"       {option.shown} " in shown, (
                node.name,
                option,
            )
            assert " ".join(option.help.split()) in " ".join(shown.split()), (node.name, option)
        for child in node.children:
            assert f"nacomp-{'-'.join(child.path)}(1)" in shown
        for code in ExitCode:
            assert f"\n       {int(code)} " in shown
    assert len(list(pages.iterdir())) == len(list(read_tree().all()))
