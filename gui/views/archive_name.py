"""The question for an archive's name."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QLineEdit, QVBoxLayout, QWidget

from nacomp.gui.logic.names import SUFFIX, typed_name
from nacomp.gui.look.theme import Colours
from nacomp.gui.views.parts import MARGIN, button, label, row


class ArchiveNameDialog(QDialog):
    """`given` carries a name that ends in `.nac`; closing gives up."""

    given = Signal(str)

    def __init__(self, proposed: str, colours: Colours, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Name of the archive"))
        self.setMinimumWidth(420)
        self.field = QLineEdit(proposed)
        self.field.setAccessibleName(self.tr("Name of the archive"))
        self.field.setMaxLength(250)
        self.ok = button(self.tr("OK"), colours, role="primary", on=self._give)
        self.ok.setDefault(True)
        cancel = button(self.tr("Cancel"), colours, on=self.reject)
        self.field.textChanged.connect(lambda text: self.ok.setEnabled(typed_name(text) is not None))
        box = QVBoxLayout(self)
        box.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        box.setSpacing(12)
        box.addWidget(label(self.tr("What should the archive be called?"), "heading"))
        box.addWidget(self.field)
        box.addLayout(row(None, cancel, self.ok))
        self.field.setSelection(0, len(Path(proposed).stem) if proposed.endswith(SUFFIX) else len(proposed))
        self.field.setFocus()

    def _give(self) -> None:
        name = typed_name(self.field.text())
        if name is not None:
            self.accept()
            self.given.emit(name)
