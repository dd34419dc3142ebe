"""What of a unit is text: a little beside pictures is not."""

import pytest

from nacomp.archive import units
from nacomp.archive.segments import SegmentKind
from nacomp.archive.sources import Source
from nacomp.archive.units import plan_units
from nacomp.formats.entry import EntryKind
from tests.nacomp.transforms.pictures import jpeg

pytest.importorskip("nacomp.models.jpeg._jpeg")
NOTES = b"A note on how this picture was taken, and by whom. " * 6


def kinds(*files: bytes) -> set[SegmentKind]:
    sources = [
        Source(f"{number}.jpg", EntryKind.FILE, len(data), 0o644, 0, data=data)
        for number, data in enumerate(files)
    ]
    (unit,) = plan_units(sources)
    return {segment.kind for segment in unit.segments}


def test_few_notes_in_a_photo_ask_for_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    photo = jpeg(size=(320, 240), quality=95, comment=NOTES)
    assert kinds(photo) == {SegmentKind.TEXT, SegmentKind.BINARY}
    # A picture of a thousand times its notes would take seconds.
    monkeypatch.setattr(units, "FEW", 20)
    assert kinds(photo) == {SegmentKind.BINARY}
    assert kinds(photo, photo[:2] + photo[30:] + b"x") == {SegmentKind.BINARY}
    assert kinds(photo, NOTES * 20) == {SegmentKind.TEXT, SegmentKind.BINARY}
