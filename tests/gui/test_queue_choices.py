"""What a person chooses around a job: names, order, a faster level, the trash, help for a damaged archive."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from nacomp.gui.application import Application
from nacomp.gui.controllers import estimates
from nacomp.gui.controllers import runner as runner_module
from nacomp.gui.logic import estimate
from nacomp.gui.logic.actions import Action, allowed
from nacomp.gui.logic.jobs import Hold, Kind, State
from nacomp.gui.logic.levels import Level
from nacomp.gui.logic.names import Conflict
from nacomp.gui.logic.settings import SourceAfter
from tests.gui.driving import press

Finished = Callable[..., None]
Text = Callable[[int], str]


def test_name_conflicts_follow_the_policy(
    application: Application, tmp_path: Path, finished: Finished
) -> None:
    source, taken = tmp_path / "a.txt", tmp_path / "a.txt.nac"
    source.write_text("something")
    taken.write_text("precious")
    runner, settings = application.services.runner, application.services.store.value
    settings.conflict = Conflict.SKIP
    skipped = runner.add(Kind.COMPRESS, [source])[0]
    finished(skipped, State.SKIPPED)
    settings.conflict = Conflict.RENAME
    renamed = runner.add(Kind.COMPRESS, [source])[0]
    finished(renamed)
    assert renamed.output == tmp_path / "a (2).txt.nac"
    assert taken.read_text() == "precious"
    settings.conflict = Conflict.REPLACE
    replaced = runner.add(Kind.COMPRESS, [source])[0]
    finished(replaced)
    assert taken.read_bytes()[:4] == b"\x89NAC"


def test_waiting_jobs_are_reordered_and_removed_by_keyboard(
    application: Application, qtbot: QtBot, tmp_path: Path
) -> None:
    application.services.store.value.start_at_once = False
    for name in "abc":
        (tmp_path / name).write_text(name)
    runner, page = application.services.runner, application.window.queue_page
    page.take([tmp_path / name for name in "abc"])
    qtbot.waitUntil(lambda: all(job.size is not None for job in runner.queue))
    page.list.setFocus()
    page.list.setCurrentIndex(runner.model.index(2))
    qtbot.keyClick(page.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert [job.name for job in runner.queue] == ["a", "c", "b"]
    assert page.list.selected() is runner.queue.at(1)
    qtbot.keyClick(page.list, Qt.Key.Key_Delete)
    assert [job.name for job in runner.queue] == ["a", "b"]
    assert all(job.state is State.WAITING for job in runner.queue)


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


def test_long_job_asks_first_and_takes_the_faster_level(
    application: Application,
    qtbot: QtBot,
    tmp_path: Path,
    finished: Finished,
    text: Text,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(estimates, "SMALL_BYTES", 10)
    monkeypatch.setattr(estimate, "LONG_SECONDS", 0.0)
    application.services.store.value.level = Level.BALANCED
    source = tmp_path / "novel.txt"
    source.write_text(text(600))
    page = application.window.queue_page
    job = application.services.runner.add(Kind.COMPRESS, [source])[0]
    qtbot.waitUntil(lambda: job.held is Hold.CHOICE)
    assert job.state is State.WAITING
    assert job.estimate is not None
    assert job.estimate.size is not None
    assert 0 < job.estimate.size < source.stat().st_size
    assert page.banner.isVisible()
    found = application.services.estimates.estimates(job)
    assert set(found) == {Level.BALANCED, Level.FAST}
    page.banner._close.click()
    assert not page.banner.isVisible()
    assert page.start.isVisible()  # closing the question leaves the job where it can still be started
    found[Level.BALANCED] = replace(found[Level.BALANCED], seconds=1000.0)
    page._show_details(True)
    page._arrange()
    fast = [part.text() for part in page.details.findChildren(QPushButton) if part.text().startswith("Fast")]
    press(qtbot, page.details, fast[0])
    finished(job)
    assert job.level is Level.FAST


@pytest.mark.parametrize("measured", [("one.txt", "two.txt"), ("two.txt", "one.txt")])
def test_each_of_several_long_jobs_is_asked_about_in_the_order_of_the_queue(
    application: Application,
    qtbot: QtBot,
    tmp_path: Path,
    finished: Finished,
    monkeypatch: pytest.MonkeyPatch,
    measured: tuple[str, str],
) -> None:
    """Sizes are measured by threads: which job has its own first is chance, and must not be seen."""
    monkeypatch.setattr(estimates, "SMALL_BYTES", 10)
    monkeypatch.setattr(estimate, "LONG_SECONDS", 0.0)
    measurements: list[Callable[[], None]] = []
    monkeypatch.setattr(
        runner_module, "in_background", lambda work, then: measurements.append(lambda: then(work()))
    )
    page, runner = application.window.queue_page, application.services.runner
    for name in measured:
        (tmp_path / name).write_text("a few words to pack " * 20)
    jobs = runner.add(Kind.COMPRESS, [tmp_path / "one.txt", tmp_path / "two.txt"])
    for name in measured:
        measurements[[job.name for job in jobs].index(name)]()
    qtbot.waitUntil(lambda: len(runner.queue.held()) == 2)
    for job in jobs:
        qtbot.waitUntil(lambda job=job: page.banner.isVisible() and job.name in page.banner.text.text())
        press(qtbot, page.banner, "Start anyway")
        finished(job)


def test_a_question_goes_with_its_job(application: Application, qtbot: QtBot, tmp_path: Path) -> None:
    application.services.store.value.start_at_once = False
    page, runner = application.window.queue_page, application.services.runner
    job = runner.add(Kind.COMPRESS, [tmp_path])[0]
    qtbot.waitUntil(lambda: job.size is not None)
    runner.hold(job, Hold.CHOICE)
    qtbot.waitUntil(page.banner.isVisible)
    runner.remove(job)
    qtbot.waitUntil(page.banner.isHidden)


def test_what_is_added_after_the_queue_ran_waits_again(
    application: Application, qtbot: QtBot, tmp_path: Path, finished: Finished
) -> None:
    application.services.store.value.start_at_once = False
    for name in "ab":
        (tmp_path / name).write_text(name)
    runner, page = application.services.runner, application.window.queue_page
    first = runner.add(Kind.COMPRESS, [tmp_path / "a"])[0]
    qtbot.waitUntil(lambda: first.size is not None)
    assert first.state is State.WAITING
    press(qtbot, page, "Start")
    finished(first)
    second = runner.add(Kind.COMPRESS, [tmp_path / "b"])[0]
    qtbot.waitUntil(lambda: second.size is not None and page.start.isVisible())
    assert second.state is State.WAITING


def test_several_jobs_are_moved_and_removed_together(
    application: Application, qtbot: QtBot, tmp_path: Path
) -> None:
    application.services.store.value.start_at_once = False
    runner, page = application.services.runner, application.window.queue_page
    for name in "abcd":
        (tmp_path / name).write_text(name)
    jobs = runner.add(Kind.COMPRESS, [tmp_path / name for name in "abcd"])
    qtbot.waitUntil(lambda: all(job.size is not None for job in runner.queue))
    page.list.setFocus()
    page.list.setCurrentIndex(runner.model.index(2))
    page.list.selectionModel().select(runner.model.index(3), QItemSelectionModel.SelectionFlag.Select)
    qtbot.keyClick(page.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert [job.name for job in runner.queue] == ["a", "c", "d", "b"]
    carried = runner.model.mimeData([runner.model.index(1), runner.model.index(2)])
    runner.model.dropMimeData(carried, Qt.DropAction.MoveAction, 0, 0, QModelIndex())
    assert [job.name for job in runner.queue] == ["c", "d", "a", "b"]
    assert page.list.selected_jobs() == jobs[2:]
    qtbot.keyClick(page.list, Qt.Key.Key_Delete)
    assert [job.name for job in runner.queue] == ["a", "b"]


def test_original_goes_to_the_trash_only_after_verification(
    application: Application, tmp_path: Path, finished: Finished, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    monkeypatch.setenv("HOME", str(tmp_path))
    source = tmp_path / "a.txt"
    source.write_text("some words to keep")
    application.services.store.value.source_after = SourceAfter.TRASH
    job = application.services.runner.add(Kind.COMPRESS, [source])[0]
    finished(job)
    assert (tmp_path / "a.txt.nac").is_file()
    assert not source.exists()
    assert [path.read_text() for path in tmp_path.rglob("Trash/files/*")] == ["some words to keep"]


def test_damaged_archive_is_repaired_with_its_recovery_data(
    application: Application, qtbot: QtBot, tmp_path: Path, finished: Finished, text: Text
) -> None:
    application.services.store.value.recovery = 20
    source = tmp_path / "novel.txt"
    source.write_text(text(800))
    runner, page = application.services.runner, application.window.queue_page
    finished(runner.add(Kind.COMPRESS, [source])[0])
    archive = tmp_path / "novel.txt.nac"
    whole = archive.read_bytes()
    archive.write_bytes(whole[:400] + bytes(8) + whole[408:])
    failed = runner.add(Kind.TEST, [archive])[0]
    finished(failed, State.FAILED)
    assert {Action.REPAIR, Action.SALVAGE} <= allowed(failed)
    page.list.setCurrentIndex(runner.model.index(1))
    page._show_details(True)
    press(qtbot, page.details, "Repair")
    repaired = runner.queue.at(2)
    finished(repaired)
    assert repaired.output == tmp_path / "novel.txt.repaired.nac"
    assert repaired.output.read_bytes() == whole
    page.list.setCurrentIndex(runner.model.index(1))
    press(qtbot, page.details, "Salvage")
    salvaged = runner.queue.at(3)
    finished(salvaged)
    assert salvaged.notices or any((tmp_path / "novel.txt.salvaged").iterdir())
