"""The archive page on the real worker."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from nacomp.gui.application import Application
from nacomp.gui.controllers.entry_model import NODE_ROLE
from nacomp.gui.logic.jobs import Job, Kind
from nacomp.gui.views.archive_page import ArchivePage
from tests.gui.driving import GOLDEN


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
