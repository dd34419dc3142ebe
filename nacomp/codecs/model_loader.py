"""From a level or an archive's parameters to a loaded engine: finds the model, loads it once, keeps it for the run."""

import os
import threading
from collections.abc import Callable, Hashable, Mapping
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from nacomp.codecs.levels import EMBEDDED, Level, choose_model, level_named
from nacomp.codecs.loaded_engines import LoadedEngines
from nacomp.codecs.neural import NeuralCodec, NeuralSettings
from nacomp.errors import GpuFull, OtherFloatRules, UnsupportedArchive, UsageError
from nacomp.formats.methods import Method
from nacomp.models.exact.opencl.wishes import AUTO, GPU, NAMED, PROCESSOR
from nacomp.models.float_rules import float_fault, float_rules
from nacomp.models.library.store import Store, StoredModel
from nacomp.models.llama.settings import LlamaSettings
from nacomp.models.predictors.ensemble import EnsembleParameters
from nacomp.models.protocol import Engine
from nacomp.runtime.address_space import LEAST_FOR_TOKENS, check_limit
from nacomp.runtime.memory import NotEnoughMemory, check_memory

if TYPE_CHECKING:
    from nacomp.codecs.block_choice import BlockChooser
    from nacomp.models.exact.opencl.devices import OpenClDevice
    from nacomp.models.exact.opencl.verdicts import Verdict

EXACT, LLAMA = "exact", "llama"
FAULT_WHEN_LOADED = float_fault()
"""Constants become floats while a module is loaded. `nacomp.compress` and its kin load theirs under the right rules; who
loads the modules below by himself under others is refused."""


class Elsewhere(Protocol):
    """Other machines that code text blocks: `nacomp.codecs.cluster`."""

    workers: int
    """Blocks they code at the same time."""

    def codec(self, local: NeuralCodec) -> NeuralCodec:
        """What gives the same payloads as `local`, made there. Raises UsageError, WorkerRefused."""
        ...


class ModelLoader:
    """The engines of one run. Thread-safe: blocks of an archive ask for theirs at the same time."""

    def __init__(
        self,
        *,
        engine: str = "exact",
        kernel: str = AUTO,
        device: str = AUTO,
        threads: int = 0,
        workers: int = 0,
        gpu_layers: int | None = None,
        warn: Callable[[str, str | None], None] = lambda *_: None,
        store: Store | None = None,
        elsewhere: Elsewhere | None = None,
        engines: LoadedEngines | None = None,
    ) -> None:
        """`threads` 0 means one per core; `warn` hears what the user should know, and the model that would help.

        `kernel` and `device` are the exact engine's: a kernel of the processor, or where else it computes: `auto`, `cpu`,
        `gpu`, numbers of OpenCL devices with commas between, or `name:` and a name (`models.exact.opencl.choice`).
        `workers` and `gpu_layers` are the llama engine's: blocks coded side by side (0: one per GPU) and layers on the
        GPU (-1: all; None: all where there is a GPU; an archive's own where one is read).
        `elsewhere` codes the text blocks in this machine's place. `engines` may hold what an earlier run has loaded.
        Raises UsageError for a device that is none, or for a kernel and a device at once.
        """
        _check_wish(kernel, device)
        self._engine = engine
        self._kernel = kernel
        self._device = device if kernel == AUTO else PROCESSOR
        self.threads = threads or os.cpu_count() or 1
        """Threads of this run, at least 1."""
        self._asked_workers = workers
        self._gpu_layers = gpu_layers
        self.warn = warn
        self._lock = threading.Lock()
        self._engines = engines if engines is not None else LoadedEngines()
        self._chosen: dict[tuple[str, str | None], StoredModel] = {}
        self._crowded_out: set[tuple[Path, Hashable]] = set()
        """What found no room on a GPU: it stays on the processor for this run, and that is said once."""
        self._given_store = store
        self._elsewhere = elsewhere

    @cached_property
    def store(self) -> Store:
        """Where models are kept."""
        return self._given_store or Store()

    def choose(self, level: Level, model: str | None) -> StoredModel:
        """The model that compressing at this level uses; decided once a run. Raises ModelMissing."""
        if (level.name, model) not in self._chosen:
            found = self.store.find(model or choose_model(level, self.store.is_installed))
            self._chosen[level.name, model] = found
        return self._chosen[level.name, model]

    def choose_aloud(self, level: Level, model: str | None) -> StoredModel:
        """As `choose`; warns where that is not the level's first choice."""
        found = self.choose(level, model)
        if model is None and found.id == EMBEDDED != level.models[0]:
            best = next(m for m in level.models if self.store.can_pull(m))
            self.warn(f"level {level.name} would be better with a larger model", best)
        return found

    def for_level(self, level: Level, model: str | None, predictors: str = "") -> NeuralCodec:
        """The codec of the level's first model, or of the one demanded.

        `predictors` changes the ensemble's settings as `EnsembleParameters.changed` takes them. Raises ValueError for what
        they cannot be, ModelMissing, UnsupportedModel, KernelUnavailable.
        """
        return self._codec(self.choose(level, model), level, predictors)

    def for_texts(self, level: Level, model: str | None, predictors: str = "") -> "BlockChooser":
        """What decides how compressing at this level codes texts: with the codec of `for_level`, and models beside it that
        are loaded when a text may suit them better. One that is demanded has none beside it; on a cluster and with the llama
        engine, whose models fill a GPU each, there is one for all. Raises what `Elsewhere.codec` does too."""
        from nacomp.codecs.block_choice import BlockChooser, OtherModel  # who decodes chooses nothing
        from nacomp.models.exact.engine import parallel_blocks

        first = self.for_level(level, model, predictors)
        if self._elsewhere is not None:
            return BlockChooser(self._elsewhere.codec(first), level)
        others = [
            OtherModel(
                partial(self._load_beside, found, level, predictors), partial(parallel_blocks, found.size)
            )
            for found in self._beside(level, model)
        ]
        return BlockChooser(first, level, others)

    def _beside(self, level: Level, model: str | None) -> list[StoredModel]:
        """The installed models that are asked beside the first."""
        is_one = model is not None or self._elsewhere is not None or self._engine != EXACT
        if is_one or level.beside is None:
            return []
        return [self.store.find(other) for other in level.beside.models if self.store.is_installed(other)]

    def _load_beside(self, found: StoredModel, level: Level, predictors: str) -> NeuralCodec | None:
        try:
            return self._codec(found, level, predictors)
        except NotEnoughMemory:
            self.warn(f"there is no memory for the model {found.id} beside the first, which codes all", None)
            return None

    def _codec(self, found: StoredModel, level: Level, predictors: str) -> NeuralCodec:
        check_limit(LEAST_FOR_TOKENS)  # here, as who decodes cuts no text into tokens
        with float_rules():
            engine = self._load_best(found, level)
            parameters = engine.parameters()
        context = replace(level.context, window=min(level.context.window, engine.max_window))
        ensemble = EnsembleParameters()
        codec = NeuralCodec(engine, NeuralSettings(found.id, found.sha256, context, ensemble, parameters))
        return codec.with_ensemble(ensemble.changed(predictors)) if predictors else codec

    def for_method(self, method: Method) -> NeuralCodec:
        """The codec an archive's neural method asks for. Raises what `for_level` does, UnsupportedArchive."""
        settings = NeuralSettings.from_json(method.parameters)
        found = self.store.find_sha256(settings.model_sha256, settings.model_id)
        with float_rules():
            match settings.engine["engine"]:
                case "exact":
                    engine = self._load_exact(found.path)
                    if engine.parameters() != settings.engine:
                        raise UnsupportedArchive(needed=f"the numerics {settings.engine['numerics']!r}")
                case "llama":
                    engine = self._load_like(found, settings.engine, settings.context.window)
                case unknown:
                    raise UnsupportedArchive(needed=f"the engine {unknown!r}")
        return NeuralCodec(engine, settings)

    def files_at_once(self, level: str, model: str | None) -> int:
        """How many files to compress at a time, so that small ones too keep the processors or the cluster busy.

        With the llama engine as many as workers were asked for, by itself one: a GPU is asked for room for one session a
        worker, and the blocks of several files open more.
        Raises ModelMissing; warns as `choose_aloud` does.
        """
        found = self.choose_aloud(level_named(level), model)
        if self._elsewhere is not None:
            return self._elsewhere.workers
        if self._engine == LLAMA:
            return max(1, self._asked_workers)
        from nacomp.models.exact.engine import SMALL_MODEL_BYTES, parallel_blocks
        from nacomp.models.exact.opencl.choice import choose_devices

        size = max(each.size for each in [found, *self._beside(level_named(level), model)])
        on_devices = choose_devices(self._device, size < SMALL_MODEL_BYTES)
        return self.threads if on_devices else parallel_blocks(size, self.threads)

    def kernel_name(self) -> str:
        """The kernel of the exact engine that this run uses. Raises KernelUnavailable."""
        from nacomp.models.exact.engine import choose_kernel

        return choose_kernel(self._kernel)

    def kernels(self) -> list[str]:
        """All kernels of the exact engine that run on this machine, best first."""
        from nacomp.models.exact.engine import available_kernels

        return list(available_kernels())

    def devices(self) -> list[tuple["OpenClDevice", "Verdict"]]:
        """What OpenCL lists here, and what was found of each: a few seconds the first time. Raises ExtraMissing."""
        from nacomp.models.exact.opencl.absence import forget
        from nacomp.models.exact.opencl.choice import examined, known_devices

        forget()
        return [(device, examined(device)) for device in known_devices()]

    def chosen_devices(self) -> list[int]:
        """Numbers of those that this run uses for large models. Raises DeviceUnavailable, ExtraMissing."""
        from nacomp.models.exact.opencl.choice import choose_devices

        return [device.number for device in choose_devices(self._device)]

    def _load_best(self, model: StoredModel, level: Level) -> Engine:
        """The engine this run compresses with, with the best settings for this machine."""
        if self._engine == EXACT:
            return self._load_exact(model.path)
        from nacomp.models.llama.engine import best_settings

        settings = best_settings(level.max_streams, self._gpu_layers)
        if (model.path, settings) not in self._crowded_out:
            try:
                return self._load_llama(model, settings, level.context.window)
            except GpuFull as full:
                if self._gpu_layers is not None or full.fields["room"]:
                    raise
            self._leave_gpu(model.path, settings)
        return self._load_llama(model, best_settings(level.max_streams, 0), level.context.window)

    def _leave_gpu(self, path: Path, settings: Hashable) -> None:
        with self._lock:
            is_news = (path, settings) not in self._crowded_out
            self._crowded_out.add((path, settings))
        if is_news:
            self.warn("the GPU here has no room for this model, so it runs on the processor", None)

    def _load_llama(self, model: StoredModel, settings: LlamaSettings, window: int) -> Engine:
        from nacomp.models.llama.engine import open_engine

        return self._keep(
            model.path,
            settings,
            lambda: open_engine(
                model.path,
                settings=settings,
                workers=self._asked_workers,
                threads=self.threads,
                window=window,
            ),
        )

    def _load_like(self, model: StoredModel, parameters: Mapping[str, Any], window: int) -> Engine:
        """The llama engine an archive asks for. Raises FingerprintMismatch where it would compute other floats."""
        from nacomp.models.llama.fingerprint import check_fingerprint, check_machine

        settings = LlamaSettings.from_json(parameters)
        check_machine(parameters, settings)
        engine = self._load_llama(model, settings, window)
        check_fingerprint(parameters, engine.parameters())
        return engine

    def _load_exact(self, path: Path) -> Engine:
        from nacomp.models.exact.engine import open_engine

        def load() -> Engine:
            # Four to sixteen bits a weight in the file, eight once loaded, and both while it loads.
            check_memory(path.stat().st_size, "use a smaller model")
            return open_engine(
                path,
                kernel=self._kernel,
                threads=self.threads,
                device=self._device,
                warn=lambda sentence: self.warn(sentence, None),
            )

        return self._keep(path, (EXACT, self._device), load)

    def _keep(self, path: Path, settings: Hashable, load: Callable[[], Engine]) -> Engine:
        """What is loaded already, or load it: once per run, model and settings."""
        if FAULT_WHEN_LOADED:
            raise OtherFloatRules(fault=f"{FAULT_WHEN_LOADED} since before nacomp was loaded")
        file = path.stat()
        how = (settings, self._kernel, self.threads, self._asked_workers)
        return self._engines.get((path, file.st_size, file.st_mtime_ns, how), load)


def _check_wish(kernel: str, device: str) -> None:
    """Raises UsageError for a device that is none, or for a kernel of the processor and another device at once."""
    is_named = device.startswith(NAMED) and device != NAMED
    are_numbers = all(n.isascii() and n.isdigit() for n in device.split(","))
    if device not in (AUTO, PROCESSOR, GPU) and not is_named and not are_numbers:
        raise UsageError(
            reason=f"the device {device!r} is none of auto, cpu, gpu, numbers with commas between, or name: and a name"
        )
    if kernel != AUTO and device not in (AUTO, PROCESSOR):
        raise UsageError(
            reason=f"the kernel {kernel} is of the processor, and the device {device} is asked for too"
        )
