"""The text and the binary runs of a unit of small files, apart by what predicts them.

    a unit's ranges -> those of each kind of file (one suffix; without one, one file) -> a sample of each judged -> groups

What predicts a block is decided once for all of it. A shared library and a sound, which want other profiles of the context
mixer, took 118 kB in one block and 101 kB in two. A page of HTML with the text in a form took 8.1 kB for its part of a block
that the mixer coded alone, as the form has more of it, and 5.3 kB by the model.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from nacomp.archive.segments import Range
from nacomp.archive.units import Unit
from nacomp.codecs import mixed, profiles
from nacomp.codecs.block_choice import SAMPLED, TextWay
from nacomp.models.mixing.settings import MixingSettings, Profile
from nacomp.runtime.progress import Job

LEAST = 1 << 13
"""Bytes of a kind of binary file that are judged: a fifth of a second. Less goes together, or with the largest group."""
BINARY = MixingSettings(Profile.BINARY, 0)

Ranges = tuple[Range, ...]


def text_groups(
    unit: Unit, ranges: Ranges, way: Callable[[bytes], TextWay]
) -> list[tuple[Ranges, TextWay | None]]:
    """The ranges, cut where a file ends, in a group for each way in which a text is predicted, with that way.

    None is for what is to be judged as a block. Kinds of too little text to be judged are predicted as short texts are, or
    with the largest group.
    """
    kinds = _by_kind(unit, ranges)
    if len(kinds) < 2 or not mixed.available():
        return [(ranges, None)]
    few: list[Range] = []
    groups: dict[TextWay, list[Range]] = {}
    for pieces in kinds.values():
        if _bytes_in(pieces) < SAMPLED:
            few += pieces
        else:
            groups.setdefault(way(_joined(unit, pieces)), []).extend(pieces)
    if not groups:
        return [(ranges, None)]
    if _bytes_in(few) >= LEAST:
        groups.setdefault(TextWay.BOTH, []).extend(few)
    else:
        max(groups.values(), key=_bytes_in).extend(few)
    return [(tuple(sorted(group)), way) for way, group in groups.items()]


def binary_groups(unit: Unit, ranges: Ranges, job: Job) -> list[Ranges]:
    """The ranges, cut where a file ends, each in one of the groups of one profile. Raises Interrupted."""
    kinds = _by_kind(unit, ranges)
    if len(kinds) < 2 or not mixed.available():
        return [ranges]
    few: list[Range] = []
    groups: dict[MixingSettings, list[Range]] = {}
    for pieces in kinds.values():
        if _bytes_in(pieces) < LEAST:
            few += pieces
        else:
            groups.setdefault(_likeness(_joined(unit, pieces), job), []).extend(pieces)
    if _bytes_in(few) >= LEAST or not groups:
        groups.setdefault(BINARY, []).extend(few)
    else:
        max(groups.values(), key=_bytes_in).extend(few)
    return [tuple(sorted(group)) for group in groups.values()]


def _by_kind(unit: Unit, ranges: Ranges) -> dict[str, list[Range]]:
    """The ranges, cut where a file ends, by its suffix, or its name where it has none."""
    kinds: dict[str, list[Range]] = {}
    for name, piece in _by_source(unit, ranges):
        kinds.setdefault(PurePosixPath(name).suffix.lower() or name, []).append(piece)
    return kinds


def _by_source(unit: Unit, ranges: Ranges) -> Iterator[tuple[str, Range]]:
    """The ranges, cut where a source ends, each with its source's name."""
    starts = [(part.start, part.source.name) for part in unit.parts if part.repeats is None]
    ends = [start for start, _ in starts[1:]] + [len(unit.data)]
    for (start, name), end in zip(starts, ends, strict=True):
        for first, last in ranges:
            if max(first, start) < min(last, end):
                yield name, (max(first, start), min(last, end))


def _bytes_in(pieces: list[Range]) -> int:
    return sum(end - start for start, end in pieces)


def _joined(unit: Unit, pieces: list[Range]) -> bytes:
    return b"".join(unit.data[start:end] for start, end in pieces)


def _likeness(data: bytes, job: Job) -> MixingSettings:
    """What runs have in common that one block can predict; a record's width is worth no block of its own."""
    settings = profiles.choose_quickly(data, job.step)
    if settings.profile in (Profile.SAMPLES, Profile.IMAGE, Profile.BITMAP, Profile.WORDS, Profile.RECORDS):
        return replace(settings, size=0)
    return MixingSettings(settings.profile, 0)
