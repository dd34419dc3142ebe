"""Everything that outlives a window: settings, queue, archives, models, maps.

The window is rebuilt when the theme or the language changes; what is going on must not notice.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from nacomp.gui.controllers.adding import Adding
from nacomp.gui.controllers.archives import ArchiveDesk
from nacomp.gui.controllers.comparisons import ComparisonDesk
from nacomp.gui.controllers.device_desk import DeviceDesk
from nacomp.gui.controllers.estimates import EstimateDesk
from nacomp.gui.controllers.first_offer import FirstOffer
from nacomp.gui.controllers.missing_models import MissingModels
from nacomp.gui.controllers.model_desk import ModelDesk
from nacomp.gui.controllers.queue_memory import QueueMemory
from nacomp.gui.controllers.runner import Runner
from nacomp.gui.controllers.surprise_maps import SurpriseMapDesk
from nacomp.gui.controllers.unexpected import Unexpected
from nacomp.gui.logic.settings import SettingsStore
from nacomp.gui.look.theme import Theme
from nacomp.gui.process.awake import Awake


@dataclass
class Services:
    """The desks behind the pages."""

    store: SettingsStore
    theme: Theme
    runner: Runner
    adding: Adding
    estimates: EstimateDesk
    memory: QueueMemory
    comparisons: ComparisonDesk
    archives: ArchiveDesk
    devices: DeviceDesk
    models: ModelDesk
    missing_models: MissingModels
    first_offer: FirstOffer
    surprise_maps: SurpriseMapDesk
    awake: Awake
    unexpected: Unexpected

    def shut_down(self) -> None:
        """End every process and thread that belongs to the application."""
        self.memory.stop()
        self.estimates.stop()
        self.comparisons.stop()
        self.archives.stop()
        self.devices.stop()
        self.models.stop()
        self.surprise_maps.stop()
        self.runner.shut_down()
        self.awake.release()


def make_services(store: SettingsStore, theme: Theme, program: Sequence[str] | None = None) -> Services:
    """All desks, sharing one worker program."""
    runner = Runner(store, program)
    models = ModelDesk(runner.program)
    devices = DeviceDesk(runner, store)
    estimates = EstimateDesk(runner, store, devices)
    return Services(
        store=store,
        theme=theme,
        runner=runner,
        adding=Adding(runner, store),
        estimates=estimates,
        memory=QueueMemory(runner, store.path.with_name("queue.json")),
        comparisons=ComparisonDesk(),
        archives=ArchiveDesk(runner.program, devices),
        devices=devices,
        models=models,
        missing_models=MissingModels(runner, models),
        first_offer=FirstOffer(models, store),
        surprise_maps=SurpriseMapDesk(runner.crew, devices),
        awake=Awake(),
        unexpected=Unexpected(),
    )
