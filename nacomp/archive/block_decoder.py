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
from nacomp.runtime.progress import Job

CACHE_BYTES = 2 * UNIT_BYTES
"""Decoded bytes kept for reuse, besides the block in hand."""


class BlockSource(Protocol):
    """Where blocks come from: an archive's reader, or what a salvage found. Threads share it."""

    @property
    def blocks(self) -> Sequence[BlockInfo] | Mapping[int, BlockInfo]:
        """What is known of each block, by number."""
        ...

    def block(self, number: int) -> Block:
        """One block, its payload intact."""
        ...


class BlockDecoder:
    """Decoded blocks of one archive, by number. Reads ahead with `workers` threads."""

    def __init__(self, reader: BlockSource, codecs: CodecTable, job: Job, workers: int = 1) -> None:
        self._reader = reader
        self._codecs = codecs
        self._job = job
        self._workers = workers
        self._pool = ThreadPoolExecutor(workers, "nacomp-block")
        self._running: dict[int, Future[bytes]] = {}
        self._cache: OrderedDict[int, bytes] = OrderedDict()
        self._ahead: list[int] = []

    def expect(self, entries: Sequence[Entry]) -> None:
        """Say which entries will be read, in this order, so that blocks can be decoded ahead."""
        first_use = dict.fromkeys(extent.block for entry in entries for extent in entry.extents)
        self._ahead = [number for number in first_use if number not in self._cache][::-1]

    def content(self, entry: Entry) -> Iterator[memoryview]:
        """A file's bytes in pieces. Raises CorruptArchive, ModelMissing and others when a block cannot be decoded."""
        for extent in entry.extents:
            block = self.block(extent.block)
            yield memoryview(block)[extent.offset : extent.offset + extent.length]

    def block(self, number: int) -> bytes:
        """One decoded and checked block."""
        if number in self._cache:
            self._cache.move_to_end(number)
            return self._cache[number]
        if number not in self._running:
            self._submit(number)
        while self._ahead and len(self._running) < self._workers:
            following = self._ahead.pop()
            if following not in self._running and following not in self._cache:
                self._submit(following)
        content = self._running.pop(number).result()
        self._cache[number] = content
        while sum(map(len, self._cache.values())) > CACHE_BYTES and len(self._cache) > 1:
            self._cache.popitem(last=False)
        return content

    def close(self) -> None:
        """Stop reading ahead. Idempotent."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _submit(self, number: int) -> None:
        if number in self._ahead:
            self._ahead.remove(number)
        self._running[number] = self._pool.submit(self._decode, number)

    def _decode(self, number: int) -> bytes:
        info = self._reader.blocks[number]
        block = self._reader.block(number)
        codec = self._codecs.codec(info.method)
        content = codec.decode(block.payload, info.original_size, self._job)
        block.check_decoded(content)
        return content
