"""One run of one job: its name, its end, and what is left behind."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from nacomp.gui.application import Application
from nacomp.gui.logic.actions import Action
from nacomp.gui.logic.jobs import Conflict, Control, Job, Kind, State
from nacomp.gui.logic.settings import SourceAfter
from tests.gui.driving import GOLDEN, Finished, Text, drop, press_card


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
    assert taken.read_bytes()[:4] == b"\x89nac"  # a short content


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


def only_job(application: Application) -> Job:
    assert len(application.services.runner.queue) == 1
    return application.services.runner.queue.at(0)


def test_cancel_leaves_nothing_behind(
    application: Application,
    qtbot: QtBot,
    tmp_path: Path,
    finished: Finished,
    under_way: Callable[[Job], None],
    text: Text,
) -> None:
    source = tmp_path / "novel.txt"
    source.write_text(text(6000))
    drop(application.window, [source])
    job = only_job(application)
    under_way(job)
    press_card(qtbot, application.window.queue_page, job, Action.CANCEL)
    finished(job, State.CANCELLED)
    assert [path.name for path in tmp_path.iterdir()] == ["novel.txt"]


def test_missing_file_is_a_sentence(application: Application, tmp_path: Path, finished: Finished) -> None:
    job = application.services.runner.add(Kind.COMPRESS, [tmp_path / "gone.txt"])[0]
    finished(job, State.FAILED)
    # A long path is cut in front.
    assert str(job.failure).endswith("gone.txt: no such file or directory.")


def test_corrupt_archive_fails_with_a_sentence(
    application: Application, tmp_path: Path, finished: Finished
) -> None:
    broken = tmp_path / "broken.nac"
    broken.write_bytes((GOLDEN / "lzma.nac").read_bytes()[:-9])
    runner = application.services.runner
    for kind in (Kind.EXTRACT, Kind.TEST):
        job = runner.add(kind, [broken])[0]
        finished(job, State.FAILED)
        assert job.failure is not None
        assert "damaged" in job.failure
    assert [path.name for path in tmp_path.iterdir()] == ["broken.nac"]


def test_pause_while_an_archive_is_looked_into_reaches_the_worker(
    application: Application, qtbot: QtBot, tmp_path: Path, finished: Finished
) -> None:
    """The list of entries comes from a process of its own, which knows no control lines."""
    runner = application.services.runner
    job = runner.add(Kind.EXTRACT, [GOLDEN / "stored.nac"], tmp_path)[0]
    qtbot.waitUntil(lambda: job.state is State.RUNNING)
    runner.pause(job)
    assert job.stopping is Control.PAUSE
    qtbot.waitUntil(lambda: job.state in (State.PAUSED, State.DONE))
    runner.resume(job)
    finished(job)


def test_cancel_while_an_archive_is_looked_into_ends_the_job(
    application: Application, qtbot: QtBot, tmp_path: Path, finished: Finished
) -> None:
    runner = application.services.runner
    job = runner.add(Kind.EXTRACT, [GOLDEN / "stored.nac"], tmp_path)[0]
    qtbot.waitUntil(lambda: job.state is State.RUNNING)
    runner.cancel(job)
    finished(job, State.CANCELLED)
    assert not list(tmp_path.iterdir())


def flipped(archive: Path, target: Path) -> Path:
    """A copy of an archive that opens, with a byte of its first block turned over."""
    data = bytearray(archive.read_bytes())
    data[len(data) // 4] ^= 0xFF
    target.write_bytes(data)
    return target


def test_failed_extraction_leaves_no_folders_and_the_next_has_the_name(
    application: Application, archive: Path, tmp_path: Path, finished: Finished
) -> None:
    runner, whole = application.services.runner, archive.read_bytes()
    place = tmp_path / "place"
    place.mkdir()
    broken = flipped(archive, place / "things.nac")
    failed = runner.add(Kind.EXTRACT, [broken])[0]
    finished(failed, State.FAILED)
    assert failed.damaged
    assert [path.name for path in place.iterdir()] == ["things.nac"]
    broken.write_bytes(whole)
    again = runner.add(Kind.EXTRACT, [broken])[0]
    finished(again)
    assert again.output == place / "things"
    assert (place / "things" / "box" / "inner" / "letter.txt").is_file()


def test_failed_extraction_leaves_folders_alone_that_were_there(
    application: Application, archive: Path, tmp_path: Path, finished: Finished
) -> None:
    broken = flipped(archive, tmp_path / "things.nac")
    (tmp_path / "things" / "mine").mkdir(parents=True)
    application.services.store.value.conflict = Conflict.REPLACE
    failed = application.services.runner.add(Kind.EXTRACT, [broken])[0]
    finished(failed, State.FAILED)
    assert (tmp_path / "things" / "mine").is_dir()
