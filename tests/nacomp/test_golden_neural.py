"""Golden archives with neural blocks: written once with the tiny model, decoded ever since by every kernel.

They hold the promise that matters most. A failure here means that archives people have already made no longer decode; until
1.0 they may be made again on purpose: `python -m tests.nacomp.test_golden_neural`, with the reason in the commit message.
"""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from nacomp.archive import Archive
from nacomp.engines import Engines
from nacomp.files import walk
from nacomp.formats.entry import EntryKind
from nacomp.models.exact.engine import available_kernels
from nacomp.models.store import Store
from nacomp.operations import CompressOptions, compress
from nacomp.progress import Job
from tests.formats.make_archives import describe
from tests.nacomp.workbench import DATA, ROOT, TINY

GOLDEN = ROOT / "formats" / "golden"
SOURCES = {
    "neural-text": ("prose.txt",),
    "neural-streams": ("code.py", "table.csv"),
    "neural-mixed": ("measurements.bin",),
}
"""Which files of tests/data/corpus are in which archive: one stream, several with skips, text beside binary runs."""


@pytest.fixture(autouse=True)
def _tiny_is_installed(tiny_model: Path) -> None:
    Store().add(tiny_model)


@pytest.mark.parametrize("kernel", available_kernels())
@pytest.mark.parametrize("name", SOURCES)
def test_golden_archive_decodes(name: str, kernel: str) -> None:
    engines = Engines(kernel=kernel, threads=2)
    with (GOLDEN / f"{name}.nac").open("rb") as file, Archive(file, engines.for_method) as archive:
        files = [entry for entry in archive.entries if entry.kind is EntryKind.FILE]
        assert [entry.path for entry in files] == sorted(SOURCES[name])
        assert archive.stream_counts()
        for entry in files:
            assert archive.read(entry) == (DATA / "corpus" / entry.path).read_bytes()


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
    compress(fixed, target, Engines(threads=1), options, Job())


def main() -> None:
    """Make all of them again, with their rows in expected.json."""
    Store().add(DATA / "tiny.gguf")
    table = GOLDEN / "expected.json"
    rows = json.loads(table.read_text("utf-8"))
    for name in SOURCES:
        write(name, GOLDEN / f"{name}.nac")
        rows[name] = describe((GOLDEN / f"{name}.nac").read_bytes())
    table.write_text(json.dumps(rows, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
