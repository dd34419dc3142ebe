"""The surprise map on the real worker."""

import html
import re
from pathlib import Path

from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from nacomp.gui.application import Application
from nacomp.gui.views.pages import Page
from tests.gui.driving import drop


def test_map_costs_what_its_tokens_cost_and_is_exported(
    application: Application, qtbot: QtBot, tmp_path: Path
) -> None:
    text = "It was a bright cold day in April, and the clocks were striking thirteen. Ünïcödé 🙂 too.\n" * 2
    source = tmp_path / "page.txt"
    source.write_text(text, "utf-8")
    window = application.window
    window.show_page(Page.SURPRISE_MAP)
    drop(window.surprise_map_page, [source])
    desk = application.services.surprise_maps
    qtbot.waitUntil(lambda: not desk.working)
    assert desk.surprise_map is not None, desk.failure
    assert desk.surprise_map.text == text
    assert desk.surprise_map.size == len(text.encode())
    page = window.surprise_map_page
    assert page.view.toPlainText() == text
    page.view.colour_all()
    astral = text.index("🙂")
    number = desk.surprise_map.at(astral)
    assert number is not None
    cursor = page.view.textCursor()
    cursor.setPosition(astral)
    page.view.setTextCursor(cursor)
    assert page.figures.token_cost.text().startswith(f"{desk.surprise_map.tokens[number].bits:.1f} bits")
    after = desk.surprise_map.at(text.index("too"))
    for asked in (number, after):
        page.show_token(asked)
        marked = [selection.cursor.selectedText() for selection in page.view.extraSelections()]
        assert marked == [desk.surprise_map.tokens[asked].text]
    page.show_token(-1)
    assert not page.view.extraSelections()

    page.export_html(tmp_path / "map.html")
    page_text = re.sub(r"<[^>]*>", "", (tmp_path / "map.html").read_text("utf-8"))
    assert text in html.unescape(page_text)
    page.export_png(tmp_path / "map.png")
    picture = QImage(str(tmp_path / "map.png"))
    assert picture.width() == 2 * page.content.width()
    assert len({picture.pixelColor(x, 60).name() for x in range(0, picture.width(), 3)}) > 3
