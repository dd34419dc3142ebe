"""Makes the application's pictures: every view, light and dark, small and large, on the real worker.

    python packaging/make_pictures.py OUT [--readme] [--themes light,dark] [--sizes 900x600,860x520] [--language de]
        [--views queue,archive,others,states]

`states` is every menu, drop-down, dialog, question and mark that a person may meet. QT_SCALE_FACTOR=2 shows all at scale 2.
Nothing is drawn by hand: the window is opened without a screen, real files are compressed with the embedded model,
and what the window shows is saved. `--readme` also refreshes the pictures in `packaging/pictures`.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["NACOMP_HOME"] = tempfile.mkdtemp(prefix="nacomp-pictures-")

from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication, QComboBox, QMenu, QWidget

from nacomp.gui.application import Application, make_qt_application
from nacomp.gui.controllers.comparisons import Comparison
from nacomp.gui.logic.archive import Column
from nacomp.gui.logic.ending import Ending
from nacomp.gui.logic.estimate import Estimate
from nacomp.gui.logic.jobs import FINISHED, Conflict, Hold, Kind, State
from nacomp.gui.logic.levels import Level
from nacomp.gui.logic.locks import Lock
from nacomp.gui.logic.settings import LanguageChoice, SettingsStore, SourceAfter, ThemeChoice
from nacomp.gui.views.pages import Page
from nacomp.gui.views.queue_page import LONGEST_REST_MS

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "formats" / "golden"
README = {"queue_light_1100x700": "queue-light", "queue_dark_1100x700": "queue-dark"}
README |= {
    "surprise_map_light_1100x700": "surprise-map-light",
    "surprise_map_dark_1100x700": "surprise-map-dark",
    "archive_light_1100x700": "archive-light",
}
PATIENCE = 200.0
SETTLING_PASSES = 20
"""Layouts inside scroll areas settle over several events; on a loaded machine the wait above holds only a few."""
VIEWS = ("queue", "archive", "others", "states")


class Pictures:
    """One window in one look; each view is arranged and saved."""

    def __init__(self, out: Path, theme: str, size: tuple[int, int], language: str) -> None:
        self._out, self._tail = out, f"{theme}_{size[0]}x{size[1]}"
        store = SettingsStore()
        store.value.theme, store.value.language = ThemeChoice(theme), LanguageChoice(language)
        store.value.level = Level.FAST
        self._app = make_qt_application()
        self.application = Application(self._app, store)
        self.window = self.application.window
        self.window.resize(*size)
        self.window.show()

    def use_model(self, path: Path) -> None:
        """Add a model and choose it for the level in use."""
        services = self.application.services
        services.models.refresh()
        self.wait(lambda: services.models.loaded)
        known = {model.id for model in services.models.models if model.installed}
        if len(known) == 1:
            services.models.add(path)
            self.wait(lambda: sum(model.installed for model in services.models.models) > 1)
        added = next(
            model.id for model in services.models.models if model.installed and model.id != "embedded"
        )
        services.store.value.level = Level.BALANCED
        services.store.value.models[Level.BALANCED] = added
        self.application.rebuild()
        self.window = self.application.window

    def wait(self, ready: Callable[[], bool], patience: float = PATIENCE) -> None:
        """Let the application run until something is true."""
        end = time.monotonic() + patience
        while not ready():
            if time.monotonic() > end:
                states = [
                    (job.name, job.state.value, job.failure) for job in self.application.services.runner.queue
                ]
                raise TimeoutError(f"a view did not get ready: {states}")
            QApplication.processEvents()
            time.sleep(0.005)

    def save(self, name: str) -> None:
        """Save what the window shows."""
        end = time.monotonic() + 1.5 * LONGEST_REST_MS / 1000  # totals and details follow a change this late
        self.wait(lambda: time.monotonic() > end)
        for _ in range(SETTLING_PASSES):
            QApplication.processEvents()
        path = self._out / f"{name}_{self._tail}.png"
        self.window.grab().save(str(path))
        print(path)

    def queue(self, files: Path) -> None:
        """Empty; then finished, failed, running and waiting jobs; then the details of one."""
        window, runner = self.window, self.application.services.runner
        self.save("empty")
        missing = files / "meeting notes.txt"
        missing.write_text("gone")
        done = runner.add(Kind.COMPRESS, [files / "field guide.md"])[0]
        self.wait(lambda: done.state in FINISHED)
        failed = runner.add(Kind.COMPRESS, [missing])[0]
        missing.unlink()
        self.wait(lambda: failed.state in FINISHED)
        running = runner.add(Kind.COMPRESS, [files / "library"])[0]
        for name in [*sorted(files.glob("A very long*")), files / "field guide.md"]:
            runner.add(Kind.COMPRESS, [name])
        self.wait(lambda: (running.meter.fraction or 0) > 0.3)
        window.queue_page.list.setCurrentIndex(runner.model.index(0))
        self.wait(lambda: self.application.services.comparisons.state(done) is Comparison.READY)
        self.save("queue")
        window.queue_page.list.setCurrentIndex(runner.model.index(2))
        window.queue_page.details_open = True
        runner.pause_all()
        self.wait(lambda: running.state in (State.PAUSED, State.DONE))
        self.save("paused")
        window.queue_page.list.setCurrentIndex(runner.model.index(0))
        QApplication.processEvents()
        self.save("details")
        runner.start()
        window.queue_page.details_open = False
        self.wait(lambda: all(job.state in FINISHED for job in runner.queue))
        window.queue_page.take([files / "field guide.md.nac"])
        self.save("finished")

    def archive(self, files: Path) -> None:
        """An archive with a preview, and one that is damaged."""
        window = self.window
        window.show_page(Page.ARCHIVE)
        self.save("archive_empty")
        window.open_archive(files / "library.nac")
        page = window.archive_page
        self.wait(
            lambda: (
                page.entries.tree.model() is not None
                and self.application.services.archives.document is not None
            )
        )
        page.entries.tree.expandAll()
        model = page.entries.tree.model()
        matches = model.match(
            model.index(0, 0),
            Qt.ItemDataRole.DisplayRole,
            "*.md",
            1,
            Qt.MatchFlag.MatchWildcard | Qt.MatchFlag.MatchRecursive,
        )
        page.entries.tree.setCurrentIndex(matches[0])
        self.wait(lambda: bool(page.entries.preview.toPlainText()))
        self.save("archive")
        broken = files / "broken.nac"
        broken.write_bytes((files / "library.nac").read_bytes()[:-40])
        window.open_archive(broken)
        self.wait(lambda: self.application.services.archives.failure is not None)
        self.save("archive_damaged")

    def others(self, files: Path) -> None:
        """Models, surprise map, settings."""
        window, services = self.window, self.application.services
        window.show_page(Page.MODELS)
        self.wait(lambda: services.models.loaded)
        self.save("models")
        window.show_page(Page.SURPRISE_MAP)
        self.save("surprise_map_empty")
        window.surprise_map_page.open_text(files / "page.txt")
        self.wait(lambda: services.surprise_maps.surprise_map is not None)
        window.surprise_map_page.view.colour_all()
        shown = services.surprise_maps.surprise_map
        assert shown is not None
        costly = max(range(20, min(200, len(shown.tokens))), key=lambda n: shown.tokens[n].bits)
        window.surprise_map_page.show_token(costly)
        self.save("surprise_map")
        window.show_page(Page.SETTINGS)
        window.settings_page.make_all()
        self.save("settings")

    # Everything that opens ----------------------------------------------------------------------------------

    def save_popup(self, name: str, popup: QWidget) -> None:
        """Save what has opened over the window, and close it."""
        self.wait(popup.isVisible)
        QApplication.processEvents()
        path = self._out / f"{name}_{self._tail}.png"
        popup.grab().save(str(path))
        print(path)
        popup.close()

    def menu(self, name: str, menu: QMenu) -> None:
        """Save a menu and those that it opens."""
        menu.popup(self.window.mapToGlobal(QPoint(60, 60)))
        self.wait(menu.isVisible)
        below = [action.menu() for action in menu.actions()]
        path = self._out / f"{name}_{self._tail}.png"
        menu.grab().save(str(path))
        print(path)
        for number, one in enumerate(one for one in below if isinstance(one, QMenu)):
            one.popup(self.window.mapToGlobal(QPoint(120, 90)))
            self.save_popup(f"{name}_{number}", one)
        menu.close()

    def drop_downs(self, name: str, parent: QWidget) -> None:
        """Save every drop-down list of a page."""
        boxes = [box for box in parent.findChildren(QComboBox) if box.isVisible()]
        for number, box in enumerate(boxes):
            box.showPopup()
            self.save_popup(f"{name}_list_{number}", box.view().window())
            box.hidePopup()

    def states(self, files: Path) -> None:
        """Menus, drop-downs, dialogs, questions and marks."""
        window, services = self.window, self.application.services
        store, runner = services.store, services.runner
        store.value.start_at_once = False
        window.show_page(Page.QUEUE)
        window.queue_page.banner.dismiss()
        runner.remove(*runner.queue)  # what the other views have left
        self._adding(files)
        page = window.queue_page
        services.first_offer.welcome()
        self.wait(lambda: services.models.loaded)
        page.options.level.buttons["balanced"].click()
        self.save("offer_and_level")
        services.first_offer.answer(None)
        page.options.level.buttons["fast"].click()
        self._marks()
        self.menu("more_menu", page.options.more.menu())
        self.drop_downs("queue", page)
        self.menu("job_menu", page.list.job_menu(runner.queue.at(0)))
        page.list.ask_name(runner.queue.at(0))
        assert page.list.dialog is not None
        self.save_popup("name_dialog", page.list.dialog)
        page.list._ask_before_cancelling(runner.queue.at(0))
        assert page.list.question is not None
        self.save_popup("cancel_question", page.list.question)
        window._ask(0)
        assert window.question is not None
        self.save_popup("close_question", window.question)
        window.passwords._ask("letter.txt.nac", Lock.WRONG_PASSWORD, lambda _word: None)
        assert window.passwords.dialog is not None
        self.save_popup("password_dialog", window.passwords.dialog)
        window.show_about()
        assert window.about is not None
        self.save_popup("about", window.about)
        for page_name in (Page.SETTINGS, Page.SURPRISE_MAP):
            window.show_page(page_name)
            self.drop_downs(page_name.value, window)
        window.surprise_map_page.open_text(files / "picture.png")
        self.wait(lambda: services.surprise_maps.failure is not None)
        self.save("surprise_map_of_a_picture")
        window.show_page(Page.QUEUE)
        self._questions()
        self._ends(files)
        self._archive_menus()

    def _questions(self) -> None:
        """A job that would take long, on its card, in the details and as a question; and the notice of the window."""
        services, page = self.application.services, self.window.queue_page
        job = services.runner.queue.at(0)
        services.estimates.found[job.id] = {
            level: Estimate(seconds, size)
            for level, seconds, size in ((job.level, 5000, 310_000), (Level.FAST, 40, 420_000))
        }
        job.level, job.size, job.estimate = Level.MAX, 1_200_000, Estimate(19_000, 260_000)
        services.estimates.found[job.id][Level.MAX] = job.estimate
        services.runner.hold(job, Hold.CHOICE)
        page.list.setCurrentIndex(services.runner.model.index(0))
        services.estimates.long_job.emit(job)
        QApplication.clipboard().clear()
        self.window.paste()
        self.save("question_and_notice")
        page.banner.dismiss()
        page.list.setFocus()
        page.details_open = True
        self.window.notice.dismiss()
        self.save("question_in_the_details")
        page.details_open = False

    def _ends(self, files: Path) -> None:
        """The ways in which jobs end other than well, each with what can be done then."""
        services, page = self.application.services, self.window.queue_page
        runner = services.runner
        runner.remove(*runner.queue)
        (files / "torn.nac").write_bytes((GOLDEN / "lzma.nac").read_bytes()[:-9])
        archives = [files / "torn.nac", GOLDEN / "neural-text.nac", GOLDEN / "sealed.nac"]
        jobs = [*runner.add(Kind.EXTRACT, archives, files), *runner.add(Kind.COMPRESS, [files / "gone.txt"])]
        runner.start()
        self.wait(lambda: all(job.state in FINISHED for job in jobs))
        if self.window.passwords.dialog is not None:
            self.save_popup("password_wanted", self.window.passwords.dialog)
        offered = next(model.id for model in services.models.models if model.recommended)
        jobs[3].needs_model = offered
        runner.say(jobs[3], services.missing_models.need(offered))
        jobs[3].fetchable = True
        page.list.setCurrentIndex(runner.model.index(0))
        self.save("ends")
        self.menu("menu_of_a_damaged_one", page.list.job_menu(jobs[0]))

    def _archive_menus(self) -> None:
        """An archive with something inside its files, and the menus of the page."""
        window, services = self.window, self.application.services
        window.open_archive(GOLDEN / "views.nac")
        self.wait(lambda: services.archives.document is not None)
        tree = window.archive_page.entries.tree
        tree.expandAll()
        tree.setCurrentIndex(tree.model().index(0, 0))
        self.save("archive_with_views")
        self.menu("entry_menu", tree.entry_menu())
        window.archive_page._fill_recent()
        self.menu("recent_menu", window.archive_page.recent_menu)
        services.store.value.columns = [column.name.lower() for column in Column]
        window.open_archive(GOLDEN / "views.nac")
        self.wait(lambda: services.archives.document is not None)
        self.save("archive_with_all_columns")
        services.store.value.columns = None
        window.open_archive(GOLDEN / "neural-text.nac")
        self.wait(lambda: services.archives.document is not None)
        self.save("archive_whose_model_is_missing")
        window.show_page(Page.QUEUE)

    def _adding(self, files: Path) -> None:
        """What is asked when something is added."""
        page = self.window.queue_page
        notes = [files / f"note {number}.txt" for number in range(10)]
        for note in notes:
            note.write_text(note.name)
        (files / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n")
        page.take(notes)
        self.wait(page.asking.isVisible)
        self.save("one_archive_or_one_each")
        page.asking.dismiss()
        runner = self.application.services.runner
        self.wait(lambda: all(job.size is not None for job in runner.queue))
        page.list.setCurrentIndex(runner.model.index(0))

    def _marks(self) -> None:
        """Dangers, passwords, what was removed, and several questions at once."""
        page, store = self.window.queue_page, self.application.services.store
        runner = self.application.services.runner
        page.options.seal.trigger()
        page.options.password.insert("correct horse")
        self.save("password_once")
        page.options.password.eye.trigger()
        self.save("password_shown")
        page.options.seal.trigger()
        store.value.source_after, store.value.conflict = SourceAfter.TRASH, Conflict.REPLACE
        self.window.show_page(Page.SETTINGS)
        self.window.show_page(Page.QUEUE)
        runner.remove(runner.queue.at(9), runner.queue.at(8))
        for number in (5, 6):
            runner.queue.at(number).state = State.FAILED
            sentence = Ending(-9, crashed=True).sentence(QCoreApplication.translate)
            runner.say(runner.queue.at(number), sentence)
        page.list.setCurrentIndex(runner.model.index(5))
        self.save("dangers_undo_and_retry")
        store.value.source_after, store.value.conflict = SourceAfter.KEEP, Conflict.RENAME
        page.list.setCurrentIndex(runner.model.index(0))


def make_files(folder: Path) -> None:
    """Files to show: the project's own documents, under names as people have them."""
    text = "\n".join((ROOT / name).read_text("utf-8") for name in ("formats/SPEC.md", "formats/NUMERICS.md"))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "field guide.md").write_text(text[:24_000], "utf-8")
    (folder / "page.txt").write_text(text[600:3_600], "utf-8")
    long = "A very long file name that nobody would ever choose but that some program made up, draft 17 (final).txt"
    (folder / long).write_text(text[4_000:16_000], "utf-8")
    library = folder / "library" / "chapters"
    library.mkdir(parents=True, exist_ok=True)
    for number in range(6):
        start = 5_000 * number
        (library / f"chapter {number + 1}.md").write_text(text[start : start + 20_000], "utf-8")
    (folder / "library" / "cover.bin").write_bytes(bytes(range(256)) * 40)


def use_a_common_font() -> None:
    """A system without a desktop has no default interface font; take one that many desktops use."""
    app = make_qt_application()
    families = QFontDatabase.families()
    for family in ("Inter", "Noto Sans", "DejaVu Sans"):
        if family in families:
            app.setFont(QFont(family, 10))
            return


def main() -> None:
    """Make the pictures that the arguments ask for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--themes", default="light,dark")
    parser.add_argument("--sizes", default="900x600,1600x1000")
    parser.add_argument("--language", default="en")
    parser.add_argument(
        "--model", type=Path, help="a GGUF file to compress with, in place of the embedded model"
    )
    parser.add_argument("--views", default=",".join(VIEWS))
    parser.add_argument("--readme", action="store_true")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    use_a_common_font()
    sizes = "1100x700" if options.readme else options.sizes
    for theme in options.themes.split(","):
        for size in sizes.split(","):
            width, height = map(int, size.split("x"))
            # Each look begins as on a new machine: the last one left settings and a queue.
            os.environ["NACOMP_HOME"] = tempfile.mkdtemp(prefix="nacomp-pictures-")
            files = Path(tempfile.mkdtemp()) / "Documents"
            make_files(files)
            pictures = Pictures(options.out, theme, (width, height), options.language)
            if options.model is not None:
                pictures.use_model(options.model)
            for view in VIEWS if options.readme else options.views.split(","):
                getattr(pictures, view)(files)
            pictures.window.leave()
    if options.readme:
        for name, target in README.items():
            data = (options.out / f"{name}.png").read_bytes()
            (ROOT / "packaging" / "pictures" / f"{target}.png").write_bytes(data)


if __name__ == "__main__":
    main()
