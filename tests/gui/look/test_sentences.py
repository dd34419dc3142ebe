"""Sentences that come from elsewhere are the ones that translators see."""

from nacomp.errors import NacompError
from nacomp.gui.look.sentences import CATALOGUE_NOTES, ERRORS
from nacomp.models.library.catalogue import read_catalogue


def test_every_error_has_its_sentence_for_translators() -> None:
    """Those that want a password are told by the window itself; those of the command line alone never reach it."""
    elsewhere = {"PasswordNeeded", "WrongPassword", "ClusterProblem", "WorkerRefused", "DisplayUnavailable"}
    found: set[str] = set()
    waiting: list[type[NacompError]] = [NacompError]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if (
            kind.__module__.startswith("nacomp.")
            and kind is not NacompError
            and kind.__name__ not in elsewhere
        ):
            found.add(kind.template())
    assert found == set(ERRORS)


def test_every_note_of_the_catalogue_is_translated() -> None:
    notes = {entry.note for entry in read_catalogue().values() if entry.note}
    assert notes == set(CATALOGUE_NOTES)
