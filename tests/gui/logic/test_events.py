"""The worker's lines become events, whatever pieces they arrive in."""

from nacomp.gui.logic.events import (
    READ,
    Document,
    EventStream,
    Failure,
    Garbage,
    Notice,
    Paused,
    Progress,
    Result,
    Resumed,
    Started,
    last_words,
    parse_line,
)
from nacomp.runtime import events

ALL = {kind.name for kind in events.Event.__subclasses__()}
"""Of these, the window has no batches, and `result` is handed on as it comes."""


def test_progress_line_keeps_every_field() -> None:
    line = (
        b'{"event": "progress", "phase": "compressing", "done_bytes": 10, "total_bytes": 40, "output_bytes": 3,'
        b' "bytes_per_second": 5.5, "seconds_left": null, "path": "a.txt", "new_field": 1}'
    )
    assert parse_line(line) == Progress(10, 40, 3, 5.5, None, "compressing", "a.txt")


def test_every_event_of_the_contract_is_known() -> None:
    line = b'{"event": "start", "command": "compress", "inputs": ["a"], "total_bytes": 7, "output": "x"}'
    assert parse_line(line) == Started("compress", ("a",), "x", 7)
    assert parse_line(b'{"event": "paused"}') == Paused()
    assert parse_line(b'{"event": "resumed"}') == Resumed()
    assert parse_line(b'{"event": "warning", "message": "m"}') == Notice("m")
    result = parse_line(b'{"event": "result", "output": "a.nac"}')
    assert isinstance(result, Result)
    assert result.fields["output"] == "a.nac"
    failure = parse_line(
        b'{"event": "error", "kind": "FileProblem", "message": "no", "code": 5, "path": null}'
    )
    assert failure == Failure("FileProblem", "no", 5, None)
    assert {kind.name for kind in (*READ.values(), events.Result)} == ALL - {"file", "mounted"}


def test_event_of_a_newer_worker_is_passed_over() -> None:
    assert parse_line(b'{"event": "dance"}') is None


def test_document_without_event_is_a_document() -> None:
    found = parse_line(b'{"entries": []}')
    assert isinstance(found, Document)
    assert found.fields["entries"] == []


def test_line_that_is_not_json_is_kept_as_a_clue() -> None:
    assert parse_line(b"Segmentation fault") == Garbage("Segmentation fault")
    assert parse_line(b"[1, 2]") == Garbage("[1, 2]")


def test_wrong_types_do_not_raise() -> None:
    found = parse_line(b'{"event": "progress", "done_bytes": "many", "total_bytes": true, "phase": 3}')
    assert found == Progress(0, 0)


def test_stream_cuts_lines_wherever_the_pieces_end() -> None:
    data = '{"event": "warning", "message": "größer"}\n{"event": "paused"}\n{"event": "resumed"}'.encode()
    for size in range(1, len(data) + 1):
        stream = EventStream()
        events = [event for at in range(0, len(data), size) for event in stream.feed(data[at : at + size])]
        events += stream.close()
        assert events == [Notice("größer"), Paused(), Resumed()]


def test_of_a_traceback_the_error_itself_is_told() -> None:
    trace = 'Traceback (most recent call last):\n  File "x.py", line 1, in f\n    f()\nTypeError: no\n\nInvoked with: 3\n'
    assert last_words(trace) == "TypeError: no"
    assert last_words("first\nlast\n\n") == "last"
    assert last_words("") == ""


def test_only_damage_is_offered_help() -> None:
    assert Failure("DamagedBlock", "m", 3).damage
    assert not Failure("UnsupportedArchive", "m", 3).damage
    assert not Failure("FileProblem", "m", 5).damage
