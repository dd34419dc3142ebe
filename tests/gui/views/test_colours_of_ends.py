"""Green is for what went well: not for what did not shrink, and not for a bar of failures."""

import random
from pathlib import Path

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from nacomp.gui.application import Application
from nacomp.gui.logic.jobs import Kind, State
from nacomp.gui.look.theme import LIGHT
from nacomp.gui.views.job_delegate import badge
from tests.gui.driving import Finished, Text, wait_for


def colours_in(widget: QWidget) -> set[str]:
    image = widget.grab().toImage()
    return {
        image.pixelColor(x, y).name().upper()
        for x in range(0, image.width(), 2)
        for y in range(image.height())
    }


def test_what_did_not_become_smaller_is_not_green(
    application: Application, qtbot: QtBot, tmp_path: Path, finished: Finished, text: Text
) -> None:
    runner, page = application.services.runner, application.window.queue_page
    application.window.resize(1300, 700)
    (tmp_path / "noise").write_bytes(random.Random(5).randbytes(3000))
    (tmp_path / "book.txt").write_text(text(300))
    noise, book = runner.add(Kind.COMPRESS, [tmp_path / "noise", tmp_path / "book.txt"])
    finished(noise)
    finished(book)
    assert badge(noise) == ("check", "soft")
    assert badge(book) == ("check", "accent")
    for job, green in ((noise, False), (book, True)):
        page.list.setCurrentIndex(runner.model.index(runner.queue.row(job.id)))
        wait_for(qtbot, lambda job: page.details.job is job and page.details.figure.isVisible(), job)
        assert (LIGHT.accent in colours_in(page.details.figure)) is green, page.details.figure.text()


def test_a_bar_of_failures_is_not_green(
    application: Application, qtbot: QtBot, tmp_path: Path, finished: Finished
) -> None:
    runner, bar = application.services.runner, application.window.queue_page.footer.bar
    unnameable = tmp_path / ("x" * 255)
    unnameable.write_text("no room for .nac")
    finished(runner.add(Kind.COMPRESS, [unnameable])[0], State.FAILED)
    qtbot.waitUntil(lambda: LIGHT.danger in colours_in(bar))
    assert LIGHT.accent not in colours_in(bar)
    (tmp_path / "a.txt").write_text("something")
    finished(runner.add(Kind.COMPRESS, [tmp_path / "a.txt"])[0])
    qtbot.waitUntil(lambda: LIGHT.warning in colours_in(bar))
    assert LIGHT.accent not in colours_in(bar)
