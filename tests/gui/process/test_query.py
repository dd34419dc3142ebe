"""A query collects an answer: all of it, the beginning of it, or the document on its last line."""

import sys
from typing import Any

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from nacomp.gui.logic.ending import Ending
from nacomp.gui.logic.locks import Lock
from nacomp.gui.process.query import DocumentQuery, Query

PYTHON = (sys.executable, "-c")
PROGRESS = '{"event": "progress", "done_bytes": 1, "total_bytes": 2}'


def outcome(qtbot: QtBot, query: Query) -> list[Any]:
    """What it answers or how it fails: exactly one of both."""
    found: list[Any] = []
    query.answered.connect(found.append)
    query.failed.connect(found.append)
    owner = query.parent()
    assert owner is not None
    query.start()
    qtbot.waitUntil(lambda: not owner.children())
    return found


def test_whole_output_is_the_answer(qtbot: QtBot, owner: QObject) -> None:
    code = "import sys; assert sys.stdin.read() == ''; sys.stdout.write('x' * 100_000)"
    assert outcome(qtbot, Query(PYTHON, [code], owner)) == [b"x" * 100_000]


def test_beginning_is_enough_and_the_process_goes(qtbot: QtBot, owner: QObject) -> None:
    code = "import itertools\nfor _ in itertools.count(): print('abc')"
    assert outcome(qtbot, Query(PYTHON, [code], owner, limit=10)) == [b"abc\nabc\nab"]


def test_document_is_the_last_line(qtbot: QtBot, owner: QObject) -> None:
    code = f"print({PROGRESS!r}); print('{{\"entries\": []}}')"
    assert outcome(qtbot, DocumentQuery(PYTHON, [code], owner)) == [{"entries": []}]


@pytest.mark.parametrize("text", ["", "no json", "[1, 2]", "7"])
def test_any_other_answer_is_garbled(qtbot: QtBot, text: str, owner: QObject) -> None:
    found = outcome(qtbot, DocumentQuery(PYTHON, [f"print({text!r})"], owner))
    assert found == [Ending(garbled=True)]
    assert found[0].sentence() == "The worker's answer could not be read."


@pytest.mark.parametrize("kind", [Query, DocumentQuery])
def test_error_event_is_what_it_failed_with(qtbot: QtBot, kind: type[Query], owner: QObject) -> None:
    line = '{"event": "error", "kind": "WrongPassword", "message": "no", "code": 3}'
    found = outcome(
        qtbot, kind(PYTHON, [f"print({PROGRESS!r}); print({line!r}); raise SystemExit(3)"], owner)
    )
    assert len(found) == 1
    assert found[0].locked is Lock.WRONG_PASSWORD
