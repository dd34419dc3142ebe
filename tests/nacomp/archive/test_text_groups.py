"""Text that the model codes and text that the mixer codes, in one unit: each goes its way, and nothing is lost."""

import io
import tarfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nacomp.archive.archive_reader import Archive
from nacomp.archive.archive_writer import write_archive
from nacomp.archive.block_encoder import BlockEncoder
from nacomp.archive.layout import Layout
from nacomp.archive.sources import Source
from nacomp.archive.text_groups import PIECE, text_groups
from nacomp.archive.units import Part, Unit
from nacomp.codecs import mixed
from nacomp.codecs.block_choice import TextWay
from nacomp.codecs.levels import LEVELS
from nacomp.codecs.model_loader import ModelLoader
from nacomp.formats.entry import EntryKind
from nacomp.formats.methods import MethodKind
from nacomp.runtime.progress import Job
from tests.nacomp.operations.test_estimate import log, table
from tests.nacomp.workbench import ROOT

pytestmark = pytest.mark.skipif(not mixed.available(), reason="without the mixer all text is the model's")

PAGE = (ROOT / "formats" / "SPEC.md").read_bytes()
FILES = {"page.md": PAGE[:50_000], "table.csv": table(90_000), "word.txt": b"Only a word."}


def source(name: str, data: bytes) -> Source:
    return Source(name, EntryKind.FILE, len(data), 0o644, 0, data=data)


def tar(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


@pytest.mark.parametrize("files", [FILES, {"all.tar": tar(FILES)}], ids=["files", "tar"])
def test_a_table_does_not_keep_the_model_from_prose(files: dict[str, bytes]) -> None:
    """The table is most of the text, and the mixer's; the page was coded with it."""
    loader = ModelLoader()
    chooser, out = loader.for_texts(LEVELS["fast"], None), io.BytesIO()
    write_archive(out, [source(*item) for item in files.items()], BlockEncoder(chooser, Job()), Job())
    with Archive(io.BytesIO(out.getvalue()), loader.for_method) as found:
        reader = found.reader
        kinds = {
            reader.methods[info.method].kind
            for info in reader.block_table.values()
            if info.original_size > PIECE
        }
        assert kinds == {MethodKind.MIXED, MethodKind.NEURAL}
        assert {entry.path: found.read(entry) for entry in found.files} == files


def test_text_that_is_alike_is_not_judged() -> None:
    """A block is judged when it is coded; here nobody may be asked."""

    def way(text: bytes) -> TextWay:
        pytest.fail(f"{len(text)} bytes are judged")

    data = log(120_000)
    ranges = ((0, 100), (5_000, len(data)))
    unit = Unit(data, [], [Part(source("a.md", data), data, 0, Layout(()))])
    assert text_groups(unit, ranges, way) == [(ranges, None)]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([0, 1, 2]), st.integers(1, 3 * PIECE)), min_size=1, max_size=5),
    st.lists(st.integers(0, 1 << 18), max_size=8),
)
def test_every_byte_is_in_one_group(files: list[tuple[int, int]], cuts: list[int]) -> None:
    """Whatever is binary between the ranges, and however the lots are judged."""
    kinds = (PAGE, table(100_000), log(100_000))
    parts, data = [], b""
    for number, (kind, size) in enumerate(files):
        content = kinds[kind][:size]
        parts.append(Part(source(str(number), content), content, len(data), Layout(())))
        data += content
    edges = sorted({min(cut, len(data)) for cut in cuts})
    ranges = tuple(zip(edges[::2], edges[1::2], strict=False))
    groups = text_groups(Unit(data, [], parts), ranges, lambda text: list(TextWay)[len(text) % 3])
    pieces = [piece for group, _ in groups for piece in group]
    assert sorted(at for start, end in pieces for at in range(start, end)) == [
        at for start, end in ranges for at in range(start, end)
    ]
    assert all(list(group) == sorted(group) for group, _ in groups)
