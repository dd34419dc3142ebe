"""Exact archive sizes of small inputs, in a committed table: a change of one byte is a reviewed change.

After a change that is meant to alter them: `python -m tests.regression.test_sizes`, and the diff goes into the
commit with its reason.
"""

import csv
import io
from pathlib import Path

import pytest

from nacomp.codecs.levels import LEVELS
from nacomp.codecs.model_loader import ModelLoader
from nacomp.models.library.store import Store
from nacomp.models.predictors.ensemble import EnsembleParameters
from nacomp.runtime.progress import Job
from tests.nacomp.workbench import DATA, TINY

TABLE = Path(__file__).with_name("sizes.csv")
CORPUS = DATA / "corpus"
INPUTS = sorted(path.name for path in CORPUS.iterdir() if path.suffix != ".bin")
SETTINGS = {
    "all": EnsembleParameters(),
    "no-skip": EnsembleParameters(skip=False),
    "model-only": EnsembleParameters.model_alone(),
}


def payload_size(name: str, settings: EnsembleParameters) -> int:
    """Bytes of the neural payload of one file under the tiny model."""
    codec = ModelLoader().for_level(LEVELS["fast"], TINY).with_ensemble(settings)
    data = (CORPUS / name).read_bytes()
    return len(codec.encode(codec.plan(data, LEVELS["fast"]), len(data), Job()).payload)


def read_table() -> dict[tuple[str, str], int]:
    """The committed sizes by (input, settings)."""
    rows = csv.DictReader(io.StringIO(TABLE.read_text(encoding="utf-8")))
    return {(row["input"], row["settings"]): int(row["bytes"]) for row in rows}


@pytest.fixture(autouse=True)
def _tiny_is_installed(tiny_model: Path) -> None:
    Store().add(tiny_model)


@pytest.mark.parametrize("name", INPUTS)
@pytest.mark.parametrize("settings", SETTINGS)
def test_size_is_the_committed_one(name: str, settings: str) -> None:
    assert payload_size(name, SETTINGS[settings]) == read_table()[name, settings]


def test_table_has_no_other_rows() -> None:
    assert set(read_table()) == {(name, settings) for name in INPUTS for settings in SETTINGS}


def write_table() -> None:
    """Measure everything again."""
    Store().add(DATA / "tiny.gguf")
    lines = ["input,settings,bytes"]
    lines += [f"{n},{s},{payload_size(n, SETTINGS[s])}" for n in INPUTS for s in SETTINGS]
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_table()
