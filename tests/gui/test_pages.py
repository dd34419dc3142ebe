"""Archive, map and model pages on the real worker."""

import html
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

import nacomp
from nacomp.gui.application import Application
from nacomp.gui.controllers.comparisons import Comparison
from nacomp.gui.controllers.entry_model import NODE_ROLE
from nacomp.gui.logic.jobs import Job, Kind
from nacomp.gui.logic.levels import Level
from nacomp.gui.views.archive_page import ArchivePage
from nacomp.gui.views.pages import Page
from tests.gui.driving import drop, press

GOLDEN = Path(__file__).parents[2] / "formats" / "golden"


@pytest.fixture
def archive(application: Application, tmp_path: Path, finished: Callable[[Job], None]) -> Path:
    """A small archive of a folder with a text and a binary file."""
    folder = tmp_path / "box"
    (folder / "inner").mkdir(parents=True)
    (folder / "inner" / "letter.txt").write_text(
        "Dear reader, this is a letter that can be previewed.\n", "utf-8"
    )
    (folder / "noise").write_bytes(bytes(range(256)) * 3)
    job = application.services.runner.add(Kind.COMPRESS, [folder])[0]
    finished(job)
    return tmp_path / "box.nac"


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


def test_map_costs_what_its_tokens_cost_and_is_exported(
    application: Application, qtbot: QtBot, tmp_path: Path
) -> None:
    text = "It was a bright cold day in April, and the clocks were striking thirteen. Ünïcödé 🙂 too.\n" * 2
    source = tmp_path / "page.txt"
    source.write_text(text, "utf-8")
    window = application.window
    window.show_page(Page.SURPRISE_MAP)
    drop(window.surprise_map_page, [source])
    desk = application.services.surprise_maps
    qtbot.waitUntil(lambda: not desk.working)
    assert desk.surprise_map is not None, desk.failure
    assert desk.surprise_map.text == text
    assert desk.surprise_map.size == len(text.encode())
    page = window.surprise_map_page
    assert page.view.toPlainText() == text
    page.view.colour_all()
    astral = text.index("🙂")
    number = desk.surprise_map.at(astral)
    assert number is not None
    cursor = page.view.textCursor()
    cursor.setPosition(astral)
    page.view.setTextCursor(cursor)
    assert page.figures.token_cost.text().startswith(f"{desk.surprise_map.tokens[number].bits:.1f} bits")
    after = desk.surprise_map.at(text.index("too"))
    for asked in (number, after):
        page.show_token(asked)
        marked = [selection.cursor.selectedText() for selection in page.view.extraSelections()]
        assert marked == [desk.surprise_map.tokens[asked].text]
    page.show_token(-1)
    assert not page.view.extraSelections()

    page.export_html(tmp_path / "map.html")
    page_text = re.sub(r"<[^>]*>", "", (tmp_path / "map.html").read_text("utf-8"))
    assert text in html.unescape(page_text)
    page.export_png(tmp_path / "map.png")
    picture = QImage(str(tmp_path / "map.png"))
    assert picture.width() == 2 * page.content.width()
    assert len({picture.pixelColor(x, 60).name() for x in range(0, picture.width(), 3)}) > 3


def test_model_is_added_chosen_used_and_removed(
    application: Application, qtbot: QtBot, tmp_path: Path, tiny_model: Path, finished: Callable[[Job], None]
) -> None:
    window, services = application.window, application.services
    window.show_page(Page.MODELS)
    qtbot.waitUntil(lambda: services.models.loaded)
    assert not window.models_page.cards["embedded"].delete.isVisible()
    known = {model.id for model in services.models.models}
    services.models.add(tiny_model)
    qtbot.waitUntil(lambda: len(services.models.models) > len(known))
    added = next(model for model in services.models.models if model.id not in known)
    page = window.models_page
    choice = page.defaults[Level.FAST]
    choice.setCurrentIndex(choice.findData(added.id))
    choice.activated.emit(choice.currentIndex())

    source = tmp_path / "a.txt"
    source.write_text("a text for the tiny model " * 5)
    job = services.runner.add(Kind.COMPRESS, [source])[0]
    finished(job)
    assert (job.result or {})["model_id"] == added.id

    press(qtbot, page.cards[added.id], "Remove")
    assert page.banner.isVisible()
    press(qtbot, page.banner, "Remove it")
    qtbot.waitUntil(lambda: added.id not in {model.id for model in services.models.models})
    assert services.store.value.model_for(Level.FAST) is None


def test_comparison_with_classical_codecs_is_drawn(
    application: Application, qtbot: QtBot, archive: Path
) -> None:
    assert archive.exists()
    page, services = application.window.queue_page, application.services
    job = services.runner.queue.at(0)
    page._show_details(True)
    qtbot.waitUntil(lambda: services.comparisons.state(job) is Comparison.READY)
    labels = [bar.label for bar in services.comparisons.bars(job)]
    assert labels == ["nacomp", "zip -9", "zstd -19", "xz -9e"]
    assert page.details.chart.isVisible()
    assert "xz -9e" in page.details.chart.accessibleName()


def test_library_reads_what_the_application_wrote(archive: Path, tmp_path: Path) -> None:
    with nacomp.open(archive) as written:
        assert written.read("box/inner/letter.txt") == (tmp_path / "box/inner/letter.txt").read_bytes()
