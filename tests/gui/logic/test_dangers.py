"""What of the settings is dangerous, for which jobs, and when."""

from pathlib import Path

from nacomp.gui.logic.dangers import card_words, dangers_of, job_dangers, page_words
from nacomp.gui.logic.jobs import Conflict, Danger, Job, Kind, State
from nacomp.gui.logic.settings import Engine, Settings, SourceAfter

ALL = Settings(engine=Engine.LLAMA, conflict=Conflict.REPLACE, source_after=SourceAfter.TRASH)


def test_nothing_is_dangerous_as_we_come() -> None:
    assert all(dangers_of(kind, Settings()) == () for kind in Kind)


def test_an_extraction_can_only_replace_and_a_test_nothing() -> None:
    assert dangers_of(Kind.COMPRESS, ALL) == tuple(Danger)
    assert dangers_of(Kind.EXTRACT, ALL) == (Danger.REPLACE,)
    assert dangers_of(Kind.TEST, ALL) == ()


def test_a_job_that_started_keeps_what_it_started_with() -> None:
    job = Job(1, Kind.COMPRESS, (Path("a"),))
    assert job_dangers(job, ALL) == tuple(Danger)
    job.go(State.RUNNING)
    assert job_dangers(job, ALL) == ()
    job.dangers = (Danger.TRASH,)
    assert job_dangers(job, Settings()) == (Danger.TRASH,)
    job.go(State.FAILED)
    assert job_dangers(job, ALL) == ()


def test_each_danger_has_its_words() -> None:
    assert card_words(tuple(Danger)) == "original to the trash · replaces · llama.cpp only"
    assert page_words((Danger.REPLACE,)) == "A file that has the result's name is replaced."
    assert page_words(()) == ""
