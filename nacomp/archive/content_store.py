"""Decoded contents kept for their next use: the ones used last in memory, the ones that will be needed again on the disk.

Files share bytes at any distance, so a block may be needed twenty times, each time after more than memory holds; decoding a
text is ten thousand times slower than reading it back.
"""

import shutil
import tempfile
from collections import Counter, OrderedDict
from collections.abc import Mapping
from typing import BinaryIO, cast

from nacomp.archive.unit_size import UNIT_BYTES
from nacomp.formats.extent import Extent

CACHE_BYTES = 2 * UNIT_BYTES
"""Decoded bytes kept in memory for reuse, besides the content in hand."""
LEAST_ROOM = 1 << 30
"""Bytes that a temporary file may take; more, up to what the files that are read take themselves."""


class ContentStore:
    """Contents by number. What is put in may be gone later; what was announced stays while there is room on the disk."""

    def __init__(self, memory_bytes: int | None = None) -> None:
        """Keeps `memory_bytes` in memory, or CACHE_BYTES, or one content if that is larger."""
        self._most = CACHE_BYTES if memory_bytes is None else memory_bytes
        self._memory: OrderedDict[int, bytes] = OrderedDict()
        self._bytes = 0
        self._uses: Counter[int] = Counter()
        self._file: BinaryIO | None = None
        self._places: dict[int, int] = {}
        self._end = self._room = 0

    def expect(self, uses: Mapping[int, int], wanted: int) -> None:
        """How often each content will be used, for files of so many bytes."""
        self._uses = Counter(uses)
        try:
            free = shutil.disk_usage(tempfile.gettempdir()).free
        except OSError:
            free = 0
        self._room = min(max(LEAST_ROOM, wanted), free // 2)

    def __contains__(self, number: int) -> bool:
        return number in self._memory or number in self._places

    def get(self, number: int) -> bytes | None:
        """A content from memory, if it is there."""
        if number in self._memory:
            self._memory.move_to_end(number)
        return self._memory.get(number)

    def put(self, number: int, content: bytes) -> None:
        """Keep a content, and drop those that were used longest ago."""
        self._memory[number] = content
        self._bytes += len(content)
        while self._bytes > self._most and len(self._memory) > 1:
            oldest, dropped = self._memory.popitem(last=False)
            self._bytes -= len(dropped)
            if self._uses[oldest] > 0:
                self._to_disk(oldest, dropped)

    def use(self, extent: Extent) -> bytes | None:
        """The bytes of an extent whose content is on the disk alone. One of its announced uses is over."""
        number = extent.content
        self._uses[number] -= 1
        if self._file is None or number not in self._places or number in self._memory:
            return None
        try:
            self._file.seek(self._places[number] + extent.offset)
            found = self._file.read(extent.length)
        except OSError:
            found = b""
        if len(found) != extent.length:
            del self._places[number]
            return None
        return found

    def close(self) -> None:
        """Give back memory and disk. Idempotent."""
        if self._file is not None:
            self._file.close()
        self._file, self._places = None, {}
        self._memory.clear()

    def _to_disk(self, number: int, content: bytes) -> None:
        if number in self._places or self._end + len(content) > self._room:
            return
        try:
            if self._file is None:
                self._file = cast(BinaryIO, tempfile.TemporaryFile(prefix="nacomp-", buffering=0))  # noqa: SIM115 - closed by `close`
            self._file.seek(self._end)
            if self._file.write(content) != len(content):
                raise OSError
        except OSError:  # a full disk: what is dropped is decoded again
            self._room = 0
            return
        self._places[number] = self._end
        self._end += len(content)
