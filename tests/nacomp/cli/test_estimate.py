"""`nacomp estimate`: figures that can be true."""

import json
from pathlib import Path

from tests.nacomp.workbench import TINY, nacomp


def test_estimate(text: Path) -> None:
    document = json.loads(nacomp("estimate", text, "--model", TINY, "--json").out.splitlines()[-1])
    assert document["total_bytes"] == 3000
    assert 200 < document["estimated_size"] < 3000
    assert document["seconds"] > 0
