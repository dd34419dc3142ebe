"""The devices that models can compute on, and the one that was chosen: kept in the settings until it is not there."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal

from nacomp.gui.controllers.runner import Runner
from nacomp.gui.logic.devices import AUTOMATIC, Device, chosen_name, device_arguments, parse_devices
from nacomp.gui.logic.ending import Ending
from nacomp.gui.logic.settings import SettingsStore
from nacomp.gui.process.query import DocumentQuery


class DeviceDesk(QObject):
    """`changed`: the devices are known. `chosen`: another one is used from now on. `gone`: the name of one that cannot be
    used; nacomp chooses itself from now on."""

    changed = Signal()
    chosen = Signal()
    gone = Signal(str)

    def __init__(self, runner: Runner, store: SettingsStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._store = store
        self.devices: tuple[Device, ...] = ()
        self._loaded = False
        self._query: DocumentQuery | None = None
        runner.device_refused.connect(self._let_go)

    @property
    def choice(self) -> str:
        """What is chosen: see `logic.devices`."""
        return self._store.value.device

    @property
    def arguments(self) -> list[str]:
        """What tells a worker of the choice."""
        return device_arguments(self.choice)

    @property
    def offered(self) -> bool:
        """Whether there is anything to choose."""
        return bool(self.devices) or chosen_name(self.choice) is not None

    def look(self) -> None:
        """Ask for the devices, once. The first time on a machine takes seconds, as they are tested and measured."""
        if not self._loaded:
            self._ask()

    def check(self) -> None:
        """Look whether a device that was chosen earlier is still there."""
        if chosen_name(self.choice) is not None:
            self._ask()

    def _ask(self) -> None:
        if self._query is not None:
            return
        self._query = DocumentQuery(self._runner.program, ["engines", "--json"], self)
        self._query.answered.connect(self._arrived)
        self._query.failed.connect(lambda _ending: self._over())
        self._query.start()

    def choose(self, choice: str) -> None:
        """Use this from now on: see `logic.devices`."""
        if choice != self.choice:
            self._store.change("device", choice)
            self.chosen.emit()

    def learn(self, ending: Ending) -> bool:
        """Let go of the chosen device if a worker failed because it is not there; whether it was let go of."""
        return ending.device_gone and self._let_go()

    def stop(self) -> None:
        """The application closes."""
        self._over()

    def _over(self) -> None:
        if self._query is not None:
            self._query.stop()
            self._query = None

    def _arrived(self, document: Mapping[str, Any]) -> None:
        self._query = None
        self._loaded = True
        self.devices = parse_devices(document)
        name = chosen_name(self.choice)
        if name is not None and all(device.name != name for device in self.devices):
            self._let_go()
        self.changed.emit()

    def _let_go(self) -> bool:
        name = chosen_name(self.choice)
        if name is None:
            return False
        self.devices = tuple(device for device in self.devices if device.name != name)
        self.choose(AUTOMATIC)
        self.gone.emit(name)
        self.changed.emit()
        return True
