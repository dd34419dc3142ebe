"""From a level or an archive's parameters to a loaded engine: finds the model, loads it once, keeps it for the run."""

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from nacomp.archive import Archive
from nacomp.errors import UnsupportedArchive, UsageError
from nacomp.formats.methods import Method
from nacomp.levels import EMBEDDED, Level, choose_model, level_named
from nacomp.memory import check_memory
from nacomp.models.gguf_file import GgufFile, open_gguf
from nacomp.models.predictors.ensemble import EnsembleParameters
from nacomp.models.protocol import Engine
from nacomp.models.store import Store
from nacomp.neural import NeuralCodec, NeuralSettings

SMALL_MODEL_BYTES = 32 << 20
"""Below this, blocks run side by side on one thread each: a small model's step is too short to share out."""


class Engines:
    """The engines of one run. Thread-safe: blocks of an archive ask for theirs at the same time."""

    def __init__(
        self,
        *,
        engine: str = "exact",
        kernel: str = "auto",
        threads: int = 0,
        warn: Callable[[str], None] = lambda _: None,
        store: Store | None = None,
    ) -> None:
        """`threads` 0 means one per core; `warn` hears what the user should know."""
        self._engine = engine
        self._kernel = kernel
        self._threads = threads or os.cpu_count() or 1
        self._warn = warn
        self._lock = threading.Lock()
        self._loaded: dict[Path, tuple[Engine, GgufFile]] = {}
        self._given_store = store

    @cached_property
    def store(self) -> Store:
        """Where models are kept."""
        return self._given_store or Store()

    def choice(self, level: str, model: str | None) -> str:
        """The id of the model that compressing at this level uses. Warns where it is not the level's first choice."""
        if model is not None:
            return model
        wanted = level_named(level)
        chosen = choose_model(wanted, self.store.is_installed)
        if chosen == EMBEDDED and wanted.models[0] != EMBEDDED:
            best = next(m for m in wanted.models if self.store.can_pull(m))
            self._warn(f"level {level} would be better with a larger model: nacomp models pull {best}")
        return chosen

    def for_level(self, level: Level, model: str | None) -> NeuralCodec:
        """The codec to compress with. Raises ModelMissing, UnsupportedModel, KernelUnavailable."""
        found = self.store.find(model or choose_model(level, self.store.is_installed))
        engine, gguf = self._load(found.path, self._engine)
        context = replace(level.context, window=min(level.context.window, engine.max_window))
        settings = NeuralSettings(found.id, found.sha256, context, EnsembleParameters())
        return NeuralCodec(engine, gguf.metadata, settings)

    def for_method(self, method: Method) -> NeuralCodec:
        """The codec an archive's neural method asks for. Raises what `for_level` does, UnsupportedArchive."""
        settings = NeuralSettings.from_json(method.parameters)
        engine_parameters: Any = method.parameters.get("engine")
        name = engine_parameters.get("engine") if isinstance(engine_parameters, Mapping) else None
        found = self.store.find_sha256(settings.model_sha256, settings.model_id)
        if name not in ("exact", "llama"):
            raise UnsupportedArchive(needed=f"the engine {name!r}")
        engine, gguf = self._load(found.path, name)
        codec = NeuralCodec(engine, gguf.metadata, settings)
        if codec.parameters["engine"] != engine_parameters:
            raise UnsupportedArchive(needed=f"the numerics {engine_parameters.get('numerics')!r}")
        return codec

    def encoding_workers(self, codec: NeuralCodec | None) -> int:
        """How many blocks to code side by side: one per thread for a small model, one alone for a large model."""
        return self._workers(self.store.find(codec.settings.model_id).size if codec else 0)

    def decoding_workers(self, archive: Archive) -> int:
        """The same for an archive's blocks. Raises ModelMissing before anything is written."""
        parameters = archive.neural_parameters
        if parameters is None:
            return self._workers(0)
        settings = NeuralSettings.from_json(parameters)
        return self._workers(self.store.find_sha256(settings.model_sha256, settings.model_id).size)

    def _workers(self, model_bytes: int) -> int:
        return self._threads if model_bytes < SMALL_MODEL_BYTES else 1

    def kernel_name(self) -> str:
        """The kernel of the exact engine that this run uses. Raises KernelUnavailable."""
        from nacomp.models.exact.engine import choose_kernel

        return choose_kernel(self._kernel)

    def kernels(self) -> list[str]:
        """All kernels of the exact engine that run on this machine, best first."""
        from nacomp.models.exact.engine import available_kernels

        return list(available_kernels())

    def _load(self, path: Path, name: str) -> tuple[Engine, GgufFile]:
        if name != "exact":
            raise UsageError(reason=f"the engine {name} is not there yet; use --engine exact")
        with self._lock:
            if path not in self._loaded:
                from nacomp.models.exact.engine import open_engine

                # Four to sixteen bits a weight in the file, eight once loaded, and both while it loads.
                check_memory(path.stat().st_size, "use a smaller model, see: nacomp models list")
                engine = open_engine(path, kernel=self._kernel, threads=self._threads)
                self._loaded[path] = engine, open_gguf(path)
            return self._loaded[path]
