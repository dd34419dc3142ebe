"""The panel beside the queue: what it offers for a job, and the comparison."""

from pathlib import Path

from pytestqt.qtbot import QtBot

from nacomp.gui.application import Application
from nacomp.gui.controllers.comparisons import Comparison
from nacomp.gui.logic.actions import Action, allowed
from nacomp.gui.logic.jobs import Kind, State
from tests.gui.driving import Finished, Text, press


def test_comparison_with_classical_codecs_is_drawn(
    application: Application, qtbot: QtBot, archive: Path
) -> None:
    assert archive.exists()
    page, services = application.window.queue_page, application.services
    job = services.runner.queue.at(0)
    page._show_details(True)
    qtbot.waitUntil(lambda: services.comparisons.state(job) is Comparison.READY)
    labels = [bar.label for bar in services.comparisons.bars(job)]
    assert labels == ["nacomp", "zip -9", "zstd -19", "xz -9e"]
    assert page.details.chart.isVisible()
    assert "xz -9e" in page.details.chart.accessibleName()


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
