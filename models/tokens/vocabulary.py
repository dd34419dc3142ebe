"""Tokens as bytes: the id->bytes table of a model, plus escapes for what it cannot say.

Symbols are what the coder codes. Symbol ids are laid out in pages of 256 (page = symbol >> 8, slot = symbol &
255): the vocabulary's tokens fill the first pages, and one page behind them holds the 256 raw-byte escapes. A
byte the vocabulary has no token for (SmolLM2 lacks 04 06 13 14 16 1D and others) is coded as its escape
symbol; the language model then sees `escape_token` in its place.

One escape symbol per byte won over an escape token followed by a byte: a step codes one symbol whatever it
is, and the predictors learn the bytes a file really escapes.
"""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from nacomp.formats.records import dataclass

PAGE = 256


@dataclass(frozen=True)
class Vocabulary:
    """The id->bytes table of one model. Archives depend on it; how the encoder cut the text does not matter.

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

    @cached_property
    def byte_symbols(self) -> NDArray[np.int32]:
        """(256,) the symbol of each single byte: the lowest token id that says it, else its escape."""
        symbols = np.arange(self.first_escape, self.first_escape + PAGE, dtype=np.int32)
        for token in range(self.size - 1, -1, -1):
            if len(self.pieces[token]) == 1:
                symbols[self.pieces[token][0]] = token
        return symbols

    @cached_property
    def _symbol_table(self) -> tuple[bytes | None, ...]:
        """(pages * 256,) bytes of each symbol id; None for the ids between the last token and the escapes."""
        gap = self.first_escape - self.size
        return (*self.pieces, *([None] * gap), *(bytes([byte]) for byte in range(PAGE)))

    def symbol_bytes(self, symbol: int) -> bytes:
        """What one symbol stands for. Raises ValueError for a symbol id that means nothing."""
        table = self._symbol_table
        piece = table[symbol] if 0 <= symbol < len(table) else None
        if piece is None:
            raise ValueError(f"symbol {symbol} is outside the vocabulary of {self.size} tokens")
        return piece

    @cached_property
    def _symbol_sizes(self) -> NDArray[np.int64]:
        """(pages * 256,) bytes each symbol stands for."""
        return np.array([len(piece or b"") for piece in self._symbol_table], np.int64)

    def _check_symbols(self, symbols: NDArray[np.int32]) -> None:
        in_gap = (symbols >= self.size) & (symbols < self.first_escape)
        outside = (symbols < 0) | (symbols >= self.first_escape + PAGE) | in_gap
        if outside.any():
            self.symbol_bytes(int(symbols[outside][0]))

    def joined_size(self, symbols: NDArray[np.int32]) -> int:
        """How many bytes a sequence of symbols stands for. Raises ValueError as `symbol_bytes` does."""
        self._check_symbols(symbols)
        return int(self._symbol_sizes[symbols].sum())

    def join(self, symbols: NDArray[np.int32]) -> bytes:
        """The bytes a sequence of symbols stands for. Raises ValueError as `symbol_bytes` does."""
        self._check_symbols(symbols)
        return b"".join([self._symbol_table[symbol] or b"" for symbol in symbols.tolist()])

    def model_tokens(self, symbols: NDArray[np.int32]) -> NDArray[np.int32]:
        """(symbol,) what the language model is fed: the symbol itself, or `escape_token` for an escape."""
        return np.where(symbols < self.size, symbols, self.escape_token).astype(np.int32)
