"""Our icons."""

from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).parents[3]


def test_both_copies_of_the_icon_are_equal() -> None:
    packaged = ROOT / "packaging" / "icons" / "nacomp.svg"
    assert packaged.read_bytes() == (ROOT / "gui" / "look" / "icons" / "nacomp.svg").read_bytes()


def test_every_icon_follows_the_theme() -> None:
    for path in (ROOT / "gui" / "look" / "icons").glob("*.svg"):
        root = ElementTree.parse(path).getroot()
        assert root.tag.endswith("svg")
        assert path.stem == "nacomp" or "currentColor" in path.read_text("utf-8"), path.name
