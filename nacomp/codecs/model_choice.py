"""Which of several models codes a text: a sample of it is coded by each, and what suits it codes the whole.

    block -> a sample -> all of it in a language that the first model is good at? -- yes -> the first model
                                                     -- no -> the sample coded by each -> the one that suits

The choice is the encoder's alone: what a block is read with stands in its method.

Both steps are needed. Of 40,000 bytes in each of 19 languages, the guess takes 3 ms (0.7 s to load) and made the choice that
the samples make, but it took a table of numbers and a part of a configuration file for foreign languages: alone it would
code those two to three times as slowly for nothing. The samples alone (SmolLM2 and Gemma, level balanced) take 2.0 to 2.9 s
of the 40 to 60 that such a text takes, and would load Gemma, 4.6 s, for every English note.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nacomp.codecs.levels import Level
from nacomp.codecs.neural import NeuralCodec
from nacomp.formats.methods import Method
from nacomp.models.library.catalogue import languages_of
from nacomp.models.protocol import Engine
from nacomp.runtime.progress import Job

SAMPLED_SHARE = 32
"""What part of a block each model codes to be compared."""
SAMPLED_LEAST, SAMPLED_MOST = 512, 4096
"""And no less and no more than so many bytes."""
NO_LANGUAGE = "zxx"
"""What the guess is for data and the like."""
GUESSABLE = 64
"""Bytes below which a text is too short to tell its language, and the models make about the same of it."""
PIECES = 4
"""Places of a block that they are from: files of several languages may share one."""


@dataclass(frozen=True)
class OtherModel:
    """A model beside the first, loaded when a text may suit it.

    Attributes:
        load: gives its codec, or None where there is no memory for it beside the first.
        parallel_blocks: how many blocks to code side by side with it, of so many threads.
    """

    load: Callable[[], NeuralCodec | None]
    parallel_blocks: Callable[[int], int]


class ModelChoice:
    """The first model of a level and those beside it; see `neural.TextCodecs`. Threads share it."""

    def __init__(self, first: NeuralCodec, others: Sequence[OtherModel], level: Level) -> None:
        """`level` is one with models beside the first."""
        assert level.beside is not None
        self.first = first
        self._beside = level.beside
        self._others = others
        self._level = level
        known = languages_of(first.settings.model_id)
        self._own = known | {NO_LANGUAGE} if known else known
        self._loaded: list[NeuralCodec] | None = None
        self._lock = threading.Lock()

    @property
    def methods(self) -> tuple[Method, ...]:
        """See `neural.TextCodecs.methods`."""
        return _methods_of(self._all())

    @property
    def known_methods(self) -> tuple[Method, ...]:
        """See `neural.TextCodecs.known_methods`."""
        return _methods_of([self.first, *(self._loaded or ())])

    def engines(self) -> list[Engine]:
        """All engines that blocks may be coded with, loaded."""
        return [codec.engine for codec in self._all()]

    def suited(self, data: bytes, job: Job) -> NeuralCodec:
        """See `neural.TextCodecs.suited`."""
        if len(data) < GUESSABLE:
            return self.first
        pieces = pieces_of(data)
        if self._beside.by_guess and all(guessed_language(piece) in self._own for piece in pieces):
            return self.first
        sample = b"".join(pieces)
        sizes = {codec: self._size(codec, sample, job) for codec in self._all()}
        best = min(sizes, key=sizes.__getitem__)
        return best if sizes[best] < self._beside.worth * sizes[self.first] else self.first

    def _size(self, codec: NeuralCodec, sample: bytes, job: Job) -> int:
        return len(codec.encode(codec.plan(sample, self._level), 0, job).payload)

    def _all(self) -> list[NeuralCodec]:
        """The first and those beside it that there is memory for, loaded once."""
        with self._lock:
            if self._loaded is None:
                self._loaded = [codec for other in self._others if (codec := other.load()) is not None]
            return [self.first, *self._loaded]

    def parallel_blocks(self, threads: int) -> int:
        """How many blocks to code side by side: what the largest model allows."""
        others = (other.parallel_blocks(threads) for other in self._others)
        return min([self.first.parallel_blocks(threads), *others])


def _methods_of(codecs: Sequence[NeuralCodec]) -> tuple[Method, ...]:
    return tuple(method for codec in codecs for method in codec.methods)


def pieces_of(data: bytes) -> list[bytes]:
    """Pieces of a block from places far from each other, not cut inside characters; all of a short one."""
    size = max(SAMPLED_LEAST, min(SAMPLED_MOST, len(data) // SAMPLED_SHARE)) // PIECES
    if len(data) <= size * PIECES:
        return [data]
    stretch = len(data) // PIECES
    starts = (number * stretch + (stretch - size) // 2 for number in range(PIECES))
    return [data[start : start + size].decode(errors="ignore").encode() for start in starts]


def guessed_language(text: bytes) -> str:
    """The code of the language that a text is most likely in; program code passes for English more often than not."""
    from py3langid import classify

    return str(classify(text)[0])
