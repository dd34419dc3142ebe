"""Binary runs of a unit apart by what predicts them: a program, a picture and a sound that share a unit of small files.

A block has one profile of the mixer. The runs of each kind of file (the same suffix; without one, the same file) are judged
together by a sample, and those of one profile make a block. A shared library and a sound took 118 kB in one block and 101
kB in two.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from nacomp.archive.segments import Range, content_of, size_of
from nacomp.archive.units import Unit
from nacomp.codecs import mixed, profiles
from nacomp.models.mixing.settings import MixingSettings, Profile
from nacomp.runtime.progress import Job

LEAST = 1 << 13
"""Bytes of a kind of file that are judged: a fifth of a second. Less goes together, or with the largest group."""
BINARY = MixingSettings(Profile.BINARY, 0)

Ranges = tuple[Range, ...]


def binary_groups(unit: Unit, ranges: Ranges, job: Job) -> list[Ranges]:
    """The ranges, cut where a file ends, each in one of the groups. Raises Interrupted."""
    if len({part.source.name for part in unit.parts}) < 2 or not mixed.available():
        return [ranges]
    kinds: dict[str, list[Range]] = {}
    for name, piece in _by_source(unit, ranges):
        kinds.setdefault(PurePosixPath(name).suffix.lower() or name, []).append(piece)
    few: list[Range] = []
    groups: dict[MixingSettings, list[Range]] = {}
    for pieces in kinds.values():
        if size_of(pieces) < LEAST:
            few += pieces
        else:
            groups.setdefault(_likeness(unit.data, pieces, job), []).extend(pieces)
    if size_of(few) >= LEAST or not groups:
        groups.setdefault(BINARY, []).extend(few)
    else:
        max(groups.values(), key=size_of).extend(few)
    return [tuple(sorted(group)) for group in groups.values()]


def _by_source(unit: Unit, ranges: Ranges) -> Iterator[tuple[str, Range]]:
    """The ranges, cut where a source ends, each with its source's name."""
    starts = [(part.start, part.source.name) for part in unit.parts if part.repeats is None]
    ends = [start for start, _ in starts[1:]] + [len(unit.data)]
    for (start, name), end in zip(starts, ends, strict=True):
        for first, last in ranges:
            if max(first, start) < min(last, end):
                yield name, (max(first, start), min(last, end))


def _likeness(data: bytes, pieces: list[Range], job: Job) -> MixingSettings:
    """What runs have in common that one block can predict; a record's width is worth no block of its own."""
    settings = profiles.choose_quickly(content_of(data, pieces), job.step)
    if settings.profile in (Profile.SAMPLES, Profile.IMAGE, Profile.BITMAP, Profile.WORDS, Profile.RECORDS):
        return replace(settings, size=0)
    return MixingSettings(settings.profile, 0)
