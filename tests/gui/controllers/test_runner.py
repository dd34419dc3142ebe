"""The queue on the real worker, without looking at the window."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from pytestqt.exceptions import CapturedException
from pytestqt.qtbot import QtBot

import nacomp
from nacomp.gui.application import Application
from nacomp.gui.controllers import runner as runner_module
from nacomp.gui.controllers.runner import Runner
from nacomp.gui.logic.actions import Action
from nacomp.gui.logic.jobs import FINISHED, Job, Kind, State
from nacomp.gui.logic.settings import SettingsStore
from tests.gui.driving import Finished, drop, press_card

LONGEST = 255
"""Bytes that a name may have: with `.nac` behind it, it is too long."""


def test_library_reads_what_the_application_wrote(archive: Path, tmp_path: Path) -> None:
    with nacomp.open(archive) as written:
        assert written.read("box/inner/letter.txt") == (tmp_path / "box/inner/letter.txt").read_bytes()


def test_paths_that_the_system_refuses_fail_and_the_next_jobs_run(
    application: Application, tmp_path: Path, finished: Finished
) -> None:
    """A name that leaves no room for `.nac`; one too long to be measured; one behind a circle of links."""
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    bad = [tmp_path / ("x" * LONGEST), tmp_path / ("y" * 300), tmp_path / "circle" / "a.txt"]
    bad[0].write_text("as long as it may be")
    good = [tmp_path / "a.txt", tmp_path / "b.txt"]
    for path in good:
        path.write_text("some words")
    drop(application.window, [*bad, *good])
    jobs = list(application.services.runner.queue)
    for job in jobs[:3]:
        finished(job, State.FAILED)
    for job in jobs[3:]:
        finished(job)
    assert jobs[0].failure == f"{'x' * LONGEST}.nac: file name too long."
    assert "too long" in str(jobs[1].failure)
    assert "symbolic links" in str(jobs[2].failure)
    assert all(path.with_name(path.name + ".nac").is_file() for path in good)


def test_an_archive_whose_name_is_too_long_is_dropped_and_fails(
    application: Application, tmp_path: Path, finished: Finished
) -> None:
    impossible = tmp_path / ("z" * 300 + ".nac")
    drop(application.window, [impossible])
    assert application.window.queue_page.banner.isVisible()
    job = application.services.runner.add(Kind.EXTRACT, [impossible])[0]
    finished(job, State.FAILED)
    assert "too long" in str(job.failure)


def test_hundreds_of_jobs_that_fail_at_once_are_not_too_deep(
    application: Application, qtbot: QtBot, tmp_path: Path
) -> None:
    application.services.store.value.start_at_once = False
    runner = application.services.runner
    jobs = runner.add(Kind.COMPRESS, [tmp_path / f"{number:0>{LONGEST}}" for number in range(600)])
    qtbot.waitUntil(lambda: all(job.size is not None for job in jobs))
    runner.start()
    assert {job.state for job in jobs} == {State.FAILED}


def test_removing_the_job_that_others_wait_for_lets_them_run(
    application: Application,
    qtbot: QtBot,
    tmp_path: Path,
    finished: Finished,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The size of the first takes for ever: its disk sleeps."""
    runner = application.services.runner
    measurements: list[Callable[[], None]] = []
    monkeypatch.setattr(
        runner_module, "in_background", lambda work, then: measurements.append(lambda: then(work()))
    )
    for name in "ab":
        (tmp_path / name).write_text(name)
    first, second = runner.add(Kind.COMPRESS, [tmp_path / "a", tmp_path / "b"])
    measurements[1]()
    assert second.state is State.WAITING
    qtbot.waitUntil(application.window.queue_page.list.isVisible)
    press_card(qtbot, application.window.queue_page, first, Action.REMOVE)
    finished(second)


@pytest.fixture
def nonsense(tmp_path: Path) -> list[str]:
    """A worker that answers every question with an object in which nothing is."""
    script = tmp_path / "nonsense.py"
    script.write_text(
        'import sys\nfor line in sys.stdin: print(\'{}\\n{"event": "ended", "code": 0}\', flush=True)\n'
    )
    return [sys.executable, str(script)]


def test_an_exception_in_a_slot_fails_the_job_and_not_the_queue(
    qtbot: QtBot, nonsense: list[str], tmp_path: Path
) -> None:
    parent = QObject()
    runner = Runner(SettingsStore(), nonsense, parent)
    with qtbot.capture_exceptions() as raised:
        jobs: list[Job] = runner.add(Kind.EXTRACT, [tmp_path / "a.nac", tmp_path / "b.nac"])
        qtbot.waitUntil(lambda: all(job.state in FINISHED for job in jobs))
    problems: list[CapturedException] = list(raised)
    assert [kind for kind, _problem, _trace in problems] == [KeyError, KeyError]
    assert {job.failure for job in jobs} == {"Something unexpected went wrong: KeyError: 'entries'"}


def test_what_nobody_expected_is_a_notice_in_the_window(
    application: Application, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder of the settings is a file by now, so that no choice can be kept."""
    printed: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda _kind, problem, _trace: printed.append(problem))
    application.services.unexpected.watch()
    application.services.store.path = tmp_path / "file" / "settings.json"
    (tmp_path / "file").write_text("no folder")
    window = application.window
    window.queue_page.options.level.buttons["balanced"].click()
    qtbot.waitUntil(window.notice.isVisible)
    assert "FileExistsError" in window.notice.text.text()
    assert len(printed) == 1
