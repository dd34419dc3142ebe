"""About nacomp: its version, the keys of the window, and the licences of all that is in it."""

from importlib.metadata import PackageNotFoundError, metadata

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QPlainTextEdit, QVBoxLayout, QWidget

from nacomp.gui.controllers.services import Services
from nacomp.gui.views.parts import MARGIN, button, key_text, label, row
from nacomp.version import VERSION

KEYS = (
    ("Ctrl+O", QT_TRANSLATE_NOOP("Keys", "Add files")),
    ("Ctrl+Shift+O", QT_TRANSLATE_NOOP("Keys", "Add a folder")),
    ("Ctrl+V", QT_TRANSLATE_NOOP("Keys", "Add the files of the clipboard")),
    ("Ctrl+F", QT_TRANSLATE_NOOP("Keys", "Find in the open archive")),
    ("Space", QT_TRANSLATE_NOOP("Keys", "Pause or go on with the selected jobs")),
    ("Del", QT_TRANSLATE_NOOP("Keys", "Cancel or remove the selected jobs")),
    ("Ctrl+R", QT_TRANSLATE_NOOP("Keys", "Try failed jobs again")),
    ("Alt+Up, Alt+Down", QT_TRANSLATE_NOOP("Keys", "Move the selected jobs")),
    ("Return", QT_TRANSLATE_NOOP("Keys", "Details of a job")),
    ("Esc, Alt+Left", QT_TRANSLATE_NOOP("Keys", "Back from the details")),
    ("Ctrl+1 … Ctrl+5", QT_TRANSLATE_NOOP("Keys", "The pages")),
)
PARTS = (
    "nacomp",
    "PySide6",
    "PySide6-Essentials",
    "numpy",
    "tokenizers",
    "zstandard",
    "cryptography",
    "click",
    "psutil",
    "platformdirs",
    "Send2Trash",
    "huggingface-hub",
    "llama-cpp-python",
)
"""What nacomp is made of; those that are not installed here are passed over."""


def licence_of(name: str) -> str | None:
    """A package's version and licence, as it states them itself; None if it is not here."""
    try:
        found = metadata(name)
    except PackageNotFoundError:
        return None
    stated = " ".join(found.get_all("License-Expression") or found.get_all("License") or ())
    if not stated or len(stated) > 80:  # some have the whole text there
        marks = [
            c.rpartition(" :: ")[2] for c in found.get_all("Classifier") or () if c.startswith("License ::")
        ]
        stated = ", ".join(marks) or stated.partition("\n")[0]
    return f"{found['Name']} {found['Version']}: {stated or '?'}"


class AboutDialog(QDialog):
    """Beside the window, not in its way."""

    def __init__(self, services: Services, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About nacomp"))
        self.setObjectName("window")
        box = QVBoxLayout(self)
        box.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        box.setSpacing(12)
        box.addWidget(label(f"nacomp {VERSION}", "title"))
        box.addWidget(
            label(self.tr("Files become smaller because a language model foresees them."), "soft", wrap=True)
        )
        box.addLayout(self._keys())
        box.addWidget(label(self.tr("Licences"), "heading"))
        self.licences = QPlainTextEdit("\n".join(self._licences(services)))
        self.licences.setReadOnly(True)
        self.licences.setTabChangesFocus(True)
        self.licences.setAccessibleName(self.tr("Licences"))
        box.addWidget(self.licences, 1)
        box.addLayout(
            row(None, button(self.tr("Close"), services.theme.colours, role="primary", on=self.close))
        )
        self.resize(560, 600)

    def _keys(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(18)
        grid.setColumnStretch(1, 1)
        for line, (key, meaning) in enumerate(KEYS):
            grid.addWidget(label(key_text(key), "small"), line, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(label(QCoreApplication.translate("Keys", str(meaning)), wrap=True), line, 1)
        return grid

    def _licences(self, services: Services) -> list[str]:
        parts = [stated for name in PARTS if (stated := licence_of(name))]
        models = [f"{model.name}: {model.licence}" for model in services.models.models if model.licence]
        return parts + models
