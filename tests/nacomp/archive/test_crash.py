"""kill -9 at random moments: no source lost, no target half-written, and the next run succeeds.

A few kills each; `tests/benchmarks/kill_survey.py` does many.
"""

import os
import random
from pathlib import Path

import pytest

from tests.nacomp.kills import faults, scenarios

KILLS = 2

pytestmark = [
    pytest.mark.long_file,
    pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL there"),
]


@pytest.mark.parametrize("name", ["compress", "resume", "rm", "decompress", "update", "pull"])
def test_kill(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("PIP_NO_INDEX", "PIP_FIND_LINKS", "PIP_CONFIG_FILE"):
        monkeypatch.setenv(variable, "")
    scenario = next(s for s in scenarios(tmp_path) if s.name == name)
    assert [fault for fault in faults(scenario, tmp_path, KILLS, random.Random(name)) if fault] == []
