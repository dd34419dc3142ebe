"""Sealed archives in the window: the password goes to the worker and nowhere else, and is asked for where it is wanted."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QToolButton
from pytestqt.qtbot import QtBot

import nacomp
from nacomp.errors import PasswordNeeded
from nacomp.gui.application import Application
from nacomp.gui.logic.jobs import Job, Kind, State
from nacomp.gui.logic.status import status_line
from nacomp.gui.views.password import PasswordDialog
from tests.gui.driving import Finished

WORD = "zwölf Ärmel über Bord"
SEALED = "This archive is sealed with a password."
WRONG = "That password does not open it."
RECORDER = """
import json, os, runpy, sys
def note(arguments, password):
    with open({path!r}, "a") as file:
        file.write(json.dumps([arguments, password]) + "\\n")
class Jobs:
    def __init__(self, lines):
        self.lines = lines
    def __iter__(self):
        for line in self.lines:
            if line.startswith("{{"):
                job = json.loads(line)
                note(job["arguments"], bool(job.get("password")))
            yield line
if sys.argv[1:] == ["worker"]:
    assert "NACOMP_PASSWORD" not in os.environ
    sys.stdin = Jobs(sys.stdin)
else:
    note(sys.argv[1:], "NACOMP_PASSWORD" in os.environ)
sys.argv[0] = "nacomp"
runpy.run_module("nacomp", run_name="__main__", alter_sys=True)
"""


@pytest.fixture
def calls(application: Application, tmp_path: Path) -> Callable[[], list[tuple[list[str], bool]]]:
    """Writes down each real command's arguments, and whether it was given a password."""
    log, script = tmp_path / "calls", tmp_path / "recorder.py"
    script.write_text(RECORDER.format(path=str(log)))
    application.services.runner.program[:] = [sys.executable, str(script)]
    return lambda: [tuple(json.loads(line)) for line in log.read_text().splitlines()]


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    """A sealed archive of one text."""
    source, path = tmp_path / "letter.txt", tmp_path / "letter.txt.nac"
    source.write_text("for your eyes only " * 5)
    path.write_bytes(nacomp.compress(source.read_bytes(), level="fast", password=WORD))
    return path


def asked(application: Application, qtbot: QtBot, sentence: str) -> PasswordDialog:
    """The question, once it is on screen."""
    questions = application.window.passwords
    qtbot.waitUntil(lambda: questions.dialog is not None)
    dialog = questions.dialog
    assert dialog is not None
    assert dialog.sentence.text() == sentence
    assert dialog.field.accessibleDescription() == sentence
    return dialog


def answer(qtbot: QtBot, dialog: PasswordDialog, word: str) -> None:
    """Type a password and press Enter."""
    assert not dialog.open_button.isEnabled()
    dialog.field.insert(word)  # QTest's keys know no umlauts
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)


def test_a_sealed_job_tells_its_password_to_the_worker_alone(
    application: Application,
    qtbot: QtBot,
    tmp_path: Path,
    own_home: Path,
    finished: Finished,
    calls: Callable[[], list[tuple[list[str], bool]]],
) -> None:
    application.services.store.value.start_at_once = False
    page = application.window.queue_page
    page.options.seal.trigger()
    assert page.options.password.isVisible()
    page.options.password.insert(WORD)
    page.options.again.insert(WORD)
    application.rebuild()  # another look, another window: what was typed must not be lost unseen
    page = application.window.queue_page
    assert page.options.password.isVisible()
    assert page.options.password.text() == WORD
    source = tmp_path / "diary.txt"
    source.write_text("dear diary, nobody else may read this")
    page.take([source])
    job = application.services.runner.queue.at(0)
    qtbot.waitUntil(lambda: job.size is not None)
    assert "with a password" in status_line(job)
    application.services.runner.start()
    finished(job)
    archive = tmp_path / "diary.txt.nac"
    with pytest.raises(PasswordNeeded):
        nacomp.open(archive)
    with nacomp.open(archive, password=WORD) as opened:
        assert opened.read("diary.txt") == source.read_bytes()
    page.options.seal.trigger()  # off, and what was typed goes with the field
    assert not page.options.password.isVisible()
    application.services.store.value.start_at_once = True
    page.take([tmp_path / "recorder.py"])
    finished(application.services.runner.queue.at(1))
    first, second = calls()
    assert "--password" in first[0]
    assert first[1]
    assert "--password" not in second[0]
    assert not second[1]
    assert WORD not in str(first[0])
    application.services.store.save()
    kept = [path.read_bytes() for path in own_home.rglob("*") if path.is_file()]
    assert kept
    assert not any(WORD.encode() in data or json.dumps(WORD).encode()[1:-1] in data for data in kept)
    assert job.password is None


def test_a_sealed_archive_asks_until_the_password_opens_it(
    application: Application,
    qtbot: QtBot,
    tmp_path: Path,
    sealed: Path,
    calls: Callable[[], list[tuple[list[str], bool]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NACOMP_PASSWORD", WORD)  # the application's own environment opens nothing
    target = tmp_path / "out"
    target.mkdir()
    job = application.services.runner.add(Kind.EXTRACT, [sealed], target)[0]
    dialog = asked(application, qtbot, SEALED)
    assert job.state is State.FAILED
    assert job.failure == SEALED
    answer(qtbot, dialog, "twelve sleeves")
    answer(qtbot, asked(application, qtbot, WRONG), WORD)
    qtbot.waitUntil(lambda: job.state is State.DONE)
    assert [path.read_bytes() for path in target.rglob("*") if path.is_file()] == [
        (tmp_path / "letter.txt").read_bytes()
    ]
    assert [given for _, given in calls()] == [False, True, True, True]  # list, list, list, decompress
    assert not any(WORD in word or "sleeves" in word for arguments, _ in calls() for word in arguments)


def test_giving_up_leaves_the_failed_job_and_asks_for_the_next(
    application: Application, qtbot: QtBot, sealed: Path
) -> None:
    application.services.store.value.slots = 2
    other = sealed.with_name("other.nac")
    other.write_bytes(sealed.read_bytes())
    jobs: list[Job] = application.services.runner.add(Kind.TEST, [sealed, other])
    qtbot.waitUntil(lambda: all(job.state is State.FAILED for job in jobs))
    qtbot.mouseClick(asked(application, qtbot, SEALED).cancel, Qt.MouseButton.LeftButton)
    answer(qtbot, asked(application, qtbot, SEALED), WORD)
    qtbot.waitUntil(lambda: State.DONE in [job.state for job in jobs])
    left = [job for job in jobs if job.state is State.FAILED]
    assert [job.failure for job in left] == [SEALED]
    assert application.window.passwords.dialog is None
    application.services.runner.retry(left[0])
    asked(application, qtbot, SEALED).reject()


def test_a_password_is_typed_once_for_all_that_it_opens(
    application: Application, qtbot: QtBot, sealed: Path
) -> None:
    others = [sealed.with_name(f"other {number}.nac") for number in range(3)]
    for other in others:
        other.write_bytes(sealed.read_bytes())
    jobs: list[Job] = application.services.runner.add(Kind.TEST, [sealed, *others])
    dialog = asked(application, qtbot, SEALED)
    qtbot.waitUntil(dialog.for_all.isVisible)
    dialog.for_all.setChecked(True)
    answer(qtbot, dialog, WORD)
    qtbot.waitUntil(lambda: all(job.state is State.DONE for job in jobs))
    assert application.window.passwords.dialog is None
    alone = application.services.runner.add(Kind.TEST, [sealed])[0]
    application.services.runner.start()
    assert not asked(application, qtbot, SEALED).for_all.isVisible()
    assert alone.password is None


def test_archive_page_opens_a_sealed_archive_and_extracts_from_it(
    application: Application, qtbot: QtBot, tmp_path: Path, sealed: Path, finished: Finished
) -> None:
    application.window.open_archive(sealed)
    answer(qtbot, asked(application, qtbot, SEALED), "no")
    dialog = asked(application, qtbot, WRONG)
    page, desk = application.window.archive_page, application.services.archives
    assert page.banner.text.text() == WRONG
    answer(qtbot, dialog, WORD)
    qtbot.waitUntil(lambda: desk.document is not None)
    assert "1 file" in page.summary.text()
    assert not page.banner.isVisible()
    page.entries.tree.setCurrentIndex(page.entries.tree.model().index(0, 0))
    qtbot.waitUntil(lambda: "for your eyes" in page.entries.preview.toPlainText())
    page.test()
    finished(application.services.runner.queue.at(0))
    (tmp_path / "out").mkdir()
    page.extract_to(tmp_path / "out")
    finished(application.services.runner.queue.at(1))
    assert any((tmp_path / "out").rglob("*"))
    desk.close_archive()
    assert desk.password is None


def test_password_field_hides_its_text_until_the_eye_is_pressed(
    application: Application, qtbot: QtBot
) -> None:
    options = application.window.queue_page.options
    options.seal.trigger()
    field = options.password
    assert field.accessibleName() == "Password"
    assert field.echoMode() is QLineEdit.EchoMode.Password
    eye = field.findChildren(QToolButton)[0]
    assert eye.accessibleName() == "Show the password"
    qtbot.mouseClick(eye, Qt.MouseButton.LeftButton)
    assert field.echoMode() is QLineEdit.EchoMode.Normal
    assert eye.accessibleName() == "Hide the password"
    field.eye.trigger()
    assert field.echoMode() is QLineEdit.EchoMode.Password
