"""What window tests share: a running application on the real worker with the embedded model, and files to pack."""

import gc
import os
import random
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from nacomp.gui.application import Application, make_qt_application
from nacomp.gui.logic.jobs import FINISHED, Job, Kind, State
from nacomp.gui.logic.levels import Level
from nacomp.gui.logic.settings import LanguageChoice, SettingsStore, ThemeChoice

WORDS = (
    "the of and to in is you that it he was for on are as with his they at be this have from or one had by word but "
    "not what all were we when your can said there use an each which she do how their if will up other about out many"
)
PATIENCE_MS = 120_000
"""A worker answers in seconds; a loaded machine may take its time, and only a hanging one fails."""


@pytest.fixture
def qtbot(qtbot: QtBot) -> QtBot:
    """pytest-qt's own, with patience: its five seconds are over too soon on a loaded machine."""
    for name in ("waitUntil", "waitSignal"):
        setattr(qtbot, name, partial(getattr(qtbot, name), timeout=PATIENCE_MS))
    return qtbot


@pytest.fixture
def own_home() -> Path:
    """Settings and models of this test alone (made by the fixture that every test has)."""
    return Path(os.environ["NACOMP_HOME"])


@pytest.fixture
def text() -> Callable[[int], str]:
    """Makes so many words of text that is never the same twice in a row, so that work on it takes its time."""
    source = random.Random(7)
    return lambda words: " ".join(source.choice(WORDS.split()) for _ in range(words))


@pytest.fixture(scope="module", autouse=True)
def _collected() -> Iterator[None]:
    """What the tests of a file leave to Python's collector goes in this thread. An application's parts are Python's own, and
    the collector runs in any thread: a later test's threads, of which a run died while Qt was handling events."""
    yield
    gc.collect()


@pytest.fixture
def application(qapp: QApplication) -> Iterator[Application]:
    """The whole application with its window open, level fast, in English."""
    store = SettingsStore()
    settings = store.value
    settings.level, settings.language, settings.theme = Level.FAST, LanguageChoice.ENGLISH, ThemeChoice.LIGHT
    running = Application(make_qt_application(), store)
    running.window.resize(1000, 700)
    running.window.show()
    yield running
    running.window.leave()
    running.language.choose(
        LanguageChoice.ENGLISH
    )  # its translators speak in later tests for as long as Python keeps it
    running.window.deleteLater()
    # Without an event loop nothing is deleted, and every later theme would restyle the windows of earlier tests.
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def owner(qapp: QApplication) -> Iterator[QObject]:
    """A parent for what is tested without the window. It is deleted here: where Python's collector does it, at a moment of
    its own, Qt may be deleting its children just then, and deletes them twice."""
    parent = QObject()
    yield parent
    parent.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def finished(qtbot: QtBot) -> Callable[[Job, State], None]:
    """Waits until a job has ended, and checks how."""

    def wait(job: Job, state: State = State.DONE) -> None:
        qtbot.waitUntil(lambda: job.state in FINISHED)
        assert job.state is state, job.failure

    return wait


@pytest.fixture
def under_way(qtbot: QtBot) -> Callable[[Job], None]:
    """Waits until a job's worker has done some of its work."""

    def wait(job: Job) -> None:
        qtbot.waitUntil(lambda: bool(job.meter.fraction) or job.state in FINISHED)
        assert job.state is State.RUNNING, job.failure

    return wait


@pytest.fixture
def archive(application: Application, tmp_path: Path, finished: Callable[[Job], None]) -> Path:
    """A small archive of a folder with a text and a binary file."""
    folder = tmp_path / "box"
    (folder / "inner").mkdir(parents=True)
    (folder / "inner" / "letter.txt").write_text(
        "Dear reader, this is a letter that can be previewed.\n", "utf-8"
    )
    (folder / "noise").write_bytes(bytes(range(256)) * 3)
    job = application.services.runner.add(Kind.COMPRESS, [folder])[0]
    finished(job)
    return tmp_path / "box.nac"
