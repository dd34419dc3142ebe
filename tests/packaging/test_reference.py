"""The command reference says what the program says."""

import runpy
from pathlib import Path

MAKER = runpy.run_path(str(Path(__file__).parents[2] / "packaging" / "make_reference.py"))


def test_page_is_current() -> None:
    message = "the commands or errors have changed; run: python packaging/make_reference.py"
    assert MAKER["PAGE"].read_text("utf-8") == MAKER["page"](), message


def test_every_error_has_a_sentence() -> None:
    classes = MAKER["error_classes"]()
    assert len(classes) > 20
    assert all((kind.__doc__ or "").strip() for kind in classes)
