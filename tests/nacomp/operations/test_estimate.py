"""What is estimated is near what compressing gives, whatever the data: held to the real archive, not to a figure."""

import gzip
import io
import itertools
import lzma
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from nacomp.archive.sources import Source
from nacomp.archive.walk import walk
from nacomp.codecs.levels import LEVELS
from nacomp.codecs.model_loader import ModelLoader
from nacomp.codecs.neural import NeuralCodec
from nacomp.errors import FileProblem
from nacomp.formats.entry import EntryKind
from nacomp.operations import estimate as estimate_module
from nacomp.operations.compress import CompressOptions, compress
from nacomp.operations.estimate import estimate
from nacomp.operations.estimate_sample import GROUP_BYTES, PACKED_BYTES
from nacomp.runtime.progress import Job
from nacomp.runtime.results import LeftOut
from tests.nacomp.workbench import ROOT

FAST = LEVELS["fast"]


def log(size: int) -> bytes:
    """A server's lines: the same words, and numbers that nobody can guess."""
    made = random.Random(5)
    lines = (
        f"2024-03-02T{n // 60 % 24:02d}:{n % 60:02d}:{made.randrange(60):02d}Z INFO [http-{made.randrange(16)}] "
        f'10.0.3.{made.randrange(256)} "GET /api/orders/{made.randrange(10**5)} HTTP/1.1" 200 {made.randrange(9000)}\n'
        for n in range(size // 80)
    )
    return "".join(lines).encode()[:size]


def table(size: int) -> bytes:
    made = random.Random(6)
    rows = (
        f"{n},{made.choice(('Anna', 'Ben', 'Carla'))},{made.choice(('Oslo', 'Lyon', 'Rome'))},{made.uniform(1, 9999):.2f}\n"
        for n in range(size // 20)
    )
    return "".join(rows).encode()[:size]


def numbers(size: int) -> bytes:
    """Binary that shrinks to a fifth."""
    return b"".join(
        (n // 7).to_bytes(4, "little") + bytes(12) + random.Random(n).randbytes(2) for n in range(size // 18)
    )


def document() -> bytes:
    """What word processors write: texts in a ZIP archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("SPEC", "PREDICTORS"):
            archive.writestr(f"word/{name}.xml", (ROOT / "formats" / f"{name}.md").read_bytes()[:30_000])
    return file.getvalue()


def source(name: str, content: bytes) -> Source:
    return Source(name, EntryKind.FILE, len(content), 0o644, 0, data=content)


KINDS: dict[str, Callable[[], bytes]] = {
    "log": lambda: log(60_000),
    "csv": lambda: table(40_000),
    "txt": lambda: (ROOT / "formats" / "SPEC.md").read_bytes()[:24_000],
    "bin": lambda: numbers(90_000),
    "docx": document,
    "gz": lambda: gzip.compress(numbers(90_000)),
    "short": lambda: b"A few words, all of them in the short run.\n",
    "noise": lambda: random.Random(7).randbytes(50_000),
}


@pytest.mark.parametrize("kinds", [*((kind,) for kind in KINDS), tuple(KINDS)], ids="-".join)
def test_near_the_real_size(kinds: tuple[str, ...]) -> None:
    """Of logs it said three times too much, of binary files half, whatever they were."""
    sources = [source(f"a.{kind}", KINDS[kind]()) for kind in kinds]
    loader = ModelLoader()
    found = estimate(loader.for_texts(FAST, None), sources, FAST, Job())
    archive = io.BytesIO()
    compress(sources, archive, loader, CompressOptions("fast"), Job())
    real = len(archive.getvalue()) - 200 * len(
        sources
    )  # an archive's own bookkeeping is not what is estimated
    assert 0.7 * real - 100 < found.estimated_size < 1.4 * real + 250, (found.estimated_size, real)
    assert found.total_bytes == sum(each.size for each in sources)


def test_what_a_device_does_once_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a clock on which the first piece that is coded takes a thousand seconds, and every later one a second."""
    clock = [0.0]
    steps = itertools.chain([1000.0], itertools.repeat(1.0))
    encode = NeuralCodec.encode

    def encode_by_the_clock(self: NeuralCodec, *arguments: Any) -> Any:
        clock[0] += next(steps)
        return encode(self, *arguments)

    monkeypatch.setattr(NeuralCodec, "encode", encode_by_the_clock)
    monkeypatch.setattr(estimate_module, "time", SimpleNamespace(perf_counter=lambda: clock[0]))
    text = (ROOT / "formats" / "SPEC.md").read_bytes()[:4000]
    found = estimate(ModelLoader().for_texts(FAST, None), [source("a.txt", text)], FAST, Job())
    assert 0 < found.seconds < 100


def test_what_repeats_behind_the_sample_counts() -> None:
    """A text that comes twelve times over, each time further back than a block reaches."""
    words = bytes(random.Random(8).choices(b"etaoin shrdlu", k=GROUP_BYTES + 50_000))
    content = words * 12
    loader = ModelLoader()
    found = estimate(loader.for_texts(FAST, None), [source("a.txt", content)], FAST, Job())
    assert found.estimated_size < 2 * len(lzma.compress(words))


def test_packed_files_that_there_is_no_room_to_open_are_like_the_others() -> None:
    """Each is opened while there is room; of the rest only the beginnings are read."""
    one, loader = document(), ModelLoader()
    chooser = loader.for_texts(FAST, None)
    single = estimate(chooser, [source("a.docx", one)], FAST, Job())
    many = 3 * PACKED_BYTES // len(one)
    found = estimate(chooser, [source(f"{n}.docx", one) for n in range(many)], FAST, Job())
    assert found.tokens == pytest.approx(many * single.tokens, rel=0.02)
    assert found.estimated_size < len(one) * many / 4


def test_many_small_files_count_as_the_text_they_are_together() -> None:
    """They share blocks, so each learns from those in front of it."""
    lines = log(60_000)
    parts = [source(f"{n}.log", lines[at : at + 1000]) for n, at in enumerate(range(0, len(lines), 1000))]
    loader = ModelLoader()
    chooser = loader.for_texts(FAST, None)
    together = estimate(chooser, parts, FAST, Job()).estimated_size
    whole = estimate(chooser, [source("a.log", lines)], FAST, Job()).estimated_size
    assert together == pytest.approx(whole, rel=0.1)


def test_nothing_is_nothing() -> None:
    chooser = ModelLoader().for_texts(FAST, None)
    for sources in ([], [source("empty", b"")]):
        found = estimate(chooser, sources, FAST, Job())
        assert (found.total_bytes, found.tokens, found.estimated_size) == (0, 0, 0)


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"content")
    sources = walk([tmp_path / "a", tmp_path / "b"])
    (tmp_path / "a").unlink()
    chooser, told = ModelLoader().for_texts(FAST, None), list[LeftOut]()
    assert estimate(chooser, sources, FAST, Job(), told.append).total_bytes == 7
    assert [what.path for what in told] == [str(tmp_path / "a")]
    with pytest.raises(FileProblem):
        estimate(chooser, sources, FAST, Job())
