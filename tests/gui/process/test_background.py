"""Work in a thread: its answer comes back, and so does what it raises."""

from pathlib import Path

from pytestqt.qtbot import QtBot

from nacomp.gui.process.background import in_background


def test_work_that_raises_is_answered_with_nothing_and_told(qtbot: QtBot, tmp_path: Path) -> None:
    answers: list[object] = []
    with qtbot.capture_exceptions() as raised:
        in_background((tmp_path / "gone").read_bytes, answers.append)
        qtbot.waitUntil(lambda: bool(answers) and bool(raised))
    assert answers == [None]
    assert raised[0][0] is FileNotFoundError
