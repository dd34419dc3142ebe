"""The setting where models compute: automatic, the processor, or a device by its name."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QComboBox, QLabel, QWidget

from nacomp.gui.controllers.device_desk import DeviceDesk
from nacomp.gui.logic.devices import AUTOMATIC, NAMED, PROCESSOR, chosen_name, speed_hint
from nacomp.gui.look.tips import plain_tip

WIDEST = 340
"""Pixels: room for `NVIDIA GeForce RTX 4090 Laptop GPU`; a longer name is cut off, and whole in its tip."""


class DeviceChoice(QComboBox):
    """Fills itself when the devices are known. Where there are none nothing of its line is to be seen."""

    def __init__(self, desk: DeviceDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._title: QWidget | None = None
        self._hint: QLabel | None = None
        self.setMaximumWidth(WIDEST)
        self.activated.connect(lambda: desk.choose(self.currentData()))
        desk.changed.connect(self._fill)
        desk.chosen.connect(self._fill)

    @property
    def hint(self) -> str:
        """What there is to know of what is chosen."""
        known = [device for device in self._desk.devices if device.choice == self._desk.choice]
        return speed_hint(known[0] if known else None, QCoreApplication.translate)

    def stand_with(self, title: QLabel, hint: QLabel) -> None:
        """The labels of its line: they come and go with it."""
        self._title, self._hint = title, hint
        self._fill()

    def _fill(self) -> None:
        choices = {AUTOMATIC: self.tr("Automatic"), PROCESSOR: self.tr("Processor")}
        choices |= {device.choice: device.title for device in self._desk.devices}
        chosen = self._desk.choice
        if (name := chosen_name(chosen)) is not None:
            choices.setdefault(NAMED + name, name)  # not known yet whether it is here
        self.clear()
        for choice, words in choices.items():
            self.addItem(words, choice)
        self.setCurrentIndex(self.findData(chosen))
        self.setToolTip(plain_tip(self.currentText()))
        self.setAccessibleDescription(self.hint)
        if self._hint is not None and self._title is not None:
            self._hint.setText(self.hint)
            for part in (self, self._title, self._hint):
                part.setVisible(self._desk.offered)
