"""The files that tie the application to Linux desktops."""

import configparser
import os
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
