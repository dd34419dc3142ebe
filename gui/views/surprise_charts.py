"""Two small plots of a surprise map: how many tokens cost how much, and how the cost runs through the text."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from nacomp.gui.logic.surprise_map import BIN_EDGES, SurpriseMap
from nacomp.gui.logic.wording import fixed_text
from nacomp.gui.look.surprise_colours import surprise_colour
from nacomp.gui.look.theme import Theme, scaled

LEAST_HEIGHT, HEIGHT = 72, 112


class _Plot(QWidget):
    """What both plots share: the surprise map, the theme, the frame."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.surprise_map: SurpriseMap | None = None
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_surprise_map(self, shown: SurpriseMap | None) -> None:
        """Show another surprise map."""
        self.surprise_map = shown
        self.setAccessibleName(self.words())
        self.update()

    def words(self) -> str:
        """The plot in words, for screen readers."""
        return ""

    def sizeHint(self) -> QSize:
        return QSize(260, HEIGHT)

    def _small(self, painter: QPainter) -> QFontMetricsF:
        font = scaled(self.font(), 0.85)
        painter.setFont(font)
        painter.setPen(self._theme.colours.colour("soft"))
        return QFontMetricsF(font)


class Histogram(_Plot):
    """Tokens per range of bits."""

    def words(self) -> str:
        if self.surprise_map is None:
            return ""
        edges = [f"< {edge:g}" for edge in BIN_EDGES] + [f"> {BIN_EDGES[-1]:g}"]
        counts = ", ".join(
            f"{edge}: {count}" for edge, count in zip(edges, self.surprise_map.histogram(), strict=True)
        )
        return self.tr("Tokens by bits: {0}").format(counts)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.surprise_map is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = self._small(painter)
        counts = self.surprise_map.histogram()
        highest = max(1, *counts)
        width = self.width() / len(counts)
        bottom = self.height() - metrics.height() - 4
        c = self._theme.colours
        for number, count in enumerate(counts):
            height = max(1.0 if count else 0.0, (bottom - metrics.height() - 4) * count / highest)
            edge = BIN_EDGES[number] if number < len(BIN_EDGES) else 2 * BIN_EDGES[-1]
            painter.setPen(QPen(c.colour("strong_border"), 1))
            painter.setBrush(surprise_colour(edge, self._theme.dark))
            painter.drawRoundedRect(QRectF(number * width + 3, bottom - height, width - 6, height), 3, 3)
            painter.setPen(c.colour("soft"))
            text = f"{edge:g}" if number < len(BIN_EDGES) else f">{BIN_EDGES[-1]:g}"
            place = QRectF(number * width, bottom + 3, width, metrics.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignHCenter, text)
            share = 100 * count / max(1, len(self.surprise_map.tokens))
            if share >= 0.5:
                above = QRectF(
                    number * width - 4, bottom - height - metrics.height() - 1, width + 8, metrics.height()
                )
                painter.drawText(above, Qt.AlignmentFlag.AlignHCenter, f"{share:.0f}%")


class RunningPlot(_Plot):
    """Bits per byte along the text, with the mean as a line."""

    def words(self) -> str:
        if self.surprise_map is None:
            return ""
        return self.tr("Bits per byte along the text, {0} on average").format(
            fixed_text(self.surprise_map.bits_per_byte, 2)
        )

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.surprise_map is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = self._small(painter)
        points = self.surprise_map.running(max(10, self.width() // 3))
        mean = self.surprise_map.bits_per_byte
        top = max([value for _, value in points] + [mean, 0.1]) * 1.1
        left, bottom = metrics.horizontalAdvance("0.0") + 8, self.height() - 6.0
        area = QRectF(left, 6, self.width() - left - 2, bottom - 6)
        c = self._theme.colours
        for value in (0.0, top / 2, top):
            y = area.bottom() - area.height() * value / top
            painter.setPen(QPen(c.colour("border"), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(c.colour("soft"))
            place = QRectF(
                0,
                min(max(y - metrics.height() / 2, 0.0), self.height() - metrics.height()),
                left - 5,
                metrics.height(),
            )
            painter.drawText(place, Qt.AlignmentFlag.AlignRight, fixed_text(value, 1))
        line = QPolygonF(
            [
                QPointF(area.left() + x * area.width(), area.bottom() - area.height() * y / top)
                for x, y in points
            ]
        )
        painter.setPen(QPen(c.colour("accent"), 1.8))
        painter.drawPolyline(line)
        y = area.bottom() - area.height() * mean / top
        painter.setPen(QPen(c.colour("warning"), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
