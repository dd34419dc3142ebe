"""The ensemble's rows as bits: the door to the native step that predicts, codes and learns (formats/PREDICTORS.md, 14).

    logits -> ensemble's row -> [a bit of the token: the row and the context mixer -> range coder] ... -> learnt

Between two bits of a token there is no Python, so the range coder is inside and a step has one verb instead of three.
"""

from dataclasses import asdict
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nacomp.models.errors import KernelUnavailable
from nacomp.models.predictors.parameters import EnsembleParameters
from nacomp.models.tokens.vocabulary import PAGE, Vocabulary

if TYPE_CHECKING:
    from nacomp.models.mixing.token_tree import TokenTree
    from nacomp.models.predictors import mixed_reference
    from nacomp.models.predictors._ensemble import MixedDecoder, MixedEncoder

try:
    from nacomp.models.predictors import _ensemble, native_core
except ImportError:  # installed without a compiler
    _ensemble = native_core = None  # type: ignore[assignment]

__all__ = ["is_available", "mixed_decoder", "mixed_encoder", "mixing_bytes", "token_tree", "tree_pieces"]


def is_available() -> bool:
    """Whether blocks can be coded so here: the native core was built."""
    return _ensemble is not None


def mixed_encoder(
    vocabulary: Vocabulary, parameters: EnsembleParameters, streams: int, size: int, *, kernel: str = "auto"
) -> "MixedEncoder | mixed_reference.MixedEncoder":
    """What codes a block of `size` bytes; `kernel` as for `open_ensemble`. Raises KernelUnavailable."""
    if _is_native(kernel):
        return _ensemble.MixedEncoder(*_fixed(vocabulary, parameters), streams, size)
    from nacomp.models.predictors import mixed_reference  # not above: the native core does without it

    return mixed_reference.MixedEncoder(vocabulary, _readable_tree(vocabulary), parameters, streams, size)


def mixed_decoder(
    vocabulary: Vocabulary,
    parameters: EnsembleParameters,
    streams: int,
    size: int,
    words: NDArray[np.uint32],
    *,
    kernel: str = "auto",
) -> "MixedDecoder | mixed_reference.MixedDecoder":
    """What decodes the words (n,) of a block of `size` bytes; `kernel` as for `open_ensemble`. Raises KernelUnavailable."""
    if _is_native(kernel):
        return _ensemble.MixedDecoder(*_fixed(vocabulary, parameters), streams, size, words)
    from nacomp.models.predictors import mixed_reference

    return mixed_reference.MixedDecoder(
        vocabulary, _readable_tree(vocabulary), parameters, streams, size, words
    )


def mixing_bytes(size: int, symbols: int, streams: int) -> int:
    """About the memory that coding a block of `size` bytes as bits takes beside the ensemble's, in bytes.

    The tables, and in every stream's row a sum of 8 bytes for each symbol of the vocabulary.
    """
    return _ensemble.mixing_bytes(size) + 8 * symbols * streams if is_available() else 0


def tree_pieces(vocabulary: Vocabulary) -> list[bytes]:
    """(pages * 256,) bytes of each symbol id; empty for what is never coded, escapes of bytes that are tokens among it."""
    gap = vocabulary.first_escape - vocabulary.size
    unsayable = vocabulary.byte_symbols >= vocabulary.first_escape
    escapes = [bytes([byte]) if unsayable[byte] else b"" for byte in range(PAGE)]
    return [*vocabulary.pieces, *([b""] * gap), *escapes]


@lru_cache(maxsize=4)
def token_tree(vocabulary: Vocabulary) -> "_ensemble.TokenTree":
    """A vocabulary's tree, shared by all blocks: it takes 50 ms for 49,152 tokens."""
    return _ensemble.TokenTree(tree_pieces(vocabulary))


@lru_cache(maxsize=4)
def _readable_tree(vocabulary: Vocabulary) -> "TokenTree":
    from nacomp.models.mixing.token_tree import TokenTree

    return TokenTree(tree_pieces(vocabulary))


def _fixed(
    vocabulary: Vocabulary, parameters: EnsembleParameters
) -> tuple[NDArray[np.int32], "_ensemble.TokenTree", dict[str, int | bool], dict[str, NDArray[np.float64]]]:
    return (
        native_core.widths(vocabulary),
        token_tree(vocabulary),
        asdict(parameters),
        native_core.INITIAL_WEIGHTS,
    )


def _is_native(kernel: str) -> bool:
    if kernel == "native" and not is_available():
        raise KernelUnavailable(kernel=kernel, reason="it was not built", available="numpy")
    return kernel != "numpy" and is_available()
