"""One archive, or one each? Asked once for all the small files that have come, in a banner of its own."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from nacomp.gui.controllers.services import Services
from nacomp.gui.logic.names import archive_name
from nacomp.gui.look.tones import Tone
from nacomp.gui.views.archive_name import ArchiveNameDialog
from nacomp.gui.views.banner import Banner


class AddingQuestions(QObject):
    """Asks as long as there is something undecided. Closed without an answer, it is one each: nothing dropped is lost."""

    def __init__(self, services: Services, banner: Banner, page: QWidget) -> None:
        super().__init__(banner)
        self._desk, self._store = services.adding, services.store
        self._colours = services.theme.colours
        self._banner, self._page = banner, page
        self.dialog: ArchiveNameDialog | None = None
        self._desk.changed.connect(self.ask)
        self._desk.refused.connect(self._complain)  # a lambda would outlive the banner
        banner.dismissed.connect(self._one_each)
        self.ask()

    def ask(self) -> None:
        """Ask, or take the question back."""
        count = len(self._desk.undecided)
        if not count:
            self._banner.hide()
            return
        self._banner.show_message(
            self.tr("%n small file(s): one archive for all of them, or one each?", "", count),
            Tone.INFO,
            [
                (self.tr("One archive"), self._name_it),
                (self.tr("One each"), self._one_each),
                (self.tr("Always one each"), self._always),
            ],
        )

    def _complain(self, sentence: str) -> None:
        self._banner.show_message(sentence, Tone.ERROR)

    def _one_each(self) -> None:
        if self._desk.undecided:
            self._desk.decide(together=False)

    def _always(self) -> None:
        self._store.change("ask_together", False)
        self._one_each()

    def _name_it(self) -> None:
        """One archive gets a name that somebody can find again; closing the question asks again."""
        proposed = archive_name(self._desk.undecided)
        self.dialog = ArchiveNameDialog(proposed, self._colours, self._page)
        self.dialog.given.connect(lambda name: self._desk.decide(together=True, name=name))
        self.dialog.rejected.connect(self.ask)
        self.dialog.open()
