"""Where results go: beside their sources, or one folder for all. The same choice on the queue's page and in the settings."""

from pathlib import Path

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QFileDialog, QSizePolicy, QWidget

from nacomp.gui.logic.settings import SettingsStore
from nacomp.gui.look.tips import plain_tip
from nacomp.gui.views.parts import steady

CHOOSE = "?"
FRAME = 64
"""Padding, arrow and frame around a combo box's text, in pixels."""


class Destination(QComboBox):
    """Shows the folder's name; the whole path is its tip."""

    def __init__(self, store: SettingsStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        steady(self)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        beside = self.tr("Beside the original")
        self.setMinimumWidth(self.fontMetrics().horizontalAdvance(beside) + FRAME)
        self.activated.connect(self._choose)
        self.fill()

    def fill(self) -> None:
        """Show what is set."""
        chosen = self._store.value.destination
        self.clear()
        self.addItem(self.tr("Beside the original"), None)
        if chosen:
            self.addItem(Path(chosen).name or chosen, chosen)
        self.addItem(self.tr("Choose a folder…"), CHOOSE)
        self.setCurrentIndex(1 if chosen else 0)
        self.setToolTip(plain_tip(chosen or ""))

    def set_folder(self, folder: str | None) -> None:
        """Save results to a folder from now on; None: beside their sources."""
        self._store.change("destination", folder)
        self.fill()

    def showEvent(self, event: QShowEvent) -> None:
        self.fill()
        super().showEvent(event)

    def _choose(self) -> None:
        value = self.currentData()
        if value == CHOOSE:
            kept = self._store.value.destination
            start = kept or str(Path.home())
            value = QFileDialog.getExistingDirectory(self, self.tr("Save results to"), start) or kept
        self.set_folder(value)
