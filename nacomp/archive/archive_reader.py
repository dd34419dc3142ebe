"""An open archive: its entries and their bytes, which are given out only with their SHA-256 checked or with an error.

The container's structure is `nacomp.formats`' business, decoding is `block_decoder`'s; here they meet.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import BinaryIO

from nacomp.archive.block_decoder import BlockDecoder, check_decoding_work
from nacomp.codecs.neural import NeuralSettings, read_streams
from nacomp.codecs.table import CodecTable, NeuralCodecFor
from nacomp.errors import CorruptArchive, EntryMissing, LimitExceeded
from nacomp.formats.entry import Entry, EntryKind
from nacomp.formats.limits import DEFAULT_LIMITS, Limits
from nacomp.formats.methods import MethodKind
from nacomp.formats.paths import display_name
from nacomp.formats.protection.seal import Password
from nacomp.formats.reader import ArchiveReader
from nacomp.runtime.events import Phase
from nacomp.runtime.progress import Job


class Archive:
    """An open archive: its entries, and their bytes."""

    def __init__(
        self,
        file: BinaryIO,
        neural_codec_for: NeuralCodecFor,
        limits: Limits = DEFAULT_LIMITS,
        password: Password = None,
        threads: int = 1,
    ) -> None:
        """Open from a file or a pipe; `threads` decode, as many blocks side by side as the codecs find sensible.

        Raises CorruptArchive, UnsupportedArchive, LimitExceeded, PasswordNeeded, WrongPassword.
        """
        self.reader = ArchiveReader.open(file, limits, password)
        self._limits = limits
        self._threads = threads
        try:
            self._check_work(self.files)
        except LimitExceeded:
            self.reader.close()
            raise
        self._codecs = CodecTable(self.reader.methods, neural_codec_for)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Files, folders and links, sorted by path."""
        return self.reader.entries

    @property
    def files(self) -> list[Entry]:
        """The entries with content, in the order that decodes each block once."""
        return in_block_order(self.entries)

    @property
    def neural_parameters(self) -> dict[str, object] | None:
        """The parameters of the neural method that blocks use, or None if no block uses one.

        Every part is there and has the right type. Raises CorruptArchive, UnsupportedArchive.
        """
        methods = [self.reader.methods[number] for number in sorted(self._used)]
        neural = [method for method in methods if method.kind is MethodKind.NEURAL]
        return NeuralSettings.from_json(neural[0].parameters).to_json() if neural else None

    @cached_property
    def _used(self) -> set[int]:
        """Numbers of the methods that blocks use."""
        return {block.method for block in self.reader.blocks}

    def load_engines(self) -> None:
        """Load the engines its blocks need, so that what is missing or does not fit is told before anything is written.

        Raises ModelMissing, UnsupportedArchive, FingerprintMismatch.
        """
        for number in self._used:
            self._codecs.codec(number)

    def stream_counts(self) -> list[int]:
        """Streams of each neural block, in block order."""
        neural = [b for b in self.reader.blocks if self.reader.methods[b.method].kind is MethodKind.NEURAL]
        return [read_streams(self.reader.block(b.number).payload, b.original_size).streams for b in neural]

    def entry(self, path: str) -> Entry:
        """The entry of this path. Raises EntryMissing."""
        for entry in self.entries:
            if entry.path == path:
                return entry
        raise EntryMissing(path=display_name(path))

    def contents(self, entries: Sequence[Entry], job: Job) -> Iterator[tuple[Entry, Iterator[memoryview]]]:
        """Each file with its bytes in pieces, which the caller uses up before it asks for the next file.

        The last piece is followed by the check of the SHA-256: an iterator that ends has given the right bytes; one
        that raises CorruptArchive has not, and what came from it must be thrown away.
        """
        self._check_work(entries)
        workers = self._codecs.parallel_blocks(self._used, self._threads)
        decoder = BlockDecoder(self.reader, self._codecs, job, workers)
        decoder.expect(entries)
        try:
            for entry in entries:
                job.enter(Phase.EXTRACTING, entry.path)
                yield entry, checked(entry, decoder.content(entry))
        finally:
            decoder.close()

    def _check_work(self, entries: Sequence[Entry]) -> None:
        check_decoding_work(entries, self.reader.blocks, self._limits.max_decoding_work)

    def read(self, entry: Entry, job: Job | None = None) -> bytes:
        """All bytes of one file, checked."""
        for _, pieces in self.contents([entry], job or Job()):
            return b"".join(pieces)
        raise AssertionError("unreachable: one entry was asked for")

    def check(self, job: Job) -> int:
        """Decode and check every file; gives the number of bytes. Raises at the first fault."""
        total = 0
        for _, pieces in self.contents(self.files, job):
            total += sum(len(piece) for piece in pieces)
        return total

    def close(self) -> None:
        """Release what the reader holds; the file stays the caller's."""
        self.reader.close()

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def in_block_order(entries: Iterable[Entry]) -> list[Entry]:
    """The entries with content, in the order that decodes each block once."""
    files = [entry for entry in entries if entry.kind is EntryKind.FILE]
    return sorted(files, key=lambda e: (e.extents[0].block, e.extents[0].offset) if e.extents else (-1, 0))


def checked(entry: Entry, pieces: Iterator[memoryview]) -> Iterator[memoryview]:
    """A file's bytes, and behind the last of them the check of its SHA-256. Raises CorruptArchive."""
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
        yield piece
    if digest.digest() != entry.sha256:
        raise CorruptArchive(reason=f"{display_name(entry.path)} did not come back as it was (SHA-256)")
