"""Level and model of a surprise map, and which model it is that was surprised."""

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from nacomp.gui.controllers.services import Services
from nacomp.gui.logic.levels import Level, level_name
from nacomp.gui.views.parts import Segments, label, steady


class SurpriseChoices(QWidget):
    """`chosen`: another level or model. A map has its own, which change nothing about the queue's."""

    chosen = Signal()

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._models = services.models
        self._store = services.store
        names = [(level.value, level_name(level, QCoreApplication.translate), "") for level in Level]
        self._level = services.store.value.level
        self.levels = Segments(self.tr("Level"), names, self._level)
        self.levels.chosen.connect(self._level_chosen)
        self.model = QComboBox()
        self.model.setAccessibleName(self.tr("Model"))
        steady(self.model)
        self.model.activated.connect(lambda _row: self.chosen.emit())
        self.note = label("", "small", wrap=True)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(10)
        box.addWidget(self.levels)
        box.addWidget(self.model)
        box.addWidget(self.note, 1)
        self._models.changed.connect(self._fill)
        self._fill()

    @property
    def level(self) -> Level:
        """The chosen level."""
        return self._level

    @property
    def model_id(self) -> str | None:
        """The chosen model; None for the level's own."""
        chosen: str | None = self.model.currentData()
        return chosen or self._store.value.model_for(self._level)

    def _level_chosen(self, value: str) -> None:
        self._level = Level(value)
        self.chosen.emit()

    def _fill(self) -> None:
        before = self.model.currentData()
        self.model.clear()
        self.model.addItem(self.tr("The level's model"), None)
        for model in self._models.models:
            if model.installed:
                self.model.addItem(model.name, model.id)
        self.model.setCurrentIndex(max(0, self.model.findData(before)))
