"""Units to blocks: each unit's text through the model, its binary runs through a classical codec, or all of it
through a classical codec where that is smaller. So an archive is never larger than `xz` of its files by more than its
own bookkeeping.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import Any, Protocol

from nacomp.archive.kept_blocks import KeptBlocks
from nacomp.archive.segments import SegmentKind, cut_blocks, split
from nacomp.archive.units import Unit
from nacomp.codecs import classical
from nacomp.codecs.classical import Packed
from nacomp.codecs.levels import Level
from nacomp.codecs.lockstep import Symbols
from nacomp.formats.checksums import content_checksum
from nacomp.formats.methods import Method, MethodKind
from nacomp.runtime.progress import Job

REPETITIVE = 400
"""A unit that the quick classical codec shrinks this many times is left to it: the model could save next to nothing."""

PREDICTABLE = 8
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

Range = tuple[int, int]


@dataclass(frozen=True)
class CodedBlock:
    """A finished block and the ranges (start, end) of its unit that make up its content, in order."""

    method: int
    payload: bytes
    checksum: bytes
    ranges: tuple[Range, ...]

    @property
    def original_size(self) -> int:
        """Bytes of content."""
        return sum(end - start for start, end in self.ranges)


class TextCodec(Protocol):
    """What codes text blocks: `neural.NeuralCodec` here, `cluster.ClusterCodec` on other machines. Threads share it."""

    @property
    def parameters(self) -> dict[str, Any]:
        """What the archive's methods table says of it."""
        ...

    @property
    def flying(self) -> "TextCodec":
        """The same for blocks that repeat themselves; see `NeuralCodec.flying`."""
        ...

    def split(self, data: bytes) -> Symbols:
        """Bytes as symbols (n,)."""
        ...

    def flies(self, symbols: Symbols, level: Level) -> bool:
        """Whether a block is one for `flying`."""
        ...

    def encode_symbols(self, symbols: Symbols, size: int, level: Level, job: Job) -> bytes:
        """The payload of a block of `size` bytes, the same wherever it is made."""
        ...


class BlockCoder:
    """Turns units into blocks, several at a time. Results come back in the order of the units.

    Only text goes to the codec, and with it perhaps to other machines. The classical codecs run here: their payloads
    depend on their libraries' versions (liblzma tells none to Python), and an archive must not depend on who took part.
    """

    def __init__(
        self,
        codec: TextCodec | None,
        level: Level,
        job: Job,
        workers: int = 1,
    ) -> None:
        """`codec` None codes everything classically. `workers` blocks are coded at the same time."""
        self._kept: KeptBlocks | None = None
        self._codec = codec
        self._level = level
        self._job = job
        self._workers = workers
        # With a cluster there are many more workers than processors here, and a classical trial takes 12 times its data.
        self._own_processors = BoundedSemaphore(os.cpu_count() or 1)
        self.methods: tuple[Method, ...] = classical.METHODS
        if codec is not None:
            self.methods += tuple(Method(MethodKind.NEURAL, c.parameters) for c in (codec, codec.flying))

    def keep_in(self, kept: KeptBlocks) -> None:
        """From now on, take blocks from `kept` that it has, and add those it has not."""
        self._kept = kept

    def code(self, units: Iterable[Unit]) -> Iterator[tuple[Unit, list[CodedBlock]]]:
        """Each unit with its blocks. Reads ahead until every worker has a block behind the first unit, no further."""
        with ThreadPoolExecutor(self._workers, "nacomp-block") as pool:
            waiting: deque[tuple[Unit, list[Future[CodedBlock]]]] = deque()
            try:
                for unit in units:
                    waiting.append((unit, [pool.submit(self._code_part, unit, p) for p in self._cut(unit)]))
                    while sum(len(blocks) for _, blocks in waiting) - len(waiting[0][1]) >= self._workers:
                        yield self._collect(*waiting.popleft())
                while waiting:
                    yield self._collect(*waiting.popleft())
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def _cut(self, unit: Unit) -> list[tuple[bool, tuple[Range, ...]]]:
        """(is text, ranges) of each block the unit would have if text went through the model."""
        segments = split(unit.data)
        text = tuple((s.start, s.end) for s in segments if s.kind is SegmentKind.TEXT)
        binary = tuple((s.start, s.end) for s in segments if s.kind is SegmentKind.BINARY)
        if self._codec is None or not text:
            return [(False, ((0, len(unit.data)),))]
        cuts = [(True, ranges) for ranges in cut_blocks(unit.data, text, self._level.block_bytes)]
        return cuts + ([(False, binary)] if binary else [])

    def _code_part(self, unit: Unit, part: tuple[bool, tuple[Range, ...]]) -> CodedBlock:
        is_text, ranges = part
        if is_text and self._codec is not None:
            return self._block("text", unit, ranges, self._text)
        return self._block("binary", unit, ranges, self._binary)

    def _block(
        self, kind: str, unit: Unit, ranges: tuple[Range, ...], code: Callable[[bytes], Packed]
    ) -> CodedBlock:
        """Code these ranges, unless an earlier job did."""
        data = b"".join(unit.data[start:end] for start, end in ranges)
        found = self._kept.find(kind, data) if self._kept is not None else None
        if found is not None:
            packed = Packed(*found)
            self._job.step(len(data) if kind != "whole" else 0)
        else:
            packed = code(data)
            if self._kept is not None:
                self._kept.keep(kind, data, packed.method, packed.payload)
        return CodedBlock(packed.method, packed.payload, content_checksum(data), ranges)

    def _text(self, data: bytes) -> Packed:
        quick = len(classical.pack_quick(data).payload)
        if quick * REPETITIVE <= len(data):
            return self._binary(data)
        neural = self._neural(data, may_fly=quick * PREDICTABLE < len(data))
        size = len(neural.payload) + NEURAL_ROW_BYTES
        if size < CLEARLY_SMALLER * quick:
            return neural
        packed = self._classical(data)
        return neural if size < len(packed.payload) else packed

    def _neural(self, data: bytes, *, may_fly: bool) -> Packed:
        assert self._codec is not None
        symbols = self._codec.split(data)
        flies = may_fly and self._codec.flies(symbols, self._level)
        codec = self._codec.flying if flies else self._codec
        payload = codec.encode_symbols(symbols, len(data), self._level, self._job)
        return Packed(len(self.methods) - (1 if flies else 2), payload)

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
        size = sum(map(_cost, blocks)) + (NEURAL_ROW_BYTES if self._codec is not None else 0)
        if len(blocks) > 1 and len(classical.pack_quick(unit.data).payload) < size * 2:
            whole = self._block("whole", unit, ((0, len(unit.data)),), self._classical)
            if _cost(whole) <= size:
                return unit, [whole]
        return unit, blocks


def _cost(block: CodedBlock) -> int:
    """Bytes a block takes in the archive, its bookkeeping counted."""
    return len(block.payload) + BLOCK_BYTES + RANGE_BYTES * len(block.ranges)
