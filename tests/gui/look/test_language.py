"""Every sentence of the window exists in every language, and what is shipped is what was translated."""

import re
import runpy
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QCoreApplication, QLocale, QTranslator

from nacomp.cli.console import JsonConsole
from nacomp.errors import CorruptArchive, FileProblem, Interrupted, ModelMissing, NacompError
from nacomp.gui.logic.events import Failure, parse_line
from nacomp.gui.logic.settings import LanguageChoice
from nacomp.gui.logic.wording import count_text, duration_text, ratio_text, size_text
from nacomp.gui.look.language import LANGUAGES, Language
from nacomp.operations.salvage import BytesLost
from nacomp.runtime.memory import NotEnoughMemory

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "gui" / "look" / "i18n"
FAILURES = (
    FileProblem(path=Path("a b.txt"), reason="no such file or directory"),
    CorruptArchive(reason="its end is missing"),
    NotEnoughMemory(needed_mb=12345, free_mb=6, advice="use a smaller model"),
    ModelMissing(model="m"),
    Interrupted(),
    BytesLost(path="a", what="12 B in 3 files could not be saved; the names of its files are lost"),
)


def messages(language: str) -> list[tuple[str, str, str, list[str]]]:
    """(context, source, comment, translations) of a language."""
    found = []
    for context in ElementTree.parse(FOLDER / f"nacomp_{language}.ts").getroot().iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            assert translation is not None
            assert translation.get("type") is None, f"not translated: {message.findtext('source')}"
            forms = [form.text or "" for form in translation.iter("numerusform")] or [translation.text or ""]
            place = (
                context.findtext("name", ""),
                message.findtext("source", ""),
                message.findtext("comment", ""),
            )
            found.append((*place, forms))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_compiled_file_holds_every_translation(language: str) -> None:
    translator = QTranslator()
    assert translator.load(str(FOLDER / f"nacomp_{language}.qm"))
    for context, source, comment, forms in messages(language):
        number = 1 if len(forms) > 1 else -1
        assert translator.translate(context, source, comment, number) == forms[0], source


@pytest.mark.parametrize("error", FAILURES, ids=lambda error: type(error).__name__)
def test_english_sentences_are_those_of_the_worker(
    error: NacompError, capfd: pytest.CaptureFixture[str]
) -> None:
    JsonConsole().error(error)
    failure = parse_line(capfd.readouterr().out.encode())
    assert isinstance(failure, Failure)
    assert failure.sentence() == failure.message == str(error)


def test_a_sentence_in_another_language(qapp: QCoreApplication) -> None:
    language = Language(qapp)
    try:
        language.choose(LanguageChoice.GERMAN)
        missing = Failure(
            "FileProblem", "x", 5, None, "{path}: {reason}.", {"path": "a.txt", "reason": "permission denied"}
        )
        assert missing.sentence(QCoreApplication.translate) == "a.txt: keine Berechtigung."
        needed = NotEnoughMemory.template()
        full = Failure(
            "NotEnoughMemory", "x", 5, None, needed, {"needed_mb": 1234, "free_mb": 5, "advice": "?"}
        )
        assert "1.234 MB" in full.sentence(QCoreApplication.translate)
    finally:
        language.choose(LanguageChoice.ENGLISH)
    assert Failure("Newer", "as it was", 5, None, "{unknown}", {}).sentence() == "as it was"
    assert Failure("Older", "as it was", 5).sentence() == "as it was"


@pytest.mark.parametrize("language", ["de", "es"])
def test_placeholders_survive_translation(language: str) -> None:
    for _, source, _, forms in messages(language):
        for form in forms:
            wanted, kept = (sorted(re.findall(r"\{\d\}|%n|\*\.\w+", text)) for text in (source, form))
            assert wanted == kept, f"{source!r} became {form!r}"


@pytest.mark.parametrize("language", ["de", "es"])
def test_no_sentence_of_the_code_is_missing(language: str, tmp_path: Path) -> None:
    """Collect the sentences again and compare: a new sentence in gui/ needs `packaging/translations.py`."""
    sources = runpy.run_path(str(ROOT / "packaging" / "translations.py"))["speaking"]()
    fresh = tmp_path / "fresh.ts"
    tool = Path(sys.executable).parent / "pyside6-lupdate"
    subprocess.run([tool, *sources, "-ts", fresh, "-locations", "none"], check=True, capture_output=True)
    wanted = {
        (context.findtext("name", ""), message.findtext("source", ""))
        for context in ElementTree.parse(fresh).getroot().iter("context")
        for message in context.iter("message")
    }
    assert wanted == {(context, source) for context, source, _, _ in messages(language)}


def test_numbers_in_words_follow_the_language(qapp: QCoreApplication) -> None:
    language = Language(qapp)
    try:
        language.choose(LanguageChoice.GERMAN)
        assert ratio_text(1000, 250, QCoreApplication.translate) == "4-mal kleiner"
        assert ratio_text(1000, 256, QCoreApplication.translate) == "3,9-mal kleiner"
        assert (size_text(1234), count_text(1234567)) == ("1,2 kB", "1.234.567")
        assert duration_text(200_000, QCoreApplication.translate) == "2 Tage"
        language.choose(LanguageChoice.SPANISH)
        assert ratio_text(1000, 800, QCoreApplication.translate) == "20 % menor"
    finally:
        language.choose(LanguageChoice.ENGLISH)
    assert duration_text(200_000, QCoreApplication.translate) == "2 days"
    assert duration_text(86_400 * 2.4, QCoreApplication.translate) == "2 days"


@pytest.mark.parametrize(("system", "spoken"), [("fr_FR", "en"), ("es_MX", "es")])
def test_language_of_the_system_is_english_where_we_do_not_have_it(
    qapp: QCoreApplication, monkeypatch: pytest.MonkeyPatch, system: str, spoken: str
) -> None:
    monkeypatch.setattr(QLocale, "system", lambda: QLocale(system))
    language = Language(qapp)
    try:
        language.choose(LanguageChoice.SYSTEM)
        assert language.current == spoken
    finally:
        language.choose(LanguageChoice.ENGLISH)
