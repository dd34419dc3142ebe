"""The benchmark's shortcut, one run of the model for many settings, against the codec itself."""

from pathlib import Path

import pytest

from nacomp.codecs.levels import LEVELS
from nacomp.codecs.model_loader import ModelLoader
from nacomp.models.library.store import Store
from nacomp.models.predictors.ensemble import EnsembleParameters
from nacomp.runtime.progress import Job
from tests.benchmarks.replay import payloads
from tests.nacomp.workbench import DATA, TINY

SETTINGS = [
    EnsembleParameters(),
    EnsembleParameters(skip=False),
    EnsembleParameters(chain=0, bias_rate=0),
    EnsembleParameters(skip_queue=2),
    EnsembleParameters.model_alone(),
]


@pytest.mark.parametrize("name", ["code.py", "server.log"])
def test_replayed_payloads_are_those_of_the_codec(name: str, tiny_model: Path) -> None:
    """The log drops tokens from the model's context, the code does not: both ways of the shortcut."""
    Store().add(tiny_model)
    codec = ModelLoader().for_level(LEVELS["fast"], TINY)
    data = (DATA / "corpus" / name).read_bytes()
    made = payloads(codec, codec.engine.tokenizer.encode(data), LEVELS["fast"], SETTINGS)
    for payload, settings in zip(made, SETTINGS, strict=True):
        alone = codec.with_ensemble(settings)
        assert payload == alone.encode(alone.plan(data, LEVELS["fast"]), len(data), Job()).payload
