"""What GitHub's workflows run is there: they never run here, so a name that has changed would be found at a release."""

import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.packaging.installed import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
TARGETS = set(re.findall(r"^([\w-]+)(?= ?\w*:(?!=))", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def steps(path: Path) -> list[dict[str, Any]]:
    """Every step of every job."""
    jobs = yaml.safe_load(path.read_text("utf-8"))["jobs"].values()
    return [step for job in jobs for step in job["steps"]]


def commands() -> list[str]:
    """Every command of every `run:`, and of the wheels' builder."""
    lines = [step["run"] for path in WORKFLOWS for step in steps(path) if "run" in step]
    builder = PROJECT["tool"]["cibuildwheel"]
    lines.append(builder["test-command"].replace("{project}/", "").replace("{project}", "."))
    return [part.strip() for line in lines for part in re.split(r"&&|\n", line) if part.strip()]


def paths_of(words: list[str]) -> list[str]:
    """The arguments that name places of the repository."""
    return [word for word in words if re.match(r"(?:\./)?(?:packaging|tests|\.ci)/", word)]


@pytest.mark.parametrize("command", sorted(set(commands())))
def test_what_a_command_names_is_there(command: str) -> None:
    words = shlex.split(command)
    for place in paths_of(words):
        assert (ROOT / place).exists()
    if words[0] == "make":
        assert set(words[1:]) <= TARGETS
    for extras in re.findall(r"^\.\[(.*)\]$", "\n".join(words), re.MULTILINE):
        assert set(extras.split(",")) <= set(PROJECT["project"]["optional-dependencies"])
    scripts = [word for word in paths_of(words) if word.endswith(".py")]
    if scripts:
        options = [word for word in words[words.index(scripts[0]) :] if word.startswith("--")]
        text = (ROOT / scripts[0]).read_text("utf-8")
        assert [option for option in options if option not in text] == []


def test_commands_are_found() -> None:
    """The parser above sees what it is meant to see."""
    found = commands()
    assert "make release-check" in found
    assert "python packaging/try_wheel.py ." in found
    assert {"deb", "tar", "appimage", "release-check", "wheel-aarch64"} <= TARGETS
    assert "PIP" not in TARGETS


def test_what_is_published_lies_in_one_folder() -> None:
    """An artifact of several paths keeps their folders below the one they share, and no checksum is made of a folder."""
    release = next(path for path in WORKFLOWS if path.name == "release.yml")
    for step in steps(release):
        if step.get("uses", "").startswith("actions/upload-artifact"):
            assert len({Path(line).parent for line in step["with"]["path"].split()}) == 1


def test_a_system_s_wheels_are_built_as_all_others_are() -> None:
    """Its table stands in place of the common one."""
    builder = PROJECT["tool"]["cibuildwheel"]
    assert builder["environment"].items() <= builder["macos"]["environment"].items()
