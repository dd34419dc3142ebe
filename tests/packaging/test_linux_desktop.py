"""The files that tie the application to Linux desktops."""

import configparser
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from nacomp.formats.header import MAGIC

ROOT = Path(__file__).parents[2]
LINUX = ROOT / "packaging" / "linux"


def test_mime_type_knows_the_magic_of_the_container() -> None:
    root = ElementTree.parse(LINUX / "nacomp-mime.xml").getroot()
    space = {"m": "http://www.freedesktop.org/standards/shared-mime-info"}
    match = root.find(".//m:magic/m:match", space)
    assert match is not None
    value = match.get("value", "").encode().decode("unicode_escape").encode("latin-1")
    assert value == MAGIC
    glob = root.find(".//m:glob", space)
    assert glob is not None
    assert glob.get("pattern") == "*.nac"


@pytest.mark.parametrize("path", sorted(LINUX.glob("*.desktop")), ids=lambda path: path.name)
def test_desktop_entries_call_the_application_with_an_action_it_knows(path: Path) -> None:
    entry = configparser.RawConfigParser(strict=True)
    entry.optionxform = str  # type: ignore[assignment,method-assign]
    entry.read(path, "utf-8")
    actions = [name for name in entry["Desktop Entry"].get("Actions", "").split(";") if name]
    assert actions
    for name in actions:
        section = entry[f"Desktop Action {name}"]
        assert section["Exec"] == f"nacomp-gui --{name} %F"
        assert section["Name"]
        assert section["Name[de]"]
        assert section["Name[es]"]


@pytest.mark.skipif(sys.platform == "win32", reason="a script for Linux desktops")
def test_install_script_puts_everything_in_and_takes_it_out(tmp_path: Path) -> None:
    def files() -> set[str]:
        return {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*nacomp*") if path.is_file()}

    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path / "share"),
    }
    script = LINUX / "install.sh"
    subprocess.run(["sh", script], env=environment, check=True, capture_output=True)
    placed = files()
    assert {
        "share/applications/nacomp.desktop",
        "share/mime/packages/nacomp.xml",
        "share/icons/hicolor/scalable/apps/nacomp.svg",
        "share/kio/servicemenus/nacomp-compress.desktop",
    } <= placed
    assert os.access(tmp_path / "share/kio/servicemenus/nacomp-compress.desktop", os.X_OK)
    subprocess.run(["sh", script, "--remove"], env=environment, check=True, capture_output=True)
    left = {name for name in files() if "mime/application" not in name}
    assert left == set()


@pytest.mark.skipif(sys.platform != "linux", reason="a script for Linux desktops")
def test_unpacked_application_installs_itself_and_takes_out_what_it_put(tmp_path: Path) -> None:
    """Into a place whose name has a space and what sed takes for more than a character; what was there stays."""
    unpacked, home = tmp_path / "unpacked", tmp_path / "a home & more"
    (unpacked / "lib" / "nacomp").mkdir(parents=True)
    (unpacked / "bin").mkdir()
    for program in ("nacomp", "nacomp-gui"):
        (unpacked / "lib" / "nacomp" / program).write_text(f"#!/bin/sh\necho {program}\n", "utf-8")
        (unpacked / "lib" / "nacomp" / program).chmod(0o755)
        (unpacked / "bin" / program).symlink_to(f"../lib/nacomp/{program}")
    laid_out = os.environ | {"PREFIX": str(unpacked)}
    subprocess.run(["sh", LINUX / "install.sh", "--system", "--files-only"], env=laid_out, check=True)
    shutil.copy(LINUX / "install_tar.sh", unpacked / "install.sh")
    (home / ".local" / "bin").mkdir(parents=True)
    (home / ".local" / "bin" / "other").write_text("stays", "utf-8")
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(home)}

    def installed(*words: str) -> set[str]:
        subprocess.run(
            ["sh", unpacked / "install.sh", *words], env=environment, check=True, capture_output=True
        )
        return {
            str(path.relative_to(home / ".local")) for path in home.rglob("*nacomp*") if not path.is_dir()
        }

    for _ in range(2):
        assert {"bin/nacomp", "bin/nacomp-gui", "share/applications/nacomp.desktop"} <= installed()
    entry = configparser.RawConfigParser(strict=True)
    entry.read(home / ".local" / "share" / "applications" / "nacomp.desktop", "utf-8")
    program = shlex.split(entry["Desktop Entry"]["Exec"])[0]
    assert subprocess.run([program], capture_output=True, text=True, check=True).stdout == "nacomp-gui\n"
    assert installed("--remove") == set()
    assert (home / ".local" / "bin" / "other").read_text("utf-8") == "stays"
    (home / ".local" / "bin" / "nacomp").write_text("of pip", "utf-8")
    with pytest.raises(subprocess.CalledProcessError):
        installed()
    assert (home / ".local" / "bin" / "nacomp").read_text("utf-8") == "of pip"
