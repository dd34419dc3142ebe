"""The figures beside a surprise map: the sum, the token that is asked about, and two plots; and the scale below it."""

from PySide6.QtCore import QCoreApplication, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from nacomp.gui.logic.surprise_map import GUESSES, SurpriseMap, Token
from nacomp.gui.logic.wording import bits_text, count_text, figure_text, fixed_text, odds_text, size_text
from nacomp.gui.look.surprise_colours import surprise_colour
from nacomp.gui.look.theme import Theme, scaled
from nacomp.gui.views.parts import ElidedLabel, card, label
from nacomp.gui.views.surprise_charts import HEIGHT, LEAST_HEIGHT, Histogram, RunningPlot

LEGEND = (0.1, 0.5, 1, 2, 4, 8, 16)
LEGEND_STEP, LEAST_LEGEND_STEP = 34, 24


class Legend(QWidget):
    """The colour scale with its bits."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Colour scale from 0 to 16 bits"))

    def sizeHint(self) -> QSize:
        return QSize(LEGEND_STEP * len(LEGEND), 24)

    def minimumSizeHint(self) -> QSize:
        return QSize(LEAST_LEGEND_STEP * len(LEGEND), 24)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(scaled(self.font(), 0.85))
        for number, bits in enumerate(LEGEND):
            left, right = (self.width() * place // len(LEGEND) for place in (number, number + 1))
            box = QRect(left, 0, right - left, self.height())
            painter.fillRect(box, surprise_colour(bits, self._theme.dark))
            painter.setPen(self._theme.colours.colour("text"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, figure_text(bits))


class SurpriseFigures(QScrollArea):
    """Three cards, one above the other."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setAccessibleName(self.tr("Figures of the surprise map"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedWidth(306)
        self._inside = inside = QWidget()
        self.setWidget(inside)
        box = QVBoxLayout(inside)
        box.setContentsMargins(0, 0, 6, 0)
        box.setSpacing(10)
        _frame, total = card(box)
        self._rate = label("", "figure")
        self._total = label("", "soft", wrap=True)
        total.addWidget(self._rate)
        total.addWidget(self._total)
        _frame, token = card(box)
        self._token = ElidedLabel("", "heading")
        self.token_cost = label("", "soft", wrap=True)
        self._guesses = label("")
        lines = 1 + GUESSES  # always kept free, so that nothing below moves while the mouse does
        self._guesses.setMinimumHeight(lines * self._guesses.fontMetrics().lineSpacing())
        self._guesses.setAlignment(Qt.AlignmentFlag.AlignTop)
        token.addWidget(self._token)
        token.addWidget(self.token_cost)
        token.addWidget(self._guesses)
        _frame, plots = card(box)
        self._histogram = Histogram(theme)
        self._running = RunningPlot(theme)
        plots.addWidget(label(self.tr("Tokens by bits"), "small"))
        plots.addWidget(self._histogram)
        plots.addWidget(label(self.tr("Bits per byte along the text"), "small"))
        plots.addWidget(self._running)
        box.addStretch(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the plots what height there is, so that a small window shows everything without scrolling."""
        super().resizeEvent(event)
        rest = self._inside.sizeHint().height() - 2 * self._running.height()
        height = (self.viewport().height() - rest) // 2
        for plot in (self._histogram, self._running):
            plot.setFixedHeight(max(LEAST_HEIGHT, min(height, HEIGHT)))

    def show_surprise_map(self, shown: SurpriseMap) -> None:
        """Show the figures of another surprise map."""
        self._histogram.show_surprise_map(shown)
        self._running.show_surprise_map(shown)
        self._rate.setText(self.tr("{0} bits per byte").format(fixed_text(shown.bits_per_byte, 2)))
        words = self.tr("{0} of text in {1} tokens cost {2}.").format(
            size_text(shown.size), count_text(len(shown.tokens)), size_text(shown.bits / 8)
        )
        self._total.setText(words)

    def show_token(self, token: Token | None) -> None:
        """Tell about one token; None explains how to ask."""
        if token is None:
            self._token.say(self.tr("Point at a word"))
            self.token_cost.setText(self.tr("Its cost and what the model expected appear here."))
            self._guesses.setText("")
            return
        translate = QCoreApplication.translate
        self._token.say(visible_text(token.text))
        self.token_cost.setText(f"{bits_text(token.bits, translate)} · {odds_text(token.bits, translate)}")
        lines = [f"{100 * chance:.0f}%  {visible_text(text)}" for text, chance in token.guesses]
        self._guesses.setText("\n".join([self.tr("The model expected:"), *lines]) if lines else "")


def visible_text(text: str) -> str:
    """A token with its spaces and line breaks made visible."""
    return text.replace(" ", "␣").replace("\n", "⏎").replace("\t", "⇥") or "∅"
