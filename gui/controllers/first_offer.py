"""The first start's offer of larger models, and what each level uses on this machine right now."""

from PySide6.QtCore import QObject, Signal

from nacomp.gui.controllers.model_desk import ModelDesk
from nacomp.gui.logic.levels import Level
from nacomp.gui.logic.models import Model, ModelSource
from nacomp.gui.logic.settings import SettingsStore


class FirstOffer(QObject):
    """`changed`: another model stands behind a level, or the offer has come or gone."""

    changed = Signal()

    def __init__(self, models: ModelDesk, store: SettingsStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._models = models
        self._store = store
        models.changed.connect(self.changed)

    def welcome(self) -> None:
        """Look what models are here, once the window is up."""
        if not self._models.loaded:
            self._models.refresh()

    def used_by(self, level: Level) -> list[Model]:
        """The models that a level uses now, empty while it is not known."""
        chosen = self._store.value.model_for(level)
        return [m for m in self._models.models if (m.id == chosen if chosen else level in m.levels)]

    @property
    def offered(self) -> list[Model]:
        """The models to offer: what is recommended for each kind of text, once, where only the built-in model is here."""
        alone = [model.source for model in self.used_by(Level.BALANCED)] == [ModelSource.EMBEDDED]
        if not alone or not self._store.value.offer_model:
            return []
        found = [model for model in self._models.models if model.recommended and model.available]
        return [] if any(self._models.pulling(model.id) for model in found) else found

    def answer(self, download: Model | None) -> None:
        """Download one of them, or none now; they are not offered again."""
        self._store.change("offer_model", False)
        if download is not None:
            self._models.pull(download.id)
        self.changed.emit()
