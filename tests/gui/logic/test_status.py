"""What a job says about itself."""

from pathlib import Path

from nacomp.gui.logic.events import Paused, Progress, Result, Resumed, Started
from nacomp.gui.logic.jobs import Job, Kind, State
from nacomp.gui.logic.status import headline, job_title, status_line


def test_events_of_a_whole_run() -> None:
    job = Job(1, Kind.COMPRESS, (Path("book.txt"),))
    job.go(State.RUNNING)
    job.take(Started("compress", ("book.txt",), "book.txt.nac", 1000, model_id="embedded"), 0.0)
    job.take(Progress(500, 1000, 100, 250.0, 2.0, "compressing"), 1.0)
    assert job.size == 1000
    assert headline(job) == "50%"
    assert status_line(job) == "500 B of 1 kB · 250 B/s · 2 s left · 100 B so far · 5 times smaller"
    job.take(Paused(), 2.0)
    assert status_line(job).startswith("Paused · 500 B of 1 kB")
    job.take(Resumed(), 9.0)
    job.take(Result({"original_size": 1000, "compressed_size": 250, "seconds": 4.0}), 10.0)
    job.took = 9.0
    job.go(State.DONE)
    assert headline(job) == "4 times smaller"
    assert status_line(job) == "1 kB became 250 B · took 9 s"


def test_several_inputs_are_counted_in_the_title() -> None:
    job = Job(1, Kind.COMPRESS, (Path("a.txt"), Path("b.txt"), Path("c.txt")))
    assert job_title(job) == "a.txt and 2 more"
