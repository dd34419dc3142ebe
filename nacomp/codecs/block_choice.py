"""How a block is coded: all of it is decided here, before it is coded, and travels with it as one value to `block_coder`.

    a text -> repeats alone? --------------------------------- yes --> the classical codecs
           -> which model?  by its language, else by what each makes of a sample
           -> who predicts?  by what the model and the context mixer make of a sample -- the mixer --> the classical codecs,
                             a short text both                                                        of which it is one
           -> streams, skips, repetitive mode (`neural.plan`), begun beside the samples where a processor has nothing to do
           -> the model, with this plan

The choice is the encoder's alone: what a block is read with stands in its method.

Which of several models takes two steps. Of 40,000 bytes in each of 19 languages, the guess takes 3 ms (0.7 s to load) and
made the choice that the samples make, but it took a table of numbers and a part of a configuration file for foreign
languages: alone it would code those two to three times as slowly for nothing. The samples alone (SmolLM2 and Gemma, level
balanced) take 2.0 to 2.9 s of the 40 to 60 that such a text takes, and would load Gemma, 4.6 s, for every English note.
"""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from enum import Enum, StrEnum
from functools import partial

from nacomp.codecs import classical, mixed, profiles
from nacomp.codecs.levels import Level
from nacomp.codecs.neural import NeuralCodec
from nacomp.formats.methods import Method
from nacomp.formats.presets import preset_of
from nacomp.formats.records import dataclass
from nacomp.models.block_predictor import BlockPlan
from nacomp.models.library.catalogue import languages_of
from nacomp.models.predictors import mixed as bits
from nacomp.models.protocol import Engine
from nacomp.runtime.progress import Job

LEFT_TO_CLASSICAL = 400
"""A text that the quick classical codec shrinks this many times is left to it: the model could save next to nothing."""
MAY_REPEAT = 8
"""A text that the quick classical codec shrinks no more than this repeats too little to do without the model."""
CLEARLY_SMALLER = 0.5
"""A payload below this share of the quick codec's is not worth the classical trials: the context mixer, the best of them
on text, reaches 0.6 of it on prose, and where it reaches less the model does not come so far."""
SMALLER_AS_KNOWN = 0.58
"""The same for a text of whose sample the model makes less than KNOWN_TEXT: there the mixer stays far behind. alice29 comes
to 0.505 at level fast, and the trials took a quarter of its time."""
SAMPLED = 1 << 15
"""Texts from this size on are sampled before the model is asked for all of it. Shorter ones are coded by both, where the
core is here: over a hundred texts at level fast 1 to 2% smaller than by the model at 300 to 2,000 bytes, 2.5% at 4,000 and
0.8% at 20,000 (of the smaller of it and the mixer), for a quarter more time. English prose of 20,000 bytes is 0.6% larger
at the worst; tables, JSON and what is not English are 2 to 15% smaller."""
SAMPLE_BYTES = 6 << 10
"""From the middle: a fifth of a second of the embedded model. What the model makes of it, in sizes of what the mixer makes,
and the same of 100,000 bytes (level fast): alice29 0.49 and 0.69, cp.html 0.78 and 0.83 (24,603 bytes), Italian 0.87 and
1.04, minified JavaScript 0.89 and 1.02, a file list 0.96 and 1.08, Greek 1.05 and 1.18, a log 1.12 and 1.80, a table 1.33
and 1.47. The mixer has more to learn, so a sample speaks for the model: `Level.model_worth` allows for that."""
KNOWN_TEXT = 0.7
"""Of the same share: below it the model knows a text so well that the mixer beside it adds little for a fifth to a half more
time. By how much it makes payloads of 100,000 bytes smaller (level fast), and the share of the sample: HTML 1.4% (0.41),
alice29 0.8% (0.49), Python 2.3% (0.55), Markdown 1.5% (0.67); but minified JavaScript 6.3% (0.80), Italian 6.6% (0.90),
Greek 15% (1.05), XML 23% (1.12). Of the last two the mixer alone is as small or smaller."""
NEURAL_ROW_BYTES = 60
"""What the neural method's parameters add to the header, over those of a classical method."""
SAMPLED_SHARE = 32
"""What part of a block each of several models codes to be compared."""
SAMPLED_LEAST, SAMPLED_MOST = 512, 4096
"""And no less and no more than so many bytes."""
NO_LANGUAGE = "zxx"
"""What the guess is for data and the like."""
GUESSABLE = 64
"""Bytes below which a text is too short to tell its language, and the models make about the same of it."""
PIECES = 4
"""Places of a block that they are from: files of several languages may share one."""


class WithoutModel(StrEnum):
    """Why a text was not coded by the language model."""

    SAMPLED = "a sample showed that it would save too little for its time"
    REPEATS = "repeats are nearly all of it"
    LARGER = "another codec made it smaller, once both had been tried"


@dataclass(frozen=True)
class ByModel:
    """A language model codes the block first.

    Attributes:
        codec: with the model and the method's parameters.
        plan: symbols, streams, skips, whether in the repetitive mode, and whether the context mixer predicts with it.
        row_bytes: what the archive's header grows by for the method.
        quick_size: bytes that the quick classical codec makes of the block.
        enough: bytes below which the payload is not compared with what the classical codecs make of it.
    """

    codec: NeuralCodec
    plan: BlockPlan
    row_bytes: int
    quick_size: int
    enough: float


@dataclass(frozen=True)
class ByClassical:
    """The smallest of what the classical codecs make of it; they choose among themselves (`classical.pack`).

    Attributes:
        why: the reason that no model codes it, if it is a text and there is a model.
        window: with it LZMA alone, which looks back so many bytes.
    """

    why: WithoutModel | None = None
    window: int | None = None


BlockChoice = ByModel | ByClassical


class TextWay(Enum):
    """Who predicts a text: the context mixer, the language model and it together, the language model."""

    MIXER, BOTH, MODEL = range(3)


@dataclass(frozen=True)
class OtherModel:
    """A model beside the first, loaded when a text may suit it.

    Attributes:
        load: gives its codec, or None where there is no memory for it beside the first.
        parallel_blocks: how many blocks to code side by side with it, of so many threads.
    """

    load: Callable[[], NeuralCodec | None]
    parallel_blocks: Callable[[int], int]


class BlockChooser:
    """Decides how each text of a run is coded: the models of a level, the first and those beside it. Threads share it."""

    def __init__(self, first: NeuralCodec, level: Level, others: Sequence[OtherModel] = ()) -> None:
        """`others` only for a level with models beside the first."""
        assert level.beside is not None or not others
        self.first = first
        """The codec of the level's first model."""
        self.level = level
        self._beside = level.beside
        self._others = others
        self._loaded: list[NeuralCodec] | None = None
        self._lock = threading.Lock()

    @property
    def methods(self) -> tuple[Method, ...]:
        """All methods that blocks may use, for the archive's table."""
        return _methods_of(self._all())

    @property
    def known_methods(self) -> tuple[Method, ...]:
        """Those that the blocks so far may use: what no block asked for need not be loaded."""
        return _methods_of([self.first, *(self._loaded or ())])

    def engines(self) -> list[Engine]:
        """All engines that blocks may be predicted with on this machine, loaded."""
        return [engine for codec in self._all() for engine in codec.engines]

    def parallel_blocks(self, threads: int) -> int:
        """How many blocks to code side by side where there are so many threads: what the largest model allows."""
        others = (other.parallel_blocks(threads) for other in self._others)
        return min([self.first.parallel_blocks(threads), *others])

    def choose(
        self, data: bytes, job: Job, *, compact: bool, way: TextWay | None = None, spare: bool = False
    ) -> BlockChoice:
        """How to code a text, in this way if that is known. `compact` as `row_bytes` takes it; `spare`: whether another
        processor has nothing to do.

        Raises Interrupted when the job is cancelled.
        """
        quick = classical.quick_size(data)
        if quick * LEFT_TO_CLASSICAL <= len(data):
            return ByClassical(WithoutModel.REPEATS)
        codec = self.suited(data, job)
        is_sampled = len(data) >= SAMPLED
        planning = partial(codec.plan, data, self.level, may_repeat=quick * MAY_REPEAT < len(data))
        # It may be in vain: then the time of a processor that had nothing to do was, and none of the job's.
        ahead = _begin(planning) if spare and is_sampled and way is None else None
        if way is None:
            way = self.way(codec, data, job)
        if way is TextWay.MIXER:
            return ByClassical(WithoutModel.SAMPLED)
        plan = ahead.result() if ahead is not None else planning()
        if way is TextWay.BOTH:
            plan = codec.with_mixer(plan)
        is_known = is_sampled and way is TextWay.MODEL and mixed.available()
        enough = (SMALLER_AS_KNOWN if is_known else CLEARLY_SMALLER) * quick
        return ByModel(codec, plan, row_bytes(codec, compact=compact), quick, enough)

    def suited(self, data: bytes, job: Job) -> NeuralCodec:
        """The model that suits a text. Raises Interrupted when the job is cancelled."""
        if self._beside is None or not self._others or len(data) < GUESSABLE:
            return self.first
        pieces = pieces_of(data)
        if self._beside.by_guess and self._is_good_at(pieces):
            return self.first
        sample = b"".join(pieces)
        sizes = {codec: self._size(codec, sample, job) for codec in self._all()}
        best = min(sizes, key=sizes.__getitem__)
        return best if sizes[best] < self._beside.worth * sizes[self.first] else self.first

    def _is_good_at(self, pieces: Sequence[bytes]) -> bool:
        """Whether the first model knows the languages of all of them; of one whose languages are not known, it is not."""
        known = languages_of(self.first.settings.model_id)
        return bool(known) and all(guessed_language(piece) in known | {NO_LANGUAGE} for piece in pieces)

    def way(self, codec: NeuralCodec, data: bytes, job: Job) -> TextWay:
        """Who predicts a text: by what this model makes of a sample, in sizes of what the context mixer makes of it.

        Raises Interrupted when the job is cancelled.
        """
        if len(data) < SAMPLED:
            return _short_way()
        middle = (len(data) - SAMPLE_BYTES) // 2
        sample = data[middle : middle + SAMPLE_BYTES]
        mixed_share = profiles.choose(sample)[1]
        if mixed_share >= 1:
            return TextWay.MODEL
        share = self._size(codec, sample, job) / (mixed_share * len(sample))
        if share >= self.level.model_worth:
            return TextWay.MIXER
        return TextWay.MODEL if share < KNOWN_TEXT or not bits.is_available() else TextWay.BOTH

    def _size(self, codec: NeuralCodec, sample: bytes, job: Job) -> int:
        return len(codec.encode(codec.plan(sample, self.level), 0, job).payload)

    def _all(self) -> list[NeuralCodec]:
        """The first and those beside it that there is memory for, loaded once."""
        with self._lock:
            if self._loaded is None:
                self._loaded = [codec for other in self._others if (codec := other.load()) is not None]
            return [self.first, *self._loaded]


def _begin(planning: Callable[[], BlockPlan]) -> "Future[BlockPlan]":
    """Plan on a thread that ends by itself: nobody waits for a plan that is not taken."""
    pool = ThreadPoolExecutor(1, "nacomp-plan")
    plan = pool.submit(planning)
    pool.shutdown(wait=False)
    return plan


def _short_way() -> TextWay:
    """Who predicts a text that is not worth a sample."""
    return TextWay.BOTH if bits.is_available() else TextWay.MODEL


def row_bytes(codec: NeuralCodec, *, compact: bool) -> int:
    """What a codec's first block adds to the header; nothing in the `compact` form, if that has a number for its method."""
    return 0 if compact and preset_of(codec.methods[0]) is not None else NEURAL_ROW_BYTES


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
