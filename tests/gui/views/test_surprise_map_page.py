"""The surprise map on the real worker."""

import html
import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from nacomp.gui.application import Application
from nacomp.gui.logic import text_pieces
from nacomp.gui.logic.levels import Level
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
    assert after is not None
    for asked in (number, after):
        page.show_token(asked)
        marked = [selection.cursor.selectedText() for selection in page.view.extraSelections()]
        assert marked == [desk.surprise_map.tokens[asked].text]
    page.show_token(-1)
    assert not page.view.extraSelections()

    page.export_html(tmp_path / "map.html")
    qtbot.waitUntil(page.banner.isVisible)
    page_text = re.sub(r"<[^>]*>", "", (tmp_path / "map.html").read_text("utf-8"))
    assert text in html.unescape(page_text)
    page.export_png(tmp_path / "map.png")
    picture = QImage(str(tmp_path / "map.png"))
    assert picture.width() == 2 * page.content.width()
    assert len({picture.pixelColor(x, 60).name() for x in range(0, picture.width(), 3)}) > 3


def test_a_text_of_any_size_comes_in_pieces_as_it_is_scrolled(
    application: Application, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In an encoding of old, at another level, with its progress told; the page holds all of it."""
    monkeypatch.setattr(text_pieces, "PIECE_BYTES", 1500)
    text = "".join(f"{number}. Straße, Äpfel und Übermut, für später gesagt.\n" for number in range(70))
    source = tmp_path / "alt.txt"
    source.write_bytes(text.encode("cp1252"))
    window, desk = application.window, application.services.surprise_maps
    window.show_page(Page.SURPRISE_MAP)
    page = window.surprise_map_page
    told: list[float] = []
    desk.progressed.connect(lambda: told.append(desk.meter.fraction or 0.0))
    drop(page, [source])
    qtbot.waitUntil(lambda: not desk.working)
    assert desk.surprise_map is not None, desk.failure
    beginning = desk.surprise_map.text
    assert text.startswith(beginning)
    assert 1000 < len(beginning) < 1501
    assert "scroll to the end" in page.going_on.text()
    assert page.choices.note.text() == "Read by embedded"
    bar = page.view.verticalScrollBar()
    while desk.more:
        bar.setValue(0)
        bar.setValue(bar.maximum())
        qtbot.waitUntil(lambda: not desk.working)
    assert page.view.toPlainText() == text
    assert page.going_on.text() == ""
    assert told
    page.view.colour_all()
    last = page.view.document().lastBlock().previous().layout().formats()
    assert len(last) > 3  # what was added has its colours too
    qtbot.mouseClick(page.choices.levels.buttons["balanced"], Qt.MouseButton.LeftButton)
    assert desk.working
    qtbot.waitUntil(lambda: not desk.working)
    assert desk.surprise_map.text == beginning
    assert application.services.store.value.level is Level.FAST


def test_pictures_are_refused_kindly(application: Application, qtbot: QtBot, tmp_path: Path) -> None:
    window, desk = application.window, application.services.surprise_maps
    window.show_page(Page.SURPRISE_MAP)
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0" + bytes(range(256)))
    drop(window.surprise_map_page, [tmp_path / "photo.jpg"])
    qtbot.waitUntil(window.surprise_map_page.banner.isVisible)
    assert desk.failure == "photo.jpg is a picture. A surprise map shows texts."
    assert not desk.working
