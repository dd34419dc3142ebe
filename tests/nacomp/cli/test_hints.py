"""Errors say what is wrong; the command line says which of its switches and commands helps."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from nacomp.cli.console import JsonConsole, TerminalConsole
from nacomp.cli.hints import HINTS, hint, in_words
from nacomp.errors import LimitExceeded, ModelMissing, OutputExists, PasswordNeeded, Remedy, UsageError
from tests.nacomp.workbench import ROOT

SPELLED = re.compile(r"(?<![\w-])--?[a-z][\w-]*|nacomp (models|compress|decompress|repair|batch)\b")
"""A switch or a command of the command line."""
THEIR_BUSINESS = ("benchmark.py", "documents.py")
"""Files that name switches of other programs, or say which command prints a document."""


def sentences(path: Path) -> Iterator[str]:
    """Every text with a space in it that the code of a file could show: no docstrings but those of errors."""
    tree = ast.parse(path.read_text("utf-8"))
    silent = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and any("Error" in ast.unparse(base) for base in node.bases):
            silent -= {part.value for part in node.body if isinstance(part, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node not in silent and " " in str(node.value):
            yield str(node.value)


@pytest.mark.parametrize("folder", ["formats", "models", "nacomp"])
def test_the_library_names_no_switch(folder: str) -> None:
    for path in sorted((ROOT / folder).rglob("*.py")):
        if path.parent.name not in ("cli", "training"):
            spelled = [sentence for sentence in sentences(path) if SPELLED.search(sentence)]
            assert not spelled or path.name in THEIR_BUSINESS, path


def test_every_remedy_has_a_hint() -> None:
    assert set(HINTS) == set(Remedy)


def test_sentence_and_hint_are_one_sentence() -> None:
    assert in_words(OutputExists(path="a.nac")) == "a.nac exists already; use -f to replace it."
    missing = ModelMissing(model="m", remedy=Remedy.PULL_MODEL)
    assert in_words(missing) == "The model m is not on this machine; get it with: nacomp models pull m"
    bomb = LimitExceeded(asked="5", limit="3", what="bytes of output", size=5, remedy=Remedy.ALLOW_OUTPUT)
    assert in_words(bomb).endswith("(bytes of output); if you trust it: --max-output 5")
    assert in_words(UsageError(reason="no")) == "no."


def test_people_and_programs_both_get_the_hint(capsys: pytest.CaptureFixture[str]) -> None:
    JsonConsole().error(PasswordNeeded())
    told = json.loads(capsys.readouterr().out)
    assert (told["message"], told["hint"]) == (str(PasswordNeeded()), hint(PasswordNeeded()))
    JsonConsole().error(UsageError(reason="no"))
    assert json.loads(capsys.readouterr().out)["hint"] is None
    TerminalConsole().error(PasswordNeeded())
    assert "sealed with a password; give it with --password-file" in capsys.readouterr().err
