"""Units to blocks: each unit's text through the model, its binary runs through a classical codec, or all of it
through a classical codec where that is smaller. So an archive is never larger than `xz` of its files by more than its
own bookkeeping.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from threading import BoundedSemaphore

from nacomp.archive.kept_blocks import KeptBlocks
from nacomp.archive.segments import Range, SegmentKind, cut_blocks
from nacomp.archive.units import Unit
from nacomp.codecs import classical
from nacomp.codecs.levels import Level
from nacomp.codecs.neural import TextCodec
from nacomp.codecs.packed import Packed
from nacomp.formats.checksums import content_checksum
from nacomp.formats.methods import Method
from nacomp.models.float_rules import float_rules
from nacomp.runtime.progress import Job

LEFT_TO_CLASSICAL = 400
"""A unit that the quick classical codec shrinks this many times is left to it: the model could save next to nothing."""
MAY_REPEAT = 8
"""A text that the quick classical codec shrinks no more than this repeats too little to do without the model."""
CLEARLY_SMALLER = 0.7
"""A payload below this share of the quick codec's is not worth the classical trials: PPMd, the best of them on text,
reaches 0.74 of it at best on the Canterbury texts."""
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

    def __init__(self, codec: TextCodec | None, level: Level, job: Job, workers: int = 1) -> None:
        """`codec` None codes everything classically. `workers` blocks are coded at the same time."""
        self._kept: KeptBlocks | None = None
        self._codec = codec
        self._level = level
        self._job = job
        self._workers = workers
        # With a cluster there are many more workers than processors here, and a classical trial takes 12 times its data.
        self._own_processors = BoundedSemaphore(os.cpu_count() or 1)
        self.methods = classical.METHODS + (codec.methods if codec is not None else ())
        """All methods a block may have, in the order of the archive's table."""

    def keep_in(self, kept: KeptBlocks) -> None:
        """From now on, take blocks from `kept` that it has, and add those it has not."""
        self._kept = kept

    def code(self, units: Iterable[Unit]) -> Iterator[tuple[Unit, list[CodedBlock]]]:
        """Each unit with its blocks. Reads ahead until every worker has a block behind the first unit, no further."""
        with ThreadPoolExecutor(self._workers, "nacomp-block") as pool:
            waiting: deque[tuple[Unit, list[Future[CodedBlock]]]] = deque()
            try:
                for unit in units:
                    blocks = [
                        pool.submit(self._block, kind, unit, ranges) for kind, ranges in self._cut(unit)
                    ]
                    waiting.append((unit, blocks))
                    while sum(len(blocks) for _, blocks in waiting) - len(waiting[0][1]) >= self._workers:
                        yield self._collect(*waiting.popleft())
                while waiting:
                    yield self._collect(*waiting.popleft())
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def _cut(self, unit: Unit) -> list[tuple[BlockKind, tuple[Range, ...]]]:
        """The blocks the unit would have if its text went through the model."""
        text = unit.ranges(SegmentKind.TEXT)
        if self._codec is None or not text:
            return [(BlockKind.BINARY, ((0, len(unit.data)),))]
        blocks = [(BlockKind.TEXT, r) for r in cut_blocks(unit.data, text, self._level.block_bytes)]
        binary = unit.ranges(SegmentKind.BINARY)
        return blocks + ([(BlockKind.BINARY, binary)] if binary else [])

    @float_rules()
    def _block(self, kind: BlockKind, unit: Unit, ranges: tuple[Range, ...]) -> CodedBlock:
        """Code these ranges, unless an earlier job did."""
        data = b"".join(unit.data[start:end] for start, end in ranges)
        packed = self._kept.find(kind, data) if self._kept is not None else None
        if packed is None:
            packed = self._coding(kind)(data)
            if self._kept is not None:
                self._kept.keep(kind, data, packed)
        elif kind is not BlockKind.WHOLE:
            self._job.step(len(data))
        return CodedBlock(packed.method, packed.payload, content_checksum(data), ranges)

    def _coding(self, kind: BlockKind) -> Callable[[bytes], Packed]:
        return {
            BlockKind.TEXT: self._text,
            BlockKind.BINARY: self._binary,
            BlockKind.WHOLE: self._classical,
        }[kind]

    def _text(self, data: bytes) -> Packed:
        assert self._codec is not None
        quick = len(classical.pack_quick(data).payload)
        if quick * LEFT_TO_CLASSICAL <= len(data):
            return self._binary(data)
        plan = self._codec.plan(data, self._level, may_repeat=quick * MAY_REPEAT < len(data))
        neural = self._codec.encode(plan, len(data), self._job)
        size = len(neural.payload) + NEURAL_ROW_BYTES
        if size < CLEARLY_SMALLER * quick:
            return neural
        packed = self._classical(data)
        return neural if size < len(packed.payload) else packed

    def _binary(self, data: bytes) -> Packed:
        packed = self._classical(data)
        self._job.step(len(data))
        return packed

    def _classical(self, data: bytes) -> Packed:
        with self._own_processors:
            return classical.pack(data, self._job.step)

    def _collect(self, unit: Unit, futures: list[Future[CodedBlock]]) -> tuple[Unit, list[CodedBlock]]:
        """The unit's blocks, or one classical block of the whole unit where that is smaller."""
        blocks = [future.result() for future in futures]
        size = sum(block.archive_bytes for block in blocks)
        size += NEURAL_ROW_BYTES if self._codec is not None else 0
        if len(blocks) > 1 and len(classical.pack_quick(unit.data).payload) < size * 2:
            whole = self._block(BlockKind.WHOLE, unit, ((0, len(unit.data)),))
            if whole.archive_bytes <= size:
                return unit, [whole]
        return unit, blocks
