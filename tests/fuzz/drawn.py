"""What all cases of the native cores are drawn with."""

from collections.abc import Callable
from typing import Any

import numpy as np

Random = np.random.Generator
REFUSALS = (ValueError, TypeError, KeyError, RuntimeError, MemoryError)
SIZES = (1, 2, 3, 255, 256, 257, 511, 512, 513)


def refuses(call: Callable[[], object]) -> None:
    """`call` must raise what a caller can catch."""
    try:
        call()
    except REFUSALS:
        return
    raise AssertionError("a call that should have been refused was not")


def pick(rng: Random, *choices: Any) -> Any:
    return choices[int(rng.integers(len(choices)))]
