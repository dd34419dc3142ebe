"""The llama.cpp engine behind the engine protocol: any GGUF architecture, CPU or GPU, bound to where it ran.

Workers are instances of the model that code blocks side by side. They load when a session finds the others busy, so a
file of one block loads one. Workers run on like devices, so which of them coded a block changes no bit.
"""

import ctypes
import os
import threading
import weakref
from collections.abc import Mapping, Sequence
from functools import cached_property
from os import PathLike
from pathlib import Path

from nacomp.models.errors import ModelError, UnsupportedModel
from nacomp.models.library.gguf_file import MetadataValue, open_gguf
from nacomp.models.llama.devices import Device, cache_bytes, devices, place_workers, worker_bytes
from nacomp.models.llama.fingerprint import PROBE_CONTEXT, machine_facts, probe
from nacomp.models.llama.library import last_error, library
from nacomp.models.llama.session import LlamaModel, LlamaSession
from nacomp.models.llama.settings import ALL_LAYERS, MAX_STREAMS, ROWS, LlamaSettings
from nacomp.models.llama.vocabulary import read_vocabulary
from nacomp.models.protocol import ContextWindow, Session
from nacomp.models.tokens.tokenizer import GreedyTokenizer, Tokenizer, open_tokenizer

NUMERICS = "llama-1"
MAX_WINDOW = 4096
"""The longest window the container stores."""


class LlamaEngine:
    """See `models.protocol.Engine`."""

    name = "llama"
    reproducible = False
    max_rows = ROWS

    def __init__(
        self,
        path: Path,
        metadata: Mapping[str, MetadataValue],
        settings: LlamaSettings,
        places: Sequence[Device | None],
        threads: int,
    ) -> None:
        """`places` has one entry per worker: the GPU it runs on, or None for the CPU; `threads` are shared by them."""
        self._path = path
        self._metadata = metadata
        self._settings = settings
        self._places = places
        self._threads = max(1, threads // len(places))
        self._lock = threading.Lock()
        self._models: list[LlamaModel] = []
        self._sessions: list[weakref.WeakSet[LlamaSession]] = []
        """Open sessions of each model."""
        first = self._add_model()
        self.vocabulary = read_vocabulary(path, first.pointer)
        if len(self.vocabulary.pieces) != first.size:
            reason = f"its table has {len(self.vocabulary.pieces)} tokens and llama.cpp sees {first.size}"
            raise ModelError(model=path.name, reason=reason)
        self.kernel = places[0].description if places[0] else "cpu"
        self.max_window = min(MAX_WINDOW, int(library().llama_model_n_ctx_train(first.pointer)))
        self._fingerprint: dict[str, int | str] | None = None

    def open_session(self, streams: int, context: ContextWindow) -> Session:
        """See `models.protocol.Engine.open_session`."""
        if not 1 <= streams <= MAX_STREAMS:
            raise ValueError(f"{streams} streams, expected 1 to {MAX_STREAMS}")
        if not 0 <= context.sinks < context.window <= self.max_window:
            asked = f"a window of {context.window} tokens with {context.sinks} sinks was asked for"
            raise ModelError(model=self._path.name, reason=f"{asked}, the most is {self.max_window}")
        with self._lock:
            number = self._least_busy()
            session = self._session(number, streams, context)
            self._sessions[number].add(session)
        return session

    def open_door(self, streams: int, context: ContextWindow) -> None:
        """See `models.protocol.Engine.open_door`: there is none."""

    @cached_property
    def tokenizer(self) -> Tokenizer | GreedyTokenizer:
        """See `models.protocol.Engine.tokenizer`."""
        return open_tokenizer(self._metadata, self.vocabulary)

    def session_bytes(self, streams: int, window: int) -> int:
        """See `models.protocol.Engine.session_bytes`."""
        on_gpu = self._places[0] is not None
        return 0 if on_gpu else cache_bytes(self._metadata, streams, min(window, self.max_window))

    def parallel_blocks(self, threads: int) -> int:  # noqa: ARG002 - they are shared out among the workers already
        """See `models.protocol.Engine.parallel_blocks`: one for each worker."""
        return len(self._places)

    def parameters(self) -> dict[str, int | str]:
        """See `models.protocol.Engine.parameters`: the settings and the fingerprint. The first call runs the probe."""
        with self._lock:
            if self._fingerprint is None:
                self._fingerprint = self._take_fingerprint()
            return dict(self._fingerprint)

    def close(self) -> None:
        """Release weights, once the last session is gone. Idempotent."""
        self._models.clear()

    def _take_fingerprint(self) -> dict[str, int | str]:
        short = ContextWindow(self.max_window, 0)
        context = short if self.max_window < PROBE_CONTEXT.window else PROBE_CONTEXT
        session = self._session(0, self._settings.probe_streams, context)
        return {
            "engine": self.name,
            "numerics": NUMERICS,
            **self._settings.to_json(),
            **machine_facts(self._settings),
            "slide": str(session.slide),
            "probe": probe(session, self.vocabulary),
        }

    def _least_busy(self) -> int:
        """The number of the model for one more session: an idle one, a new one, or the least busy."""
        if not self._models:
            raise ValueError("the engine is closed")
        if all(self._sessions) and len(self._models) < len(self._places):
            self._add_model()
        return min(range(len(self._models)), key=lambda number: len(self._sessions[number]))

    def _session(self, number: int, streams: int, context: ContextWindow) -> LlamaSession:
        return LlamaSession(self._models[number], streams, context, self._settings, self._threads)

    def _add_model(self) -> LlamaModel:
        model = load_model(self._path, self._settings, self._places[len(self._models)])
        self._models.append(model)
        self._sessions.append(weakref.WeakSet())
        return model


def open_engine(
    path: str | PathLike[str],
    *,
    settings: LlamaSettings | None = None,
    workers: int = 0,
    threads: int = 0,
    window: int = MAX_WINDOW,
) -> LlamaEngine:
    """Load a GGUF model of any architecture that llama.cpp knows.

    Args:
        settings: as an archive says, or the best for this machine.
        workers: instances of the model that code blocks side by side; 0 for one per GPU, one on a CPU.
        threads: of all workers together; 0 means one per processor.
        window: the longest window of tokens a session will have, to ask the GPUs for room.

    Raises:
        ExtraMissing: llama-cpp-python is not installed.
        GpuFull: the GPUs lack room for that many workers.
        ModelError: the file is damaged, or a device lacks room.
        UnsupportedModel: not a model that predicts the next token.
    """
    path = Path(path)
    settings = settings or LlamaSettings()
    with open_gguf(path) as file:
        metadata = file.metadata
    size = path.stat().st_size
    needed = worker_bytes(metadata, size, settings.gpu_layers, settings.probe_streams, window)
    places = place_workers(devices(), settings.gpu_layers, workers, needed)
    return LlamaEngine(path, metadata, settings, places, threads or os.cpu_count() or 1)


def best_settings(probe_streams: int, gpu_layers: int | None = None) -> LlamaSettings:
    """Settings to compress with here: the GPU where there is one, unless `gpu_layers` says otherwise."""
    if gpu_layers is None:
        gpu_layers = ALL_LAYERS if any(device.is_gpu for device in devices()) else 0
    return LlamaSettings(gpu_layers, gpu_layers == ALL_LAYERS, probe_streams)


def _uses_amx() -> bool:
    """Whether llama.cpp would multiply in the processor's tiles, which ends the process ("illegal instruction").

    GCC 12 drops the tiles' configuration, which lies on the stack and which nothing seems to read (llama.cpp's pull
    request 26954): on a Sapphire Rapids every batch of two tokens of a quantised model died. Weights that are not packed
    anew go past them, and past the packed products of AVX-512 too.
    """
    return b"AMX_INT8 = 1" in (library().llama_print_system_info() or b"")


def load_model(path: Path, settings: LlamaSettings, place: Device | None) -> LlamaModel:
    """One instance of the weights. Raises ModelError, UnsupportedModel."""
    llama = library()
    parameters = llama.llama_model_default_params()
    parameters.n_gpu_layers = settings.gpu_layers
    parameters.split_mode = llama.LLAMA_SPLIT_MODE_NONE
    # A list that ends where it begins keeps llama.cpp off every GPU.
    places = (ctypes.c_void_p * 2)(place.handle if place else None, None)
    parameters.devices = ctypes.cast(places, ctypes.c_void_p)
    if _uses_amx():
        parameters.use_extra_bufts = False
    pointer = llama.llama_model_load_from_file(str(path).encode(), parameters)
    if not pointer:
        raise ModelError(model=path.name, reason=f"llama.cpp cannot load it ({last_error()})")
    if llama.llama_model_has_encoder(pointer) or not llama.llama_model_has_decoder(pointer):
        llama.llama_model_free(pointer)
        raise UnsupportedModel(model=path.name, engine="llama", reason="it does not predict the next token")
    size = int(llama.llama_vocab_n_tokens(llama.llama_model_get_vocab(pointer)))
    return LlamaModel(path.name, pointer, size)
