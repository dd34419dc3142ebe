"""The first start's offer of a larger model, and what a level says that it uses."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from nacomp.gui.application import Application
from nacomp.gui.logic.jobs import Kind
from nacomp.gui.look.tones import Tone
from tests.gui.driving import press


def test_offered_once_and_levels_say_what_they_use(
    application: Application, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, desk = application.window.queue_page, application.services.first_offer
    assert page.offer.isHidden()
    desk.welcome()
    qtbot.waitUntil(page.offer.isVisible)
    offered = page.offer.text.text()
    assert "English and code: SmolLM2 135M Instruct (Q4_1), 98.4 MB, Apache-2.0" in offered
    assert "World languages: Gemma 3 270M (Q4_K_M), 253 MB, Gemma Terms of Use" in offered
    assert page.options.level_note.isHidden()
    page.options.level.buttons["balanced"].click()
    assert "small built-in model" in page.options.level_note.text()
    assert page.options.level_note.isVisible()
    pulled: list[str] = []
    monkeypatch.setattr(application.services.models, "pull", pulled.append)
    press(qtbot, page.offer, "Not now")
    assert (page.offer.isHidden(), pulled) == (True, [])
    desk.changed.emit()
    assert page.offer.isHidden()
    application.services.store.value.offer_model = True
    desk.changed.emit()
    page.offer.buttons[0].setFocus()
    press(qtbot, page.offer, "World languages")
    assert pulled == ["gemma-3-270m"]
    assert page.offer.isHidden()


def test_the_focus_stays_with_the_jobs_when_a_message_goes(
    application: Application, qtbot: QtBot, tmp_path: Path
) -> None:
    """Not on the next button, which may remove or cancel."""
    application.services.store.value.start_at_once = False
    page, runner = application.window.queue_page, application.services.runner
    job = runner.add(Kind.COMPRESS, [tmp_path])[0]
    qtbot.waitUntil(lambda: job.size is not None and page.list.isVisible())
    application.window.activateWindow()
    page.offer.show_message("Download it?", Tone.INFO, [("Download", lambda: None)])
    page.offer.buttons[0].setFocus()
    assert page.offer.buttons[0].hasFocus()
    press(qtbot, page.offer, "Download")
    assert page.list.hasFocus()
