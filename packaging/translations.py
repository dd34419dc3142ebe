"""Brings the window's translations up to date: collects sentences from the code, and compiles what is translated.

    python packaging/translations.py            # after a sentence changed: refresh gui/look/i18n/*.ts and *.qm

Then edit the `.ts` files (Qt Linguist or any editor) and run it again. Sentences without a translation are listed;
the tests fail until there are none. English has a file because it holds the plural forms.
"""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "gui" / "look" / "i18n"
LANGUAGES = ("en", "de", "es")


def unfinished(path: Path) -> list[str]:
    """Source sentences of a `.ts` file that have no translation."""
    messages = ElementTree.parse(path).getroot().iter("message")
    open_ones = [m for m in messages if (t := m.find("translation")) is None or t.get("type") == "unfinished"]
    return [m.findtext("source", "") for m in open_ones]


def speaking() -> list[Path]:
    """The files with sentences that the window shows: its own, and the words it shares with the command line."""
    return [*sorted((ROOT / "gui").rglob("*.py")), ROOT / "nacomp" / "runtime" / "words.py"]


def collect(language: str) -> Path:
    """Refresh one `.ts` file from the code. English takes only sentences with plural forms."""
    path = FOLDER / f"nacomp_{language}.ts"
    sources = [str(file.relative_to(ROOT)) for file in speaking()]
    plural = ["-pluralonly"] if language == "en" else []
    options = [
        "-locations",
        "none",
        "-no-obsolete",
        "-source-language",
        "en",
        "-target-language",
        language,
        *plural,
    ]
    command = [str(Path(sys.executable).parent / "pyside6-lupdate"), *sources, "-ts", str(path), *options]
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    return path


def compile_one(path: Path) -> None:
    """Write the `.qm` file that the application loads."""
    command = [str(Path(sys.executable).parent / "pyside6-lrelease"), "-silent", str(path)]
    subprocess.run([*command, "-qm", str(path.with_suffix(".qm"))], check=True)


def main() -> int:
    """Refresh all languages; 1 if a sentence is not translated yet."""
    FOLDER.mkdir(exist_ok=True)
    missing = 0
    for language in LANGUAGES:
        path = collect(language)
        for sentence in unfinished(path):
            print(f"{language}: {sentence}")
            missing += 1
        compile_one(path)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
