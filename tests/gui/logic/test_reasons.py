"""Errors and remarks as the window says them: no word of the command line, no hex, in any language."""

import re

import pytest
from PySide6.QtCore import QCoreApplication

from nacomp.errors import (
    CorruptArchive,
    DownloadFailed,
    ExtraMissing,
    FileProblem,
    FingerprintMismatch,
    HashMismatch,
    HomeMissing,
    KernelUnavailable,
    LimitExceeded,
    ModelError,
    ModelMissing,
    NacompError,
    UnsupportedArchive,
    UnsupportedModel,
    UsageError,
)
from nacomp.gui.logic.ending import Ending
from nacomp.gui.logic.events import Failure
from nacomp.gui.logic.reasons import note_text, reason_text
from nacomp.gui.logic.settings import LanguageChoice
from nacomp.gui.look.language import Language
from nacomp.operations.salvage import BytesLost

FOR_TYPISTS = re.compile(
    r"--\w|\bnacomp (?:models|repair|decompress|compress)|pip install|NACOMP_|0x|\b[0-9a-f]{2}( [0-9a-f]{2})+\b|[0-9a-f]{16}"
)
ERRORS = (
    CorruptArchive(reason="expected it to start with 4e 41 43, found 50 4b 03"),
    UnsupportedArchive(needed="the header flags 0x80"),
    LimitExceeded(asked="12", limit="3", what="bytes of output"),
    ExtraMissing(feature="the llama engine", extra="llama"),
    HomeMissing(),
    HashMismatch(model="m", actual="0f" * 32, expected="1e" * 32),
    KernelUnavailable(kernel="avx", reason="it was not built", available="numpy"),
    FingerprintMismatch(differences="llama_cpp: 0f0e0d0c0b0a09080706 here"),
    ModelError(model="m", reason="tokenizer.ggml.tokens is not a list of str"),
    UnsupportedModel(model="m", engine="exact", reason="blk.0.attn_q.weight has shape 1 x 2"),
    DownloadFailed(model="m", reason="pip says: --index-url is wrong"),
    FileProblem(path="a.txt", reason="quota --limit"),
    UsageError(reason="--rm needs an archive in a file and goes without -k"),
    BytesLost(path="a.txt", what="0x10 bytes"),
    ModelMissing(model="m with SHA-256 " + "0f" * 32),
)


def failure(error: NacompError) -> Failure:
    return Failure(
        type(error).__name__, str(error), int(error.exit_code), None, error.template(), error.fields
    )


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("choice", [LanguageChoice.ENGLISH, LanguageChoice.GERMAN, LanguageChoice.SPANISH])
def test_no_error_is_told_in_words_for_typists(
    qapp: QCoreApplication, error: NacompError, choice: LanguageChoice
) -> None:
    language = Language(qapp)
    try:
        language.choose(choice)
        sentence = failure(error).sentence(QCoreApplication.translate)
    finally:
        language.choose(LanguageChoice.ENGLISH)
    assert not FOR_TYPISTS.search(sentence), sentence
    if choice is not LanguageChoice.ENGLISH:
        assert sentence != failure(error).sentence()
    kept = Ending(code=3, failure=failure(error)).technical
    assert kept == (str(error) if str(error) != failure(error).sentence() else None)


def test_known_reasons_are_said_with_what_they_name() -> None:
    seen: list[str] = []

    def translate(_context: str, text: str) -> str:
        seen.append(text)
        return text.upper().replace("{0}", "<{0}>")

    assert reason_text("permission denied", translate) == "PERMISSION DENIED"
    assert (
        reason_text("two inputs would both be called 'a'", translate)
        == "TWO INPUTS WOULD BOTH BE CALLED <'a'>"
    )
    assert reason_text("expected 7 bytes, found 8", translate) is None
    assert note_text("left out: a: permission denied", translate) == "LEFT OUT: <a>: PERMISSION DENIED"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("a.nac has recovery data; try: nacomp repair a.nac", None),
        ("what is intact can be had with: nacomp decompress --salvage a.nac", None),
        (
            "level balanced would be better with a larger model: nacomp models pull smollm2",
            "level Balanced would be better with a larger model",
        ),
        ("something new", "something new"),
    ],
)
def test_remarks_go_without_commands(said: str, told: str | None) -> None:
    assert note_text(said) == told


def test_a_long_path_does_not_hide_the_reason() -> None:
    deep = "/".join(["/srv", *["folder"] * 30, "book.txt"])
    told = failure(FileProblem(path=deep, reason="permission denied"))
    assert told.sentence() == "…/book.txt: permission denied."
    assert Ending(code=5, failure=told).technical == f"{deep}: permission denied."
    long = failure(FileProblem(path="/srv/" + "x" * 250 + ".txt", reason="file name too long")).sentence()
    assert len(long) < 100
    assert long.endswith("x.txt: file name too long.")
