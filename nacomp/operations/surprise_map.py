"""The surprise map: what every token of a text cost, in bits, and what the model expected in its place.

Runs the real encoder over the text and watches it; what it shows is what an archive would pay.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nacomp.codecs.levels import Level
from nacomp.codecs.lockstep import Logits, Mask, Streams, Symbols
from nacomp.codecs.neural import NeuralCodec
from nacomp.models.tokens.vocabulary import Vocabulary
from nacomp.runtime.progress import Job

GUESSES = 5
"""Top predictions kept for each token."""


@dataclass(frozen=True)
class SurprisingToken:
    """A token, or several that only together are valid UTF-8, with their cost in bits.

    Attributes:
        guesses: (text, probability) of the model's best predictions, best first; empty where it was not asked.
    """

    data: bytes
    bits: float
    guesses: tuple[tuple[str, float], ...]

    @property
    def text(self) -> str:
        """For display; bytes that are not UTF-8 become replacement characters."""
        return self.data.decode("utf-8", "replace")


def surprise_map(codec: NeuralCodec, data: bytes, level: Level, job: Job) -> Iterator[SurprisingToken]:
    """The tokens of a text in order. Costs as much time as compressing it."""
    symbols = codec.tokenizer.encode(data)
    if not len(symbols):
        return
    cut = Streams(len(symbols), level.streams(len(symbols)))
    watcher = _Watcher(codec.engine.vocabulary, cut)
    codec.encode_symbols(symbols, len(data), level, job, watcher)
    yield from _whole_characters(codec.engine.vocabulary, symbols, watcher)


class _Watcher:
    """Notes cost and best guesses of every symbol, at its place in the block."""

    def __init__(self, vocabulary: Vocabulary, cut: Streams) -> None:
        self._vocabulary = vocabulary
        self._starts = cut.starts
        self.bits = np.zeros(cut.symbols)
        self.guesses: list[tuple[tuple[str, float], ...]] = [()] * cut.symbols

    def __call__(
        self, step: int, symbols: Symbols, bits: NDArray[np.float64], logits: Logits, mask: Mask
    ) -> None:
        rows = iter(logits)
        for stream in range(len(symbols)):
            place = self._starts[stream] + step
            self.bits[place] = bits[stream]
            if mask[stream]:
                self.guesses[place] = self._best(next(rows))

    def _best(self, row: NDArray[np.float32]) -> tuple[tuple[str, float], ...]:
        """For people's eyes only, so numpy's exp will do."""
        best = np.argpartition(row, -GUESSES)[-GUESSES:]
        best = best[np.argsort(-row[best], kind="stable")]
        chances = np.exp(row[best] - row.max()) / np.exp(row - row.max()).sum()
        words = (self._vocabulary.pieces[token].decode("utf-8", "replace") for token in best.tolist())
        return tuple(zip(words, chances.tolist(), strict=True))


def _whole_characters(
    vocabulary: Vocabulary, symbols: Symbols, watcher: _Watcher
) -> Iterator[SurprisingToken]:
    """Join tokens that end inside a character to the next ones, so that every piece can be shown."""
    pending, bits, guesses = b"", 0.0, watcher.guesses[0]
    for place, symbol in enumerate(symbols.tolist()):
        if not pending:
            guesses = watcher.guesses[place]
        pending += vocabulary.symbol_bytes(symbol)
        bits += float(watcher.bits[place])
        if _complete(pending):
            yield SurprisingToken(pending, bits, guesses)
            pending, bits = b"", 0.0
    if pending:
        yield SurprisingToken(pending, bits, guesses)


def _complete(data: bytes) -> bool:
    """Whether these bytes can be shown as they are: valid UTF-8, or so long that they never will be."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return len(data) > 3
    return True
