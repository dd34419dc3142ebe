"""`nacomp worker`: many command lines in one process, and nothing of one in the next."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from nacomp.codecs.loaded_engines import LoadedEngines
from nacomp.models.protocol import Engine


class Talk:
    """A worker process and what is said to it."""

    def __init__(self) -> None:
        environment = {**os.environ, "NACOMP_PASSWORD": "nobody's"}
        command = [sys.executable, "-W", "error", "-m", "nacomp", "worker"]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=environment
        )

    def say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def send(self, *arguments: str, password: str | None = None) -> None:
        self.say(json.dumps({"arguments": [*arguments, "--json", "--control"], "password": password}))

    def hear(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        return cast("dict[str, Any]", json.loads(self.process.stdout.readline()))

    def answer(self) -> tuple[int, list[dict[str, Any]]]:
        """The exit code of the command under way, and all that it said."""
        said = []
        while (event := self.hear()).get("event") != "ended":
            said.append(event)
        return event["code"], said

    def do(self, *arguments: str, password: str | None = None) -> tuple[int, dict[str, Any]]:
        """Its exit code and its last words."""
        self.send(*arguments, password=password)
        code, said = self.answer()
        return code, said[-1] if said else {}


@pytest.fixture
def talk() -> Iterator[Talk]:
    made = Talk()
    with made.process:
        yield made
        made.process.kill()


def test_commands_follow_each_other_and_a_failure_stops_none(talk: Talk, tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("a note about nothing in particular")
    archive = str(tmp_path / "note.nac")
    assert talk.do("compress", str(tmp_path / "gone"), "--level", "fast")[1]["kind"] == "FileProblem"
    assert talk.do("compress", "--no-such-option")[0] == 2
    code, result = talk.do("compress", str(note), "-o", archive, "--level", "fast")
    assert (code, result["model_id"]) == (0, "embedded")
    note.unlink()
    assert talk.do("decompress", archive, "-o", str(note))[0] == 0
    assert note.read_text() == "a note about nothing in particular"
    assert talk.process.stdin is not None
    talk.process.stdin.close()
    assert talk.process.wait() == 0


def test_a_password_belongs_to_one_command(talk: Talk, tmp_path: Path) -> None:
    """Nor is the one that the process was started with used for anything."""
    note, archive = tmp_path / "note.txt", str(tmp_path / "note.nac")
    note.write_text("sealed")
    seal = ("compress", str(note), "-o", archive, "--level", "fast", "--password")
    assert talk.do(*seal)[1]["kind"] == "PasswordNeeded"
    assert talk.do(*seal, password="correct horse")[0] == 0
    assert talk.do("test", archive)[1]["kind"] == "PasswordNeeded"
    assert talk.do("test", archive, password="wrong")[1]["kind"] == "WrongPassword"
    assert talk.do("test", archive, password="correct horse")[0] == 0


def test_control_lines_reach_the_command_under_way_and_no_later_one(talk: Talk, tmp_path: Path) -> None:
    """Sent at once behind the command: they wait until it listens."""
    note = tmp_path / "note.txt"
    note.write_text("words " * 20)
    arguments = ("compress", str(note), "-o", str(tmp_path / "note.nac"), "--level", "fast")
    talk.send(*arguments)
    talk.say("pause")
    said = [talk.hear()]
    while said[-1].get("event") not in ("paused", "result"):
        said.append(talk.hear())
    talk.say("cancel")
    code, more = talk.answer()
    assert code in (130, 0)  # a note may be done before the line is read
    assert (tmp_path / "note.nac").exists() == (code == 0)
    talk.say("cancel")
    assert talk.do(*arguments, "-f")[0] == 0
    assert more == [] or more[-1]["event"] in ("error", "result")


def test_lines_that_are_no_job_end_the_worker_with_a_sentence(talk: Talk) -> None:
    talk.say('{"arguments": "compress x"}')
    out, err = talk.process.communicate()
    assert (talk.process.returncode, out) == (2, "")
    assert "a list of strings" in err


def test_engines_of_earlier_commands_make_room_for_another() -> None:
    """Loaded once while it is wanted; what the command under way uses is never let go."""
    engines, loaded = LoadedEngines(), []

    def load(name: str) -> None:
        def make() -> Engine:
            loaded.append(name)
            return cast("Engine", name)

        assert str(engines.get(name, make)) == name

    for command in ("a", "a", "ab", "b", "ba", "c", "cd", "dca"):
        engines.begin()
        for name in command:
            load(name)
    assert loaded == ["a", "b", "c", "d", "a"]
