"""The archive page on the real worker."""

import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from nacomp.gui.application import Application
from nacomp.gui.controllers.entry_model import NODE_ROLE
from nacomp.gui.logic.archive import Column, runs
from nacomp.gui.logic.jobs import Job, Kind, State
from nacomp.gui.logic.settings import SettingsStore
from nacomp.gui.logic.status import status_line
from nacomp.gui.logic.wording import size_text
from nacomp.gui.views.archive_page import ArchivePage
from nacomp.gui.views.entry_browser import ROOM_FOR_NAMES
from tests.gui.driving import GOLDEN, Text, press, wait_for


def opened(application: Application, qtbot: QtBot, path: Path) -> ArchivePage:
    application.window.open_archive(path)
    desk = application.services.archives
    qtbot.waitUntil(lambda: desk.document is not None or desk.failure is not None)
    return application.window.archive_page


def select(page: ArchivePage, name: str) -> None:
    model = page.entries.tree.model()
    flags = Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive
    found = model.match(model.index(0, 0), Qt.ItemDataRole.DisplayRole, name, 1, flags)
    page.entries.tree.setCurrentIndex(found[0])
    assert found[0].data(NODE_ROLE).name == name


def test_archive_shows_entries_preview_and_gives_some_back(
    application: Application, qtbot: QtBot, archive: Path, tmp_path: Path, finished: Callable[[Job], None]
) -> None:
    page = opened(application, qtbot, archive)
    assert "2 files" in page.summary.text()
    select(page, "letter.txt")
    qtbot.waitUntil(lambda: "Dear reader" in page.entries.preview.toPlainText())
    select(page, "noise")
    qtbot.waitUntil(lambda: "Not a text" in page.entries.preview.placeholderText())

    select(page, "letter.txt")
    target = tmp_path / "elsewhere"
    target.mkdir()
    page.extract_to(target)
    job = application.services.runner.queue.at(1)
    finished(job)
    letters = list(target.rglob("letter.txt"))
    assert len(letters) == 1
    assert letters[0].read_bytes() == (tmp_path / "box/inner/letter.txt").read_bytes()
    assert not list(target.rglob("noise"))


def test_entries_are_found_and_sorted(
    application: Application, qtbot: QtBot, tmp_path: Path, finished: Callable[[Job], None]
) -> None:
    for number in range(9):
        place = tmp_path / "many" / ("even" if number % 2 == 0 else "odd") / f"Part {number}.bin"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(bytes(range(256)) * (9 - number))
    finished(application.services.runner.add(Kind.COMPRESS, [tmp_path / "many"])[0])
    page = opened(application, qtbot, tmp_path / "many.nac")

    def shown() -> list[str]:
        page.entries.tree.expandAll()
        rows, index = [], page.entries.tree.model().index(0, 0)
        while index.isValid():
            rows.append(index.data())
            index = page.entries.tree.indexBelow(index)
        return rows

    assert page.entries.search.isVisibleTo(page)
    assert len(shown()) == 12
    select(page, "Part 2.bin")
    page.entries.tree.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    even = ["Part 8.bin", "Part 6.bin", "Part 4.bin", "Part 2.bin", "Part 0.bin"]
    assert shown()[shown().index("even") + 1 :][:5] == even
    assert page.entries.selected_paths() == ["many/even/Part 2.bin"]
    page.entries.search.setText(" part 4")
    qtbot.waitUntil(lambda: shown() == ["many", "even", "Part 4.bin"])
    page.entries.search.setText("nowhere")
    qtbot.waitUntil(lambda: shown() == [])
    page.entries.search.clear()
    qtbot.waitUntil(lambda: len(shown()) == 12)
    assert shown()[shown().index("even") + 1 :][:5] == even


def test_entry_is_prepared_and_dragged_out_as_a_file(
    application: Application, qtbot: QtBot, archive: Path, tmp_path: Path
) -> None:
    page = opened(application, qtbot, archive)
    select(page, "letter.txt")
    with qtbot.waitSignal(application.services.archives.prepared):
        page.drag_out()
    files = application.services.archives.ready_to_drag(page.entries.selected_paths())
    assert files is not None
    carried = page.drag_data(files).urls()
    assert [Path(url.toLocalFile()).read_bytes() for url in carried] == [
        (tmp_path / "box/inner/letter.txt").read_bytes()
    ]
    scratch = files[0]
    application.services.archives.close_archive()
    assert not scratch.exists()


def test_damaged_archive_is_a_sentence_in_the_window(
    application: Application, qtbot: QtBot, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.nac"
    broken.write_bytes((GOLDEN / "lzma.nac").read_bytes()[:-9])
    page = opened(application, qtbot, broken)
    assert page.banner.isVisible()
    assert "damaged" in page.banner.text.text()
    assert not page.extract_all.isVisible()


def test_archives_of_the_golden_set_are_shown(application: Application, qtbot: QtBot) -> None:
    page = opened(application, qtbot, GOLDEN / "shared-extents.nac")
    assert page.entries.tree.model().rowCount() >= 1


def test_an_update_that_was_cut_off_is_told(application: Application, qtbot: QtBot) -> None:
    page = opened(application, qtbot, GOLDEN / "unfinished-update.nac")
    assert "the state before it" in page.banner.text.text()
    opened(application, qtbot, GOLDEN / "updated.nac")
    qtbot.waitUntil(page.banner.isHidden)


def test_entries_have_a_menu_and_a_type(
    application: Application, qtbot: QtBot, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(application, qtbot, archive)
    select(page, "letter.txt")
    index = page.entries.tree.currentIndex()
    assert index.siblingAtColumn(Column.TYPE).data() == "TXT"
    menu = {action.text(): action for action in page.entries.tree.entry_menu().actions()}
    menu["Copy path"].trigger()
    assert QGuiApplication.clipboard().text() == "box/inner/letter.txt"
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "there"))
    menu["Extract to…"].trigger()
    job = application.services.runner.queue.at(1)
    assert (job.destination, job.select) == (tmp_path / "there", ("box/inner/letter.txt",))
    qtbot.waitUntil(lambda: job.state is State.DONE)
    assert str(tmp_path / "there") in status_line(job)  # where it went


def test_double_click_opens_an_entry_but_no_program(
    application: Application, qtbot: QtBot, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert runs("setup.EXE")
    assert not runs("letter.txt")
    page = opened(application, qtbot, archive)
    shown: list[bytes] = []

    def show(url: QUrl) -> bool:
        shown.append(Path(url.toLocalFile()).read_bytes())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", show)
    select(page, "letter.txt")
    tree = page.entries.tree
    place = tree.visualRect(tree.currentIndex()).center()
    qtbot.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.waitUntil(lambda: len(shown) == 1)
    qtbot.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert len(shown) == 2  # at once: it is still there
    assert shown[0].startswith(b"Dear reader")


def test_all_is_extracted_to_a_folder_that_is_asked_for(
    application: Application, qtbot: QtBot, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(application, qtbot, archive)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "there"))
    page.entries.tree.clearSelection()
    press(qtbot, page, "Extract to…")
    job = application.services.runner.queue.at(1)
    assert (job.destination, job.select) == (tmp_path / "there", ())


def test_what_was_found_inside_is_told(
    application: Application, qtbot: QtBot, tmp_path: Path, finished: Callable[[Job], None], text: Text
) -> None:
    packed = zlib.compress(text(3000).encode(), 6)
    (tmp_path / "page.bin").write_bytes(b"\0\1\2" * 50 + packed)
    finished(application.services.runner.add(Kind.COMPRESS, [tmp_path / "page.bin"])[0])
    page = opened(application, qtbot, tmp_path / "page.bin.nac")
    assert application.services.archives.document is not None
    assert application.services.archives.document.info["views"] == {"deflate": 1}
    assert "found inside: 1\u00a0×\u00a0zip or gzip" in page.summary.text()


def test_pictures_are_shown_and_archives_are_remembered(
    application: Application, qtbot: QtBot, tmp_path: Path, finished: Callable[[Job], None]
) -> None:
    folder = tmp_path / "album"
    folder.mkdir()
    image = QImage(900, 300, QImage.Format.Format_RGB32)
    image.fill(0x3366CC)
    image.save(str(folder / "sea.png"))
    (folder / "torn.png").write_bytes((folder / "sea.png").read_bytes()[:40])
    finished(application.services.runner.add(Kind.COMPRESS, [folder])[0])
    window = application.window
    window.open_archive(tmp_path / "album.nac")
    page = window.archive_page
    qtbot.waitUntil(lambda: page.entries.tree.model() is not None)
    page.entries.tree.expandAll()
    model = page.entries.tree.model()
    top = model.index(0, 0)
    page.entries.tree.setCurrentIndex(model.index(0, 0, top))
    qtbot.waitUntil(page.entries.picture.isVisible)
    shown = page.entries.picture.pixmap().toImage()
    assert shown.width() <= page.entries.shown.width()
    assert shown.width() == pytest.approx(3 * shown.height(), abs=3)
    assert shown.pixelColor(5, 5).name() == "#3366cc"
    page.entries.tree.setCurrentIndex(model.index(1, 0, top))
    qtbot.waitUntil(lambda: "cannot be shown" in page.entries.preview.placeholderText())
    assert page.entries.preview.isVisible()
    application.services.archives.close_archive()
    page.recent_menu.aboutToShow.emit()
    assert [action.text() for action in page.recent_menu.actions()] == ["album.nac"]
    page.recent_menu.actions()[0].trigger()
    qtbot.waitUntil(lambda: application.services.archives.document is not None)


def letter(tmp_path: Path) -> Path:
    """A document of three packed parts, as word processors write them, and a text."""
    folder = tmp_path / "post"
    folder.mkdir()
    with zipfile.ZipFile(folder / "letter.docx", "w", zipfile.ZIP_DEFLATED) as parts:
        for number in range(3):
            parts.writestr(f"part {number}", " ".join(map(str, range(number, 900))))
    (folder / "a note.txt").write_text("the first line\nand the second line of a note\n" * 20)
    (folder / "b note.txt").write_text("short\n")
    return folder


def test_columns_tell_what_became_of_each_entry_and_are_chosen(
    application: Application, qtbot: QtBot, tmp_path: Path, finished: Callable[[Job], None]
) -> None:
    finished(application.services.runner.add(Kind.COMPRESS, [letter(tmp_path)])[0])
    application.window.resize(1600, 800)
    page = opened(application, qtbot, tmp_path / "post.nac")
    tree = page.entries.tree
    qtbot.waitUntil(lambda: not tree.isColumnHidden(Column.MODIFIED))
    assert not any(map(tree.isColumnHidden, Column))
    select(page, "letter.docx")
    row = {column: tree.currentIndex().siblingAtColumn(column).data() for column in Column}
    entries = application.services.archives.document
    assert entries is not None
    entry = next(entry for entry in entries.entries if entry.name == "letter.docx")
    assert row[Column.PACKED] == size_text(entry.packed)
    assert row[Column.RATIO] == f"{entry.size / entry.packed:.1f} ×"
    assert (row[Column.TYPE], row[Column.INSIDE]) == ("DOCX", "3 parts")
    inside = tree.currentIndex().siblingAtColumn(Column.INSIDE)
    assert "3\u00a0×\u00a0zip or gzip" in inside.data(Qt.ItemDataRole.ToolTipRole)
    assert "3\u00a0×\u00a0zip or gzip" in page.summary.text()

    application.window.resize(860, 520)
    qtbot.waitUntil(lambda: tree.isColumnHidden(Column.MODIFIED))
    for width in (860, 861, 862):  # what is hidden now is not taken for narrow next time
        application.window.resize(width, 520)
        wait_for(qtbot, lambda width: application.window.width() == width, width)
        assert tree.columnWidth(Column.NAME) >= ROOM_FOR_NAMES

    def choose(words: str) -> None:
        menu = tree.column_menu(tree)
        next(action for action in menu.actions() if action.text() == words).trigger()
        menu.close()

    choose("Modified")
    assert not tree.isColumnHidden(Column.MODIFIED)
    choose("Size")
    assert tree.isColumnHidden(Column.SIZE)
    assert SettingsStore().value.columns == application.services.store.value.columns
    application.rebuild()
    page = opened(application, qtbot, tmp_path / "post.nac")
    tree = page.entries.tree
    assert tree.isColumnHidden(Column.SIZE)
    assert not tree.isColumnHidden(Column.MODIFIED)
    choose("As many as there is room for")
    assert not tree.isColumnHidden(Column.SIZE)
    assert SettingsStore().value.columns is None


def test_no_line_of_a_preview_is_left_over_the_next(
    application: Application, qtbot: QtBot, tmp_path: Path, finished: Callable[[Job], None]
) -> None:
    """What is on the screen is what the widget looks like when it is painted from nothing."""
    finished(application.services.runner.add(Kind.COMPRESS, [letter(tmp_path)])[0])
    page = opened(application, qtbot, tmp_path / "post.nac")
    preview = page.entries.preview
    page.entries.tree.expandAll()

    def same() -> bool:
        shown = preview.screen().grabWindow(
            application.window.winId(),
            *preview.viewport().mapTo(application.window, QPoint(0, 0)).toTuple(),
            *preview.viewport().size().toTuple(),
        )
        painted = preview.viewport().grab()
        kind = QImage.Format.Format_RGB32
        return shown.toImage().convertToFormat(kind) == painted.toImage().convertToFormat(kind)

    for name, words in (
        ("a note.txt", "second line"),
        ("b note.txt", "short"),
        ("a note.txt", "second line"),
    ):
        select(page, name)
        wait_for(qtbot, lambda words: words in preview.toPlainText(), words)
        qtbot.waitUntil(same)


def test_names_that_differ_at_their_end_can_be_told_apart(
    application: Application, qtbot: QtBot, tmp_path: Path, finished: Callable[[Job], None]
) -> None:
    chapters = tmp_path / "library" / "chapters"
    chapters.mkdir(parents=True)
    for number in range(4):
        (chapters / f"the chapter {number}.md").write_text(f"what chapter {number} says\n")
    finished(application.services.runner.add(Kind.COMPRESS, [tmp_path / "library"])[0])
    application.window.resize(900, 600)
    tree = opened(application, qtbot, tmp_path / "library.nac").entries.tree
    tree.expandRecursively(tree.model().index(0, 0))
    qtbot.waitUntil(lambda: tree.columnWidth(Column.NAME) >= tree.sizeHintForColumn(Column.NAME))
    assert not tree.isColumnHidden(Column.SIZE)
