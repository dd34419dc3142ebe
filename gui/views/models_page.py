"""The language models: what is on this machine, what can be had, and which level uses which."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFrame,
    QLabel,
    QProgressBar,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from nacomp.gui.controllers.services import Services
from nacomp.gui.logic.levels import Level, level_name
from nacomp.gui.logic.models import Model, ModelSource
from nacomp.gui.logic.wording import duration_text, size_text, speed_text
from nacomp.gui.look.tones import Tone
from nacomp.gui.views.banner import Banner
from nacomp.gui.views.parts import MARGIN, ElidedLabel, button, card, column, label, row, steady
from nacomp.runtime.words import purpose_text


class ModelCard(QFrame):
    """One model with its buttons; a bar while it downloads. Signals carry the model."""

    pull = Signal(object)
    cancel = Signal(object)
    remove = Signal(object)

    def __init__(self, model: Model, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.model = model
        self._desk = services.models
        c = services.theme.colours
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 12, 16, 12)
        box.setSpacing(5)
        self.name = ElidedLabel(model.name, "heading")
        self.state = label(self._state_text(), "soft")
        again = model.id in self._desk.interrupted
        self.get = button(self.tr("Resume download") if again else self.tr("Download"), c, "download")
        self.get.clicked.connect(lambda: self.pull.emit(model))
        self.stop = button(self.tr("Cancel"), c, "cancel", on=lambda: self.cancel.emit(model))
        self.delete = button(self.tr("Remove"), c, "remove", on=lambda: self.remove.emit(model))
        for part, words in (
            (self.get, self.get.text()),
            (self.stop, self.tr("Cancel")),
            (self.delete, self.tr("Remove")),
        ):
            part.setAccessibleName(f"{words}: {model.name}")
        first = row(self.name, self.state, self.get, self.stop, self.delete)
        first.setStretch(0, 1)
        box.addLayout(first)
        box.addWidget(label(self._facts(), "soft", wrap=True))
        if model.note:
            note = QCoreApplication.translate("Catalogue", model.note)
            box.addWidget(label(note, "small", wrap=True))
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Download of {0}").format(model.name))
        self.progress = label("", "small")
        box.addWidget(self.bar)
        box.addWidget(self.progress)
        self.refresh()

    def _state_text(self) -> str:
        if self.model.source is ModelSource.EMBEDDED:
            return self.tr("Built in")
        if self.model.installed:
            return self.tr("Installed")
        return self.tr("Recommended") if self.model.recommended else ""

    def _facts(self) -> str:
        model = self.model
        purpose = purpose_text(model.good_at, QCoreApplication.translate)
        parts = [purpose, model.family, size_text(model.size) if model.size else "", model.licence]
        if model.levels:
            names = ", ".join(level_name(level, QCoreApplication.translate) for level in model.levels)
            parts.append(self.tr("used by level {0}").format(names))
        return " · ".join(part for part in parts if part)

    def refresh(self) -> None:
        """Show the download as it stands."""
        pulling = self._desk.pulling(self.model.id)
        self.get.setVisible(self.model.available and not pulling)
        self.stop.setVisible(pulling)
        self.delete.setVisible(self.model.removable and not pulling)
        self.bar.setVisible(pulling)
        self.progress.setVisible(pulling)
        meter = self._desk.meters.get(self.model.id)
        if not pulling or meter is None:
            return
        if meter.latest is None or meter.fraction is None:
            self.bar.setRange(0, 0)
            self.progress.setText(self.tr("Downloading…"))
            return
        self.bar.setRange(0, 1000)
        self.bar.setValue(round(1000 * meter.fraction))
        amount = self.tr("{0} of {1}").format(
            size_text(meter.latest.done_bytes), size_text(meter.latest.total_bytes)
        )
        parts = [amount, speed_text(meter.speed) if meter.speed else ""]
        if meter.seconds_left is not None:
            left = duration_text(meter.seconds_left, QCoreApplication.translate)
            parts.append(self.tr("{0} left").format(left))
        self.progress.setText(" · ".join(part for part in parts if part))


class ModelsPage(QWidget):
    """All models, and the default of each level."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._desk = services.models
        self._colours = services.theme.colours
        self.cards: dict[str, ModelCard] = {}
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 16, 0, 0)
        outer.setSpacing(12)
        head = QVBoxLayout()
        head.setContentsMargins(MARGIN, 0, MARGIN, 0)
        head.setSpacing(10)
        self.add = button(self.tr("Add a GGUF file…"), self._colours, "add-file", on=self.choose)
        head.addLayout(row(label(self.tr("Models"), "title"), None, self.add))
        head.addWidget(
            label(
                self.tr(
                    "The model predicts the text; the better it predicts, the smaller the archive. Whoever unpacks an "
                    "archive needs the same model; the archive says which."
                ),
                "soft",
                wrap=True,
            )
        )
        self.banner = Banner(self._colours)
        head.addWidget(self.banner)
        outer.addLayout(head)
        outer.addWidget(self._list(), 1)
        self._desk.changed.connect(self._show)
        self._desk.progressed.connect(self._progressed)
        self._desk.message.connect(self.banner.show_message)
        self._show()
        if not self._desk.loaded:
            self._desk.refresh()

    def _list(self) -> QScrollArea:
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setAccessibleName(self.tr("Models"))
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        box = QVBoxLayout(inside)
        box.setContentsMargins(MARGIN, 0, MARGIN, MARGIN)
        box.setSpacing(10)
        self._cards = QVBoxLayout()
        self._cards.setSpacing(8)
        box.addLayout(self._cards)
        self.note = label("", "soft", wrap=True)
        box.addWidget(self.note)
        _frame, defaults = card(box)
        defaults.addWidget(label(self.tr("Model of each level"), "heading"))
        self.defaults: dict[Level, QComboBox] = {}
        for level in Level:
            choice = QComboBox()
            steady(choice)
            choice.setMinimumWidth(260)
            choice.setAccessibleName(
                self.tr("Model for level {0}").format(level_name(level, QCoreApplication.translate))
            )
            choice.activated.connect(lambda _=0, level=level: self._choose_default(level))
            self.defaults[level] = choice
            name = QLabel(level_name(level, QCoreApplication.translate))
            name.setMinimumWidth(110)
            defaults.addLayout(row(name, choice, None))
        box.addStretch(1)
        scroll.setWidget(column(inside))
        return scroll

    def _show(self) -> None:
        while (item := self._cards.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.cards = {}
        for model in self._desk.models:
            made = ModelCard(model, self._services)
            made.pull.connect(lambda model: self._desk.pull(model.id))
            made.cancel.connect(lambda model: self._desk.cancel(model.id))
            made.remove.connect(self._ask_remove)
            self._cards.addWidget(made)
            self.cards[model.id] = made
        self.note.setVisible(not self._desk.models)
        self.note.setText(self._desk.failure or self.tr("Looking for models…"))
        self._fill_defaults()

    def _fill_defaults(self) -> None:
        installed = [model for model in self._desk.models if model.installed]
        for level, choice in self.defaults.items():
            choice.clear()
            choice.addItem(self.tr("Best one installed"), None)
            for model in installed:
                choice.addItem(model.name, model.id)
            chosen = self._services.store.value.models.get(level)
            choice.setCurrentIndex(max(0, choice.findData(chosen)) if chosen else 0)

    def _choose_default(self, level: Level) -> None:
        chosen = self.defaults[level].currentData()
        models = self._services.store.value.models
        models.pop(level, None)
        if chosen:
            models[level] = chosen
        self._services.store.save()

    def _progressed(self, model_id: str) -> None:
        if model_id in self.cards:
            self.cards[model_id].refresh()

    def _ask_remove(self, model: Model) -> None:
        text = self.tr("Remove {0} ({1})? Archives made with it cannot be unpacked without it.").format(
            model.name, size_text(model.size or 0)
        )
        self.banner.show_message(text, Tone.WARNING, [(self.tr("Remove it"), lambda: self._remove(model))])

    def _remove(self, model: Model) -> None:
        """Levels that were set to a removed model choose for themselves again."""
        models = self._services.store.value.models
        for level in [level for level, chosen in models.items() if chosen == model.id]:
            del models[level]
        self._services.store.save()
        self._desk.remove(model)

    def choose(self) -> None:
        """Ask for a model file."""
        chosen, _ = QFileDialog.getOpenFileName(
            self, self.tr("Add a model"), "", self.tr("GGUF models (*.gguf)")
        )
        if chosen:
            self._desk.add(Path(chosen))
