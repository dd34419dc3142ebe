"""A golden archive with one block of the kind `mixed` for each profile, decoded by the core and by the readable reference.

Until 1.0 it may be made again on purpose: `python -m tests.nacomp.codecs.test_golden_mixed`, with the reason in the commit
message.
"""

import io
import json

import pytest

from nacomp.archive.archive_reader import Archive
from nacomp.codecs import mixed
from nacomp.codecs.model_loader import ModelLoader
from nacomp.formats.checksums import content_checksum
from nacomp.formats.extent import Extent
from nacomp.formats.writer import ArchiveWriter
from nacomp.models.mixing.settings import MixingSettings, Profile
from tests.formats.make_archives import describe
from tests.formats.samples import file_entry
from tests.nacomp.workbench import ROOT

GOLDEN = ROOT / "formats" / "golden"
PATH = GOLDEN / "mixed-profiles.nac"
CODE = b"\x90" * 40 + bytes.fromhex("554889e5e80b0000008b05112233005dc3e9f6ffffff0f85f0ffffff") * 3
WAVE = b"".join((300 * i % 7000 - 37 * i).to_bytes(2, "little", signed=True) for i in range(70))
NUMBERS = b"".join(
    (70_000 + 37 * i).to_bytes(4, "little") + (i * i % 90).to_bytes(4, "little") for i in range(20)
)
WORDS = bytes.fromhex("fd7bbfa9fd030091050000941f2003d5000000b0000040f9f4ffff97fd7bc1a8c0035fd6") * 4
CONTENTS = {
    "bitmap": (
        bytes(x * y * 9 & 255 for y in range(14) for x in range(7)),
        MixingSettings(Profile.BITMAP, 98, 7),
    ),
    "code": (CODE, MixingSettings(Profile.CODE, len(CODE), 4)),
    "numbers": (NUMBERS, MixingSettings(Profile.RECORDS, len(NUMBERS), 8, 4)),
    "picture": (
        bytes(x * y % 251 for x in range(12) for y in range(12)),
        MixingSettings(Profile.IMAGE, 144, 12, 3),
    ),
    "records": (bytes(i % 13 * (i // 40) % 256 for i in range(150)), MixingSettings(Profile.BINARY, 150, 13)),
    "table": (
        (rows := b"".join(b"%d;item %d;%d\n" % (i, i % 3, i * i) for i in range(12))),
        MixingSettings(Profile.TEXT, len(rows), delimiter=ord(";")),
    ),
    "wave": (WAVE, MixingSettings(Profile.SAMPLES, len(WAVE), 4)),
    "words": (WORDS, MixingSettings(Profile.WORDS, len(WORDS), pixel=2)),
}


def archive() -> bytes:
    stream = io.BytesIO()
    writer, entries = ArchiveWriter(stream, [mixed.METHOD]), []
    for block, (name, (content, settings)) in enumerate(CONTENTS.items()):
        payload = mixed.encode(content, settings, 1 << 16)
        assert payload is not None
        writer.add_block(0, payload, len(content), content_checksum(content))
        entries.append(file_entry(name, content, [Extent(block, 0, len(content))]))
    writer.finish(entries)
    return stream.getvalue()


def read() -> dict[str, bytes]:
    with PATH.open("rb") as file, Archive(file, ModelLoader().for_method) as opened:
        return {entry.path: opened.read(entry) for entry in opened.entries}


@pytest.mark.skipif(not mixed.available(), reason="there is no native core")
def test_golden_archive_decodes() -> None:
    assert read() == {name: content for name, (content, _) in CONTENTS.items()}


def test_golden_archive_decodes_without_the_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mixed, "_mixing", None)
    assert read() == {name: content for name, (content, _) in CONTENTS.items()}


@pytest.mark.skipif(not mixed.available(), reason="blocks are written by the native core")
def test_encoder_still_writes_it() -> None:
    assert archive() == PATH.read_bytes()


def main() -> None:
    """Make it again, with its row in expected.json."""
    PATH.write_bytes(archive())
    table = GOLDEN / "expected.json"
    rows = json.loads(table.read_text("utf-8"))
    rows[PATH.stem] = describe(PATH.read_bytes())
    table.write_text(json.dumps(rows, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
