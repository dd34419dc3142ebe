"""Tokens as bytes: the id->bytes table of a model, plus escapes for what it cannot say.

Symbols are what the coder codes. Symbol ids are laid out in pages of 256 (page = symbol >> 8, slot = symbol & 255):
the vocabulary's tokens fill the first pages, and one page behind them holds the 256 raw-byte escapes. A byte the
vocabulary has no token for (SmolLM2 lacks 04 06 13 14 16 1D and others) is coded as its escape symbol; the
language model then sees `escape_token` in its place.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PAGE = 256


@dataclass(frozen=True)
class Vocabulary:
    """The id->bytes table of one model. Archives depend on it; the tokeniser that splits text does not matter to them.

    Attributes:
        pieces: bytes of each token id; empty for control tokens, which no encoder may emit.
        start_token: fed before the first real token of a stream.
        escape_token: fed in place of a raw-byte escape.
    """

    pieces: tuple[bytes, ...]
    start_token: int
    escape_token: int

    @property
    def size(self) -> int:
        """Number of token ids, V."""
        return len(self.pieces)

    @property
    def token_pages(self) -> int:
        """Pages the tokens fill; the last one may be partly unused."""
        return -(-self.size // PAGE)

    @property
    def pages(self) -> int:
        """All pages, the escape page included."""
        return self.token_pages + 1

    @property
    def first_escape(self) -> int:
        """Symbol id of the escape for byte 00."""
        return self.token_pages * PAGE

    def symbol_bytes(self, symbol: int) -> bytes:
        """What one symbol stands for. Raises ValueError for a symbol id that means nothing."""
        if 0 <= symbol < self.size:
            return self.pieces[symbol]
        if self.first_escape <= symbol < self.first_escape + PAGE:
            return bytes([symbol - self.first_escape])
        raise ValueError(f"symbol {symbol} is outside the vocabulary of {self.size} tokens")

    def join(self, symbols: NDArray[np.int32]) -> bytes:
        """The bytes a sequence of symbols stands for."""
        return b"".join(self.symbol_bytes(s) for s in symbols.tolist())

    def model_tokens(self, symbols: NDArray[np.int32]) -> NDArray[np.int32]:
        """(symbol,) what the language model is fed for each symbol: itself, or `escape_token` for an escape."""
        return np.where(symbols < self.size, symbols, self.escape_token).astype(np.int32)
