"""The ensemble's door: what the pipeline calls between the language model and the range coder.

    wants_model -> (language model) -> predict -> [code pages] -> choose_pages -> [code slots] -> update

One step takes one row per live stream, all predicted from the same state, then learnt in row order. Encoder and
decoder make exactly the same calls; symbols are coded in two levels (page of 256, slot within it), which makes the range
coder's cost per token that of 450 numbers, not 49,000.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nacomp.models.errors import KernelUnavailable
from nacomp.models.predictors.parameters import EnsembleParameters
from nacomp.models.tokens.vocabulary import Vocabulary

try:
    from nacomp.models.predictors import native_core
except ImportError:  # installed without a compiler
    native_core = None  # type: ignore[assignment]

__all__ = ["Ensemble", "EnsembleParameters", "open_ensemble", "plan_skips"]


class Ensemble(Protocol):
    """The predictors of one block. Not thread-safe; one owner."""

    kernel: str
    """`native` or `numpy`. It never changes a bit."""

    def wants_model(self, streams: NDArray[np.int32]) -> NDArray[np.bool_]:
        """(row,) whether the language model should predict each row; n-gram and match models alone decide."""
        ...

    def predict(
        self, streams: NDArray[np.int32], logits: NDArray[np.float32], has_logits: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        """Open a step.

        Args:
            streams: (row,) the live streams, ascending.
            logits: (rows with logits, V) logits of those rows, in row order; ValueError where one is not finite.
            has_logits: (row,) which rows those are.

        Returns:
            (row, page) non-negative integers, each row summing to 2^24 - pages: `Categorical(perfect=False)`
            then gives page i exactly the probability (n + 1) / 2^24.
        """
        ...

    def choose_pages(self, pages: NDArray[np.int32]) -> NDArray[np.float64]:
        """(row, 256) integers of the slots within each row's coded page, to be used in the same way."""
        ...

    def update(self, symbols: NDArray[np.int32]) -> None:
        """Close the step: learn the coded symbols (row,), in row order."""
        ...

    def last_bits(self, symbols: NDArray[np.int32]) -> NDArray[np.float64]:
        """(row,) bits the symbols of the open step cost; for statistics, between `choose_pages` and `update`."""
        ...


def open_ensemble(
    vocabulary: Vocabulary, parameters: EnsembleParameters, streams: int, *, kernel: str = "auto"
) -> Ensemble:
    """The predictors of one block of `streams` streams.

    `kernel` is a demand: `native` or `numpy`; `auto` takes the native one where it was built. Raises KernelUnavailable.
    """
    if kernel not in ("auto", "native", "numpy"):
        raise KernelUnavailable(kernel=kernel, reason="no such kernel", available=", ".join(kernels()))
    if kernel == "native" and native_core is None:
        raise KernelUnavailable(kernel=kernel, reason="it was not built", available="numpy")
    if kernel == "numpy" or native_core is None:
        from nacomp.models.predictors.reference import NumpyEnsemble  # not above: seldom needed

        return NumpyEnsemble(vocabulary, parameters, streams)
    return native_core.NativeEnsemble(vocabulary, parameters, streams)


def kernels() -> list[str]:
    """The kernels that run here, the preferred one first."""
    return ["numpy"] if native_core is None else ["native", "numpy"]


def plan_skips(
    vocabulary: Vocabulary,
    parameters: EnsembleParameters,
    symbols: list[NDArray[np.int32]],
    *,
    kernel: str = "auto",
) -> list[NDArray[np.bool_]]:
    """What `wants_model` will answer for every symbol of a block, without running the language model.

    Args:
        symbols: per stream, (n,) the symbols it will code.
        kernel: as for `open_ensemble`.

    Returns:
        Per stream, (n,) whether the language model will be asked for that symbol.
    """
    if not parameters.skip or not symbols:
        return [np.ones(len(s), np.bool_) for s in symbols]
    if kernel == "numpy" or native_core is None:
        from nacomp.models.predictors import symbol_models

        return symbol_models.plan(vocabulary, parameters, symbols)
    return native_core.plan(vocabulary, parameters, symbols)
