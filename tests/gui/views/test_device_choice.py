"""The setting where models compute, with the real worker: chosen, used, gone, and not to be seen where there is none."""

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from nacomp.gui.application import Application
from nacomp.gui.controllers import estimates
from nacomp.gui.logic import commands, estimate
from nacomp.gui.logic.devices import AUTOMATIC, PROCESSOR
from nacomp.gui.logic.jobs import Hold, Kind
from nacomp.gui.process.crew import Crew
from nacomp.gui.views.pages import Page
from nacomp.models.exact.opencl.choice import known_devices
from tests.gui.driving import GOLDEN, Finished, Text
from tests.models.exact.opencl_devices import home_with_verdicts, missing

has_device = pytest.mark.skipif(bool(missing()), reason=missing() or "there are devices")
GONE = "name:Voodoo 2"


@pytest.fixture(scope="module")
def tested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What was found of the devices, for several homes."""
    return home_with_verdicts(tmp_path_factory.mktemp("tested")) / "cache"


@pytest.fixture
def measured(tested: Path, own_home: Path) -> None:
    """A home where the devices have been tested already."""
    shutil.copytree(tested, own_home / "cache")


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The arguments of every job that a worker is given."""
    found: list[list[str]] = []
    begin = Crew.begin

    def begin_and_note(self: Crew, arguments: Sequence[str], *others: Any) -> Any:
        found.append(list(arguments))
        return begin(self, arguments, *others)

    monkeypatch.setattr(Crew, "begin", begin_and_note)
    return found


@pytest.fixture
def without_opencl(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Workers find no bindings."""
    (tmp_path / "path").mkdir()
    (tmp_path / "path" / "pyopencl.py").write_text("raise ImportError('not here')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "path"))


def choice_of(application: Application) -> QComboBox:
    control = application.window.settings_page.controls["device"]
    assert isinstance(control, QComboBox)
    return control


def kept(home: Path) -> object:
    return json.loads((home / "settings.json").read_text())["device"]


@has_device
@pytest.mark.usefixtures("measured")
def test_a_device_is_chosen_by_name_and_gets_the_work(
    application: Application,
    qtbot: QtBot,
    tmp_path: Path,
    own_home: Path,
    finished: Finished,
    text: Text,
    sent: list[list[str]],
) -> None:
    application.window.show_page(Page.SETTINGS)
    control = choice_of(application)
    assert not control.isVisible()
    qtbot.waitUntil(control.isVisible)
    name = known_devices()[0].name
    choices = [control.itemData(row) for row in range(control.count())]
    assert choices[:3] == [AUTOMATIC, PROCESSOR, f"name:{name}"]
    assert control.currentData() == AUTOMATIC
    control.setCurrentIndex(2)
    control.activated.emit(2)
    assert kept(own_home) == f"name:{name}"
    assert "times as fast as the processor" in control.accessibleDescription()
    assert application.window.queue_page.options.level_note.text() == f"Computes on {name}."
    source = tmp_path / "note.txt"
    source.write_text(text(30))
    finished(application.services.runner.add(Kind.COMPRESS, [source])[0])
    assert sent[-1][sent[-1].index("--device") + 1] == f"name:{name}"
    archive = (tmp_path / "note.txt.nac").read_bytes()
    application.services.devices.choose(PROCESSOR)
    finished(application.services.runner.add(Kind.COMPRESS, [source])[0])
    assert sent[-1][sent[-1].index("--device") + 1] == "cpu"
    (other,) = (path for path in tmp_path.glob("*.nac") if path.name != "note.txt.nac")
    assert other.read_bytes() == archive


@pytest.mark.usefixtures("without_opencl")
def test_nothing_is_to_be_seen_where_there_is_no_opencl(application: Application, qtbot: QtBot) -> None:
    application.window.show_page(Page.SETTINGS)
    with qtbot.waitSignal(application.services.devices.changed):
        pass
    page = application.window.settings_page
    assert not choice_of(application).isVisible()
    shown = [part.accessibleName() for part in page.findChildren(QComboBox) if part.isVisible()]
    assert "Engine" in shown
    assert "Device" not in shown


def gone_as_is(_patch: pytest.MonkeyPatch, _path: Path) -> None:
    """OpenCL is there if it is there."""


def gone_with_bindings(patch: pytest.MonkeyPatch, path: Path) -> None:
    """And neither is OpenCL."""
    (path / "pyopencl.py").write_text("raise ImportError('not here')\n")
    patch.setenv("PYTHONPATH", str(path))


@pytest.mark.parametrize("how", [gone_as_is, gone_with_bindings])
def test_a_job_goes_on_without_a_device_that_has_gone(
    application: Application,
    tmp_path: Path,
    own_home: Path,
    finished: Finished,
    text: Text,
    sent: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    how: Callable[[pytest.MonkeyPatch, Path], None],
) -> None:
    """Two at a time are both refused, told of once, and counted once each."""
    how(monkeypatch, tmp_path)
    services = application.services
    services.store.change("device", GONE)
    services.store.change("slots", 2)
    told: list[str] = []
    services.devices.gone.connect(told.append)
    for name in ("one.txt", "two.txt"):
        (tmp_path / name).write_text(text(30))
    jobs = services.runner.add(Kind.COMPRESS, [tmp_path / "one.txt", tmp_path / "two.txt"])
    for job in jobs:
        finished(job)
    assert [("--device" in arguments) for arguments in sent] == [True, True, False, False]
    assert kept(own_home) == AUTOMATIC
    assert told == ["Voodoo 2"]
    assert application.window.notice.isVisible()
    assert application.window.notice.text.text().startswith("Voodoo 2 cannot be used now")
    assert all((tmp_path / f"{name}.nac").is_file() for name in ("one.txt", "two.txt"))


def test_an_estimate_is_asked_for_again_without_a_device_that_has_gone(
    application: Application,
    tmp_path: Path,
    finished: Finished,
    text: Text,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(estimates, "SMALL_BYTES", 10)
    services = application.services
    services.store.change("device", GONE)
    (tmp_path / "one.txt").write_text(text(30))
    job = services.runner.add(Kind.COMPRESS, [tmp_path / "one.txt"])[0]
    finished(job)
    assert job.estimate is not None
    assert services.devices.choice == AUTOMATIC


def test_a_device_that_went_between_two_sessions_is_noticed(
    application: Application, qtbot: QtBot, own_home: Path
) -> None:
    devices = application.services.devices
    application.services.store.change("device", GONE)
    application.window.show_page(Page.SETTINGS)
    control = choice_of(application)
    assert control.currentText() == "Voodoo 2"  # until it is known that it is not here
    with qtbot.waitSignal(devices.gone):
        devices.check()
    assert kept(own_home) == AUTOMATIC
    assert control.currentData() == AUTOMATIC
    assert control.findData(GONE) < 0


def test_another_device_asks_for_estimates_again(
    application: Application, qtbot: QtBot, tmp_path: Path, text: Text, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(estimates, "SMALL_BYTES", 10)
    monkeypatch.setattr(estimate, "LONG_SECONDS", 0.0)
    asked: list[list[str]] = []
    arguments_of = commands.estimate_arguments

    def noted(*about: Any) -> list[str]:
        asked.append(arguments_of(*about))
        return asked[-1]

    monkeypatch.setattr(estimates, "estimate_arguments", noted)
    services = application.services
    (tmp_path / "one.txt").write_text(text(30))
    job = services.runner.add(Kind.COMPRESS, [tmp_path / "one.txt"])[0]
    qtbot.waitUntil(lambda: job.held is Hold.CHOICE)
    assert all("--device" not in arguments for arguments in asked)
    asked.clear()
    services.devices.choose(PROCESSOR)
    assert job.held is Hold.ESTIMATING
    assert not services.estimates.estimates(job)
    qtbot.waitUntil(lambda: job.held is Hold.CHOICE)
    assert asked
    assert all(arguments[arguments.index("--device") + 1] == "cpu" for arguments in asked)


def test_previews_and_files_to_drag_are_decoded_where_it_was_chosen(
    application: Application, qtbot: QtBot, tmp_path: Path, finished: Finished
) -> None:
    """The one that has gone is not used: it is asked after, and the next preview comes."""
    services = application.services
    # Of a real text, as words by chance are left to the mixer, which needs no device.
    (tmp_path / "letter.txt").write_bytes(GOLDEN.with_name("PREDICTORS.md").read_bytes()[:3000])
    finished(services.runner.add(Kind.COMPRESS, [tmp_path / "letter.txt"])[0])
    application.window.open_archive(tmp_path / "letter.txt.nac")
    qtbot.waitUntil(lambda: services.archives.document is not None)
    assert services.archives.document is not None
    (entry,) = services.archives.document.entries
    services.store.change("device", GONE)
    with qtbot.waitSignal(services.devices.gone), qtbot.waitSignal(services.archives.preview_failed):
        services.archives.preview(entry)
    with qtbot.waitSignal(services.archives.previewed) as seen:
        services.archives.preview(entry)
    assert seen.args is not None
    assert seen.args[1] == (tmp_path / "letter.txt").read_bytes()
    services.store.change("device", GONE)
    with qtbot.waitSignal(services.devices.gone), qtbot.waitSignal(services.archives.prepare_failed):
        services.archives.prepare([entry.path])
    with qtbot.waitSignal(services.archives.prepared):
        services.archives.prepare([entry.path])
