"""Warm workers: one process for job after job, another when it dies, none when there has been nothing to do."""

import sys
from pathlib import Path

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from nacomp.gui.application import Application
from nacomp.gui.logic.commands import worker_program
from nacomp.gui.logic.ending import Ending
from nacomp.gui.logic.events import Failure
from nacomp.gui.logic.jobs import FINISHED, Job, Kind, State
from nacomp.gui.process import crew as crew_module
from nacomp.gui.process.crew import Crew
from tests.gui.driving import Finished, Text, wait_for


def notes(folder: Path, count: int) -> list[Path]:
    paths = [folder / f"note {number}.txt" for number in range(count)]
    for path in paths:
        path.write_text(f"a note called {path.name}")
    return paths


def test_one_process_does_a_whole_queue(application: Application, qtbot: QtBot, tmp_path: Path) -> None:
    """Also what comes next: an archive is looked into and extracted by the same process."""
    runner = application.services.runner
    pids: set[int] = set()
    for job in runner.add(Kind.COMPRESS, notes(tmp_path, 5)):
        wait_for(qtbot, lambda job: job.state is State.DONE, job)
        pids |= {worker.pid() for worker in runner.crew.workers}
    (tmp_path / "out").mkdir()
    extracted = runner.add(Kind.EXTRACT, [tmp_path / "note 3.txt.nac"], tmp_path / "out")[0]
    qtbot.waitUntil(lambda: extracted.state in FINISHED)
    assert extracted.state is State.DONE, extracted.failure
    pids |= {worker.pid() for worker in runner.crew.workers}
    assert len(pids) == 1


def test_a_killed_worker_fails_its_job_and_the_next_gets_another(
    application: Application, qtbot: QtBot, tmp_path: Path, finished: Finished, text: Text
) -> None:
    source = tmp_path / "novel.txt"
    source.write_text(text(6000))
    runner = application.services.runner
    long, short = runner.add(Kind.COMPRESS, [source, *notes(tmp_path, 1)])
    qtbot.waitUntil(lambda: bool(long.meter.fraction))
    dead = runner.crew.workers[0]
    dead.kill()
    finished(long, State.FAILED)
    assert "crashed" in str(long.failure)
    finished(short)
    assert [worker is dead for worker in runner.crew.workers] == [False]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["note 0.txt", "note 0.txt.nac", "novel.txt"]


def test_memory_is_given_back_after_a_while(
    application: Application, qtbot: QtBot, tmp_path: Path, finished: Finished
) -> None:
    runner = application.services.runner
    runner.crew._rest.setInterval(10)
    finished(runner.add(Kind.COMPRESS, notes(tmp_path, 1))[0])
    qtbot.waitUntil(lambda: runner.crew.workers == [])
    qtbot.waitUntil(lambda: not runner.crew.findChildren(crew_module.WarmWorker))  # the process has ended


def test_a_cancel_that_is_not_obeyed_costs_the_process_and_not_the_next_job(
    application: Application,
    qtbot: QtBot,
    tmp_path: Path,
    finished: Finished,
    text: Text,
) -> None:
    source = tmp_path / "novel.txt"
    source.write_text(text(6000))
    runner = application.services.runner
    job: Job = runner.add(Kind.COMPRESS, [source])[0]
    qtbot.waitUntil(lambda: bool(job.meter.fraction))
    worker = runner.crew.workers[0]
    worker._patience.setInterval(0)
    runner.cancel(job)
    finished(job, State.CANCELLED)
    finished(runner.add(Kind.COMPRESS, notes(tmp_path, 1))[0])


def test_failures_carry_code_and_reason_and_leave_the_worker_at_work(
    qtbot: QtBot, tmp_path: Path, owner: QObject
) -> None:
    crew = Crew(worker_program(), owner)
    endings: list[Ending] = []
    for number in (1, 2):
        task = crew.begin(["test", str(tmp_path / "gone.nac"), "--json", "--control"], None, owner)
        task.ended.connect(endings.append)
        wait_for(qtbot, lambda number: len(endings) == number, number)
    failure = endings[0].failure
    assert isinstance(failure, Failure)
    assert (endings[0].code, failure.kind, endings[0].crashed) == (5, "FileProblem", False)
    assert endings[0] == endings[1]
    assert len(crew.workers) == 1
    crew.stop()
    assert crew.workers == []


def test_a_program_that_is_not_there_fails_the_job(qtbot: QtBot, owner: QObject) -> None:
    crew = Crew(["/no/such/program"], owner)
    endings: list[Ending] = []
    task = crew.begin(["list"], None, owner)
    task.ended.connect(endings.append)
    qtbot.waitUntil(lambda: bool(endings))
    assert endings[0].never_started
    assert crew.workers == []


def test_a_worker_that_is_being_killed_gets_no_job(qtbot: QtBot, tmp_path: Path, owner: QObject) -> None:
    """Its last job may have ended in time; the next would die with it."""
    crew = Crew(worker_program(), owner)
    endings: list[Ending] = []
    gone = ["test", str(tmp_path / "gone.nac"), "--json", "--control"]
    crew.begin(gone, None, owner).ended.connect(endings.append)
    qtbot.waitUntil(lambda: len(endings) == 1)
    crew.workers[0].kill()
    crew.begin(gone, None, owner).ended.connect(endings.append)
    qtbot.waitUntil(lambda: len(endings) == 2)
    assert [ending.crashed for ending in endings] == [False, False]
    crew.stop()


def test_a_failure_keeps_its_reason_though_the_next_job_begins_first(
    qtbot: QtBot, tmp_path: Path, owner: QObject
) -> None:
    crew = Crew(worker_program(), owner)
    endings: list[Ending] = []
    waiting = [["test", str(tmp_path / "gone.nac"), "--json", "--control"]] * 2

    def begin() -> None:
        if waiting:
            crew.begin(waiting.pop(), None, owner).ended.connect(endings.append)

    begin()
    crew.workers[0].free.connect(begin)
    qtbot.waitUntil(lambda: len(endings) == 2)
    assert all(isinstance(ending.failure, Failure) for ending in endings)
    crew.stop()


def test_words_on_standard_error_are_heard_before_the_end(
    qtbot: QtBot, tmp_path: Path, owner: QObject
) -> None:
    """They come through a pipe of their own, which may be read later than the line that says that the job is over."""
    script = tmp_path / "complains.py"
    script.write_text(
        "import sys\nfor line in sys.stdin:\n"
        "    print('why it failed', file=sys.stderr, flush=True)\n"
        '    print(\'{"event": "ended", "code": 5}\', flush=True)\n'
    )
    crew = Crew([sys.executable, str(script)], owner)
    endings: list[Ending] = []
    for number in range(1, 9):
        crew.begin([], None, owner).ended.connect(endings.append)
        wait_for(qtbot, lambda number: len(endings) == number, number)
    assert {ending.sentence() for ending in endings} == {"why it failed"}
    crew.stop()
