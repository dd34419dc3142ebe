"""Blocks to bytes: decodes the blocks of an open archive, ahead of their use and once each.

Entries are read in the order of their first block, so blocks are needed nearly in the order they were written; the cache
holds a unit's worth of them, because a mixed file's extents jump between its text blocks and its binary block.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

from nacomp.archive.units import UNIT_BYTES
from nacomp.codecs.table import CodecTable
from nacomp.formats.block import Block, BlockInfo
from nacomp.formats.entry import Entry
from nacomp.formats.limits import check_limit
from nacomp.runtime.memory import Budget, free_memory
from nacomp.runtime.progress import Job

CACHE_BYTES = 2 * UNIT_BYTES
"""Decoded bytes kept for reuse, besides the block in hand."""
AHEAD_BYTES = 512 << 20
"""Content of the blocks that are decoded side by side; a larger block is decoded alone."""
WORKING_BYTES = 1 << 30
"""What they may take meanwhile, or half of the memory that is free if that is more."""


class BlockSource(Protocol):
    """Where blocks come from: an archive's reader, or what a salvage found. Threads share it."""

    @property
    def blocks(self) -> Sequence[BlockInfo] | Mapping[int, BlockInfo]:
        """What is known of each block, by number."""
        ...

    def block(self, number: int) -> Block:
        """One block, its payload intact."""
        ...


class DecodedBlocks:
    """Which decoded blocks are kept: the ones used last, up to CACHE_BYTES and at least one."""

    def __init__(self) -> None:
        self._sizes: OrderedDict[int, int] = OrderedDict()
        self._bytes = 0

    def use(self, number: int, size: int) -> list[int]:
        """Note that this block of `size` bytes is used now; gives the blocks that are dropped for it."""
        if number not in self._sizes:
            self._bytes += size
        self._sizes[number] = size
        self._sizes.move_to_end(number)
        dropped = []
        while self._bytes > CACHE_BYTES and len(self._sizes) > 1:
            oldest, freed = self._sizes.popitem(last=False)
            self._bytes -= freed
            dropped.append(oldest)
        return dropped

    def __contains__(self, number: int) -> bool:
        return number in self._sizes


def check_decoding_work(
    entries: Sequence[Entry], blocks: Sequence[BlockInfo] | Mapping[int, BlockInfo], most: int
) -> None:
    """Raise LimitExceeded if reading the entries in this order decodes more than `most` times the bytes of all blocks."""
    all_blocks = blocks.values() if isinstance(blocks, Mapping) else blocks
    allowed = most * sum(block.original_size for block in all_blocks)
    kept = DecodedBlocks()
    work, previous = 0, -1
    for entry in entries:
        for extent in entry.extents:
            if extent.block == previous:
                continue
            previous = extent.block
            size = blocks[previous].original_size
            work += 0 if previous in kept else size
            kept.use(previous, size)
        check_limit(work, allowed, "bytes to decode, as its files jump between blocks")


class BlockDecoder:
    """Decoded blocks of one archive, by number. Reads ahead with `workers` threads."""

    def __init__(self, reader: BlockSource, codecs: CodecTable, job: Job, workers: int = 1) -> None:
        self._reader = reader
        self._codecs = codecs
        self._job = job
        self._workers = workers
        self._pool = ThreadPoolExecutor(workers, "nacomp-block")
        self._running: dict[int, Future[bytes]] = {}
        self._running_bytes = 0
        self._budget = Budget(max(WORKING_BYTES, free_memory() // 2))
        self._cache = DecodedBlocks()
        self._content: dict[int, bytes] = {}
        self._ahead: list[int] = []

    def expect(self, entries: Sequence[Entry]) -> None:
        """Say which entries will be read, in this order, so that blocks can be decoded ahead."""
        first_use = dict.fromkeys(extent.block for entry in entries for extent in entry.extents)
        self._ahead = [number for number in first_use if number not in self._content][::-1]

    def content(self, entry: Entry) -> Iterator[memoryview]:
        """A file's bytes in pieces. Raises CorruptArchive, ModelMissing and others when a block cannot be decoded."""
        for extent in entry.extents:
            block = self.block(extent.block)
            yield memoryview(block)[extent.offset : extent.offset + extent.length]

    def block(self, number: int) -> bytes:
        """One decoded and checked block."""
        if number not in self._content and number not in self._running:
            self._submit(number)
        self._read_ahead()
        if number in self._running:
            self._content[number] = self._finish(number)
        for dropped in self._cache.use(number, len(self._content[number])):
            del self._content[dropped]
        return self._content[number]

    def close(self) -> None:
        """Stop reading ahead. Idempotent."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _read_ahead(self) -> None:
        """Keep every worker busy with the blocks that come next, as far as their memory goes."""
        while self._ahead and len(self._running) < self._workers:
            following = self._ahead[-1]
            if following not in self._running and following not in self._content:
                if self._running and self._running_bytes + self._size(following) > AHEAD_BYTES:
                    return
                self._submit(following)
            self._ahead.pop()

    def _size(self, number: int) -> int:
        return self._reader.blocks[number].original_size

    def _submit(self, number: int) -> None:
        self._running_bytes += self._size(number)
        self._running[number] = self._pool.submit(self._decode, number)

    def _finish(self, number: int) -> bytes:
        self._running_bytes -= self._size(number)
        return self._running.pop(number).result()

    def _decode(self, number: int) -> bytes:
        info = self._reader.blocks[number]
        block = self._reader.block(number)
        codec = self._codecs.codec(info.method)
        needed = codec.decoding_bytes(block.payload, info.original_size)
        with self._budget.share(needed, self._job.step):
            content = codec.decode(block.payload, info.original_size, self._job)
        block.check_decoded(content)
        return content
