"""Sources to an archive: units are coded, blocks written as they come, and every range of a source finds its extent."""

import io
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import BinaryIO, cast

from nacomp.archive.block_encoder import BlockEncoder, CodedBlock
from nacomp.archive.file_table import FileTable, entry_of
from nacomp.archive.guard import check_names
from nacomp.archive.hard_links import linked
from nacomp.archive.layout import DerivedContents, Placement
from nacomp.archive.left_out import TellLeftOut
from nacomp.archive.old_versions import OldVersion, extents_by_name
from nacomp.archive.segments import Range
from nacomp.archive.short import compact_archive, is_short
from nacomp.archive.sources import Source
from nacomp.archive.units import Unit, plan_units
from nacomp.codecs.neural import model_of
from nacomp.errors import FileProblem
from nacomp.formats.entry import Entry, EntryKind
from nacomp.formats.extent import Extent
from nacomp.formats.file_access import go_on, write_all
from nacomp.formats.index import Before
from nacomp.formats.methods import Method
from nacomp.formats.paths import display_name
from nacomp.formats.protection.seal import Seal, SealingStream
from nacomp.formats.records import dataclass
from nacomp.formats.writer import ArchiveWriter, least_size
from nacomp.runtime.events import Phase
from nacomp.runtime.progress import Job
from nacomp.runtime.results import LeftOut
from nacomp.transforms.table import view_methods

CodedUnit = tuple[Unit, Sequence[CodedBlock]]


@dataclass(frozen=True)
class Written:
    """What was written. Sizes in bytes."""

    entries: int
    original_size: int
    compressed_size: int
    seconds: float
    sources: tuple[Source, ...]
    """What is in it; those that proved unreadable are not."""
    models: Mapping[str, int]
    """Bytes of content that each model coded, by its id."""

    @property
    def bits_per_byte(self) -> float:
        """Archive bits per source byte."""
        return 8 * self.compressed_size / max(self.original_size, 1)

    def model_of_most(self, otherwise: str) -> str:
        """The model that coded most of it."""
        return max(self.models, key=self.models.__getitem__, default=otherwise)


@dataclass(frozen=True)
class Update:
    """What makes an archive an update of the one it is written behind.

    Attributes:
        before: the contents of that one; None for what is no update.
        known: entries whose bytes are among them.
        removed: paths that are there no more, with all below them.
        old: what changed files were, whose bytes need not be coded again.
        before_footer: called when all but the footer is written, which makes the update count.
    """

    before: Before | None = None
    known: Sequence[Entry] = ()
    removed: Sequence[str] = ()
    old: Sequence[OldVersion] = ()
    before_footer: Callable[[], object] = go_on


NO_UPDATE = Update()


def write_update(
    stream: BinaryIO,
    sources: Sequence[Source],
    update: Update,
    encoder: BlockEncoder,
    job: Job,
    left_out: TellLeftOut | None = None,
) -> Written:
    """Write these sources as an update, behind what is in the stream already. Raises what `write_archive` does."""
    check_names(sources)
    coded = _code(sources, encoder, job, left_out, update.old)
    return _write_long(stream, sources, encoder, job, coded, update)


class Placer:
    """Writes coded blocks and remembers where each range of a unit went."""

    def __init__(
        self,
        stream: BinaryIO,
        methods: Sequence[Method],
        only: Collection[Method] | None,
        before: Before | None = None,
    ) -> None:
        """`only` are all methods there will be, if that is known: a small archive then lists just those.

        The list comes before the first block, so an archive of several units has to list every method it may need.
        """
        self._methods = [method for method in methods if only is None or method in only]
        self.writer = ArchiveWriter(stream, self._methods, before=before)
        self.derived = DerivedContents(self._methods)
        self.models = Counter[str]()
        """Bytes that each model coded, by its id."""

    def write(self, blocks: Sequence[CodedBlock]) -> Placement:
        """Write a unit's blocks; gives where each range of its data went."""
        placed: list[tuple[Range, Extent]] = []
        self.models += models_of(blocks)
        for block in blocks:
            method = self._methods.index(block.method)
            number = self.writer.add_block(method, block.payload, block.original_size, block.checksum)
            offset = 0
            for start, end in block.ranges:
                placed.append(((start, end), Extent(number, offset, end - start)))
                offset += end - start
        return Placement(placed)


def models_of(blocks: Iterable[CodedBlock]) -> Counter[str]:
    """Bytes of content that each model coded, by its id."""
    sizes = Counter[str]()
    for block in blocks:
        if (model := model_of(block.method)) is not None:
            sizes[model] += block.original_size
    return sizes


def write_archive(
    stream: BinaryIO,
    sources: Sequence[Source],
    encoder: BlockEncoder,
    job: Job,
    seal: Seal | None = None,
    left_out: TellLeftOut | None = None,
) -> Written:
    """Write all sources to a stream that need not seek, sealed or not.

    Files that cannot be read or change meanwhile are told to `left_out`, if that is given, and get no entry; blocks of a
    large one may stay in the archive, and nothing points to them.

    Raises FileChanged, FileProblem, Interrupted; what is in the stream then is not an archive.
    """
    if seal is not None:
        sealing = SealingStream(stream, seal)
        written = write_archive(cast(BinaryIO, sealing), sources, encoder, job, left_out=left_out)
        return replace(written, compressed_size=sealing.finish())
    check_names(sources)
    sources = linked(sources)
    if is_short(sources):
        encoder.expect_compact()
        return _write_short(stream, sources, encoder, job, left_out)
    return _write_long(stream, sources, encoder, job, _code(sources, encoder, job, left_out))


def _write_short(
    stream: BinaryIO,
    sources: Sequence[Source],
    encoder: BlockEncoder,
    job: Job,
    left_out: TellLeftOut | None,
) -> Written:
    """One short file in whichever form is smaller; the long one is only made where that is not certain before."""
    coded = _code(sources, encoder, job, left_out)
    (source,) = there = coded.missing.others()
    compact = compact_archive(entry_of(source), coded.first, encoder)
    least = least_size(len(block.payload) for _, blocks in coded.first for block in blocks)
    if compact is None or len(compact[0]) > least:
        whole = io.BytesIO()
        written = _write_long(whole, sources, encoder, job, coded)
        if compact is None or len(compact[0]) > whole.tell():
            return _put(stream, whole.getvalue(), written, job)
    archive, its_blocks = compact
    return _put(stream, archive, coded.written(there, 1, models_of(its_blocks)), job)


def _put(stream: BinaryIO, archive: bytes, written: Written, job: Job) -> Written:
    """Write a finished archive; what is told of it gets its size."""
    write_all(stream, archive)
    job.wrote(len(archive))
    return replace(written, compressed_size=len(archive))


@dataclass(frozen=True)
class _Coded:
    """Units while they are coded."""

    missing: "_Missing"
    first: Sequence[CodedUnit]
    """The first ones, two at the most: one is all there is."""
    more: Iterator[CodedUnit]
    began: float
    """On the monotonic clock, in seconds."""

    def written(self, there: Sequence[Source], entries: int, models: Mapping[str, int]) -> Written:
        """What is told of their archive but its size."""
        original_size = sum(source.whole_size for source in there)
        return Written(entries, original_size, 0, time.monotonic() - self.began, tuple(there), dict(models))


def _code(
    sources: Sequence[Source],
    encoder: BlockEncoder,
    job: Job,
    left_out: TellLeftOut | None,
    old: Sequence[OldVersion] = (),
) -> _Coded:
    """Begin to code all sources. `old` as an `Update` has it."""
    began = time.monotonic()
    job.expect(sum(source.size for source in sources))
    job.enter(Phase.COMPRESSING)
    missing = _Missing(sources, job, left_out)
    known = [version.source for version in old]
    coded = encoder.code(plan_units(sources, missing.tell if left_out is not None else None, known))
    return _Coded(missing, list(islice(coded, 2)), coded, began)


def _write_long(
    stream: BinaryIO,
    sources: Sequence[Source],
    encoder: BlockEncoder,
    job: Job,
    coded: _Coded,
    update: Update = NO_UPDATE,
) -> Written:
    """An archive in the long form."""
    is_all = len(coded.first) < 2
    methods = (encoder.known_methods if is_all else encoder.methods) + view_methods()
    placer = Placer(stream, methods, _used(coded.first) if is_all else None, update.before)
    files = FileTable(sources, extents_by_name(update.old))
    for unit, blocks in chain(coded.first, coded.more):
        files.add(unit.parts, placer.write(blocks), placer.derived)
        job.wrote(placer.writer.bytes_written)
    there = coded.missing.others()
    contents = placer.writer.contents
    entries = [*files.entries(there, contents), *update.known]
    size = placer.writer.finish(
        entries, placer.derived.numbered(contents), update.removed, update.before_footer
    )
    job.wrote(size)
    return replace(coded.written(there, len(entries), placer.models), compressed_size=size)


class _Missing:
    """Which sources proved unreadable on the way."""

    def __init__(self, sources: Sequence[Source], job: Job, told: TellLeftOut | None) -> None:
        self._sources = sources
        self._job = job
        self._told = told
        self._names: set[str] = set()
        self._bytes = sum(source.size for source in sources)
        self._last: LeftOut | None = None

    def tell(self, source: Source, what: LeftOut) -> None:
        """A source is left out: nothing of it is expected any more."""
        self._names.add(source.name)
        self._last = what
        self._bytes -= source.size
        self._job.expect(self._bytes)
        if self._told is not None:
            self._told(what)

    def others(self) -> list[Source]:
        """The sources that the archive holds. Raises FileProblem if none is left."""
        there = [source for source in self._sources if not self._is_missing(source)]
        if not there and self._last is not None:
            raise FileProblem(path=self._last.path, reason=self._last.reason)
        return there

    def _is_missing(self, source: Source) -> bool:
        """Whether it was told of; a hard link is told of here, where its file is missing."""
        if source.kind is not EntryKind.HARD_LINK or source.link_target not in self._names:
            return source.name in self._names
        if self._told is not None:
            reason = f"is the same file as {display_name(source.link_target)}, which is left out"
            self._told(LeftOut(str(source.path), reason))
        return True


def _used(coded: Sequence[CodedUnit]) -> list[Method]:
    """The methods of these blocks, and of the views opened for them."""
    used = [block.method for _, blocks in coded for block in blocks]
    return used + [method for unit, _ in coded for part in unit.parts for method in part.layout.methods()]
