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

class _Block:
    def run(self, milliseconds: float) -> int:
        """Steps for about so long, at least one unless the block has ended; how many symbols that were.

        Raises OverflowError if the model's values overflow, RuntimeError if the session or this object is in use or an
        earlier step failed.
        """

class BlockEncoder(_Block):
    def __init__(
        self,
        widths: NDArray[np.int32],
        parameters: dict[str, int | bool],
        initial_weights: dict[str, NDArray[np.float64]],
        door: object,
        block: dict[str, object],
        symbols: NDArray[np.int32],
        asked: NDArray[np.bool_],
        tree: TokenTree | None = None,
    ) -> None:
        """With a tree, tokens are coded as bits beside the context mixer.

        Args:
            door: of `_kernels.Session.door`.
            block: symbols, streams, most_rows, most_steps, start_token, with a tree its size in bytes, and tokens
                (symbol id,) as which the model sees each symbol.
        """

    def finish(self) -> NDArray[np.uint32]:
        """All words, once the block has ended. ValueError before."""

class BlockDecoder(_Block):
    """As `BlockEncoder`; `run` raises ValueError for words that no encoder writes."""

    def __init__(
        self,
        widths: NDArray[np.int32],
        parameters: dict[str, int | bool],
        initial_weights: dict[str, NDArray[np.float64]],
        door: object,
        block: dict[str, object],
        words: NDArray[np.uint32],
        tree: TokenTree | None = None,
    ) -> None: ...
    def symbols(self) -> NDArray[np.int32]:
        """(n,) in the block's order, once it has ended. ValueError before."""

class TokenTree:
    def __init__(self, pieces: list[bytes]) -> None:
        """`pieces`: bytes of each symbol id, empty for what is never coded. ValueError where fewer than two are coded."""

class _Mixed:
    def wants_model(self, streams: NDArray[np.int32]) -> NDArray[np.bool_]: ...

class MixedEncoder(_Mixed):
    def __init__(
        self,
        widths: NDArray[np.int32],
        tree: TokenTree,
        parameters: dict[str, int | bool],
        initial_weights: dict[str, NDArray[np.float64]],
        streams: int,
        size: int,
    ) -> None: ...
    def encode(
        self,
        streams: NDArray[np.int32],
        logits: NDArray[np.float32],
        has_logits: NDArray[np.bool_],
        symbols: NDArray[np.int32],
    ) -> NDArray[np.float64]: ...
    def finish(self) -> NDArray[np.uint32]: ...

class MixedDecoder(_Mixed):
    def __init__(
        self,
        widths: NDArray[np.int32],
        tree: TokenTree,
        parameters: dict[str, int | bool],
        initial_weights: dict[str, NDArray[np.float64]],
        streams: int,
        size: int,
        words: NDArray[np.uint32],
    ) -> None: ...
    def decode(
        self, streams: NDArray[np.int32], logits: NDArray[np.float32], has_logits: NDArray[np.bool_]
    ) -> NDArray[np.int32]:
        """Raises ValueError for words that no encoder writes."""

def mixing_bytes(size: int) -> int: ...
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
