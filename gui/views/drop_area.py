"""Where files are dropped: a large inviting area while the queue is empty, one line when it is not."""

from pathlib import Path

from PySide6.QtCore import QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from nacomp.gui.look.theme import Colours
from nacomp.gui.views.parts import button, label, mark, picture, row


def dropped_paths(data: QMimeData) -> list[Path]:
    """The local files and folders of a drop, or of the clipboard."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


class DropArea(QFrame):
    """Takes drops and shows that it would. Buttons do the same for keyboards."""

    dropped = Signal(list)
    wants_files = Signal()
    wants_folder = Signal()

    def __init__(self, colours: Colours, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("drop")
        self.setAcceptDrops(True)
        self.setAccessibleName(self.tr("Drop files or folders here"))
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 20, 24, 20)
        box.setSpacing(10)
        self.files = button(self.tr("Add files…"), colours, "add-file", "primary", on=self.wants_files.emit)
        self.folder = button(self.tr("Add folder…"), colours, "add-folder", on=self.wants_folder.emit)
        title = label(self.tr("Drop files or folders here"), "heading")
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        hint = label(
            self.tr(
                "Text, code and documents become several times smaller. Anything else becomes at least as small "
                "as with xz. Drop a .nac archive to look inside or get your files back."
            ),
            "soft",
            wrap=True,
        )
        hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        hint.setMinimumWidth(440)
        hint.setMaximumWidth(520)
        box.addStretch(2)
        box.addWidget(picture("drop", colours, "accent", QSize(160, 112)))
        box.addWidget(title)
        box.addLayout(row(None, hint, None))
        box.addSpacing(6)
        box.addLayout(row(None, self.files, self.folder, None))
        box.addStretch(3)

    def highlight(self, over: bool) -> None:
        """Show or stop showing that a drop would land here."""
        mark(self, "over", "true" if over else "false")

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_paths(event.mimeData()):
            event.acceptProposedAction()
            self.highlight(True)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self.highlight(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.highlight(False)
        paths = dropped_paths(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.dropped.emit(paths)
