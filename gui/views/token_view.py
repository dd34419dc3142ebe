"""The text of a surprise map, each token on the colour of its cost. Hover or move the caret to ask about a token.

A plain text editor rather than a canvas: the text can be selected, copied and read aloud. Colours are laid on in
slices between two events, so a long text never holds up the window.
"""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QSyntaxHighlighter, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from nacomp.gui.logic.surprise_map import SurpriseMap
from nacomp.gui.look.surprise_colours import colour_of_share
from nacomp.gui.look.theme import Theme
from nacomp.runtime.surprise_scale import share_of

SLICE = 40
"""Paragraphs coloured per event: about 5 ms of work for prose."""

SHADES = 64


def _shades(theme: Theme) -> list[QTextCharFormat]:
    made = []
    for number in range(SHADES):
        form = QTextCharFormat()
        form.setBackground(colour_of_share(number / (SHADES - 1), theme.dark))
        form.setForeground(theme.colours.colour("text"))
        made.append(form)
    return made


class _Painter(QSyntaxHighlighter):
    """Colours a paragraph only when asked to: the first pass of a highlighter goes over the whole text at once."""

    def __init__(self, view: "TokenView", theme: Theme) -> None:
        super().__init__(view.document())
        self._view = view
        self._shades = _shades(theme)
        self.armed = False

    def highlightBlock(self, text: str) -> None:
        if self.armed:
            for start, length, bits in self._view.pieces(self.currentBlock().position(), len(text)):
                self.setFormat(start, length, self._shades[round(share_of(bits) * (SHADES - 1))])


class TokenView(QPlainTextEdit):
    """`asked`: the number of the token under the mouse or the caret, -1 for none."""

    asked = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: SurpriseMap | None = None
        self._next_block = 0
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setAccessibleName(self.tr("Text coloured by surprise"))
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        font = self.font()
        font.setPointSizeF(font.pointSizeF() * 1.12)
        self.setFont(font)
        self.viewport().setMouseTracking(True)
        self.viewport().installEventFilter(self)
        self._marked = QTextCharFormat()
        self._marked.setBackground(theme.colours.colour("accent"))
        self._marked.setForeground(theme.colours.colour("on_accent"))
        self._highlighter = _Painter(self, theme)
        self._painter = QTimer(self, interval=0)
        self._painter.timeout.connect(self._colour_slice)
        self.cursorPositionChanged.connect(self._caret_moved)

    def show_surprise_map(self, shown: SurpriseMap | None) -> None:
        """Show another surprise map."""
        self._shown = shown
        self._next_block = 0
        self._painter.stop()
        self.setPlainText(shown.text if shown else "")
        if shown:
            self._painter.start()

    def append_surprise_map(self, shown: SurpriseMap) -> None:
        """Show more of the same text, behind what is there; who reads it stays where he is."""
        known = len(self._shown.text) if self._shown else 0
        self._shown = shown
        place = self.verticalScrollBar().value()
        end = QTextCursor(self.document())
        end.movePosition(QTextCursor.MoveOperation.End)
        end.insertText(shown.text[known:])
        self.verticalScrollBar().setValue(place)
        self._next_block = max(0, self._next_block - 1)  # its last paragraph goes on
        self._painter.start()

    def colour_all(self) -> None:
        """Lay on all colours now (for pictures and exports)."""
        while self._painter.isActive():
            self._colour_slice()

    def mark(self, number: int) -> None:
        """Show which token is being asked about; -1 for none."""
        selections = []
        if self._shown is not None and 0 <= number < len(self._shown.tokens):
            selection = QTextEdit.ExtraSelection()
            selection.format = self._marked
            selection.cursor = self.textCursor()
            selection.cursor.setPosition(self._to_qt(self._shown.start(number)))
            selection.cursor.setPosition(
                self._to_qt(self._shown.ends[number]), QTextCursor.MoveMode.KeepAnchor
            )
            selections.append(selection)
        self.setExtraSelections(selections)

    def token_at(self, point: QPoint) -> int:
        """The token under a point of the viewport, -1 for none."""
        cursor = self.cursorForPosition(point)
        number = self._shown.at(self._position(cursor.position())) if self._shown else None
        return number if number is not None else -1

    def _position(self, cursor_position: int) -> int:
        """Qt counts UTF-16 units, Python characters; they differ behind the first astral character."""
        if self._shown is None:
            return 0
        return self._to_python(cursor_position)

    def _to_python(self, units: int) -> int:
        text = self._text_cache()
        if len(text) == self._units:
            return units
        return len(text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore"))

    def _to_qt(self, position: int) -> int:
        text = self._text_cache()
        return position if len(text) == self._units else _units(text[:position])

    def _text_cache(self) -> str:
        if self._cached_for is not self._shown:
            self._cached_for = self._shown
            self._cached = self._shown.text if self._shown else ""
            self._units = len(self._cached.encode("utf-16-le")) // 2
        return self._cached

    _cached_for: SurpriseMap | None = None
    _cached = ""
    _units = 0

    def _colour_slice(self) -> None:
        document = self.document()
        self._highlighter.armed = True
        for _ in range(SLICE):
            block = document.findBlockByNumber(self._next_block)
            if not block.isValid():
                self._painter.stop()
                break
            self._highlighter.rehighlightBlock(block)
            self._next_block += 1
        self._highlighter.armed = False

    def pieces(self, position: int, length: int) -> list[tuple[int, int, float]]:
        """(start, length, bits) of the tokens in a paragraph, in Qt's units from its beginning."""
        shown = self._shown
        start, end = self._position(position), self._position(position + length)
        number = shown.at(start) if shown else None
        text = self._text_cache()
        astral = len(text) != self._units
        found = []
        while shown and number is not None and number < len(shown.tokens) and shown.start(number) < end:
            low, high = max(start, shown.start(number)), min(end, shown.ends[number])
            place = _units(text[start:low]) if astral else low - start
            size = _units(text[low:high]) if astral else high - low
            found.append((place, size, shown.tokens[number].bits))
            number += 1
        return found

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            watched is self.viewport()
            and event.type() == QEvent.Type.MouseMove
            and isinstance(event, QMouseEvent)
        ):
            self.asked.emit(self.token_at(event.position().toPoint()))
        return super().eventFilter(watched, event)

    def _caret_moved(self) -> None:
        if self._shown is not None:
            number = self._shown.at(self._position(self.textCursor().position()))
            self.asked.emit(number if number is not None else -1)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
