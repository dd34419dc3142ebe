"""One instance: later starts hand their files over."""

from pathlib import Path

from pytestqt.qtbot import QtBot

from nacomp.gui.application import Application
from nacomp.gui.logic.handover import Request
from nacomp.gui.logic.jobs import Kind
from nacomp.gui.process.instance import Instance


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
