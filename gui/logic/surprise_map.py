"""The surprise map's arithmetic: what each token of a text cost, and the figures drawn from it.

A token's cost is -log2 of the probability the compressor gave it. Costs come from the worker (`nacomp map --json`);
nothing here predicts anything.
"""

import bisect
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BIN_EDGES = (0.1, 0.5, 1.0, 2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 16.0)
"""Upper edges of the histogram's bins in bits; the last bin is open."""

GUESSES = 5
"""The most guesses kept of a token: what the worker sends, and what the page keeps room for."""


@dataclass(frozen=True)
class Token:
    """A piece of text, its cost in bits, and what the model would rather have said: (text, probability)."""

    text: str
    bits: float
    size: int
    guesses: tuple[tuple[str, float], ...] = ()


class SurpriseMap:
    """All tokens of one text with running sums."""

    def __init__(self, name: str, tokens: Sequence[Token], model_id: str = "") -> None:
        self.name = name
        self.model_id = model_id
        self.tokens = tuple(tokens)
        self.ends = list(itertools.accumulate(len(token.text) for token in tokens))
        self._bits = list(itertools.accumulate((token.bits for token in tokens), initial=0.0))
        self._sizes = list(itertools.accumulate((token.size for token in tokens), initial=0))

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(token.text for token in self.tokens)

    @property
    def bits(self) -> float:
        """Cost of the whole text."""
        return self._bits[-1]

    @property
    def size(self) -> int:
        """Bytes of the whole text."""
        return self._sizes[-1]

    @property
    def bits_per_byte(self) -> float:
        """Mean cost of a byte."""
        return self.bits / self.size if self.size else 0.0

    def at(self, position: int) -> int | None:
        """The number of the token that covers a character position."""
        number = bisect.bisect_right(self.ends, position)
        return number if number < len(self.tokens) else None

    def start(self, number: int) -> int:
        """The character position where a token begins."""
        return self.ends[number - 1] if number else 0

    def histogram(self) -> list[int]:
        """Tokens per bin of `BIN_EDGES` (plus the open last bin)."""
        counts = [0] * (len(BIN_EDGES) + 1)
        for token in self.tokens:
            counts[bisect.bisect_left(BIN_EDGES, token.bits)] += 1
        return counts

    def running(self, points: int, window_bytes: int = 256) -> list[tuple[float, float]]:
        """(place in 0..1, bits per byte over about `window_bytes` around it), at most `points` of them."""
        if not self.size:
            return []
        found = []
        for number in range(points):
            middle = self.size * (number + 0.5) / points
            low = max(0, bisect.bisect_left(self._sizes, middle - window_bytes / 2) - 1)
            high = min(len(self.tokens), bisect.bisect_right(self._sizes, middle + window_bytes / 2))
            high = max(high, low + 1)
            size = self._sizes[high] - self._sizes[low]
            found.append((middle / self.size, (self._bits[high] - self._bits[low]) / max(size, 1)))
        return found


def _token(line: Mapping[str, Any]) -> Token:
    guesses = tuple((str(text), float(chance)) for text, chance in line["top"][:GUESSES])
    return Token(str(line["text"]), float(line["bits"]), int(line["size"]), guesses)


def parse_surprise_map(name: str, document: Mapping[str, Any]) -> SurpriseMap:
    """The answer of `nacomp map --json`. Raises ValueError if there are no tokens in it."""
    tokens = [_token(line) for line in document["tokens"]]
    if not tokens:
        raise ValueError("there are no tokens in the answer")
    return SurpriseMap(name, tokens, document["model_id"])


def save_page(path: Path, shown: SurpriseMap) -> OSError | None:
    """Write a map as one HTML page, the command line's own; what went wrong, if it did."""
    from nacomp.cli.map import html_page  # brings numpy along, which would double the window's start
    from nacomp.operations.surprise_map import SurprisingToken

    tokens = [SurprisingToken(token.text.encode(), token.bits, token.guesses) for token in shown.tokens]
    try:
        path.write_text(html_page(shown.name, tokens), "utf-8")
    except OSError as problem:
        return problem
    return None
