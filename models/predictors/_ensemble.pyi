"""The native core; see `ensemble.Ensemble` for what each method takes and gives."""

import numpy as np
from numpy.typing import NDArray

NEVER_CODED: int
"""Width of a token that is never coded."""

class Ensemble:
    def __init__(
        self,
        widths: NDArray[np.int32],
        parameters: dict[str, int | bool],
        initial_weights: dict[str, NDArray[np.float64]],
        streams: int,
        kernel: str = "",
    ) -> None:
        """`kernel` may be empty: the best one."""

    def wants_model(self, streams: NDArray[np.int32]) -> NDArray[np.bool_]: ...
    def predict(
        self, streams: NDArray[np.int32], logits: NDArray[np.float32], has_logits: NDArray[np.bool_]
    ) -> NDArray[np.float64]: ...
    def choose_pages(self, pages: NDArray[np.int32]) -> NDArray[np.float64]: ...
    def update(self, symbols: NDArray[np.int32]) -> None: ...

def plan(
    widths: NDArray[np.int32],
    parameters: dict[str, int | bool],
    initial_weights: dict[str, NDArray[np.float64]],
    symbols: list[NDArray[np.int32]],
) -> list[NDArray[np.bool_]]: ...
def available_kernels() -> list[str]:
    """Kernels that this processor can run, best first; they differ in speed alone. `scalar` is always the last."""

def begin_float_rules() -> int:
    """Set the default float rules for this thread; gives those that held."""

def end_float_rules(saved: int) -> None:
    """Put back the rules that `begin_float_rules` gave."""
