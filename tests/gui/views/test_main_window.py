"""The window: closing asks, every control has a name, every page fits."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from nacomp.gui.application import Application
from nacomp.gui.logic.jobs import Control, Job, Kind, State
from nacomp.gui.logic.settings import LanguageChoice
from nacomp.gui.views.pages import Page
from tests.gui.driving import Text


def answer(question: QMessageBox, text: str) -> QPushButton:
    found = [button for button in question.buttons() if button.text() == text]
    assert len(found) == 1
    assert isinstance(found[0], QPushButton)
    return found[0]


def test_closing_during_work_asks_and_obeys(
    application: Application, qtbot: QtBot, tmp_path: Path, under_way: Callable[[Job], None], text: Text
) -> None:
    source = tmp_path / "novel.txt"
    source.write_text(text(6000))
    window = application.window
    job = application.services.runner.add(Kind.COMPRESS, [source])[0]
    under_way(job)
    window.close()
    assert window.isVisible()
    assert window.question is not None
    qtbot.mouseClick(answer(window.question, "Keep working"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.question is None)
    assert window.isVisible()
    assert job.state is State.RUNNING

    window.close()
    assert window.question is not None
    qtbot.mouseClick(answer(window.question, "Stop and close"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.isVisible())
    assert application.services.runner.process_id(job) == 0 or job.stopping is Control.CANCEL
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["novel.txt"]


def test_closing_asks_about_jobs_that_wait_with_a_password(
    application: Application, qtbot: QtBot, tmp_path: Path
) -> None:
    """The others are there again at the next start."""
    application.services.store.value.start_at_once = False
    application.services.runner.password = "hunter2"
    job = application.services.runner.add(Kind.COMPRESS, [tmp_path])[0]
    window = application.window
    window.close()
    assert window.isVisible()
    assert window.question is not None
    assert window.question.text().startswith("1 job with a password waits")
    qtbot.mouseClick(answer(window.question, "Close"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.isVisible())
    qtbot.waitUntil(lambda: job.size is not None)


def test_closing_at_rest_does_not_ask(application: Application) -> None:
    application.window.close()
    assert application.window.question is None
    assert not application.window.isVisible()


def test_every_control_has_a_name_and_is_reached_by_tab(application: Application, qtbot: QtBot) -> None:
    window = application.window
    window.settings_page.make_all()
    for name in Page:
        window.show_page(name)
        qtbot.wait(1)
        page = window.stack.currentWidget()
        assert page is not None
        wanted = set()
        for button in page.findChildren(QPushButton):
            alone = (
                button.group() is None or button.isChecked()
            )  # a group is one stop; arrow keys move inside it
            if button.isVisible() and button.isEnabled() and alone:
                assert button.accessibleName() or button.text(), f"a nameless button on {name}"
                wanted.add(button)
        reached = set()
        window.nav[name].setFocus()
        for _ in range(80):
            focus = QApplication.focusWidget()
            assert focus is not None
            assert focus.accessibleName() or getattr(focus, "text", str)(), f"{focus} on {name} has no name"
            reached.add(focus)
            for kind in (QKeyEvent.Type.KeyPress, QKeyEvent.Type.KeyRelease):
                QCoreApplication.sendEvent(
                    focus, QKeyEvent(kind, Qt.Key.Key_Tab, Qt.KeyboardModifier.NoModifier)
                )
        assert wanted <= reached, {button.text() for button in wanted - reached}


@pytest.mark.parametrize("language", ["en", "de", "es"])
def test_every_page_fits_a_window_of_900_pixels(
    application: Application, qtbot: QtBot, tmp_path: Path, language: str
) -> None:
    application.services.store.value.start_at_once = False
    application.services.store.value.language = LanguageChoice(language)
    application.services.runner.add(Kind.COMPRESS, [tmp_path])
    application.rebuild()
    window = application.window
    window.resize(900, 600)
    window.settings_page.make_all()
    for name in Page:
        window.show_page(name)
        qtbot.wait(1)
        content = window.centralWidget()
        assert content is not None
        assert content.minimumSizeHint().width() <= 900, name


SHOW_AND_MEASURE = """
from nacomp.gui.application import Application, make_qt_application
from nacomp.gui.logic.settings import SettingsStore

application = Application(make_qt_application(), SettingsStore())
application.window.show()
room, frame = application.window.screen().availableGeometry(), application.window.frameGeometry()
print(room.contains(frame), room.width(), frame.width())
application.window.leave()
"""


@pytest.mark.parametrize("scale", ["1", "2"])
def test_the_first_window_fits_the_screen(scale: str) -> None:
    """The screen of these tests has 800 by 800 pixels, with scale 2 half of it."""
    environment = {**os.environ, "QT_SCALE_FACTOR": scale}
    done = subprocess.run(
        [sys.executable, "-c", SHOW_AND_MEASURE],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    )
    assert done.stdout.split()[0] == "True", done.stdout
