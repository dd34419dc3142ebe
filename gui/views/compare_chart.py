"""Horizontal bars, shortest is best: a finished job next to what zip, zstd and xz make of the same files."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from nacomp.gui.logic.compare import Bar
from nacomp.gui.logic.wording import count_text, size_text
from nacomp.gui.look.theme import Colours, scaled

BAR = 16.0


class CompareChart(QWidget):
    """Draws bars; the first one is ours and drawn in the accent colour."""

    def __init__(self, colours: Colours, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colours = colours
        self._bars: list[Bar] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_bars(self, bars: Sequence[Bar]) -> None:
        """Show other bars."""
        self._bars = list(bars)
        words = ", ".join(f"{bar.label} {size_text(bar.size)}" for bar in bars)
        self.setAccessibleName(self.tr("Sizes compared: {0}").format(words))
        self.setToolTip("\n".join(f"{bar.label}: {count_text(bar.size)} B" for bar in bars))
        self.updateGeometry()
        self.update()

    def _line(self) -> float:
        return QFontMetricsF(self.font()).height() + 12

    def sizeHint(self) -> QSize:
        return QSize(240, round(self._line() * len(self._bars)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._bars:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = QFontMetricsF(scaled(self.font(), 1.0, bold=True))
        left = max(metrics.horizontalAdvance(bar.label) for bar in self._bars) + 12
        right = max(metrics.horizontalAdvance(size_text(bar.size)) for bar in self._bars) + 10
        space = max(10.0, self.width() - left - right)
        longest = max(1, *(bar.size for bar in self._bars))
        for number, bar in enumerate(self._bars):
            ours = number == 0
            top = number * self._line()
            middle = QRectF(0, top, self.width(), self._line())
            width = max(3.0, space * bar.size / longest)
            painter.setFont(scaled(self.font(), 1.0, bold=ours))
            painter.setPen(self._colours.colour("text" if ours else "soft"))
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
            painter.drawText(middle, flags, bar.label)
            painter.drawText(middle.adjusted(left + width + 8, 0, 0, 0), flags, size_text(bar.size))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._colours.colour("accent" if ours else "strong_border"))
            painter.drawRoundedRect(QRectF(left, middle.center().y() - BAR / 2, width, BAR), 4, 4)
