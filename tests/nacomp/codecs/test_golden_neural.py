"""Golden archives with neural blocks: written once with the tiny model, decoded ever since by every kernel.

They hold the promise that matters most. A failure here means that archives people have already made no longer decode;
until 1.0 they may be made again on purpose: `python -m tests.nacomp.codecs.test_golden_neural`, with the reason in the
commit message.
"""

import io
import json
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest

from nacomp.archive.archive_reader import Archive
from nacomp.archive.walk import walk
from nacomp.codecs import mixed
from nacomp.codecs.levels import EMBEDDED, LEVELS, Level
from nacomp.codecs.model_loader import ModelLoader
from nacomp.formats.checksums import content_checksum
from nacomp.formats.compact import encode_compact
from nacomp.formats.entry import EntryKind
from nacomp.formats.extent import Extent
from nacomp.formats.writer import ArchiveWriter
from nacomp.models.exact.engine import available_kernels
from nacomp.models.library.store import Store
from nacomp.models.predictors import mixed as bits
from nacomp.models.protocol import ContextWindow
from nacomp.operations.compress import CompressOptions, compress
from nacomp.runtime.progress import Job
from tests.formats.make_archives import describe
from tests.formats.samples import file_entry
from tests.nacomp.workbench import DATA, ROOT, TINY

GOLDEN = ROOT / "formats" / "golden"
SOURCES = {
    "neural-text": ("prose.txt",),
    "neural-streams": ("code.py", "table.csv"),
    "neural-mixed": ("measurements.bin",),
}
"""Which files of tests/data/corpus are in which archive: one stream, several with skips, text beside binary runs."""
COMPACT = "compact-neural"
SMALL_LEVEL = Level("small", (), ContextWindow(64, 4), 3, 100, 1 << 20)


def repeats() -> bytes:
    """Three runs of nearly the same lines, each about as long as a stream, with bytes that no token says."""
    lines = [b"%02d:%02d \x04 GET /caf\xc3\xa9/%d\t%d ms\xff\n" % (i, i * 7 % 60, i, i * i) for i in range(9)]
    return b"".join(b"".join(lines) + b"--- %d ---\n" % part for part in range(3))


def beginning() -> bytes:
    """As much prose as a slow decoder reads in a second or two."""
    return (DATA / "corpus" / "prose.txt").read_bytes()[:300]


def many_tongues() -> bytes:
    """What a SentencePiece vocabulary has to say in bytes, tabs that are a token of their own, and no UTF-8 at all."""
    words = "the\t\ttale of é, τὸ τέλος\n  and\x04the end 終わり ".encode()
    return b"".join(words[i:] + words[:i] for i in range(0, 40, 8)) + b"\xff\xfe\xe2\x96\x81\xe2\x96"


TINY_GEMMA3 = "tiny-gemma3"
"""Random weights: three layers, two of them local with a window of 24; written by `tests.models.tiny_gguf`."""
SMALL = {
    "neural-small": (repeats, TINY, SMALL_LEVEL),
    "neural-gemma3": (many_tongues, TINY_GEMMA3, SMALL_LEVEL),
    "neural-embedded": (beginning, EMBEDDED, LEVELS["fast"]),
    "neural-bits": (repeats, TINY, SMALL_LEVEL),
}
"""For the second decoder, which takes 2 ms a token: streams, escapes, skips and a window that slides in 800 bytes, all parts
of an architecture that has most, and the embedded model; the first again with tokens as bits."""


@pytest.fixture(autouse=True)
def _tiny_is_installed(tiny_model: Path) -> None:
    Store().add(tiny_model)
    Store().add(DATA / f"{TINY_GEMMA3}.gguf")


def every_kernel(name: str) -> list[object]:
    """An archive's name with each kernel; numpy takes 2 ms a token, so the larger ones are for `make test-all`."""
    long = pytest.mark.slow if name in ("neural-text", "neural-streams") else ()
    return [
        pytest.param(name, kernel, marks=long if kernel == "numpy" else ()) for kernel in available_kernels()
    ]


@pytest.mark.parametrize(("name", "kernel"), [case for name in SOURCES for case in every_kernel(name)])
def test_golden_archive_decodes(name: str, kernel: str) -> None:
    loader = ModelLoader(kernel=kernel, threads=2)
    with (GOLDEN / f"{name}.nac").open("rb") as file, Archive(file, loader.for_method) as archive:
        files = [entry for entry in archive.entries if entry.kind is EntryKind.FILE]
        assert [entry.path for entry in files] == sorted(SOURCES[name])
        assert archive.stream_counts()
        for entry in files:
            assert archive.read(entry) == (DATA / "corpus" / entry.path).read_bytes()


@pytest.mark.parametrize("kernel", available_kernels())
@pytest.mark.parametrize("name", SMALL)
def test_small_golden_archive_decodes(name: str, kernel: str) -> None:
    loader = ModelLoader(kernel=kernel, threads=2)
    with (GOLDEN / f"{name}.nac").open("rb") as file, Archive(file, loader.for_method) as archive:
        assert archive.read(archive.entries[0]) == SMALL[name][0]()


@pytest.mark.parametrize("kernel", available_kernels())
def test_compact_golden_archive_decodes(kernel: str) -> None:
    loader = ModelLoader(kernel=kernel, threads=1)
    with (GOLDEN / f"{COMPACT}.nac").open("rb") as file, Archive(file, loader.for_method) as archive:
        assert archive.read(archive.entries[0]) == beginning()


def test_encoder_still_writes_the_compact_one() -> None:
    assert compact() == (GOLDEN / f"{COMPACT}.nac").read_bytes()


@pytest.mark.parametrize("name", SMALL)
def test_encoder_still_writes_the_small_one(name: str) -> None:
    assert small(name) == (GOLDEN / f"{name}.nac").read_bytes()


@pytest.mark.parametrize("name", SOURCES)
def test_encoder_still_writes_it(name: str, tmp_path: Path) -> None:
    """Same input, same bytes: an encoder that drifts is noticed even while old archives decode."""
    write(name, tmp_path / "again.nac")
    assert (tmp_path / "again.nac").read_bytes() == (GOLDEN / f"{name}.nac").read_bytes()


def write(name: str, target: Path) -> None:
    """Write one golden archive; times and modes are set, so that nothing depends on the checkout."""
    sources = walk([DATA / "corpus" / part for part in SOURCES[name]])
    fixed = [
        replace(s, mtime_ns=0, mode=0o644, data=(s.path or Path()).read_bytes(), path=None) for s in sources
    ]
    options = CompressOptions("fast", TINY, overwrite=True)
    # The model is asked whatever it costs, and its rival kept out: the tiny model would win nothing against the mixer.
    asked = replace(LEVELS["fast"], model_worth=100.0)
    with (
        mock.patch.dict(LEVELS, fast=asked),
        mock.patch.object(mixed, "encode", return_value=None),
        mock.patch.object(bits, "is_available", return_value=False),
    ):
        compress(fixed, target, ModelLoader(threads=1), options, Job())


def small(name: str) -> bytes:
    """An archive of one neural block, of a level that the command line does not offer."""
    source, model, level = SMALL[name]
    content = source()
    codec = ModelLoader(threads=1).for_level(level, model)
    stream = io.BytesIO()
    symbols = codec.engine.tokenizer.encode(content)
    as_bits = name == "neural-bits"
    if not as_bits:  # where a byte has one way
        # Both models have a token for every byte; SmolLM2 has none for 04, so this is how its archives look.
        symbols[symbols == codec.engine.vocabulary.byte_symbols[4]] = codec.engine.vocabulary.first_escape + 4
    plan = codec.plan(symbols, level)
    packed = codec.encode(codec.with_mixer(plan) if as_bits else plan, len(content), Job())
    writer = ArchiveWriter(stream, [packed.method])
    writer.add_block(0, packed.payload, len(content), content_checksum(content))
    writer.finish([file_entry("text", content, [Extent(0, 0, len(content))])])
    return stream.getvalue()


def compact() -> bytes:
    """The same prose in the compact form, which names the embedded model by a number."""
    content = beginning()
    codec = ModelLoader(threads=1).for_level(LEVELS["fast"], EMBEDDED)
    packed = codec.encode(codec.plan(content, LEVELS["fast"]), len(content), Job())
    entry = file_entry("data", content, [Extent(0, 0, len(content))])
    archive = encode_compact(
        replace(entry, mtime_ns=0), packed.method, packed.payload, content_checksum(content)
    )
    assert archive is not None
    return archive


def main() -> None:
    """Make all of them again, with their rows in expected.json."""
    for model in (TINY, TINY_GEMMA3):
        Store().add(DATA / f"{model}.gguf")
    table = GOLDEN / "expected.json"
    rows = json.loads(table.read_text("utf-8"))
    for name in SMALL:
        (GOLDEN / f"{name}.nac").write_bytes(small(name))
    (GOLDEN / f"{COMPACT}.nac").write_bytes(compact())
    for name in SOURCES:
        write(name, GOLDEN / f"{name}.nac")
    for name in (*SOURCES, *SMALL, COMPACT):
        rows[name] = describe((GOLDEN / f"{name}.nac").read_bytes())
    table.write_text(json.dumps(rows, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
