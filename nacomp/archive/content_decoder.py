"""Contents to bytes: decodes the blocks of an open archive, ahead of their use and once each, and what is derived of them.

Entries are read in the order of their first content, so blocks are needed nearly in the order they were written; memory
holds a unit's worth of them, because a mixed file's extents jump between its text blocks and its binary block. What repeats
something far away finds it on the disk (content_store).
"""

import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

from nacomp.archive.content_store import ContentStore
from nacomp.archive.decoding_work import JUMPS, allowed_work
from nacomp.codecs.table import CodecTable
from nacomp.errors import CorruptArchive, LimitExceeded, NacompError
from nacomp.formats.block import Block, BlockInfo
from nacomp.formats.derived import Derived
from nacomp.formats.entry import Entry
from nacomp.formats.extent import Extent
from nacomp.formats.limits import DEFAULT_LIMITS, Limits, check_limit
from nacomp.formats.methods import Method
from nacomp.runtime.memory import Budget, free_memory
from nacomp.runtime.progress import Job
from nacomp.transforms.table import close_view

AHEAD_BYTES = 512 << 20
"""Content of the blocks that are decoded side by side; a larger block is decoded alone."""
WORKING_BYTES = 1 << 30
"""What they may take meanwhile, or half of the memory that is free if that is more."""


class ContentSource(Protocol):
    """Where blocks come from: an archive's reader, or what a salvage found. Threads share it."""

    @property
    def methods(self) -> Sequence[Method]:
        """The methods table."""
        ...

    @property
    def block_table(self) -> Mapping[int, BlockInfo]:
        """What is known of each block, by number."""
        ...

    @property
    def derived_table(self) -> Mapping[int, Derived]:
        """The derived contents, by number."""
        ...

    def block(self, number: int) -> Block:
        """One block, its payload intact."""
        ...


class ContentDecoder:
    """Decoded contents of one archive, by number. Reads ahead with `workers` threads."""

    def __init__(
        self,
        source: ContentSource,
        codecs: CodecTable,
        job: Job,
        workers: int = 1,
        limits: Limits = DEFAULT_LIMITS,
        memory_bytes: int | None = None,
    ) -> None:
        self._source = source
        self._blocks, self._derived = source.block_table, source.derived_table
        self._codecs = codecs
        self._job = job
        self._workers = workers
        self._pool = ThreadPoolExecutor(workers, "nacomp-block")
        self._running: dict[int, Future[bytes]] = {}
        self._running_bytes = 0
        self._budget = Budget(max(WORKING_BYTES, free_memory() // 2))
        self._store = ContentStore(memory_bytes)
        self._made_once: set[int] = set()
        self._limits = limits
        self._again, self._most_again = 0, sys.maxsize
        self._ahead: list[int] = []
        self.failed: dict[int, NacompError] = {}
        """Contents that were found not to decode, with what is wrong: nothing that is derived of them tries again."""

    def expect(self, entries: Sequence[Entry], groups: Mapping[int, Sequence[Entry]] | None = None) -> None:
        """Say which entries will be read, in this order, so that blocks can be decoded ahead.

        Of `groups`, if they are given, each is read whole where the first of its entries is.
        """
        uses: Counter[int] = Counter()
        first_use: dict[int, None] = {}
        read = _read_with(entries, groups or {})
        for entry in read:
            self._note(entry.extents, first_use, uses)
        needed = [number for number in first_use if number in self._blocks]
        self._ahead = [number for number in needed if number not in self._store][::-1]
        coded = sum(self._size(number) for number in needed)
        wanted = sum(entry.data_size for entry in entries)
        self._job = self._job.scaled(wanted / max(coded, 1))
        whole = sum(entry.data_size for entry in read)
        self._store.expect(uses, whole)
        self._most_again = allowed_work(self._blocks, self._derived, whole, self._limits)

    def bytes_of(self, entry: Entry) -> Iterator[memoryview]:
        """A file's data in pieces. Raises CorruptArchive, ModelMissing and others when a content cannot be decoded."""
        return self._pieces(entry.extents)

    def content(self, number: int) -> bytes:
        """One content: a decoded and checked block, or what is derived of some."""
        if number in self.failed:
            raise self.failed[number]
        found = self._store.get(number)
        if found is None:
            found = self._made(number)
            self._store.put(number, found)
        else:
            self._read_ahead()
        return found

    def read(self, extent: Extent) -> memoryview:
        """The bytes of one extent. Raises as `content` does."""
        found = self._store.use(extent)
        if found is not None:
            self._read_ahead()
            return memoryview(found)
        return memoryview(self.content(extent.content))[extent.offset : extent.offset + extent.length]

    def close(self) -> None:
        """Stop reading ahead, and drop what is kept. Idempotent."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._store.close()

    def _made(self, number: int) -> bytes:
        if number in self._made_once:
            self._again += self._size(number)
            check_limit(self._again, self._most_again, JUMPS)
        self._made_once.add(number)
        try:
            return self._derive(self._derived[number]) if number in self._derived else self._decoded(number)
        except (CorruptArchive, LimitExceeded) as error:
            self.failed[number] = error
            raise

    def _note(self, extents: Iterable[Extent], first_use: dict[int, None], uses: Counter[int]) -> None:
        """Add the contents of these extents, and what they are derived of, in the order they will be asked for."""
        for extent in extents:
            uses[extent.content] += 1
            if extent.content not in first_use:
                if extent.content in self._derived:
                    self._note(self._derived[extent.content].extents, first_use, uses)
                first_use[extent.content] = None

    def _pieces(self, extents: Iterable[Extent]) -> Iterator[memoryview]:
        return map(self.read, extents)

    def _derive(self, one: Derived) -> bytes:
        parts = [b"".join(self._pieces(part)) for part in one.parts]
        self._job.step()
        return close_view(self._source.methods[one.method], one.parameters, parts, one.size)

    def _decoded(self, number: int) -> bytes:
        if number not in self._running:
            self._submit(number)
        self._read_ahead()
        return self._finish(number)

    def _read_ahead(self) -> None:
        """Keep every worker busy with the blocks that come next, as far as their memory goes."""
        while self._ahead and len(self._running) < self._workers:
            following = self._ahead[-1]
            if not any(following in known for known in (self._running, self._store, self.failed)):
                if self._running and self._running_bytes + self._size(following) > AHEAD_BYTES:
                    return
                self._submit(following)
            self._ahead.pop()

    def _size(self, number: int) -> int:
        block = self._blocks.get(number)
        return block.original_size if block is not None else self._derived[number].size

    def _submit(self, number: int) -> None:
        self._running_bytes += self._size(number)
        self._running[number] = self._pool.submit(self._decode, number)

    def _finish(self, number: int) -> bytes:
        self._running_bytes -= self._size(number)
        return self._running.pop(number).result()

    def _decode(self, number: int) -> bytes:
        info = self._blocks[number]
        block = self._source.block(number)
        codec = self._codecs.codec(info.method)
        needed = codec.decoding_bytes(block.payload, info.original_size)
        with self._budget.share(needed, self._job.step):
            content = codec.decode(block.payload, info.original_size, self._job)
        block.check_decoded(content)
        return content


def _read_with(entries: Iterable[Entry], groups: Mapping[int, Sequence[Entry]]) -> Collection[Entry]:
    """These entries and those that are read with them, each once, a group where the first of it is.

    A group is gone through once: 330 notes share a hash, and each naming all of them took 0.6 of the 2.2 s to test 10,000.
    """
    # In several archives one path may be there twice, in different groups.
    read: dict[tuple[str, int], Entry] = {}
    for entry in entries:
        shared = groups.get(entry.group)
        if shared is None:
            read[entry.path, entry.group] = entry
        elif (entry.path, entry.group) not in read:
            read.update(((one.path, one.group), one) for one in shared)
    return read.values()
