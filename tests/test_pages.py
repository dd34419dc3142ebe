"""Every page has one sentence a line, so that a changed sentence is a changed line; what it names is there."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = (".", "formats", "models", "nacomp", "gui", "packaging")
GENERATED = {"nacomp/cli/EVENTS.md", "nacomp/cli/REFERENCE.md"}
PAGES = {
    path.relative_to(ROOT).as_posix()
    for folder in FOLDERS
    for path in (ROOT / folder).glob("*.md" if folder == "." else "**/*.md")
}

NAMED = re.compile(r"`((?:tests|formats|models|nacomp|gui|packaging)/[\w./-]+)`")
"""A path from the root; other things in backticks are commands, or paths in somebody else's folders."""
LINKED = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")

_spec = importlib.util.spec_from_file_location("layout", ROOT / "packaging" / "one_sentence_a_line.py")
assert _spec is not None
assert _spec.loader is not None
layout = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(layout)


@pytest.mark.parametrize("page", sorted(PAGES - GENERATED))
def test_one_sentence_a_line(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert text.splitlines() == layout.laid_out(text).splitlines()


@pytest.mark.parametrize("page", sorted(PAGES))
def test_what_a_page_names_is_there(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert [path for path in NAMED.findall(text) if not (ROOT / path).exists()] == []
    assert [link for link in LINKED.findall(text) if not (ROOT / page).parent.joinpath(link).exists()] == []


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("One. Two\nlines. Three.\n", "One.\nTwo lines.\nThree.\n"),
        (
            "- Of `a. B`, 0 .. 9, e.g. two. More (all). End\n",
            "- Of `a. B`, 0 .. 9, e.g. two.\n  More (all).\n  End\n",
        ),
        ("1. **Label.** First. Second.\n", "1. **Label.** First.\n   Second.\n"),
        ("# One. Two\n\n| a. B | c |\n```\nx. Y\nz\n```\nText.\n", None),
        ("Text.\n\n    code. Code\n    more\n", None),
    ],
)
def test_layout(page: str, expected: str | None) -> None:
    """What the rule takes for a sentence, and what it leaves alone."""
    assert layout.laid_out(page) == (expected or page)
    assert layout.laid_out(layout.laid_out(page)) == layout.laid_out(page)
