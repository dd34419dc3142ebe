"""The recipes of the application and the Debian package, as far as they can be judged without building either."""

import os
import plistlib
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.packaging.installed import ROOT

PACKAGING = ROOT / "packaging"


def test_recipe_of_the_application_is_python_and_its_files_are_there() -> None:
    text = (PACKAGING / "nacomp.spec").read_text(encoding="utf-8")
    compile(text, "nacomp.spec", "exec")
    programs = {path.name for path in (PACKAGING / "app").glob("*.py")}
    assert programs == {name for name in programs if f'"{name}"' in text}
    assert plistlib.loads((PACKAGING / "macos" / "Info.plist").read_bytes())["CFBundleName"] == "nacomp"


@pytest.mark.skipif(sys.platform == "win32", reason="a script for Linux desktops")
def test_install_script_leaves_the_caches_to_the_system_of_a_package(tmp_path: Path) -> None:
    command: list[str | Path] = ["sh", PACKAGING / "linux" / "install.sh", "--system", "--files-only"]
    subprocess.run(command, env=os.environ | {"PREFIX": str(tmp_path)}, check=True, capture_output=True)
    placed = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert "share/mime/packages/nacomp.xml" in placed
    assert all("nacomp" in name for name in placed)


def test_icons_come_in_every_format(tmp_path: Path) -> None:
    subprocess.run([sys.executable, PACKAGING / "make_icons.py", tmp_path], check=True)
    with Image.open(tmp_path / "nacomp.ico") as windows, Image.open(tmp_path / "nacomp.icns") as macos:
        assert (256, 256) in windows.info["sizes"]
        assert macos.size == (1024, 1024)
        shown = windows.convert("RGBA").getpixel((128, 128))
        assert isinstance(shown, tuple)
        red, green, blue, opaque = shown
    assert opaque == 255
    assert len({red, green, blue}) > 1
