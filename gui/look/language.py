"""The language of the window: Qt translations of our own beside Qt's for its dialogs."""

from importlib.resources import files
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from nacomp.gui.logic.settings import LanguageChoice
from nacomp.gui.logic.wording import MARKS

LANGUAGES = tuple(language.value for language in LanguageChoice if language is not LanguageChoice.SYSTEM)
"""English has a file too: it holds the plural forms."""


class Language:
    """Installs and removes translators."""

    def __init__(self, app: QCoreApplication) -> None:
        self._app = app
        self._installed: list[QTranslator] = []
        self.current = "en"

    def choose(self, choice: LanguageChoice) -> None:
        """Use a language; the system's own where we have it, else English."""
        wanted = QLocale.system().name()[:2] if choice is LanguageChoice.SYSTEM else choice.value
        self.current = wanted if wanted in LANGUAGES else "en"
        for old in self._installed:
            self._app.removeTranslator(old)
        self._installed = []
        own = Path(str(files("nacomp.gui.look") / "i18n"))
        qt = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
        for path in (qt / f"qtbase_{self.current}.qm", own / f"nacomp_{self.current}.qm"):
            translator = QTranslator()
            if path.is_file() and translator.load(str(path)):
                self._app.installTranslator(translator)
                self._installed.append(translator)
        locale = QLocale.system() if choice is LanguageChoice.SYSTEM else QLocale(self.current)
        QLocale.setDefault(locale)
        MARKS.decimal, MARKS.group = locale.decimalPoint(), locale.groupSeparator()
