"""Neural lossless compression: `compress`, `decompress`, `open`, and the errors they raise.

Importing this package stays light: engine and container load with the first use of a name (PEP 562).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from nacomp.version import VERSION as __version__

if TYPE_CHECKING:
    from nacomp.api import ArchiveFile, compress, compress_files, decompress, open
    from nacomp.formats.errors import NacompError
    from nacomp.runtime.events import Progress
    from nacomp.runtime.progress import CancelToken

_HOMES = {
    "ArchiveFile": "nacomp.api",
    "CancelToken": "nacomp.runtime.progress",
    "NacompError": "nacomp.formats.errors",
    "Progress": "nacomp.runtime.events",
    "compress": "nacomp.api",
    "compress_files": "nacomp.api",
    "decompress": "nacomp.api",
    "open": "nacomp.api",
}

__all__ = [
    "ArchiveFile",
    "CancelToken",
    "NacompError",
    "Progress",
    "__version__",
    "compress",
    "compress_files",
    "decompress",
    "open",
]


def __dir__() -> list[str]:
    """The public names, which load when they are used; `help(nacomp)` looks for them here."""
    return sorted({*globals(), *__all__})


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from nacomp.models.float_rules import float_rules

        # Constants become floats while a module is loaded, and who loads it may compute by other rules.
        with float_rules():
            return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'nacomp' has no attribute {name!r}")
