"""What is said when a queue has ended."""

from pathlib import Path

from nacomp.gui.application import Application
from nacomp.gui.logic.jobs import Job, Kind, State


def test_a_long_queue_ends_with_a_notification(application: Application, tmp_path: Path) -> None:
    jobs = [
        Job(1, Kind.COMPRESS, (tmp_path,), state=State.DONE),
        Job(2, Kind.TEST, (tmp_path,), state=State.FAILED),
    ]
    application.notices.notify(jobs)
    assert application.notices.said == ["1 job done, 1 failed"]
