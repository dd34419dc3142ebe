"""The native core; see `ensemble.Ensemble` for what each method takes and gives."""

import numpy as np
from numpy.typing import NDArray

UNSPOKEN: int
"""Width of a control token."""

class Ensemble:
    def __init__(
        self,
        widths: NDArray[np.int32],
        parameters: dict[str, int | bool],
        starts: dict[str, NDArray[np.float64]],
        streams: int,
        version: str = "auto",
    ) -> None: ...
    def wants_model(self, streams: NDArray[np.int32]) -> NDArray[np.bool_]: ...
    def predict(
        self, streams: NDArray[np.int32], logits: NDArray[np.float32], has_logits: NDArray[np.bool_]
    ) -> NDArray[np.float64]: ...
    def choose_pages(self, pages: NDArray[np.int32]) -> NDArray[np.float64]: ...
    def update(self, symbols: NDArray[np.int32]) -> None: ...

def plan(
    widths: NDArray[np.int32],
    parameters: dict[str, int | bool],
    starts: dict[str, NDArray[np.float64]],
    symbols: list[NDArray[np.int32]],
) -> list[NDArray[np.bool_]]: ...
def versions() -> list[str]: ...
