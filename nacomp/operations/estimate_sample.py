"""What sources consist of, told from their beginnings: how much text and how much binary data, and a sample of each.

    sources -> groups of one suffix, as units pool them -> beginnings, opened where something is packed in them -> Group

Packed sources are opened as compressing would open them, a few of each group; the others of it are taken to hold the like.
Taken for the bytes that they are, a document was said to come out at two and a half times its size, a picture at 1.65.
"""

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import field
from pathlib import PurePosixPath

from nacomp.archive.left_out import TellLeftOut, unreadable
from nacomp.archive.segments import SegmentKind, split
from nacomp.archive.sources import Source
from nacomp.errors import FileProblem, file_problem
from nacomp.formats.records import dataclass
from nacomp.runtime.progress import Job
from nacomp.transforms.opener import look_inside
from nacomp.transforms.sites import CAN_LOOK, sites
from nacomp.transforms.tree import Content, Opened, Run, Slice

MEASURED_BYTES = 4 << 20
"""Sampled of all sources together: a few seconds of PPMd (0.4 s a MiB) and LZMA."""
GROUP_BYTES = 1 << 20
"""And of one group: as much as one block holds, which is what the predictors learn from."""
FILE_BYTES = 4096
"""And of each file at the least, to tell text from binary."""
PACKED_BYTES = 1 << 20
"""Opened of all packed sources together: a third of a second where they are deflated, three seconds of photos."""
PACKED_FILE = 1 << 18
"""And of one source, or all of it; of less a picture cannot be told from noise."""


@dataclass
class Group:
    """Sources of one suffix that can be read. Sizes in bytes; of text and binary data, those of all sources, told from their
    samples: more than the sources have, where they are packed."""

    sources: list[Source] = field(default_factory=list)
    text_sample: bytes = b""
    binary_sample: bytes = b""
    text_bytes: float = 0.0
    binary_bytes: float = 0.0
    opening_seconds: float = 0.0

    @property
    def size(self) -> int:
        return sum(source.size for source in self.sources)

    def add(self, text: bytes, binary: bytes, scale: float) -> None:
        """Bytes that stand for `scale` times as many. Many files have more beginnings than there is time for."""
        self.text_bytes += len(text) * scale
        self.binary_bytes += len(binary) * scale
        self.text_sample += text[: GROUP_BYTES - len(self.text_sample)]
        self.binary_sample += binary[: GROUP_BYTES - len(self.binary_sample)]


@dataclass
class _Room:
    """Bytes of packed sources that may still be opened."""

    left: int = PACKED_BYTES


def sampled(sources: Sequence[Source], job: Job, left_out: TellLeftOut | None) -> list[Group]:
    """The sources by suffix, each group sampled. What cannot be read is told to `left_out`, if that is given.

    Raises FileProblem where it is not, Interrupted.
    """
    groups: dict[str, Group] = defaultdict(Group)
    for source in sources:
        if source.size:
            groups[PurePosixPath(source.name).suffix.lower()].sources.append(source)
    share = min(GROUP_BYTES, MEASURED_BYTES // max(1, len(groups)))
    room = _Room()
    for group in groups.values():
        _sample(group, share, room, job, left_out)
    return list(groups.values())


def beginning(source: Source, size: int) -> bytes:
    """The first bytes of a source; the whole of a small one. Raises FileProblem."""
    if source.path is None:
        return next(source.chunks(size), b"")
    try:
        with source.path.open("rb") as file:
            return file.read(size)
    except OSError as problem:
        raise file_problem(source.path, problem) from problem


def _sample(group: Group, share: int, room: _Room, job: Job, left_out: TellLeftOut | None) -> None:
    """Look at the beginning of each source, at more of the larger ones, and into the packed ones while there is room."""
    whole = group.size
    sources, group.sources = group.sources, []
    opened, closed = Group(), list[tuple[Source, bytes]]()
    for source in sources:
        job.step()
        try:
            head = beginning(source, max(FILE_BYTES, share * source.size // whole))
            packed = _is_packed(head)
            taken = min(source.size, room.left) if packed else 0
            opens = taken > 0 and taken >= min(source.size, PACKED_FILE)
            data = beginning(source, taken) if opens else head
        except FileProblem as problem:
            unreadable(problem, left_out, among_others=False)
            continue
        group.sources.append(source)
        if opens:
            room.left -= taken
            opened.sources.append(source)
            began = time.perf_counter()
            _open(opened, source, data)
            opened.opening_seconds += (time.perf_counter() - began) * source.size / len(data)
        elif packed:
            closed.append((source, head))
        elif head:
            group.add(*_kinds(head), source.size / len(head))
    if opened.sources:
        closed_bytes = sum(source.size for source, _ in closed)
        _join(group, opened, 1 + closed_bytes / opened.size)
    else:
        for source, head in closed:
            group.add(*_kinds(head), source.size / len(head))


def _join(group: Group, opened: Group, scale: float) -> None:
    """Add what was opened to the rest, as if there were `scale` times as much of it."""
    group.add(opened.text_sample, opened.binary_sample, 0)
    group.text_bytes += opened.text_bytes * scale
    group.binary_bytes += opened.binary_bytes * scale
    group.opening_seconds = opened.opening_seconds * scale


def _is_packed(head: bytes) -> bool:
    return CAN_LOOK and next(iter(sites(head)), None) is not None


def _open(group: Group, source: Source, data: bytes) -> None:
    """Add what is inside a source, of which `data` are the first bytes or all."""
    content = look_inside(data, is_last=len(data) == source.size).content
    scale = source.size / max(1, len(content.data))
    for leaf in _leaves(content, set()):
        group.add(*_kinds(leaf), scale)


def _leaves(content: Content, seen: set[int]) -> Iterator[bytes]:
    """The runs of bytes that a content is made of in the end, and the parameters of its views. Each view once, where it
    stands in several pieces."""
    for piece in content.pieces:
        if isinstance(piece, Run):
            yield bytes(content.data[piece.start : piece.end])
        elif isinstance(piece, Slice) and id(piece.opened) not in seen:
            seen.add(id(piece.opened))
            yield from _inside(piece.opened, seen)


def _inside(opened: Opened, seen: set[int]) -> Iterator[bytes]:
    yield opened.parameters
    for part in opened.parts:
        yield from _leaves(part, seen)


def _kinds(data: bytes) -> tuple[bytes, bytes]:
    """The text and the binary data in some bytes."""
    segments = split(data)
    text, binary = (
        b"".join(data[s.start : s.end] for s in segments if s.kind is kind)
        for kind in (SegmentKind.TEXT, SegmentKind.BINARY)
    )
    return text, binary
