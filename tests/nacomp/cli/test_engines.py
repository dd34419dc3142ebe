"""`nacomp engines`: what this machine has, and why it has not what was asked for."""

import json

from tests.nacomp.workbench import nacomp


def test_exact_engine_and_llama() -> None:
    found = json.loads(nacomp("engines", "--json").out)
    assert found["exact"]["kernel"] in found["exact"]["kernels"]
    assert found["llama"]["installed"] == ("devices" in found["llama"]) == ("reason" not in found["llama"])
    shown = nacomp("engines").out.decode()
    assert f"in use: {found['exact']['kernel']}" in shown
    assert "llama" in shown


def test_a_kernel_that_does_not_run_here() -> None:
    exact = json.loads(nacomp("engines", "--json", "--kernel", "abacus").out)["exact"]
    assert exact["kernel"] is None
    assert "abacus" in exact["reason"]
