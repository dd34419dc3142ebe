"""Light and dark: one table of colours each, a palette for Qt's own drawing and a style sheet for the rest.

Fusion is the base style on every system: it is the one style that follows a palette completely, so light and dark
look the same everywhere and every test sees what users see. One accent colour; everything else is a neutral.
All text colours reach a contrast of at least 4.5:1 on every surface they are used on (checked by a test).
"""

from dataclasses import dataclass, fields
from string import Template

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from nacomp.gui.logic.settings import ThemeChoice


@dataclass(frozen=True)
class Colours:
    """The colour roles of one theme, as #rrggbb."""

    window: str
    side: str
    surface: str
    raised: str
    border: str
    strong_border: str
    text: str
    soft: str
    accent: str
    on_accent: str
    accent_hover: str
    tint: str
    danger: str
    danger_tint: str
    warning: str
    warning_tint: str
    disabled: str

    def colour(self, role: str) -> QColor:
        """A role as a QColor."""
        return QColor(getattr(self, role))


LIGHT = Colours(
    window="#F5F6F8",
    side="#EBEDF0",
    surface="#FFFFFF",
    raised="#F0F2F4",
    border="#DDE1E6",
    strong_border="#B9C0C9",
    text="#1A1E23",
    soft="#57606A",
    accent="#0A736E",
    on_accent="#FFFFFF",
    accent_hover="#085E5A",
    tint="#DFF1EF",
    danger="#B3261E",
    danger_tint="#FBE9E7",
    warning="#855300",
    warning_tint="#FFF3D6",
    disabled="#8B939C",
)
DARK = Colours(
    window="#15181C",
    side="#101316",
    surface="#1D2126",
    raised="#282D33",
    border="#31373E",
    strong_border="#4A525C",
    text="#E8EBEE",
    soft="#A3ACB6",
    accent="#41C9BA",
    on_accent="#06221F",
    accent_hover="#6ADACD",
    tint="#17393A",
    danger="#FF8F84",
    danger_tint="#3A2020",
    warning="#F0BF57",
    warning_tint="#372C14",
    disabled="#6B747E",
)

STYLE = Template("""
* { outline: 0; }
QToolTip { background: $raised; color: $text; border: 1px solid $border; padding: 4px 6px; }
#window, QStackedWidget, QScrollArea, QScrollArea > QWidget > QWidget { background: $window; }
#side { background: $side; border: 0; border-right: 1px solid $border; }
#card { background: $surface; border: 1px solid $border; border-radius: 10px; }
QLabel { background: transparent; }
QLabel[role="title"] { font-size: ${title}pt; font-weight: 600; }
QLabel[role="heading"] { font-size: ${heading}pt; font-weight: 600; }
QLabel[role="figure"] { font-size: ${figure}pt; font-weight: 600; color: $accent; }
QLabel[role="figure"][tone="soft"] { color: $soft; }
QLabel[role="soft"] { color: $soft; }
QLabel[role="small"] { color: $soft; font-size: ${small}pt; }
QLabel[role="danger"] { color: $danger; }
QLabel[role="warning"] { color: $warning; font-size: ${small}pt; font-weight: 600; }
QPushButton, QComboBox, QLineEdit, QSpinBox {
  background: $surface; color: $text; border: 1px solid $border; border-radius: 7px;
  padding: 5px 12px; min-height: 20px;
}
QLineEdit, QSpinBox { padding: 5px 8px; }
QPushButton:hover, QComboBox:hover { border-color: $strong_border; background: $raised; }
QPushButton:pressed { background: $border; }
QPushButton:focus, QComboBox:focus, QLineEdit:focus, QSpinBox:focus { border: 2px solid $accent; padding: 4px 11px; }
QLineEdit:focus, QSpinBox:focus { padding: 4px 7px; }
QPushButton:disabled, QComboBox:disabled { color: $disabled; background: $window; }
QPushButton[role="primary"] { background: $accent; color: $on_accent; border-color: $accent; font-weight: 600; }
QPushButton[role="primary"]:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton[role="primary"]:focus { border: 2px solid $text; }
QPushButton[role="primary"]:disabled { background: $raised; color: $disabled; border-color: $border; }
QPushButton[role="danger"] { color: $danger; }
QPushButton[role="nav"] {
  background: transparent; border: 2px solid transparent; border-radius: 8px; padding: 7px 10px;
  text-align: left; color: $soft;
}
QPushButton[role="nav"]:hover { background: $raised; color: $text; }
QPushButton[role="nav"]:checked { background: $tint; color: $accent; font-weight: 600; }
QPushButton[role="nav"]:focus { border-color: $accent; }
QToolButton { background: transparent; border: 2px solid transparent; border-radius: 6px; padding: 4px; color: $text; }
QToolButton:hover { background: $raised; }
QToolButton:focus { border-color: $accent; }
QToolButton:checked { background: $tint; color: $accent; }
QPushButton[role="segment"] { border-radius: 0; padding: 5px 10px; border-left-width: 0; }
QPushButton[role="segment"][edge="first"] {
  border-top-left-radius: 7px; border-bottom-left-radius: 7px; border-left-width: 1px;
}
QPushButton[role="segment"][edge="last"] { border-top-right-radius: 7px; border-bottom-right-radius: 7px; }
QPushButton[role="segment"]:checked {
  background: $tint; color: $accent; border-color: $accent; border-left-width: 1px;
}
QPushButton[role="segment"]:focus { border: 2px solid $accent; padding: 4px 9px; }
QComboBox { padding-right: 26px; combobox-popup: 0; }
QSpinBox QLineEdit { border: 0; padding: 0 0 0 4px; min-height: 0; background: transparent; }
QSpinBox::up-button, QSpinBox::down-button { border: 0; width: 22px; background: transparent; }
QSpinBox::up-arrow { image: url($arrow_up); width: 11px; height: 11px; }
QSpinBox::down-arrow { image: url($arrow_down); width: 11px; height: 11px; }
QComboBox::drop-down { border: 0; width: 22px; }
QComboBox::down-arrow { image: url($arrow_down); width: 12px; height: 12px; }
QComboBox QAbstractItemView {
  background: $surface; color: $text; border: 1px solid $border; selection-background-color: $tint;
  selection-color: $text; padding: 4px;
}
QComboBox QAbstractItemView::item { min-height: 28px; padding: 0 6px; border-radius: 5px; }
QComboBox QAbstractItemView::item:selected { background: $tint; color: $text; }
QAbstractScrollArea { background: $window; border: 0; }
QTreeView, QPlainTextEdit, QTextEdit { background: $surface; border: 1px solid $border; border-radius: 10px; padding: 4px; }
QTreeView:focus, QPlainTextEdit:focus { border: 2px solid $accent; padding: 3px; }
QTreeView::item { padding: 4px 2px; border: 0; }
QTreeView::item:selected { background: $tint; color: $text; }
QTreeView::item:hover:!selected { background: $raised; }
QHeaderView::section {
  background: $surface; color: $soft; border: 0; border-bottom: 1px solid $border; padding: 5px 6px; font-weight: 500;
}
QListView { background: transparent; border: 0; }
QProgressBar { background: $border; border: 0; border-radius: 3px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QProgressBar[tone="warning"]::chunk { background: $warning; }
QProgressBar[tone="error"]::chunk { background: $danger; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: $strong_border; border-radius: 4px; min-height: 28px; min-width: 28px; margin: 2px; }
QScrollBar::handle:hover { background: $soft; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QCheckBox { spacing: 8px; padding: 3px; border: 2px solid transparent; border-radius: 6px; }
QCheckBox:focus { border-color: $accent; }
QCheckBox::indicator {
  width: 16px; height: 16px; border: 1px solid $strong_border; border-radius: 4px; background: $surface;
}
QCheckBox::indicator:hover { border-color: $accent; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url($tick); }
QMenu { background: $surface; color: $text; border: 1px solid $border; border-radius: 8px; padding: 5px; }
QMenu::item { padding: 6px 34px 6px 10px; border-radius: 5px; }
QMenu::item:selected { background: $tint; color: $text; }
QMenu::item:disabled { color: $disabled; }
QMenu::separator { height: 1px; background: $border; margin: 4px 6px; }
#banner { background: $tint; border: 1px solid $accent; border-radius: 9px; }
#banner[tone="error"] { background: $danger_tint; border-color: $danger; }
#banner[tone="warning"] { background: $warning_tint; border-color: $warning; }
#drop { background: $surface; border: 2px dashed $strong_border; border-radius: 14px; }
#drop[over="true"] { background: $tint; border-color: $accent; }
#footer { background: $surface; border: 0; border-top: 1px solid $border; }
QSplitter::handle { background: transparent; }
""")


def _palette(c: Colours) -> QPalette:
    """The palette that widgets without a rule of their own (dialogs, spin boxes) are drawn with."""
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: c.window,
        QPalette.ColorRole.WindowText: c.text,
        QPalette.ColorRole.Base: c.surface,
        QPalette.ColorRole.AlternateBase: c.raised,
        QPalette.ColorRole.Text: c.text,
        QPalette.ColorRole.Button: c.surface,
        QPalette.ColorRole.ButtonText: c.text,
        QPalette.ColorRole.BrightText: c.danger,
        QPalette.ColorRole.Highlight: c.accent,
        QPalette.ColorRole.HighlightedText: c.on_accent,
        QPalette.ColorRole.Link: c.accent,
        QPalette.ColorRole.ToolTipBase: c.raised,
        QPalette.ColorRole.ToolTipText: c.text,
        QPalette.ColorRole.PlaceholderText: c.disabled,
        QPalette.ColorRole.Mid: c.border,
    }
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(c.disabled))
    return palette


class Theme:
    """The colours in use. Follows the system unless a person chose light or dark."""

    def __init__(self, app: QApplication, arrows: dict[tuple[str, str], str]) -> None:
        """`arrows`: files of the small pictures that a style sheet needs, by (light or dark; up, down or tick)."""
        self._app = app
        self._arrows = arrows
        self._base = app.font()
        self.choice = ThemeChoice.SYSTEM
        self.colours = LIGHT
        app.setStyle("fusion")

    @property
    def dark(self) -> bool:
        """Whether the dark colours are in use."""
        return self.colours is DARK

    def choose(self, choice: ThemeChoice) -> None:
        """Use light or dark colours, or follow the system."""
        self.choice = choice
        hints = self._app.styleHints()
        if hasattr(hints, "setColorScheme"):
            scheme = {ThemeChoice.LIGHT: Qt.ColorScheme.Light, ThemeChoice.DARK: Qt.ColorScheme.Dark}
            hints.setColorScheme(scheme.get(choice, Qt.ColorScheme.Unknown))
        self.refresh()

    def refresh(self) -> None:
        """Take the colours again, after the system changed its mind."""
        follows_dark = self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        dark = self.choice is ThemeChoice.DARK or (self.choice is ThemeChoice.SYSTEM and follows_dark)
        self.colours = DARK if dark else LIGHT
        self._app.setPalette(_palette(self.colours))
        self._app.setStyleSheet(self._sheet())

    def _sheet(self) -> str:
        values = {entry.name: getattr(self.colours, entry.name) for entry in fields(Colours)}
        size = self._base.pointSizeF()
        sizes = {"title": 1.7, "heading": 1.2, "figure": 1.9, "small": 0.92}
        values |= {name: f"{size * factor:.1f}" for name, factor in sizes.items()}
        shade = "dark" if self.dark else "light"
        arrows = {f"arrow_{way}": self._arrows[shade, way] for way in ("up", "down")}
        arrows["tick"] = self._arrows[shade, "tick"]
        return STYLE.substitute(values, **arrows)


def scaled(font: QFont, factor: float, bold: bool = False) -> QFont:
    """A font relative to another, so that the system's text size is kept."""
    made = QFont(font)
    made.setPointSizeF(font.pointSizeF() * factor)
    if bold:
        made.setWeight(QFont.Weight.DemiBold)
    return made
