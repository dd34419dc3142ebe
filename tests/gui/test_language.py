"""Every sentence of the window exists in every language, and what is shipped is what was translated."""

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator

from nacomp.gui.core.wording import count_text, duration_text, ratio_text, size_text
from nacomp.gui.language import LANGUAGES, Language
from nacomp.gui.views.models_page import CATALOGUE_NOTES
from nacomp.models.catalogue import read_catalogue

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "gui" / "i18n"


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


@pytest.mark.parametrize("language", ["de", "es"])
def test_placeholders_survive_translation(language: str) -> None:
    for _, source, _, forms in messages(language):
        for form in forms:
            wanted, kept = (sorted(re.findall(r"\{\d\}|%n|\*\.\w+", text)) for text in (source, form))
            assert wanted == kept, f"{source!r} became {form!r}"


@pytest.mark.parametrize("language", ["de", "es"])
def test_no_sentence_of_the_code_is_missing(language: str, tmp_path: Path) -> None:
    """Collect the sentences again and compare: a new sentence in gui/ needs `packaging/translations.py`."""
    sources = [str(path) for path in sorted((ROOT / "gui").rglob("*.py"))]
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
        language.choose("de")
        assert ratio_text(1000, 250, QCoreApplication.translate) == "4-mal kleiner"
        assert ratio_text(1000, 256, QCoreApplication.translate) == "3,9-mal kleiner"
        assert (size_text(1234), count_text(1234567)) == ("1,2 kB", "1.234.567")
        assert duration_text(200_000, QCoreApplication.translate) == "2 Tage"
        language.choose("es")
        assert ratio_text(1000, 800, QCoreApplication.translate) == "20 % menor"
    finally:
        language.choose("en")
    assert duration_text(200_000, QCoreApplication.translate) == "2 days"
    assert duration_text(86_400 * 2.4, QCoreApplication.translate) == "2 days"


def test_unknown_language_is_english(qapp: QCoreApplication) -> None:
    language = Language(qapp)
    language.choose("xx")
    assert language.current == "en"


def test_every_note_of_the_catalogue_is_translated() -> None:
    notes = {entry.note for entry in read_catalogue().values() if entry.note}
    assert notes == set(CATALOGUE_NOTES)
