"""Tips made of names are shown as they are."""

import pytest

pytest.importorskip("PySide6")

from nacomp.gui.look.tips import plain_tip


@pytest.mark.parametrize("name", ["<b>bold</b>", "<img src='file:///x'>", "a&lt;b", "a < b"])
def test_markup_in_a_name_is_text(name: str) -> None:
    from PySide6.QtGui import QTextDocument

    document = QTextDocument()
    tip = plain_tip(name)
    document.setHtml(tip)
    assert document.toPlainText() == name


def test_other_names_stay_plain() -> None:
    assert plain_tip("a/b.txt") == "a/b.txt"
