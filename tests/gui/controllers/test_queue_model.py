"""The queue as a list model."""

from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt
from pytestqt.qtbot import QtBot

from nacomp.gui.application import Application
from nacomp.gui.logic.jobs import Kind


def test_waiting_jobs_are_reordered_by_dragging(
    application: Application, qtbot: QtBot, tmp_path: Path
) -> None:
    application.services.store.value.start_at_once = False
    runner = application.services.runner
    for name in "abc":
        (tmp_path / name).write_text(name)
        runner.add(Kind.COMPRESS, [tmp_path / name])
    model = runner.model
    carried = model.mimeData([model.index(0)])
    assert not model.dropMimeData(carried, Qt.DropAction.MoveAction, 3, 0, QModelIndex())
    assert [job.name for job in runner.queue] == ["b", "c", "a"]
    carried = model.mimeData([model.index(2)])
    model.dropMimeData(carried, Qt.DropAction.MoveAction, 0, 0, QModelIndex())
    assert [job.name for job in runner.queue] == ["a", "b", "c"]
    qtbot.waitUntil(lambda: all(job.size is not None for job in runner.queue))
