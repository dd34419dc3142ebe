"""An open archive: its entries and their bytes, which are given out only with their SHA-256 checked or with an error.

The container's structure is `nacomp.formats`' business, decoding is `content_decoder`'s; here they meet.
"""

import hashlib
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import BinaryIO

from nacomp.archive.content_decoder import ContentDecoder
from nacomp.archive.decoding_work import LastGroups, check_decoding_work
from nacomp.archive.holes import filled
from nacomp.codecs.table import CodecTable, NeuralCodecFor
from nacomp.errors import CorruptArchive, EntryMissing, LimitExceeded
from nacomp.formats.block import BLOCK_HEADER_SIZE
from nacomp.formats.derived import Derived
from nacomp.formats.entry import ALONE, Entry, EntryKind
from nacomp.formats.extent import Extent
from nacomp.formats.limits import DEFAULT_LIMITS, Limits
from nacomp.formats.methods import MethodKind
from nacomp.formats.paths import display_name
from nacomp.formats.protection.seal import Password
from nacomp.formats.reader import ArchiveReader
from nacomp.runtime.events import Phase
from nacomp.runtime.progress import Job
from nacomp.transforms.table import check_views


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

    @cached_property
    def files(self) -> tuple[Entry, ...]:
        """The entries with content, in the order that decodes each block once."""
        return tuple(in_block_order(self.entries, self.reader.derived_table))

    @property
    def neural_parameters(self) -> dict[str, object] | None:
        """The parameters of the neural method that blocks use, or None if no block uses one; of several models, of the one
        that coded most.

        Every part is there and has the right type. Raises CorruptArchive, UnsupportedArchive.
        """
        from nacomp.codecs.neural import NeuralSettings, model_of

        methods = [self.reader.methods[number] for number in sorted(self._used)]
        shares = self.model_bytes()
        most = max(shares, key=shares.__getitem__, default=None)
        neural = [method for method in methods if most is not None and model_of(method) == most]
        return NeuralSettings.from_json(neural[0].parameters).to_json() if neural else None

    def model_bytes(self) -> dict[str, int]:
        """Bytes of content that each model coded, by its id, in the order of the blocks. Raises what `neural_parameters`
        does."""
        from nacomp.codecs.neural import model_of

        found: dict[str, int] = {}
        for block in self.reader.blocks:
            model = model_of(self.reader.methods[block.method])
            if model is not None:
                found[model] = found.get(model, 0) + block.original_size
        return found

    @cached_property
    def _used(self) -> set[int]:
        """Numbers of the methods that blocks use."""
        return {block.method for block in self.reader.blocks}

    def load_engines(self) -> None:
        """Load the engines its blocks need, so that what is missing or does not fit is told before anything is written.

        Raises ModelMissing, ModelsMissing, UnsupportedArchive, FingerprintMismatch, ExtraMissing.
        """
        self._codecs.load(sorted(self._used))
        check_views(self.reader.methods[one.method] for one in self.reader.derived_table.values())

    def contents_of(self, entries: Iterable[Entry]) -> set[int]:
        """The numbers of all contents that these files are made of, at any depth."""
        derived, found = self.reader.derived_table, set[int]()
        waiting = [extent.content for entry in entries for extent in entry.extents]
        while waiting:
            number = waiting.pop()
            if number not in found:
                found.add(number)
                if number in derived:
                    waiting += [extent.content for extent in derived[number].extents]
        return found

    @property
    def unfinished_bytes(self) -> int:
        """Bytes behind the archive of an update that was cut off."""
        return 0 if self.reader.sealed else self.reader.size - self.reader.end

    def dead_bytes(self) -> int:
        """Bytes of the blocks that no entry needs any more, nor a hash that is over one that does."""
        kept = {entry.group for entry in self.entries} - {ALONE}
        live = self.contents_of([*self.entries, *(one for group in kept for one in self.groups[group])])
        dead = [info for number, info in self.reader.block_table.items() if number not in live]
        return sum(BLOCK_HEADER_SIZE + info.payload_size for info in dead)

    def stream_counts(self) -> list[int]:
        """Streams of each neural block, in block order."""
        from nacomp.codecs.neural import read_streams

        neural = [b for b in self.reader.blocks if self.reader.methods[b.method].kind is MethodKind.NEURAL]
        return [read_streams(self.reader.block(b.number).payload, b.original_size).streams for b in neural]

    def view_counts(self) -> dict[str, int]:
        """How many derived contents there are of each kind of view, sorted by kind."""
        methods = self.reader.methods
        counts = Counter(str(methods[one.method].kind) for one in self.reader.derived_table.values())
        return dict(sorted(counts.items()))

    def entry(self, path: str) -> Entry:
        """The entry of this path. Raises EntryMissing."""
        for entry in self.entries:
            if entry.path == path:
                return entry
        raise EntryMissing(path=display_name(path))

    def file(self, path: str) -> Entry:
        """The file of this path, by whichever of its names. Raises EntryMissing."""
        entry = self.entry(path)
        return self.entry(entry.link_target) if entry.kind is EntryKind.HARD_LINK else entry

    def contents(self, entries: Sequence[Entry], job: Job) -> Iterator[tuple[Entry, Iterator[memoryview]]]:
        """As `data`, with zeros for the holes."""
        for entry, pieces in self.data(entries, job):
            yield entry, filled(entry.holes, pieces)

    def data(self, entries: Sequence[Entry], job: Job) -> Iterator[tuple[Entry, Iterator[memoryview]]]:
        """Each file with its data in pieces, which the caller uses up before it asks for the next file.

        The last piece is followed by the check of the SHA-256: an iterator that ends has given the right bytes; one
        that raises CorruptArchive has not, and what came from it must be thrown away.
        """
        if tuple(entries) != self.files:  # judged when it was opened; another selection is other work
            self._check_work(entries)
        decoder = self.decoder(job)
        decoder.expect(entries, self.groups)
        groups = CheckedGroups(self.groups, decoder)
        try:
            for entry in entries:
                job.enter(Phase.EXTRACTING, entry.path)
                yield entry, groups.bytes_of(entry)
        finally:
            decoder.close()

    def decoder(self, job: Job, memory_bytes: int | None = None) -> ContentDecoder:
        """What decodes its contents in any order, and keeps so many bytes of them. The caller closes it."""
        workers = self._codecs.parallel_blocks(self._used, self._threads)
        return ContentDecoder(self.reader, self._codecs, job, workers, self._limits, memory_bytes)

    @cached_property
    def groups(self) -> dict[int, list[Entry]]:
        """The files that share a hash, by the number of their group, in the order of the entries."""
        return groups_of(self.reader.hashed)

    def _check_work(self, entries: Sequence[Entry]) -> None:
        reader = self.reader
        check_decoding_work(entries, self.groups, reader.block_table, reader.derived_table, self._limits)

    def read(self, entry: Entry, job: Job | None = None) -> bytes:
        """All bytes of one file, checked."""
        for _, pieces in self.contents([entry], job or Job()):
            return b"".join(pieces)
        raise AssertionError("unreachable: one entry was asked for")

    def check(self, job: Job, entries: Iterable[Entry] | None = None) -> int:
        """Decode and check every file, or those of these entries; gives the number of bytes. Raises at the first fault."""
        files = self.files if entries is None else in_block_order(entries, self.reader.derived_table)
        for _, pieces in self.data(files, job):
            deque(pieces, maxlen=0)
        return sum(entry.size for entry in files)

    def close(self) -> None:
        """Release what the reader holds; the file stays the caller's."""
        self.reader.close()

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


class CheckedGroups:
    """Files' bytes with their hashes checked; those that share one are read together when the first is asked for."""

    def __init__(self, groups: Mapping[int, Sequence[Entry]], decoder: ContentDecoder) -> None:
        self._groups = groups
        self._decoder = decoder
        self._checked: LastGroups[dict[tuple[Extent, ...], bytes]] = LastGroups()

    def bytes_of(self, entry: Entry) -> Iterator[memoryview]:
        """As `Archive.contents` says. Raises CorruptArchive at the end, or for a group at the beginning."""
        if entry.group == ALONE:
            yield from checked(entry, self._decoder.bytes_of(entry))
            return
        contents = self._checked.find(entry.group)
        if contents is None:
            members = self._groups[entry.group]
            pieces = [b"".join(self._decoder.bytes_of(one)) for one in members]
            for _ in checked(entry, map(memoryview, pieces)):
                pass
            contents = dict(zip((one.extents for one in members), pieces, strict=True))
            self._checked.put(entry.group, contents)
        yield memoryview(contents[entry.extents])


def groups_of(entries: Iterable[Entry]) -> dict[int, list[Entry]]:
    """The files that share a hash, by the number of their group."""
    groups: dict[int, list[Entry]] = {}
    for entry in entries:
        if entry.group != ALONE:
            groups.setdefault(entry.group, []).append(entry)
    return groups


def in_block_order(entries: Iterable[Entry], derived: Mapping[int, Derived]) -> list[Entry]:
    """The entries with content, in the order that decodes each block once."""
    first: dict[int, int] = {}
    for number, one in derived.items():  # in ascending order, so what one is made of is known before it
        inner = next(one.extents, None)
        first[number] = first.get(inner.content, inner.content) if inner else -1

    def place(entry: Entry) -> tuple[int, int, int]:
        if not entry.extents:
            return (-1, 0, 0)
        start = entry.extents[0]
        return (first.get(start.content, start.content), start.content, start.offset)

    return sorted((entry for entry in entries if entry.kind is EntryKind.FILE), key=place)


def checked(entry: Entry, pieces: Iterable[memoryview]) -> Iterator[memoryview]:
    """Bytes under an entry's hash, and behind the last of them the check of their SHA-256. Raises CorruptArchive."""
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
        yield piece
    if not entry.is_content(digest.digest()):
        raise CorruptArchive(reason=f"{display_name(entry.path)} did not come back as it was (SHA-256)")
