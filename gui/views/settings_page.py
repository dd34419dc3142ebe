"""All choices that last. Every change counts at once; there is nothing to confirm."""

from collections import deque
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from nacomp.gui.controllers.services import Services
from nacomp.gui.logic.jobs import Conflict
from nacomp.gui.logic.levels import Level, level_name
from nacomp.gui.logic.settings import Engine, LanguageChoice, SourceAfter, ThemeChoice
from nacomp.gui.views.destination import Destination
from nacomp.gui.views.device_choice import DeviceChoice
from nacomp.gui.views.parts import MARGIN, button, card, column, label, row, steady

ROOM_FOR_HINTS = 800
"""Width of the page in pixels, from which on hints stand beside their controls."""

LOOK_MS = 300
"""How long the page is shown before a process looks for devices: who only passes by starts none."""


class SettingsPage(QWidget):
    """Settings by group. `look_changed`: theme or language, which the whole window must follow.

    Only the first group is there at once. The others follow one by one between other events: all of them in one
    would hold the window up for longer than anything else that it does.
    """

    look_changed = Signal()

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = services.store
        self._services = services
        self._colours = services.theme.colours
        self._made: dict[str, QWidget] = {}
        self._hints: list[tuple[QGridLayout, int, QLabel]] = []
        self._to_come = deque([self._appearance, self._compression, self._queue, self._about])
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 16, 0, 0)
        head = row(label(self.tr("Settings"), "title"), None)
        head.setContentsMargins(MARGIN, 0, MARGIN, 4)
        outer.addLayout(head)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setAccessibleName(self.tr("Settings"))
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        self._box = QVBoxLayout(inside)
        self._box.setContentsMargins(MARGIN, 0, MARGIN, MARGIN)
        self._box.setSpacing(12)
        scroll.setWidget(column(inside))
        outer.addWidget(scroll, 1)
        self._box.addStretch(1)
        self._pace = QTimer(self, interval=0)
        self._pace.timeout.connect(self._make_next)
        self._pace.start()
        self._look = QTimer(self, singleShot=True, interval=LOOK_MS)
        self._look.timeout.connect(services.devices.look)
        self._make_next()

    @property
    def controls(self) -> dict[str, QWidget]:
        """Every control, by the name of its setting."""
        self.make_all()
        return self._made

    def make_all(self) -> None:
        """Make at once what is still to come."""
        while self._to_come:
            self._make_next()

    def _make_next(self) -> None:
        if self._to_come:
            self._to_come.popleft()()
        if not self._to_come:
            self._pace.stop()

    def _card(self) -> QVBoxLayout:
        """A card below the others, above the stretch."""
        frame, inside = card()
        self._box.insertWidget(self._box.count() - 1, frame)
        return inside

    def _group(self, title: str) -> QGridLayout:
        inside = self._card()
        inside.addWidget(label(title, "heading"))
        grid = QGridLayout()
        grid.setColumnMinimumWidth(0, 190)
        grid.setColumnStretch(2, 1)
        grid.setVerticalSpacing(8)
        inside.addLayout(grid)
        return grid

    def _place(
        self, grid: QGridLayout, name: str, text: str, control: QWidget, hint: str = ""
    ) -> list[QLabel]:
        """Place a line; its labels."""
        line = grid.rowCount()
        title = label(text)
        title.setBuddy(control)
        control.setAccessibleName(text)
        control.setAccessibleDescription(hint)
        control.setMinimumWidth(230)
        grid.addWidget(title, line, 0)
        grid.addWidget(control, line, 1)
        labels = [title]
        if hint:
            labels.append(label(hint, "small", wrap=True))
            self._hints.append((grid, line, labels[1]))
            grid.setRowMinimumHeight(line + 1, 0)  # the row below it is the hint's where there is little room
            self._place_hint(*self._hints[-1])
        if not isinstance(control, Destination):
            steady(control)
        self._made[name] = control
        return labels

    def _place_hint(self, grid: QGridLayout, line: int, hint: QLabel) -> None:
        """Beside its control; in a narrow window below it, where it has more than a few words a line."""
        grid.removeWidget(hint)
        if self.width() < ROOM_FOR_HINTS:
            grid.addWidget(hint, line + 1, 1, 1, 2)
        else:
            grid.addWidget(hint, line, 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for placed in self._hints:
            self._place_hint(*placed)

    def _choice(
        self, grid: QGridLayout, name: str, text: str, choices: Sequence[tuple[StrEnum, str]], hint: str = ""
    ) -> None:
        control = QComboBox()
        for value, words in choices:
            control.addItem(words, value.value)
        control.setCurrentIndex(max(0, control.findData(getattr(self._store.value, name))))
        control.activated.connect(lambda: self._set(name, control.currentData()))
        self._place(grid, name, text, control, hint)

    def _number(
        self, grid: QGridLayout, name: str, text: str, low: int, high: int, zero: str, hint: str = ""
    ) -> None:
        control = QSpinBox()
        control.setRange(low, high)
        control.setSpecialValueText(zero)
        control.lineEdit().setTextMargins(8, 0, 0, 0)
        control.setValue(getattr(self._store.value, name))
        control.valueChanged.connect(lambda value: self._set(name, value))
        self._place(grid, name, text, control, hint)

    def _line(self, grid: QGridLayout, name: str, text: str, example: str, hint: str) -> None:
        control = QLineEdit(getattr(self._store.value, name))
        control.setPlaceholderText(example)
        control.editingFinished.connect(lambda: self._set(name, control.text()))
        self._place(grid, name, text, control, hint)

    def _switch(self, grid: QGridLayout, name: str, text: str) -> None:
        control = QCheckBox(text)
        control.setChecked(getattr(self._store.value, name))
        control.toggled.connect(lambda on: self._set(name, on))
        grid.addWidget(control, grid.rowCount(), 0, 1, 3)
        self._made[name] = control

    def _appearance(self) -> None:
        grid = self._group(self.tr("Appearance"))
        themes = [
            (ThemeChoice.SYSTEM, self.tr("Like the system")),
            (ThemeChoice.LIGHT, self.tr("Light")),
            (ThemeChoice.DARK, self.tr("Dark")),
        ]
        self._choice(grid, "theme", self.tr("Theme"), themes)
        languages = [
            (LanguageChoice.SYSTEM, self.tr("Like the system")),
            (LanguageChoice.ENGLISH, "English"),
            (LanguageChoice.GERMAN, "Deutsch"),
            (LanguageChoice.SPANISH, "Español"),
        ]
        self._choice(grid, "language", self.tr("Language"), languages)

    def _compression(self) -> None:
        grid = self._group(self.tr("Compression"))
        levels = [(level, level_name(level, QCoreApplication.translate)) for level in Level]
        self._choice(grid, "level", self.tr("Level"), levels)
        engines = [(Engine.EXACT, self.tr("Exact")), (Engine.LLAMA, "llama.cpp")]
        self._choice(
            grid, "engine", self.tr("Engine"), engines,
            self.tr("Exact archives open on any machine; llama.cpp archives only where the same build runs."),
        )  # fmt: skip
        devices = DeviceChoice(self._services.devices)
        devices.stand_with(*self._place(grid, "device", self.tr("Device"), devices, devices.hint))
        self._number(
            grid,
            "threads",
            self.tr("Threads"),
            0,
            256,
            self.tr("Automatic"),
            self.tr("Never changes the result."),
        )
        self._number(
            grid, "recovery", self.tr("Recovery data (%)"), 0, 50, self.tr("None"),
            self.tr("An archive can be repaired while no more than this share of it is damaged. It grows by as much."),
        )  # fmt: skip
        self._place(grid, "destination", self.tr("Save to"), Destination(self._store))
        self._line(
            grid, "exclude", self.tr("Leave out"), "*.tmp; node_modules",
            self.tr("Patterns of names below folders, with a semicolon between them."),
        )  # fmt: skip
        after = [
            (SourceAfter.KEEP, self.tr("Keep it")),
            (SourceAfter.TRASH, self.tr("Move it to the trash")),
        ]
        self._choice(
            grid, "source_after", self.tr("The original afterwards"), after,
            self.tr("Goes to the trash only after the archive was decoded again and every byte compared."),
        )  # fmt: skip

    def _queue(self) -> None:
        grid = self._group(self.tr("Queue"))
        self._number(
            grid,
            "slots",
            self.tr("Jobs at the same time"),
            1,
            8,
            "",
            self.tr("Each job needs its own memory for the model."),
        )
        conflicts = [
            (Conflict.RENAME, self.tr("Keep both")),
            (Conflict.REPLACE, self.tr("Replace")),
            (Conflict.SKIP, self.tr("Skip")),
        ]
        self._choice(grid, "conflict", self.tr("If a name is taken"), conflicts)
        self._switch(grid, "start_at_once", self.tr("Start as soon as something is added"))
        self._switch(grid, "estimate_first", self.tr("Ask before jobs that would take long"))
        self._switch(grid, "open_when_done", self.tr("Open the folder when all is done"))
        self._switch(grid, "notify", self.tr("Notify me when a long queue has ended"))

    def _about(self) -> None:
        from nacomp.version import VERSION

        inside = self._card()
        inside.addWidget(label(f"nacomp {VERSION}", "heading"))
        folder = self._store.path.parent
        open_folder = button(
            self.tr("Open the settings folder"), self._colours, "open", on=lambda: _open(folder)
        )
        inside.addLayout(row(label(str(self._store.path), "small"), None, open_folder))

    def showEvent(self, event: QShowEvent) -> None:
        """The queue's page may have changed some of this meanwhile."""
        for name, control in self._made.items():
            value = getattr(self._store.value, name)
            if isinstance(control, QSpinBox):
                control.setValue(value)
            elif isinstance(control, QCheckBox):
                control.setChecked(value)
            elif isinstance(control, QComboBox) and name != "destination":
                control.setCurrentIndex(control.findData(value))
        self._look.start()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._look.stop()
        super().hideEvent(event)

    def _set(self, name: str, value: object) -> None:
        self._store.change(name, value)
        if name in ("theme", "language"):
            self.look_changed.emit()


def _open(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
