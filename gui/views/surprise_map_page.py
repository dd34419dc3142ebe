"""The surprise map: a text coloured by what each token cost, so that people see what the model knew."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QCoreApplication, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage, QImageWriter
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from nacomp.gui.controllers.services import Services
from nacomp.gui.logic.names import with_ending
from nacomp.gui.logic.surprise_map import SurpriseMap
from nacomp.gui.logic.wording import duration_text, size_text
from nacomp.gui.look.tones import Tone
from nacomp.gui.views.banner import Banner
from nacomp.gui.views.drop_area import dropped_paths
from nacomp.gui.views.empty_state import EmptyState
from nacomp.gui.views.parts import MARGIN, ElidedLabel, button, label, row
from nacomp.gui.views.surprise_choices import SurpriseChoices
from nacomp.gui.views.surprise_figures import Legend, SurpriseFigures
from nacomp.gui.views.token_view import TokenView


class SurpriseMapPage(QWidget):
    """One surprise map at a time, with the token that is asked about at the right."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._desk = services.surprise_maps
        self._theme = services.theme
        self._colours = services.theme.colours
        self._drawn: SurpriseMap | None = None
        self._placing = False
        self.setAcceptDrops(True)
        self._build()
        self._desk.changed.connect(self._show)
        self._desk.progressed.connect(self._show_progress)
        self._desk.saved.connect(self._report)
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
        self.choices = SurpriseChoices(self._services)
        self.choices.chosen.connect(self._again)
        outer.addWidget(self.choices)
        self.banner = Banner(c)
        outer.addWidget(self.banner)
        self.empty = EmptyState(
            c,
            "surprise-map",
            self.tr("See what the model knew"),
            self.tr(
                "Open or drop a text. Each piece of it is coloured by the bits that it costs: pale where the model "
                "expected it, red where it was surprised. The fewer bits a text costs, the smaller its archive."
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
        bar = self.bar = QProgressBar()
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        bar.setMaximumWidth(320)
        bar.setAccessibleName(self.tr("Computing the surprise map"))
        self.left = label("", "soft")
        self.left.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.stop_button = button(self.tr("Cancel"), self._colours, "cancel", on=self._desk.stop)
        box.addStretch(2)
        box.addWidget(self.working_text)
        box.addLayout(row(None, bar, None))
        box.addWidget(self.left)
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
        self.going_on = label("", "small")
        legend = label(self.tr("bits per token"), "small")
        left.addLayout(row(legend, Legend(self._theme), None, self.going_on))
        self.view.verticalScrollBar().valueChanged.connect(self._scrolled)
        box.addLayout(left, 1)
        self.figures = SurpriseFigures(self._theme)
        box.addWidget(self.figures)
        return page

    # What is shown ------------------------------------------------------------------------------------------

    def _show(self) -> None:
        desk = self._desk
        shown = desk.surprise_map
        self.stack.setCurrentIndex(2 if shown else 1 if desk.working else 0)
        self.title.say(desk.path.name if desk.path and (shown or desk.working) else self.tr("Surprise map"))
        for widget in (self.save_html, self.save_png):
            widget.setVisible(shown is not None)
        self.open_button.setVisible(shown is not None)
        if desk.failure is not None:
            self.banner.show_message(desk.failure, Tone.ERROR)
        elif shown is not None:
            self.banner.hide()
            if shown is not self._drawn:
                self._show_surprise_map(shown)
            self._show_going_on()
        elif desk.path is not None:
            self.banner.hide()
            self.working_text.setText(self.tr("The model is reading {0}…").format(desk.path.name))
            self._show_progress()

    def _show_progress(self) -> None:
        """How far the piece under way is."""
        meter = self._desk.meter
        self.bar.setRange(0, 1000 if meter.fraction else 0)
        self.bar.setValue(round(1000 * (meter.fraction or 0)))
        seconds = meter.seconds_left
        left = duration_text(seconds, QCoreApplication.translate) if seconds is not None else ""
        self.left.setText(self.tr("{0} left").format(left) if left else "")
        self._show_going_on()

    def _show_going_on(self) -> None:
        """Below the text: whether there is more of it, and how far its next piece is."""
        desk, pieces = self._desk, self._desk.pieces
        words = ""
        if pieces is not None and desk.surprise_map is not None and desk.working:
            words = self.tr("Reading on: {0}%").format(round(100 * (desk.meter.fraction or 0)))
        elif pieces is not None and desk.more:
            amount = size_text(pieces.read), size_text(pieces.size)
            words = self.tr("{0} of {1}; scroll to the end for more").format(*amount)
        self.going_on.setText(words)

    def _scrolled(self, value: int) -> None:
        """At the end of what is there, the next piece is read."""
        if (
            self._desk.surprise_map is not None
            and not self._placing
            and value >= self.view.verticalScrollBar().maximum()
        ):
            self._desk.go_on()

    def _show_surprise_map(self, shown: SurpriseMap) -> None:
        names = {model.id: model.name for model in self._services.models.models}
        name = names.get(shown.model_id, shown.model_id)
        self.choices.note.setText(self.tr("Read by {0}").format(name) if name else "")
        before, self._drawn = self._drawn, shown
        if before is not None and shown.tokens[: len(before.tokens)] == before.tokens:
            self.view.append_surprise_map(shown)
            self.figures.show_surprise_map(shown)
            return
        self._placing = True  # a shorter text moves the bar, which nobody has scrolled
        self.view.show_surprise_map(shown)
        self.view.verticalScrollBar().setValue(0)
        self._placing = False
        self.figures.show_surprise_map(shown)
        self.show_token(-1)

    def show_token(self, number: int) -> None:
        """Tell about one token; -1 for none."""
        shown = self._desk.surprise_map
        self.view.mark(number)
        known = shown is not None and 0 <= number < len(shown.tokens)
        self.figures.show_token(shown.tokens[number] if shown and known else None)

    # What is done -------------------------------------------------------------------------------------------

    def choose(self) -> None:
        """Ask for a text."""
        chosen, _ = QFileDialog.getOpenFileName(self, self.tr("Open a text"))
        if chosen:
            self.open_text(Path(chosen))

    def open_text(self, path: Path) -> None:
        """Compute the surprise map of a text with the chosen level and model."""
        self._desk.open(path, self.choices.level, self.choices.model_id)

    def _again(self) -> None:
        """Another level or model: the same text anew."""
        if self._desk.path is not None and (self._desk.surprise_map is not None or self._desk.working):
            self.open_text(self._desk.path)

    def _choose_html(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save the surprise map"), self._proposed(".html"), "HTML (*.html)"
        )
        if chosen:
            self.export_html(with_ending(Path(chosen), ".html"))

    def _choose_png(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save the surprise map"), self._proposed(".png"), "PNG (*.png)"
        )
        if chosen:
            self.export_png(with_ending(Path(chosen), ".png"))

    def _proposed(self, suffix: str) -> str:
        path = self._desk.path
        return str(path.with_name(path.name + suffix)) if path else "surprise map" + suffix

    def export_html(self, path: Path) -> None:
        """Write all that has been read of the text as one HTML file that needs nothing else."""
        self._desk.save(path)

    def export_png(self, path: Path) -> None:
        """Write what is visible of it as a picture, at double density."""
        self.view.colour_all()
        content = self.content
        picture = QImage(content.size() * 2, QImage.Format.Format_RGB32)
        picture.setDevicePixelRatio(2.0)
        picture.fill(self._colours.colour("window"))
        content.render(picture)

        writer = QImageWriter(str(path), QByteArray(b"png"))
        self._report(path, None if writer.write(picture) else OSError(writer.errorString()))

    def _report(self, path: Path, problem: OSError | None) -> None:
        if problem is not None:
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
