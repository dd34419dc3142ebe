"""The page about JSON lines says what the classes say, and the classes are all there is."""

import ast
import runpy
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from nacomp.runtime import documents, events, results

ROOT = Path(__file__).parents[2]
MAKER = runpy.run_path(str(ROOT / "packaging" / "make_events.py"))


def test_page_is_current() -> None:
    message = "the events or documents have changed; run: python packaging/make_events.py"
    assert MAKER["PAGE"].read_text("utf-8") == MAKER["page"](), message


def test_every_class_and_field_is_described() -> None:
    """A field without a docstring, or a class that no section has, would be missing from the page."""
    page = MAKER["page"]()
    for module in (events, results, documents):
        for kind in vars(module).values():
            if isinstance(kind, type) and is_dataclass(kind):
                sentence = " ".join((kind.__doc__ or "").split()).rpartition(": ")[2]
                assert sentence[1:] in page, kind
                assert set(MAKER["field_docs"](kind)) >= {entry.name for entry in fields(kind)}, kind


@pytest.mark.parametrize("path", sorted((ROOT / "nacomp" / "cli").glob("*.py")), ids=lambda path: path.name)
def test_commands_print_nothing_but_these(path: Path) -> None:
    """JSON is written in one place, from the classes."""
    imported = {
        alias.name
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    assert "json" not in imported
