"""The surprise map: a text coloured by what each token cost, so that people see what the model knew."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QByteArray, QCoreApplication, QSize, Qt
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QImage,
    QImageWriter,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QProgressBar,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from nacomp.gui.controllers.services import Services
from nacomp.gui.logic.surprise import GUESSES, SurpriseMap, Token
from nacomp.gui.logic.wording import bits_text, count_text, fixed_text, odds_text, size_text
from nacomp.gui.look.surprise_colours import surprise_colour
from nacomp.gui.look.theme import Theme, scaled
from nacomp.gui.look.tones import Tone
from nacomp.gui.views.banner import Banner
from nacomp.gui.views.drop_area import dropped_paths
from nacomp.gui.views.empty_state import EmptyState
from nacomp.gui.views.map_charts import HEIGHT, LEAST_HEIGHT, Histogram, RunningPlot
from nacomp.gui.views.parts import MARGIN, ElidedLabel, button, card, label, row
from nacomp.gui.views.token_view import TokenView

LEGEND = (0.1, 0.5, 1, 2, 4, 8, 16)
LEGEND_STEP = 34


class Legend(QWidget):
    """The colour scale with its bits."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Colour scale from 0 to 16 bits"))

    def sizeHint(self) -> QSize:
        return QSize(LEGEND_STEP * len(LEGEND), 24)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(scaled(self.font(), 0.85))
        for number, bits in enumerate(LEGEND):
            box = self.rect().adjusted(LEGEND_STEP * number, 0, LEGEND_STEP * (number + 1) - self.width(), 0)
            painter.fillRect(box, surprise_colour(bits, self._theme.dark))
            painter.setPen(self._theme.colours.colour("text"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, f"{bits:g}")


class MapPage(QWidget):
    """One map at a time, with the token that is asked about at the right."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._desk = services.maps
        self._theme = services.theme
        self._colours = services.theme.colours
        self.setAcceptDrops(True)
        self._build()
        self._desk.changed.connect(self._show)
        self._show()

    def _build(self) -> None:
        c = self._colours
        outer = QVBoxLayout(self)
        outer.setContentsMargins(MARGIN, 16, MARGIN, 16)
        outer.setSpacing(10)
        self.title = ElidedLabel(self.tr("Surprise map"), "title")
        self.open_button = button(self.tr("Open text…"), c, "file", on=self.choose)
        self.save_html = button(self.tr("Save as HTML…"), c, "save", on=self._choose_html)
        self.save_png = button(self.tr("Save as PNG…"), c, "save", on=self._choose_png)
        head = row(self.title, self.open_button, self.save_html, self.save_png)
        head.setStretch(0, 1)
        outer.addLayout(head)
        self.banner = Banner(c)
        outer.addWidget(self.banner)
        self.empty = EmptyState(
            c,
            "map",
            self.tr("See what the model knew"),
            self.tr(
                "Open or drop a text. Each piece of it is coloured by how many bits it cost: pale where the model saw it "
                "coming, red where it was surprised. Few bits are what makes an archive small."
            ),
            self.tr("Open text…"),
        )
        self.empty.pressed.connect(self.choose)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self._working())
        self.stack.addWidget(self._content())
        outer.addWidget(self.stack, 1)

    def _working(self) -> QWidget:
        page = QWidget()
        box = QVBoxLayout(page)
        self.working_text = label("", "heading")
        self.working_text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        bar = QProgressBar()
        bar.setRange(0, 0)
        bar.setMaximumWidth(320)
        bar.setAccessibleName(self.tr("Computing the map"))
        self.stop_button = button(self.tr("Cancel"), self._colours, "cancel", on=self._desk.stop)
        box.addStretch(2)
        box.addWidget(self.working_text)
        box.addLayout(row(None, bar, None))
        box.addLayout(row(None, self.stop_button, None))
        box.addStretch(3)
        return page

    def _content(self) -> QWidget:
        self.content = page = QWidget()
        box = QHBoxLayout(page)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(14)
        left = QVBoxLayout()
        left.setSpacing(8)
        self.view = TokenView(self._theme)
        self.view.asked.connect(self.show_token)
        left.addWidget(self.view, 1)
        left.addLayout(row(label(self.tr("bits per token"), "small"), Legend(self._theme), None))
        box.addLayout(left, 1)
        box.addWidget(self._side())
        return page

    def _side(self) -> QWidget:
        self.side = side = QScrollArea()
        side.setWidgetResizable(True)
        side.setAccessibleName(self.tr("Figures of the map"))
        side.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        side.setFixedWidth(306)
        self.figures = inside = QWidget()
        side.setWidget(inside)
        box = QVBoxLayout(inside)
        box.setContentsMargins(0, 0, 6, 0)
        box.setSpacing(10)
        _frame, total = card(box)
        self.figure = label("", "figure")
        self.total = label("", "soft", wrap=True)
        total.addWidget(self.figure)
        total.addWidget(self.total)
        _frame, token = card(box)
        self.token_text = ElidedLabel("", "heading")
        self.token_cost = label("", "soft", wrap=True)
        self.token_guesses = label("")
        lines = 1 + GUESSES  # always kept free, so that nothing below moves while the mouse does
        self.token_guesses.setMinimumHeight(lines * self.token_guesses.fontMetrics().lineSpacing())
        self.token_guesses.setAlignment(Qt.AlignmentFlag.AlignTop)
        token.addWidget(self.token_text)
        token.addWidget(self.token_cost)
        token.addWidget(self.token_guesses)
        _frame, plots = card(box)
        self.histogram = Histogram(self._theme)
        self.running = RunningPlot(self._theme)
        plots.addWidget(label(self.tr("Tokens by bits"), "small"))
        plots.addWidget(self.histogram)
        plots.addWidget(label(self.tr("Bits per byte along the text"), "small"))
        plots.addWidget(self.running)
        box.addStretch(1)
        return side

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the plots what height there is, so that a small window shows everything without scrolling."""
        super().resizeEvent(event)
        rest = self.figures.sizeHint().height() - 2 * self.running.height()
        height = (self.side.viewport().height() - rest) // 2
        for plot in (self.histogram, self.running):
            plot.setFixedHeight(max(LEAST_HEIGHT, min(height, HEIGHT)))

    # What is shown ------------------------------------------------------------------------------------------

    def _show(self) -> None:
        desk = self._desk
        shown = desk.map
        self.stack.setCurrentIndex(2 if shown else 1 if desk.working else 0)
        self.title.say(desk.path.name if desk.path and (shown or desk.working) else self.tr("Surprise map"))
        for widget in (self.save_html, self.save_png):
            widget.setVisible(shown is not None)
        self.open_button.setVisible(shown is not None)
        if desk.failure is not None:
            self.banner.show_message(desk.failure, Tone.ERROR)
        elif shown is not None:
            self.banner.hide()
            self._show_map(shown)
        elif desk.path is not None:
            self.banner.hide()
            self.working_text.setText(self.tr("The model is reading {0}…").format(desk.path.name))

    def _show_map(self, shown: SurpriseMap) -> None:
        self.view.show_map(shown)
        self.histogram.show_map(shown)
        self.running.show_map(shown)
        self.figure.setText(self.tr("{0} bits per byte").format(fixed_text(shown.bits_per_byte, 2)))
        words = self.tr("{0} of text in {1} tokens cost {2}.").format(
            size_text(shown.size), count_text(len(shown.tokens)), size_text(shown.bits / 8)
        )
        self.total.setText(words)
        self.show_token(-1)

    def show_token(self, number: int) -> None:
        """Tell about one token; -1 explains how to ask."""
        shown = self._desk.map
        self.view.mark(number)
        if shown is None or not 0 <= number < len(shown.tokens):
            self.token_text.say(self.tr("Point at a word"))
            self.token_cost.setText(self.tr("Its cost and what the model expected appear here."))
            self.token_guesses.setText("")
            return
        token = shown.tokens[number]
        translate = QCoreApplication.translate
        self.token_text.say(visible_text(token.text))
        self.token_cost.setText(f"{bits_text(token.bits, translate)} · {odds_text(token.bits, translate)}")
        self.token_guesses.setText(self._guesses(token))

    def _guesses(self, token: Token) -> str:
        if not token.guesses:
            return ""
        lines = [f"{100 * chance:.0f}%  {visible_text(text)}" for text, chance in token.guesses]
        return "\n".join([self.tr("The model expected:"), *lines])

    # What is done -------------------------------------------------------------------------------------------

    def choose(self) -> None:
        """Ask for a text."""
        chosen, _ = QFileDialog.getOpenFileName(self, self.tr("Open a text"))
        if chosen:
            self.open_text(Path(chosen))

    def open_text(self, path: Path) -> None:
        """Compute the map of a text with the chosen level's model."""
        settings = self._services.store.value
        self._desk.open(path, settings.level, settings.model_for(settings.level))

    def _choose_html(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save the map"), self._proposed(".html"), "HTML (*.html)"
        )
        if chosen:
            self.export_html(Path(chosen))

    def _choose_png(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save the map"), self._proposed(".png"), "PNG (*.png)"
        )
        if chosen:
            self.export_png(Path(chosen))

    def _proposed(self, suffix: str) -> str:
        path = self._desk.path
        return str(path.with_name(path.name + suffix)) if path else "map" + suffix

    def export_html(self, path: Path) -> None:
        """Write the map as one HTML file that needs nothing else."""
        page = self._desk.page
        if page is not None:
            self._report(path, lambda: path.write_bytes(page))

    def export_png(self, path: Path) -> None:
        """Write what is visible of the map as a picture, at double density."""
        self.view.colour_all()
        content = self.content
        picture = QImage(content.size() * 2, QImage.Format.Format_RGB32)
        picture.setDevicePixelRatio(2.0)
        picture.fill(self._colours.colour("window"))
        content.render(picture)

        def write() -> None:
            writer = QImageWriter(str(path), QByteArray(b"png"))
            if not writer.write(picture):
                raise OSError(writer.errorString())

        self._report(path, write)

    def _report(self, path: Path, write: Callable[[], object]) -> None:
        try:
            write()
        except OSError as problem:
            self.banner.show_message(
                self.tr("{0} could not be saved: {1}").format(path.name, problem), Tone.ERROR
            )
        else:
            self.banner.show_message(self.tr("Saved as {0}.").format(path.name))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if len(dropped_paths(event.mimeData())) == 1:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.open_text(dropped_paths(event.mimeData())[0])


def visible_text(text: str) -> str:
    """A token with its spaces and line breaks made visible."""
    return text.replace(" ", "␣").replace("\n", "⏎").replace("\t", "⇥") or "∅"
