"""The float rules of NUMERICS 1.1 for the Python code around the native cores: nearest even, subnormals kept.

    a codec's door -> float_rules -> tokens, weights, smoothing, predictors, coder

Another library in the process may have chosen another rounding, or switched subnormals off. The native cores hold their own
rules, but numpy and Python compute with whatever the thread has, and an archive made so verifies there and decodes nowhere.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from nacomp.models.errors import OtherFloatRules

try:
    from nacomp.models.predictors._ensemble import begin_float_rules, end_float_rules
except ImportError:

    def begin_float_rules() -> int:
        """Without the core nothing can be set."""
        return 0

    def end_float_rules(saved: int) -> None:
        """Nor put back."""


@contextmanager
def float_rules() -> Iterator[None]:
    """This thread under the default rules; what held before is put back behind it. Also a decorator.

    Raises OtherFloatRules where other ones hold and cannot be set: without the native core.
    """
    saved = begin_float_rules()
    try:
        if fault := float_fault():
            raise OtherFloatRules(fault=fault)
        yield
    finally:
        end_float_rules(saved)


def float_fault() -> str:
    """How this thread computes otherwise than it should, found out by computing; empty if it does not."""
    # Variables, as the compiler would work out an expression of literals by itself.
    one, half_step, tiny, large = 1.0, 2.0**-53, sys.float_info.min, 2.0**60
    # Halves go to the even neighbour: down for one half, up for three.
    if one + half_step != one or one + 3 * half_step != one + 4 * half_step:
        return "rounds otherwise than to the nearest"
    subnormal = tiny / 2
    return "" if subnormal and subnormal * large else "drops subnormal numbers"
