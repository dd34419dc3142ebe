"""What a person is told about a worker's end."""

import pytest

from nacomp.gui.logic.ending import Ending
from nacomp.gui.logic.events import Failure
from nacomp.gui.logic.locks import Lock

CRASH = "was ended from outside or crashed"


@pytest.mark.parametrize(
    ("ending", "sentence"),
    [
        (
            Ending(-1, never_started=True, stderr="No such file"),
            "The worker could not be started: No such file",
        ),
        (Ending(5, failure=Failure("FileProblem", "a.txt: gone.", 5), stderr="noise"), "a.txt: gone."),
        (Ending(9, crashed=True, stderr="noise"), CRASH),
        (Ending(9, crashed=True, failure=Failure("NotEnoughMemory", "No room.", 5)), "No room."),
        (Ending(garbled=True), "The worker's answer could not be read."),
        (Ending(2, stderr="Usage: nacomp\nError: no such option"), "Error: no such option"),
        (Ending(2), "The worker stopped with code 2."),
    ],
)
def test_each_end_has_its_sentence(ending: Ending, sentence: str) -> None:
    assert sentence in ending.sentence()
    assert not ending.success


def test_only_an_exit_with_code_0_is_a_success() -> None:
    assert Ending().success
    assert not Ending(1).success
    assert not Ending(0, crashed=True).success


def test_damage_and_locks_are_those_of_the_error_event() -> None:
    assert Ending(3, failure=Failure("CorruptArchive", "m", 3)).damage
    assert Ending(3, failure=Failure("PasswordNeeded", "m", 3)).locked is Lock.NO_PASSWORD
    assert not Ending(3).damage
    assert Ending(3).locked is None
