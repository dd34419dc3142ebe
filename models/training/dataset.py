"""Token streams and the windows cut from them, between `tokeniser` and `loop`.

A stream is one flat array of uint16 tokens, the start token before each document; there is one for each kind of text. A
window is the start token followed by `length` tokens from anywhere: exactly what a stream of a block looks like to the
model, which begins in the middle of a text and keeps the start token as its attention sink.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from nacomp.models.training.corpus import documents, shards
from nacomp.models.training.kinds import Kind, classify, language
from nacomp.models.training.tokeniser import START_ID

Tokens = NDArray[np.uint16]

WEIGHTS: dict[Kind, float] = {
    Kind.PROSE: 0.26,
    Kind.DOCS: 0.17,
    Kind.CODE: 0.17,
    Kind.STRUCTURED: 0.16,
    Kind.OTHER: 0.24,
}
"""Share of the training tokens, and of the tokeniser's text, by kind. The first model had about 0.29, 0.19, 0.16, 0.19 and
0.17 of its tokens: the other languages get half as much again, as they are dozens now, and prose and structured data give
most of it, of which that model saw each document 12 times over. Not tried against other shares."""

EVEN = 0.5
"""Exponent of a language's size in its share of the tokeniser's text: 1 keeps the corpus' own shares, 0 makes all equal. At
0.5 a language of 1 MB gets a third of what one of 11 MB gets."""

CARRIAGE_RETURNS = 0.15
"""Share of documents given CR LF line ends. Sources from repositories hold hardly any, users' files do: a model that
had seen none paid 2.71 bits per byte on the start of a CR LF text and 2.15 on the same text with LF."""

BATCH_DOCUMENTS = 512


def mix(texts: Iterable[str], size: int, weights: Mapping[Kind, float], seed: int) -> list[str]:
    """Up to `size` characters of documents in the wanted shares. What is ample is thinned; nothing is taken twice, as a
    tokeniser would learn the words of the few documents that a small language has."""
    groups: dict[tuple[Kind, str], list[str]] = defaultdict(list)
    for text in texts:
        kind = classify(text)
        groups[kind, language(text) if kind is Kind.OTHER else ""].append(text)
    have = {group: sum(map(len, found)) for group, found in groups.items()}
    evened = {group: have[group] ** EVEN for group in groups}
    rng = random.Random(seed)
    chosen: list[str] = []
    for group in sorted(groups, key=lambda group: (group[0].value, group[1])):
        of_kind = sum(evened[other] for other in groups if other[0] is group[0])
        share = size * weights[group[0]] * evened[group] / of_kind / have[group]
        chosen += [text for text in groups[group] if rng.random() < share]
    rng.shuffle(chosen)
    return chosen


def with_line_ends(texts: list[str], share: float, seed: int) -> list[str]:
    """The same texts, about `share` of them with CR LF at their line ends."""
    rng = random.Random(seed)
    changed = (rng.random() < share and "\r" not in text for text in texts)
    return [
        text.replace("\n", "\r\n") if change else text for text, change in zip(texts, changed, strict=True)
    ]


def sample(folder: Path, size: int, seed: int) -> list[str]:
    """About `size` characters of a corpus folder's training documents, mixed by `WEIGHTS`, in both line ends."""
    texts = mix(documents(shards(folder, held_out=False)), size, WEIGHTS, seed)
    return with_line_ends(texts, CARRIAGE_RETURNS, seed)


def encode(tokeniser: Tokenizer, texts: list[str]) -> Tokens:
    """(token,) all documents as one stream, the start token before each."""
    parts: list[Tokens] = []
    for at in range(0, len(texts), BATCH_DOCUMENTS):
        for encoding in tokeniser.encode_batch_fast(texts[at : at + BATCH_DOCUMENTS]):
            parts.append(np.array([START_ID, *encoding.ids], dtype=np.uint16))
    return np.concatenate(parts)


class Windows:
    """All windows of one length of a stream, each once per epoch, in an order that depends on the seed alone."""

    def __init__(self, stream: Tokens, length: int, seed: int) -> None:
        self.stream, self.length, self.seed = stream, length, seed
        self.count = (len(stream) - length) // length
        if self.count < 1:
            raise ValueError(f"a stream of {len(stream)} tokens has no window of {length}")
        self._epoch = -1
        self._starts: NDArray[np.int64] = np.empty(0, dtype=np.int64)

    def _open(self, epoch: int) -> None:
        rng = np.random.default_rng((self.seed, epoch, self.length))
        self._starts = rng.permutation(self.count) * self.length + rng.integers(self.length)
        self._epoch = epoch

    def row(self, number: int) -> Tokens:
        """(length,) window `number` of the endless order."""
        epoch, index = divmod(number, self.count)
        if epoch != self._epoch:
            self._open(epoch)
        start = int(self._starts[index])
        return self.stream[start : start + self.length]


PATTERN = 1024
"""Windows after which the order of the kinds repeats; shares are rounded to this."""


class Mixture:
    """Windows of one length of several streams, in wanted shares: a scarce kind comes around more often."""

    def __init__(
        self, streams: Mapping[Kind, Tokens], weights: Mapping[Kind, float], length: int, seed: int
    ) -> None:
        self.length = length
        self._windows = [Windows(stream, length, seed) for stream in streams.values()]
        shares = np.cumsum([weights[kind] for kind in streams])
        bounds = np.rint(shares / shares[-1] * PATTERN)
        kinds = np.searchsorted(bounds, np.arange(PATTERN), side="right")
        self._pattern = np.random.default_rng((seed, length)).permutation(kinds)
        places = self._pattern[:, None] == np.arange(len(streams))
        self._each = places.sum(axis=0)
        self._before = (np.cumsum(places, axis=0) - places)[np.arange(PATTERN), self._pattern]

    def batch(self, first: int, rows: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """(row, length) inputs and the tokens that follow them, for windows `first ..` of the endless order."""
        targets = np.empty((rows, self.length), dtype=np.int64)
        for row in range(rows):
            turn, place = divmod(first + row, PATTERN)
            kind = self._pattern[place]
            targets[row] = self._windows[kind].row(int(turn * self._each[kind] + self._before[place]))
        inputs = np.concatenate([np.full((rows, 1), START_ID, dtype=np.int64), targets[:, :-1]], axis=1)
        return inputs, targets
