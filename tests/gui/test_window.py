"""The window around the work: close asks, look and language change during work, other starts hand over."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QComboBox, QFrame, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from nacomp.gui.application import Application
from nacomp.gui.logic.handover import Request
from nacomp.gui.logic.jobs import Control, Job, Kind, State
from nacomp.gui.logic.levels import Level
from nacomp.gui.logic.settings import LanguageChoice, ThemeChoice
from nacomp.gui.look.theme import DARK, LIGHT
from nacomp.gui.process.instance import Instance
from nacomp.gui.views.pages import Page

Text = Callable[[int], str]


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


def test_closing_with_jobs_that_wait_asks(application: Application, qtbot: QtBot, tmp_path: Path) -> None:
    application.services.store.value.start_at_once = False
    job = application.services.runner.add(Kind.COMPRESS, [tmp_path])[0]
    window = application.window
    window.close()
    assert window.isVisible()
    assert window.question is not None
    assert window.question.text().startswith("1 job waits")
    qtbot.mouseClick(answer(window.question, "Close"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not window.isVisible())
    qtbot.waitUntil(lambda: job.size is not None)


def test_pages_show_what_another_page_has_set(application: Application, qtbot: QtBot, own_home: Path) -> None:
    window = application.window
    window.show_page(Page.SETTINGS)
    control = window.settings_page.controls["level"]
    assert isinstance(control, QComboBox)
    control.setCurrentIndex(control.findData("max"))
    control.activated.emit(control.currentIndex())
    window.show_page(Page.QUEUE)
    assert window.queue_page.options.level.buttons["max"].isChecked()
    window.queue_page.options.set_destination(str(own_home))
    window.queue_page.options.level.buttons["fast"].click()
    window.show_page(Page.SETTINGS)
    assert control.currentData() == "fast"
    destination = window.settings_page.controls["destination"]
    assert isinstance(destination, QComboBox)
    qtbot.waitUntil(lambda: destination.currentData() == str(own_home))


def test_settings_fill_themselves_after_their_page_is_shown(application: Application, qtbot: QtBot) -> None:
    """All groups in one event would hold the window up."""
    application.window.show_page(Page.SETTINGS)
    page = application.window.settings_page

    def tops() -> list[int]:
        return [part.y() for part in page.findChildren(QFrame, "card") if part.isVisible()]

    assert len(tops()) <= 1
    qtbot.waitUntil(lambda: len(set(tops())) == 4)
    assert tops() == sorted(tops())


def test_closing_at_rest_does_not_ask(application: Application) -> None:
    application.window.close()
    assert application.window.question is None
    assert not application.window.isVisible()


def test_theme_and_language_change_while_a_job_runs(
    application: Application, qtbot: QtBot, tmp_path: Path, under_way: Callable[[Job], None], text: Text
) -> None:
    source = tmp_path / "novel.txt"
    source.write_text(text(4000))
    job = application.services.runner.add(Kind.COMPRESS, [source])[0]
    under_way(job)
    application.window.show_page(Page.SETTINGS)
    before = application.window
    for name, value in (("theme", "dark"), ("language", "de")):
        control = application.window.settings_page.controls[name]
        control.setCurrentIndex(control.findData(value))  # type: ignore[attr-defined]
        control.activated.emit(0)  # type: ignore[attr-defined]
        window = application.window
        qtbot.waitUntil(lambda window=window: application.window is not window)
    assert application.window is not before
    assert application.window.page is Page.SETTINGS
    assert application.theme.colours is DARK
    assert application.window.nav[Page.SETTINGS].text() == "Einstellungen"
    application.window.show_page(Page.QUEUE)
    assert application.window.queue_page.list.model().rowCount() == 1
    qtbot.waitUntil(lambda: job.state is State.DONE)
    page = application.window.queue_page
    qtbot.waitUntil(lambda: page.footer.text.text().startswith("1 von 1 fertig"))


def test_system_theme_is_followed_only_when_chosen(application: Application) -> None:
    application.theme.choose(ThemeChoice.DARK)
    assert application.theme.colours is DARK
    application.theme.choose(ThemeChoice.LIGHT)
    assert application.theme.colours is LIGHT
    assert QApplication.palette().window().color().name().upper() == LIGHT.window


def test_choices_are_remembered(application: Application, own_home: Path) -> None:
    page = application.window.queue_page
    page.options.level.buttons["max"].click()
    page.options.set_destination(str(own_home))
    stored = (own_home / "settings.json").read_text("utf-8")
    assert '"level": "max"' in stored
    assert str(own_home) in stored
    assert page.options.destination.currentText() == own_home.name


def test_a_second_start_hands_its_files_over(application: Application, qtbot: QtBot, tmp_path: Path) -> None:
    assert not Instance.hand_over(Request(None, ()))
    instance = Instance()
    instance.listen()
    instance.requested.connect(application.open)
    source = tmp_path / "a.txt"
    source.write_text("x")
    assert Instance.hand_over(Request(Kind.COMPRESS, (str(source),)))
    queue = application.services.runner.queue
    qtbot.waitUntil(lambda: len(queue) == 1)
    assert queue.at(0).inputs == (source,)


def test_a_long_queue_ends_with_a_notification(application: Application, tmp_path: Path) -> None:
    jobs = [
        Job(1, Kind.COMPRESS, (tmp_path,), state=State.DONE),
        Job(2, Kind.TEST, (tmp_path,), state=State.FAILED),
    ]
    application.notices.notify(jobs)
    assert application.notices.said == ["1 job done, 1 failed"]


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


def test_levels_are_chosen_with_arrow_keys(application: Application, qtbot: QtBot) -> None:
    options = application.window.queue_page.options
    options.level.buttons["fast"].setFocus()
    qtbot.keyClick(options.level.buttons["fast"], Qt.Key.Key_Right)
    assert options.level.buttons["balanced"].isChecked()
    assert application.services.store.value.level is Level.BALANCED


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "grounds"),
    [
        ("text", ("window", "side", "surface", "raised", "tint", "danger_tint", "warning_tint")),
        ("soft", ("window", "side", "surface")),
        ("accent", ("surface", "tint", "window")),
        ("on_accent", ("accent", "accent_hover")),
        ("danger", ("surface", "danger_tint")),
        ("warning", ("surface", "warning_tint")),
    ],
)
def test_text_keeps_its_contrast(colours: object, ink: str, grounds: tuple[str, ...]) -> None:
    """WCAG 2, AA: 4.5 to 1 for text."""
    for ground in grounds:
        light, dark = sorted(
            (_luminance(getattr(colours, ink)), _luminance(getattr(colours, ground))), reverse=True
        )
        assert (light + 0.05) / (dark + 0.05) >= 4.5, f"{ink} on {ground}"
