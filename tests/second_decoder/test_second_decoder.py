"""The second decoder gives back the golden archives' bytes, refuses the hostile ones, and owes nothing to nacomp."""

import ast
import hashlib
import json
import subprocess
import sys
from pathlib import Path

import constriction
import numpy as np
import pytest

from tests.second_decoder.archive import Archive
from tests.second_decoder.block import Models, RangeDecoder
from tests.second_decoder.errors import Refused
from tests.second_decoder.pages import FORMATS, quoted

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SOURCES = [path for path in HERE.glob("*.py") if path != Path(__file__)]
LIBRARIES = {"numpy", "gguf", "pyppmd", "zstandard"}
EXPECTED = json.loads((FORMATS / "golden" / "expected.json").read_text("utf-8"))
HOSTILE = json.loads((FORMATS / "hostile" / "expected.json").read_text("utf-8"))
KINDS = ("file", "folder", "symlink")
LONG = {"neural-text", "neural-streams"}
"""6,692 and 18,590 symbols: 14 and 40 seconds."""


@pytest.fixture(scope="module")
def models() -> Models:
    return Models([ROOT / "tests" / "data" / "tiny.gguf", ROOT / "models" / "library" / "embedded.gguf"])


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_source_imports_nothing_of_ours(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            own = name.startswith("tests.second_decoder.")
            assert own or name.split(".")[0] in LIBRARIES | sys.stdlib_module_names, name


def test_runs_where_nacomp_cannot_be_imported(tmp_path: Path) -> None:
    block = "import sys; sys.modules.update(nacomp=None, constriction=None, tokenizers=None); "
    run = "from tests.second_decoder.__main__ import main; main(*sys.argv[1:])"
    golden = FORMATS / "golden" / "neural-small.nac"
    command = [sys.executable, "-c", block + run, golden, tmp_path, ROOT / "tests" / "data" / "tiny.gguf"]
    subprocess.run(command, check=True, cwd=ROOT)
    (entry,) = EXPECTED["neural-small"]["entries"]
    assert hashlib.sha256((tmp_path / entry["path"]).read_bytes()).hexdigest() == entry["sha256"]


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if name in LONG else []) for name in EXPECTED]
)
def test_golden_archive(name: str, models: Models) -> None:
    data = (FORMATS / "golden" / f"{name}.nac").read_bytes()
    archive = Archive(data, models.decode, EXPECTED[name].get("password", ""))
    assert len(archive.blocks) == EXPECTED[name]["blocks"]
    assert len(archive.entries) == len(EXPECTED[name]["entries"])
    for entry, row in zip(archive.entries, EXPECTED[name]["entries"], strict=True):
        found = (KINDS[entry.kind], entry.path.decode(errors="surrogateescape"), entry.mode, entry.mtime_ns)
        assert found == (row["kind"], row["path"], row["mode"], row["mtime_ns"])
        assert entry.target.decode() == row["link_target"]
        if entry.kind == 0:
            content = archive.content(entry)
            assert (len(content), hashlib.sha256(content).hexdigest()) == (row["size"], row["sha256"])


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_archive_is_refused(name: str, models: Models) -> None:
    with pytest.raises(Refused):
        archive = Archive((FORMATS / "hostile" / f"{name}.nac").read_bytes(), models.decode)
        for entry in archive.entries:
            archive.content(entry)
        for number in range(len(archive.blocks)):
            archive.block(number)


@pytest.mark.parametrize("symbols", [0, 1, 2, 5, 2000])
def test_range_decoder_reads_what_the_library_writes(symbols: int) -> None:
    """Section 10 was written down from the library's behaviour; this is what holds it to the library."""
    rng = np.random.default_rng(symbols)
    coder = constriction.stream.queue.RangeEncoder()
    rows, coded = [], []
    for _ in range(symbols):
        size = int(rng.integers(2, 257))
        whole = rng.multinomial(2**24 - size, rng.dirichlet(np.full(size, 0.05)))
        coded.append(int(rng.choice(size, p=(whole + 1) / 2**24)))
        rows.append(whole + 1)
        coder.encode(
            coded[-1], constriction.stream.model.Categorical(whole.astype(np.float64), perfect=False)
        )
    decoder = RangeDecoder(coder.get_compressed().astype("<u4").tobytes())
    assert [decoder.decode(row) for row in rows] == coded


def test_page_names_the_start_values() -> None:
    digest = hashlib.sha256((ROOT / "models" / "predictors" / "initial_weights.txt").read_bytes()).hexdigest()
    assert digest in (FORMATS / "PREDICTORS.md").read_text("utf-8")


def test_page_quotes_the_calibration_text() -> None:
    """The text a model is prepared with; nacomp is asked here, not in the decoder."""
    from nacomp.models.exact.smoothing import CALIBRATION_TEXT

    assert quoted("NUMERICS.md", "## 11. Calibration text") + b"\n" == CALIBRATION_TEXT
