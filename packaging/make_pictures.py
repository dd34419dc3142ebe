"""Makes the application's pictures: every view, light and dark, small and large, on the real worker.

    python packaging/make_pictures.py OUT [--readme] [--themes light,dark] [--sizes 900x600,1600x1000] [--language de]

Nothing is drawn by hand: the window is opened without a screen, real files are compressed with the embedded model,
and what the window shows is saved. `--readme` also refreshes the pictures in `packaging/pictures`.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["NACOMP_HOME"] = tempfile.mkdtemp(prefix="nacomp-pictures-")

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication

from nacomp.gui.application import Application, make_qt_application
from nacomp.gui.controllers.comparisons import Comparison
from nacomp.gui.logic.jobs import FINISHED, Kind, State
from nacomp.gui.logic.levels import Level
from nacomp.gui.logic.settings import LanguageChoice, SettingsStore, ThemeChoice
from nacomp.gui.views.pages import Page
from nacomp.gui.views.queue_page import REFRESH_MS

ROOT = Path(__file__).parents[1]
README = {"queue_light_1100x700": "queue-light", "queue_dark_1100x700": "queue-dark"}
README |= {
    "surprise_map_light_1100x700": "surprise-map-light",
    "surprise_map_dark_1100x700": "surprise-map-dark",
    "archive_light_1100x700": "archive-light",
}
PATIENCE = 200.0


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
        end = time.monotonic() + 3 * REFRESH_MS / 1000  # totals and details follow a change this late
        self.wait(lambda: time.monotonic() > end)
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
        self.save("settings")


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
    parser.add_argument("--readme", action="store_true")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    use_a_common_font()
    sizes = "1100x700" if options.readme else options.sizes
    for theme in options.themes.split(","):
        for size in sizes.split(","):
            width, height = map(int, size.split("x"))
            files = Path(tempfile.mkdtemp()) / "Documents"
            make_files(files)
            pictures = Pictures(options.out, theme, (width, height), options.language)
            if options.model is not None:
                pictures.use_model(options.model)
            pictures.queue(files)
            pictures.archive(files)
            pictures.others(files)
            pictures.window.leave()
    if options.readme:
        for name, target in README.items():
            data = (options.out / f"{name}.png").read_bytes()
            (ROOT / "packaging" / "pictures" / f"{target}.png").write_bytes(data)


if __name__ == "__main__":
    sys.exit(main())
