"""Importing much at a time: a command's module when it is called, the loader of models when a block needs one."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def nothing_to_collect(module: str) -> Iterator[None]:
    """While this module is imported. What an import makes stays: the collector would look through all of it, 12% of the time
    that `list` took with numpy.

    Not where it is loaded already: a worker's garbage of many commands must not be frozen.
    """
    if module in sys.modules:
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
