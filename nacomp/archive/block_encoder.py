"""Units to blocks: each unit's text through the model, its binary runs through a classical codec, or all of it
through a classical codec where that is smaller. So an archive is never larger than `xz` of its files by more than its
own bookkeeping.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from threading import BoundedSemaphore

from nacomp.archive.far import joined_where_smaller
from nacomp.archive.kept_blocks import KeptBlocks
from nacomp.archive.segments import Range, SegmentKind, cut_blocks
from nacomp.archive.units import Unit
from nacomp.codecs import classical, forecast, mixed, profiles
from nacomp.codecs.levels import Level
from nacomp.codecs.neural import TextCodec, TextCodecs
from nacomp.codecs.packed import Packed
from nacomp.formats.checksums import content_checksum
from nacomp.formats.methods import Method, MethodKind
from nacomp.formats.presets import preset_of
from nacomp.models.predictors import mixed as bits
from nacomp.runtime.progress import Job

LEFT_TO_CLASSICAL = 400
"""A unit that the quick classical codec shrinks this many times is left to it: the model could save next to nothing."""
MAY_REPEAT = 8
"""A text that the quick classical codec shrinks no more than this repeats too little to do without the model."""
CLEARLY_SMALLER = 0.5
"""A payload below this share of the quick codec's is not worth the classical trials: the context mixer, the best of them
on text, reaches 0.6 of it on prose, and where it reaches less the model does not come so far."""
SMALLER_AS_KNOWN = 0.58
"""The same for a text of whose sample the model makes less than KNOWN_TEXT: there the mixer stays far behind. alice29 comes
to 0.505 at level fast, and the trials took a quarter of its time."""
SAMPLED = 1 << 15
"""Texts from this size on are sampled before the model is asked for all of it."""
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
QUICK_AT_BEST = 0.9
"""A unit with views opened that takes less than this share of the quick codec's size for its files as they are is not coded
the other way too: what was opened is mostly dense, so the codecs would make little more of it than that one does."""
NEURAL_ROW_BYTES = 60
"""What the neural method's parameters add to the header, over those of a classical method."""
BLOCK_BYTES = 56
"""A block's header and its row in the index."""
RANGE_BYTES = 10
"""An extent in the index."""


class BlockKind(StrEnum):
    """What a block's bytes are to its unit; the same bytes are coded differently for each."""

    TEXT = "text"
    BINARY = "binary"
    WHOLE = "whole"
    FAR = "far"


class TextWay(StrEnum):
    """Who predicts a text."""

    MIXER = "mixer"
    """The context mixer alone."""
    BOTH = "both"
    """The language model and the context mixer beside it, bit by bit."""
    MODEL = "model"
    """The language model and the symbol models."""


class WithoutModel(StrEnum):
    """Why a text was not coded by the language model."""

    SAMPLED = "a sample showed that it would save too little for its time"
    REPEATS = "repeats are nearly all of it"
    LARGER = "another codec made it smaller, once both had been tried"


@dataclass(frozen=True)
class CodedBlock:
    """A finished block and the ranges (start, end) of its unit that make up its content, in order."""

    method: Method
    payload: bytes
    checksum: bytes
    ranges: tuple[Range, ...]

    @property
    def original_size(self) -> int:
        """Bytes of content."""
        return sum(end - start for start, end in self.ranges)

    @property
    def archive_bytes(self) -> int:
        """What the block takes in the archive, its bookkeeping counted."""
        return len(self.payload) + BLOCK_BYTES + RANGE_BYTES * len(self.ranges)


class BlockEncoder:
    """Turns units into blocks, several at a time. Results come back in the order of the units.

    Only text goes to the text codec, and with it perhaps to other machines. The classical codecs run here: their payloads
    depend on their libraries' versions (liblzma tells none to Python), and an archive must not depend on who took part.
    """

    def __init__(self, codecs: TextCodecs | None, level: Level, job: Job, workers: int = 1) -> None:
        """`codecs` None codes everything classically. `workers` blocks are coded at the same time."""
        self._kept: KeptBlocks | None = None
        self._is_compact = False
        self._codecs = codecs
        self._level = level
        self._job = job
        self._workers = workers
        # With a cluster there are many more workers than processors here, and a classical trial takes 12 times its data.
        self._own_processors = BoundedSemaphore(os.cpu_count() or 1)
        self.without_model: set[WithoutModel] = set()
        """Why some of the text went elsewhere."""

    @property
    def methods(self) -> tuple[Method, ...]:
        """All methods a block may have, in the order of the archive's table."""
        return classical.METHODS + (self._codecs.methods if self._codecs is not None else ())

    @property
    def known_methods(self) -> tuple[Method, ...]:
        """All that the blocks so far may have, in the same order; no model is loaded to tell."""
        return classical.METHODS + (self._codecs.known_methods if self._codecs is not None else ())

    def keep_in(self, kept: KeptBlocks) -> None:
        """From now on, take blocks from `kept` that it has, and add those it has not."""
        self._kept = kept

    def expect_compact(self) -> None:
        """All there will be is a short content, in the compact form, which names the usual methods by a number."""
        self._is_compact = True

    def _row_bytes(self, codec: TextCodec) -> int:
        """What a codec's first block adds to the methods table."""
        is_preset = self._is_compact and preset_of(codec.methods[0]) is not None
        return 0 if is_preset else NEURAL_ROW_BYTES

    def as_one(self, unit: Unit) -> CodedBlock:
        """A unit's files as they are, nothing in them opened, in one block of a method that has a number."""
        closed = unit.closed()
        whole = ((0, len(closed.data)),)
        may_ask = self._codecs is not None and not self._row_bytes(self._codecs.first)
        model = may_ask and closed.ranges(SegmentKind.TEXT) == whole
        return self._block(BlockKind.TEXT if model else BlockKind.WHOLE, closed, whole)

    def code(self, units: Iterable[Unit]) -> Iterator[tuple[Unit, list[CodedBlock]]]:
        """Each unit with its blocks; large ones may come joined, as one unit with one block (far)."""
        return joined_where_smaller(self._each(units), self._far, self._job.step)

    def _each(self, units: Iterable[Unit]) -> Iterator[tuple[Unit, list[CodedBlock]]]:
        """Each unit with its blocks. Reads ahead until every worker has a block behind the first unit, no further."""
        with ThreadPoolExecutor(self._workers, "nacomp-block") as pool:
            waiting: deque[tuple[Unit, list[Future[CodedBlock]]]] = deque()
            try:
                for unit in units:
                    blocks = [
                        pool.submit(self._block, kind, unit, ranges) for kind, ranges in self._cut(unit)
                    ]
                    waiting.append((unit, blocks))
                    while self._reads_no_further(waiting):
                        yield self._collect(*waiting.popleft())
                while waiting:
                    yield self._collect(*waiting.popleft())
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def _reads_no_further(self, waiting: Sequence[tuple[Unit, list[Future[CodedBlock]]]]) -> bool:
        """Whether every worker has a block behind the first unit. Units of repeats alone have none, and take memory."""
        if not waiting:
            return False
        behind = sum(len(blocks) for _, blocks in waiting) - len(waiting[0][1])
        return behind >= self._workers or len(waiting) > self._workers + 1

    def _cut(self, unit: Unit) -> list[tuple[BlockKind, tuple[Range, ...]]]:
        """The blocks the unit would have if its text went through the model."""
        if not unit.data:
            return []
        text = unit.ranges(SegmentKind.TEXT)
        if self._codecs is None or not text:
            return [(BlockKind.BINARY, ((0, len(unit.data)),))]
        blocks = [(BlockKind.TEXT, r) for r in cut_blocks(unit.data, text, self._level.block_bytes)]
        binary = unit.ranges(SegmentKind.BINARY)
        return blocks + ([(BlockKind.BINARY, binary)] if binary else [])

    def _block(self, kind: BlockKind, unit: Unit, ranges: tuple[Range, ...]) -> CodedBlock:
        """Code these ranges, unless an earlier job did."""
        data = b"".join(unit.data[start:end] for start, end in ranges)
        job = self._job.scaled(unit.original_size / len(unit.data))
        packed = self._kept.find(kind, data) if self._kept is not None else None
        if packed is None:
            packed = self._coding(kind)(data, job)
            if self._kept is not None:
                self._kept.keep(kind, data, packed)
        elif kind is not BlockKind.WHOLE:
            job.step(len(data))
        return CodedBlock(packed.method, packed.payload, content_checksum(data), ranges)

    def _far(self, unit: Unit, window: int) -> CodedBlock:
        """All of a unit in a block that looks back so far."""
        packed = self._kept.find(BlockKind.FAR, unit.data) if self._kept is not None else None
        if packed is None:
            packed = classical.pack_far(unit.data, window, self._job.step)
            if self._kept is not None:
                self._kept.keep(BlockKind.FAR, unit.data, packed)
        checksum = content_checksum(unit.data)
        return CodedBlock(packed.method, packed.payload, checksum, ((0, len(unit.data)),))

    def _coding(self, kind: BlockKind) -> Callable[[bytes, Job], Packed]:
        return {
            BlockKind.TEXT: self._text,
            BlockKind.BINARY: self._binary,
            BlockKind.WHOLE: self._classical,
        }[kind]

    def _text(self, data: bytes, job: Job) -> Packed:
        assert self._codecs is not None
        quick = classical.quick_size(data)
        if quick * LEFT_TO_CLASSICAL <= len(data):
            self.without_model.add(WithoutModel.REPEATS)
            return self._binary(data, job)
        codec = self._codecs.suited(data, self._job)
        way = self._way(codec, data) if len(data) >= SAMPLED else TextWay.MODEL
        if way is TextWay.MIXER:
            self.without_model.add(WithoutModel.SAMPLED)
            return self._binary(data, job)
        may_repeat = quick * MAY_REPEAT < len(data)
        plan = codec.plan(data, self._level, may_repeat=may_repeat, as_bits=way is TextWay.BOTH)
        neural = codec.encode(plan, len(data), job)
        size = len(neural.payload) + self._row_bytes(codec)
        known = len(data) >= SAMPLED and way is TextWay.MODEL and mixed.available()
        if size < (SMALLER_AS_KNOWN if known else CLEARLY_SMALLER) * quick:
            return neural
        if not forecast.could_be_smaller(data, quick, size, job.step):
            return neural
        packed = self._classical(data, job)
        if size < len(packed.payload):
            return neural
        self.without_model.add(WithoutModel.LARGER)
        return packed

    def _way(self, codec: TextCodec, data: bytes) -> TextWay:
        """By what the model makes of a sample, in sizes of what the context mixer makes of it."""
        middle = (len(data) - SAMPLE_BYTES) // 2
        sample = data[middle : middle + SAMPLE_BYTES]
        mixed_share = profiles.choose(sample)[1]
        if mixed_share >= 1:
            return TextWay.MODEL
        with_model = codec.encode(codec.plan(sample, self._level), 0, self._job)
        share = len(with_model.payload) / (mixed_share * len(sample))
        if share >= self._level.model_worth:
            return TextWay.MIXER
        return TextWay.MODEL if share < KNOWN_TEXT or not bits.is_available() else TextWay.BOTH

    def _binary(self, data: bytes, job: Job) -> Packed:
        packed = self._classical(data, job)
        job.step(len(data))
        return packed

    def _classical(self, data: bytes, job: Job) -> Packed:
        with self._own_processors:
            return classical.pack(data, job.step)

    def _collect(self, unit: Unit, futures: list[Future[CodedBlock]]) -> tuple[Unit, list[CodedBlock]]:
        """The unit's blocks, or those of its files as they are, or one classical block of it all: the smallest."""
        blocks = [future.result() for future in futures]
        if not blocks:
            self._job.step(unit.original_size)
        size = self._size(blocks)
        if unit.can_be_closed and classical.quick_size(unit.new) * QUICK_AT_BEST < size:
            closed = unit.closed()
            as_they_are = [self._block(kind, closed, ranges) for kind, ranges in self._cut(closed)]
            if self._size(as_they_are) <= size:
                unit, blocks, size = closed, as_they_are, self._size(as_they_are)
        if len(blocks) > 1 and self._may_be_smaller_as_one(unit, blocks, size):
            whole = self._block(BlockKind.WHOLE, unit, ((0, len(unit.data)),))
            if whole.archive_bytes <= size:
                return unit, [whole]
        return unit, blocks

    def _may_be_smaller_as_one(self, unit: Unit, blocks: Sequence[CodedBlock], size: int) -> bool:
        """Whether all of a unit in one classical block is worth a try.

        Where a model coded all of it, what they would make of the text decides, with all that its blocks have in common.
        """
        quick = classical.quick_size(unit.data)
        if quick >= size * 2:
            return False
        by_models = all(block.method.kind is MethodKind.NEURAL for block in blocks)
        return not by_models or forecast.could_be_smaller(unit.data, quick, size, self._job.step)

    def _size(self, blocks: Sequence[CodedBlock]) -> int:
        size = sum(block.archive_bytes for block in blocks)
        return size + (self._row_bytes(self._codecs.first) if self._codecs is not None else 0)
