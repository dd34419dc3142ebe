"""Jobs that would take long are asked about."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from nacomp.gui.application import Application
from nacomp.gui.controllers import estimates
from nacomp.gui.controllers import runner as runner_module
from nacomp.gui.logic import estimate
from nacomp.gui.logic.jobs import Hold, Kind, State
from nacomp.gui.logic.levels import Level
from tests.gui.driving import Finished, Text, press


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
def test_several_long_jobs_are_asked_about_once(
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
    qtbot.waitUntil(lambda: page.banner.text.text().startswith("2 jobs would take about"))
    press(qtbot, page.banner, "Start all anyway")
    for job in jobs:
        finished(job)
    assert page.banner.isHidden()


def test_a_question_goes_with_its_job(application: Application, qtbot: QtBot, tmp_path: Path) -> None:
    application.services.store.value.start_at_once = False
    page, runner = application.window.queue_page, application.services.runner
    job = runner.add(Kind.COMPRESS, [tmp_path])[0]
    qtbot.waitUntil(lambda: job.size is not None)
    runner.hold(job, Hold.CHOICE)
    qtbot.waitUntil(page.banner.isVisible)
    runner.remove(job)
    qtbot.waitUntil(page.banner.isHidden)
