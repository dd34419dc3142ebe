"""llama.cpp through llama-cpp-python's low-level API: loaded when first needed, silenced, started once.

The package's `Llama` class lost: it owns one sequence, copies logits and samples; we need many sequences, logits in
place and the cache's own removal and shift.
"""

import atexit
import ctypes
import os
from functools import cache
from pathlib import Path
from typing import Any

from nacomp.models.errors import ExtraMissing

EXTRA = "llama"
_SPIN_VARIABLE = "GOMP_SPINCOUNT"
_ERROR_LEVEL = 4
"""`GGML_LOG_LEVEL_ERROR`."""


@cache
def library() -> Any:
    """The module `llama_cpp.llama_cpp`, ready to load models. Raises ExtraMissing."""
    # GNU OpenMP reads this when it is loaded. Its threads spin at every barrier, and spin against each other where they
    # share a core with other work. SmolLM2-135M on a busy two-core machine, tokens/s at S = 1, 8, 32: with the default
    # 300,000 spins 3.5, 7.7, 20; with 2,000 6.9, 30, 42; with none 27, 32, 43. An idle machine was not measured.
    os.environ.setdefault(_SPIN_VARIABLE, "0")
    try:
        from llama_cpp import llama_cpp as found
    except (ImportError, OSError, RuntimeError) as missing:
        raise ExtraMissing(feature="the llama engine", extra=EXTRA) from missing
    _close_at_exit()
    _log.attach(found)
    found.llama_backend_init()
    return found


def _close_at_exit() -> None:
    """Close the null devices the package opens when it is imported, which Python would otherwise complain about."""
    from llama_cpp import _utils

    for name in ("outnull_file", "errnull_file"):
        if hasattr(_utils, name):
            atexit.register(getattr(_utils, name).close)


@cache
def ggml() -> ctypes.CDLL:
    """The shared library that knows devices. Raises ExtraMissing."""
    library()
    import llama_cpp
    from llama_cpp._ctypes_extensions import load_shared_library

    folder = Path(llama_cpp.__file__).parent / "lib"
    return load_shared_library("ggml", folder)  # type: ignore[no-any-return]


@cache
def ggml_base() -> ctypes.CDLL:
    """The shared library below it, with the functions on one device. Raises ExtraMissing."""
    library()
    import llama_cpp
    from llama_cpp._ctypes_extensions import load_shared_library

    folder = Path(llama_cpp.__file__).parent / "lib"
    return load_shared_library("ggml-base", folder)  # type: ignore[no-any-return]


def last_error() -> str:
    """What llama.cpp last complained about, or an empty text."""
    return _log.last_error


class _Log:
    """Takes llama.cpp's log lines and keeps the last error of them. Lives as long as the process: C holds a pointer."""

    def __init__(self) -> None:
        self.last_error = ""
        self._callback: Any = None

    def attach(self, library: Any) -> None:
        self._callback = library.llama_log_callback(self._take)
        library.llama_log_set(self._callback, ctypes.c_void_p(0))

    def _take(self, level: int, text: bytes | None, _data: object) -> None:
        if level == _ERROR_LEVEL and text and text.strip():
            self.last_error = text.decode("utf-8", "replace").strip()


_log = _Log()
