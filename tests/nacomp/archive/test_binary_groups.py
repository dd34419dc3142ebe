"""Unlike binary files that share a unit are coded apart, where that is smaller, and nothing of them is lost."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nacomp.archive.archive_reader import Archive
from nacomp.archive.archive_writer import write_archive
from nacomp.archive.binary_groups import LEAST, binary_groups
from nacomp.archive.block_encoder import BlockEncoder
from nacomp.archive.layout import Layout
from nacomp.archive.sources import Source
from nacomp.archive.units import Part, Unit, plan_units
from nacomp.codecs import mixed
from nacomp.codecs.model_loader import ModelLoader
from nacomp.formats.entry import EntryKind
from nacomp.formats.methods import MethodKind
from nacomp.runtime.progress import Job
from tests.nacomp.codecs.test_profiles import instructions, photo, tone

pytestmark = pytest.mark.skipif(not mixed.available(), reason="the native core tries what suits")


def softer(sound: bytes) -> bytes:
    """The same sound at half the volume, so that no bytes repeat."""
    return (np.frombuffer(sound, "<i2") // 2).astype("<i2").tobytes()


UNLIKE = {
    "picture.bmp": photo(),
    "program": instructions() * 2,
    "sound.wav": tone(2),
    "sound, again.wav": softer(tone(2)),
    "tiny.bin": bytes(range(0, 250, 7)),
}


def source(name: str, data: bytes) -> Source:
    return Source(name, EntryKind.FILE, len(data), 0o644, 0, data=data)


def archived(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    write_archive(out, [source(*item) for item in files.items()], BlockEncoder(None, Job()), Job())
    return out.getvalue()


def test_unlike_files_have_blocks_of_their_own() -> None:
    together = archived(UNLIKE)
    apart = [archived({name: data}) for name, data in UNLIKE.items()]
    assert len(together) < sum(map(len, apart))
    with Archive(io.BytesIO(together), ModelLoader().for_method) as found:
        reader = found.reader
        kinds = [reader.methods[info.method].kind for info in reader.block_table.values()]
        assert kinds == [MethodKind.MIXED] * 3  # the tiny one is not worth a block
        assert {entry.path: found.read(entry) for entry in found.files} == UNLIKE


def test_files_that_are_alike_stay_together() -> None:
    files = {"one.wav": tone(2), "two.wav": softer(tone(2)), "three.snd": softer(softer(tone(2)))}
    (unit,) = plan_units(source(*item) for item in files.items())
    whole = ((0, len(unit.data)),)
    assert binary_groups(unit, whole, Job()) == [tuple(_pieces(unit))]


def test_one_file_is_not_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nacomp.codecs.profiles.choose_quickly", None)
    (unit,) = plan_units([source("one", photo() + tone(1))])
    assert binary_groups(unit, ((0, len(unit.data)),), Job()) == [((0, len(unit.data)),)]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(sorted(UNLIKE)), st.integers(1, 2 * LEAST)), min_size=1, max_size=5),
    st.lists(st.integers(0, 1 << 17), max_size=8),
)
def test_every_byte_is_in_one_group(files: list[tuple[str, int]], cuts: list[int]) -> None:
    """Whatever is text between the ranges."""
    parts, data = [], b""
    for number, (name, size) in enumerate(files):
        content = UNLIKE[name][:size]
        parts.append(Part(source(f"{number}{name}", content), content, len(data), Layout(())))
        data += content
    edges = sorted({min(cut, len(data)) for cut in cuts})
    ranges = tuple(zip(edges[::2], edges[1::2], strict=False))
    groups = binary_groups(Unit(data, [], parts), ranges, Job())
    pieces = [piece for group in groups for piece in group]
    assert sorted(at for start, end in pieces for at in range(start, end)) == [
        at for start, end in ranges for at in range(start, end)
    ]
    assert all(list(group) == sorted(group) for group in groups)


def _pieces(unit: Unit) -> list[tuple[int, int]]:
    starts = [part.start for part in unit.parts]
    return list(zip(starts, [*starts[1:], len(unit.data)], strict=True))
