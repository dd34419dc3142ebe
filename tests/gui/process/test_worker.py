"""A worker's lines become events while it works, and control lines reach it."""

import sys

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from nacomp.gui.logic.ending import Ending
from nacomp.gui.logic.events import Event, Failure, Notice
from nacomp.gui.logic.jobs import Control
from nacomp.gui.process import worker as worker_module
from nacomp.gui.process.worker import Worker

PYTHON = (sys.executable, "-c")
ECHO = """
import sys
for line in sys.stdin:
    print('{"event": "warning", "message": "%s"}' % line.strip(), flush=True)
    if line.strip() == "cancel" and "deaf" not in sys.argv:
        sys.stdout.write('{"event": "error", "kind": "Interrupted", "message": "Stopped.", "code": 130}')
        sys.exit(130)
"""


def running(owner: QObject, *arguments: str) -> tuple[Worker, list[Event], list[Ending]]:
    """A worker that says back what it is told."""
    worker = Worker(PYTHON, [ECHO, *arguments], owner)
    events: list[Event] = []
    endings: list[Ending] = []
    worker.heard.connect(events.append)
    worker.ended.connect(endings.append)
    worker.start()
    return worker, events, endings


def test_control_lines_are_heard_and_answered(qtbot: QtBot, owner: QObject) -> None:
    worker, events, endings = running(owner)
    worker.say(Control.PAUSE)
    qtbot.waitUntil(lambda: events == [Notice("pause")])
    worker.say(Control.CANCEL)
    qtbot.waitUntil(lambda: bool(endings))
    stopped = Failure("Interrupted", "Stopped.", 130)  # on a last line without a line feed
    assert events == [Notice("pause"), Notice("cancel"), stopped]
    assert (endings[0].code, endings[0].failure) == (130, stopped)


def test_cancel_that_is_not_obeyed_ends_the_process(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "PATIENCE_MS", 50)
    owner = QObject()
    worker, events, endings = running(owner, "deaf")
    worker.say(Control.CANCEL)
    qtbot.waitUntil(lambda: bool(endings))
    assert endings[0].crashed
    assert events in ([], [Notice("cancel")])


def test_nothing_is_said_to_a_worker_that_is_over(qtbot: QtBot, owner: QObject) -> None:
    worker, _, endings = running(owner)
    worker.say(Control.CANCEL)
    qtbot.waitUntil(lambda: bool(endings))
    worker.say(Control.PAUSE)
    assert worker.pid() == 0
