"""What makes a release: wheels that say nothing of their builder, workflows and metadata that name what is there."""

import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

from nacomp.version import VERSION
from tests.packaging.installed import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def write_wheel(target: Path, names: list[str], year: int, mode: int) -> None:
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            entry = zipfile.ZipInfo(name, (year, 2, 3, 4, 5, 6))
            entry.external_attr = mode << 16
            archive.writestr(entry, f"content of {name}")


def test_wheels_keep_no_times_modes_or_order(tmp_path: Path) -> None:
    names = ["nacomp/b.py", "nacomp/a.py", "nacomp-1.dist-info/RECORD"]
    wheels = [tmp_path / "one.whl", tmp_path / "other.whl"]
    write_wheel(wheels[0], names, 2020, 0o600)
    write_wheel(wheels[1], names[::-1], 2026, 0o755)
    code = "import sys; from pathlib import Path; from make_wheel import packed_again; packed_again(Path(sys.argv[1]))"
    for wheel in wheels:
        subprocess.run([sys.executable, "-c", code, wheel], cwd=ROOT / "packaging", check=True)
    assert wheels[0].read_bytes() == wheels[1].read_bytes()
    with zipfile.ZipFile(wheels[0]) as archive:
        assert archive.namelist() == ["nacomp/a.py", "nacomp/b.py", "nacomp-1.dist-info/RECORD"]
        assert archive.read("nacomp/a.py") == b"content of nacomp/a.py"


def test_a_build_neither_takes_nor_packs_what_lies_there_of_another(tmp_path: Path) -> None:
    """Two at once shared a folder: the one took the other's copies of the sources away, whose wheel was without them."""
    other = ROOT / "build" / "lib" / "nacomp" / "of_another_build.py"
    other.parent.mkdir(parents=True, exist_ok=True)
    other.touch()
    code = "import sys; from pathlib import Path; from make_wheel import build; build(Path(sys.argv[1]), None, pure=True)"
    try:
        subprocess.run([sys.executable, "-c", code, tmp_path], cwd=ROOT / "packaging", check=True)
        assert other.exists()
    finally:
        other.unlink(missing_ok=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        assert "nacomp/__main__.py" in archive.namelist()
        assert f"nacomp/{other.name}" not in archive.namelist()


def test_publishing_needs_no_secret() -> None:
    release = next(path for path in WORKFLOWS if path.name == "release.yml").read_text("utf-8")
    assert "id-token: write" in release
    assert "secrets." not in release


def test_metadata_for_software_centres_is_of_this_release() -> None:
    root = ElementTree.parse(ROOT / "packaging" / "linux" / "nacomp.metainfo.xml").getroot()
    release = root.find("releases/release")
    assert release is not None
    assert release.get("version") == VERSION
    languages = {"{http://www.w3.org/XML/1998/namespace}lang"}
    spoken = {summary.get(*languages) for summary in root.findall("summary")}
    assert spoken == {None, "de", "es"}
