"""A damaged archive: what may help stands on its card and on the archive page, and what cannot help is not offered."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from nacomp.gui.application import Application
from nacomp.gui.logic.actions import Action
from nacomp.gui.logic.jobs import Kind, State
from nacomp.gui.views.job_delegate import card_buttons
from tests.gui.driving import Finished, Text, press, press_card


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.97])
def test_an_archive_that_was_cut_off_is_salvaged_from_its_card(
    application: Application, qtbot: QtBot, tmp_path: Path, finished: Finished, text: Text, kept: float
) -> None:
    application.services.store.value.recovery = 20
    runner, page = application.services.runner, application.window.queue_page
    (tmp_path / "novel.txt").write_text(text(300))
    finished(runner.add(Kind.COMPRESS, [tmp_path / "novel.txt"])[0])
    archive = tmp_path / "novel.txt.nac"
    archive.write_bytes(archive.read_bytes()[: int(kept * archive.stat().st_size)])
    failed = runner.add(Kind.EXTRACT, [archive])[0]
    finished(failed, State.FAILED)
    assert card_buttons(failed) == (Action.REPAIR, Action.SALVAGE, Action.REMOVE)
    press_card(qtbot, page, failed, Action.SALVAGE)
    salvaged = runner.queue.at(2)
    assert salvaged.kind is Kind.SALVAGE
    qtbot.waitUntil(lambda: salvaged.state in (State.DONE, State.FAILED))
    if (
        salvaged.state is State.FAILED
    ):  # nothing of its blocks is left: then only its recovery data could help
        assert card_buttons(salvaged) == (Action.REPAIR, Action.REMOVE)


def test_repair_on_the_card_gives_a_cut_archive_back(
    application: Application, qtbot: QtBot, tmp_path: Path, finished: Finished, text: Text
) -> None:
    application.services.store.value.recovery = 40
    runner, page = application.services.runner, application.window.queue_page
    (tmp_path / "novel.txt").write_text(text(3000))
    finished(runner.add(Kind.COMPRESS, [tmp_path / "novel.txt"])[0])
    archive = tmp_path / "novel.txt.nac"
    whole = archive.read_bytes()
    archive.write_bytes(whole[:-200])
    failed = runner.add(Kind.TEST, [archive])[0]
    finished(failed, State.FAILED)
    press_card(qtbot, page, failed, Action.REPAIR)
    finished(runner.queue.at(2))
    assert (tmp_path / "novel.txt.repaired.nac").read_bytes() == whole


def test_archive_page_offers_help_for_one_that_was_cut_off(
    application: Application, qtbot: QtBot, archive: Path
) -> None:
    archive.write_bytes(archive.read_bytes()[:-9])
    window, desk = application.window, application.services.archives
    window.open_archive(archive)
    qtbot.waitUntil(lambda: desk.failure is not None)
    press(qtbot, window.archive_page.banner, "Salvage what is intact")
    job = application.services.runner.queue.at(1)
    assert job.kind is Kind.SALVAGE
    qtbot.waitUntil(lambda: job.state is State.DONE)


def test_what_may_help_the_next_time_is_tried_again(
    application: Application, tmp_path: Path, finished: Finished
) -> None:
    missing = application.services.runner.add(Kind.COMPRESS, [tmp_path / "gone"])[0]
    finished(missing, State.FAILED)
    assert card_buttons(missing) == (Action.RETRY, Action.REMOVE)
