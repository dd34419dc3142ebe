"""Units to blocks: each unit's text through the model, its binary runs through a classical codec, or all of it
through a classical codec where that is smaller. So an archive is never larger than `xz` of its files by more than its
own bookkeeping.
"""

import threading
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from enum import StrEnum

from nacomp.archive.binary_groups import binary_groups
from nacomp.archive.far import joined_where_smaller
from nacomp.archive.kept_blocks import KeptBlocks
from nacomp.archive.segments import Range, SegmentKind, content_of, cut_blocks, size_of
from nacomp.archive.text_groups import text_groups
from nacomp.archive.units import Unit
from nacomp.codecs import classical, forecast, mixed
from nacomp.codecs.block_choice import (
    BlockChoice,
    BlockChooser,
    ByClassical,
    TextWay,
    WithoutModel,
    row_bytes,
)
from nacomp.codecs.block_coder import BlockCoder
from nacomp.formats.checksums import content_checksum
from nacomp.formats.methods import Method, MethodKind
from nacomp.formats.records import dataclass
from nacomp.runtime.progress import Job

QUICK_AT_BEST = 0.9
"""A unit with views opened that takes less than this share of the quick codec's size for its files as they are is not coded
the other way too: what was opened is mostly dense, so the codecs would make little more of it than that one does."""
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


@dataclass(frozen=True)
class _Planned:
    """A block to be coded: what of its unit is in it, and who predicts it, where that is known."""

    kind: BlockKind
    ranges: tuple[Range, ...]
    way: TextWay | None = None


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
        return size_of(self.ranges)

    @property
    def archive_bytes(self) -> int:
        """What the block takes in the archive, its bookkeeping counted."""
        return len(self.payload) + BLOCK_BYTES + RANGE_BYTES * len(self.ranges)


class BlockEncoder:
    """Turns units into blocks, several at a time. Results come back in the order of the units."""

    def __init__(self, chooser: BlockChooser | None, job: Job, threads: int = 1) -> None:
        """Without a chooser all is coded classically. The models say how many blocks so many threads code at a time."""
        self._kept: KeptBlocks | None = None
        self._is_compact = False
        self._chooser = chooser
        self._coder = BlockCoder()
        self._job = job
        self._workers = threads if chooser is None else chooser.parallel_blocks(threads)
        self._lock = threading.Lock()
        self._open_blocks = 0
        """Submitted and not finished."""

    @property
    def without_model(self) -> Collection[WithoutModel]:
        """Why some of the text was not coded by the model."""
        return self._coder.without_model

    @property
    def methods(self) -> tuple[Method, ...]:
        """All methods a block may have, in the order of the archive's table."""
        return classical.METHODS + (self._chooser.methods if self._chooser is not None else ())

    @property
    def known_methods(self) -> tuple[Method, ...]:
        """All that the blocks so far may have, in the same order; no model is loaded to tell."""
        return classical.METHODS + (self._chooser.known_methods if self._chooser is not None else ())

    def keep_in(self, kept: KeptBlocks) -> None:
        """From now on, take blocks from `kept` that it has, and add those it has not."""
        self._kept = kept

    def expect_compact(self) -> None:
        """All there will be is a short content, in the compact form, which names the usual methods by a number."""
        self._is_compact = True

    def _row_bytes(self) -> int:
        """What the first model's first block adds to the header."""
        return 0 if self._chooser is None else row_bytes(self._chooser.first, compact=self._is_compact)

    def as_one(self, unit: Unit) -> CodedBlock:
        """A unit's files as they are, nothing in them opened, in one block of a method that has a number."""
        closed = unit.closed()
        whole = ((0, len(closed.data)),)
        may_ask = self._chooser is not None and not self._row_bytes()
        model = may_ask and closed.ranges(SegmentKind.TEXT) == whole
        return self._block(_Planned(BlockKind.TEXT if model else BlockKind.WHOLE, whole), closed)

    def code(self, units: Iterable[Unit]) -> Iterator[tuple[Unit, list[CodedBlock]]]:
        """Each unit with its blocks; large ones may come joined, as one unit with one block (far)."""
        return joined_where_smaller(self._each(units), self._far, self._job.step)

    def _each(self, units: Iterable[Unit]) -> Iterator[tuple[Unit, list[CodedBlock]]]:
        """Each unit with its blocks. Reads ahead until every worker has a block behind the first unit, no further."""
        with ThreadPoolExecutor(self._workers, "nacomp-block") as pool:
            waiting: deque[tuple[Unit, list[Future[CodedBlock]]]] = deque()
            try:
                for unit in units:
                    blocks = [self._submit(pool, planned, unit) for planned in self._cut(unit)]
                    waiting.append((unit, blocks))
                    while self._reads_no_further(waiting):
                        yield self._collect(*waiting.popleft())
                while waiting:
                    yield self._collect(*waiting.popleft())
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def _submit(self, pool: ThreadPoolExecutor, planned: _Planned, unit: Unit) -> "Future[CodedBlock]":
        self._count(1)
        block = pool.submit(self._block, planned, unit)
        block.add_done_callback(lambda _: self._count(-1))
        return block

    def _count(self, more: int) -> None:
        with self._lock:
            self._open_blocks += more

    def _reads_no_further(self, waiting: Sequence[tuple[Unit, list[Future[CodedBlock]]]]) -> bool:
        """Whether every worker has a block behind the first unit. Units of repeats alone have none, and take memory."""
        if not waiting:
            return False
        behind = sum(len(blocks) for _, blocks in waiting) - len(waiting[0][1])
        return behind >= self._workers or len(waiting) > self._workers + 1

    def _cut(self, unit: Unit) -> list[_Planned]:
        """The blocks the unit would have if its text went through the model."""
        if not unit.data:
            return []
        texts: list[_Planned] = []
        binary: tuple[Range, ...] = ((0, len(unit.data)),)
        if self._chooser is not None and (text := unit.ranges(SegmentKind.TEXT)):
            texts = list(self._texts(self._chooser, unit, text))
            binary = unit.ranges(SegmentKind.BINARY)
        groups = binary_groups(unit, binary, self._job) if binary else []
        return texts + [_Planned(BlockKind.BINARY, ranges) for ranges in groups]

    def _texts(self, chooser: BlockChooser, unit: Unit, ranges: tuple[Range, ...]) -> Iterator[_Planned]:
        def way_of(data: bytes) -> TextWay:
            return chooser.way(chooser.suited(data, self._job), data, self._job)

        for group, way in text_groups(unit, ranges, way_of):
            blocks = list(cut_blocks(unit.data, group, chooser.level.block_bytes))
            # Of several blocks each is judged by a sample of its own.
            yield from (
                _Planned(BlockKind.TEXT, block, way if len(blocks) == 1 else None) for block in blocks
            )

    def _far(self, unit: Unit, window: int) -> CodedBlock:
        """All of a unit in a block that looks back so far."""
        return self._block(_Planned(BlockKind.FAR, ((0, len(unit.data)),)), unit, window)

    def _block(self, planned: _Planned, unit: Unit, window: int | None = None) -> CodedBlock:
        """Code it, unless an earlier job did."""
        kind, ranges = planned.kind, planned.ranges
        data = content_of(unit.data, ranges)
        # The same bytes have been coded and counted in other blocks.
        again = kind in (BlockKind.WHOLE, BlockKind.FAR)
        job = self._job.scaled(0 if again else unit.original_size / len(unit.data))
        packed = self._kept.find(kind, data) if self._kept is not None else None
        if packed is None:
            packed = self._coder.code(self._choice(planned, data, window, job), data, job)
            if self._kept is not None:
                self._kept.keep(kind, data, packed)
        else:
            job.step(len(data))
        return CodedBlock(packed.method, packed.payload, content_checksum(data), ranges)

    def _choice(self, planned: _Planned, data: bytes, window: int | None, job: Job) -> BlockChoice:
        if planned.kind is BlockKind.TEXT and self._chooser is not None:
            spare = self._open_blocks < self._workers
            compact = self._is_compact
            return self._chooser.choose(data, job, compact=compact, way=planned.way, spare=spare)
        return ByClassical(window=window)

    def _collect(self, unit: Unit, futures: list[Future[CodedBlock]]) -> tuple[Unit, list[CodedBlock]]:
        """The unit's blocks, or those of its files as they are, or one classical block of it all: the smallest."""
        blocks = [future.result() for future in futures]
        if not blocks:
            self._job.step(unit.original_size)
        size = self._size(blocks)
        if unit.can_be_closed and classical.quick_size(unit.new) * QUICK_AT_BEST < size:
            closed = unit.closed()
            as_they_are = [self._block(planned, closed) for planned in self._cut(closed)]
            if self._size(as_they_are) <= size:
                unit, blocks, size = closed, as_they_are, self._size(as_they_are)
        if len(blocks) > 1 and self._may_be_smaller_as_one(unit, blocks, size):
            whole = self._block(_Planned(BlockKind.WHOLE, ((0, len(unit.data)),)), unit)
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
        if all(block.method == mixed.METHOD for block in blocks):
            return classical.lzma_size(unit.data, self._job.step) < size
        by_models = all(block.method.kind is MethodKind.NEURAL for block in blocks)
        return not by_models or forecast.could_be_smaller(unit.data, quick, size, self._job.step)

    def _size(self, blocks: Sequence[CodedBlock]) -> int:
        size = sum(block.archive_bytes for block in blocks)
        return size + self._row_bytes()
