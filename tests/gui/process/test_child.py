"""Every child is started, read and ended in one way: its end is told once, and not at all after it was stopped."""

import sys
from typing import Any

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from nacomp.gui.logic.ending import Ending
from nacomp.gui.logic.events import Failure
from nacomp.gui.process.child import STDERR_KEPT, Child

PYTHON = (sys.executable, "-c")
WAITS = "import sys; print('up', flush=True); sys.stdin.read()"


class Recorder(Child):
    """Writes down what the base class tells its subclasses."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.data = b""
        self.endings: list[Ending] = []

    def _take(self, data: bytes) -> None:
        self.data += data

    def _failure(self) -> Failure | None:
        return Failure("Broken", "it broke", 7)

    def _ended(self, ending: Ending) -> None:
        self.endings.append(ending)


def ended(qtbot: QtBot, child: Recorder) -> Ending:
    """How it ended, once it has."""
    child.start()
    qtbot.waitUntil(lambda: bool(child.endings))
    return child.endings[0]


def test_success_carries_no_failure(qtbot: QtBot, owner: QObject) -> None:
    child = Recorder(PYTHON, ["print('hello')"], owner)
    assert ended(qtbot, child) == Ending()
    assert child.data.strip() == b"hello"
    qtbot.waitUntil(lambda: not owner.children())  # it cleans up after itself


def test_failure_carries_code_and_last_words(qtbot: QtBot, owner: QObject) -> None:
    code = f"import sys; sys.stderr.write('x' * {2 * STDERR_KEPT} + ' the end'); sys.exit(5)"
    ending = ended(qtbot, Recorder(PYTHON, [code], owner))
    assert (ending.code, ending.crashed) == (5, False)
    assert ending.stderr.endswith("the end")
    assert len(ending.stderr) == STDERR_KEPT
    assert ending.failure == Failure("Broken", "it broke", 7)


def test_program_that_is_not_there_never_started(qtbot: QtBot, owner: QObject) -> None:
    ending = ended(qtbot, Recorder(("/no/such/program",), [], owner))
    assert ending.never_started
    assert not ending.success
    assert ending.stderr


def test_killed_child_crashed(qtbot: QtBot, owner: QObject) -> None:
    child = Recorder(PYTHON, [WAITS], owner)
    child.start()
    qtbot.waitUntil(lambda: bool(child.data))
    child.kill()
    qtbot.waitUntil(lambda: bool(child.endings))
    assert child.endings[0].crashed


def test_stopped_child_is_not_heard_of_again(qtbot: QtBot, owner: QObject) -> None:
    child = Recorder(PYTHON, [WAITS], owner)
    child.start()
    qtbot.waitUntil(lambda: bool(child.data))
    child.stop()
    assert child.pid() == 0
    qtbot.waitUntil(lambda: not owner.children())
    assert child.endings == []


def test_finish_ends_what_does_not_end_by_itself(qtbot: QtBot, owner: QObject) -> None:
    child = Recorder(PYTHON, [WAITS], owner)
    child.start()
    qtbot.waitUntil(lambda: bool(child.data))
    child.finish(10)
    assert len(child.endings) == 1
    assert child.endings[0].crashed
