"""Engines that are loaded: one loader's own, or kept from command to command by `nacomp worker`.

A model takes from a tenth of a second to several to load; a note of 300 bytes is coded in a few hundredths.
"""

import threading
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nacomp.models.protocol import Engine


class LoadedEngines:
    """Engines by what they were loaded from and how. Thread-safe: blocks of an archive ask for theirs at the same time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loaded: dict[Hashable, Engine] = {}
        self._used: set[Hashable] = set()
        """Those of the command under way."""

    def begin(self) -> None:
        """Another command begins: what earlier ones have loaded may stay, until there is something else to load."""
        with self._lock:
            self._used.clear()

    def get(self, key: Hashable, load: Callable[[], "Engine"]) -> "Engine":
        """The engine of this key, or load it. Then what only earlier commands have used is let go first: two models must
        not take memory where one command alone would take that of one."""
        with self._lock:
            if key not in self._loaded:
                for other in self._loaded.keys() - self._used:
                    del self._loaded[other]
                self._loaded[key] = load()
            self._used.add(key)
            return self._loaded[key]
