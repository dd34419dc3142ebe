"""`nacomp models`: what there is, and where."""

import json
from pathlib import Path

from tests.nacomp.workbench import TINY, nacomp


def test_models_for_scripts(text: Path) -> None:
    models = {m["id"]: m for m in json.loads(nacomp("models", "list", "--json").out)["models"]}
    assert models[TINY]["installed"]
    assert models["embedded"]["installed"]
    assert not models["smollm2-135m-instruct-q4_1"]["installed"]
    assert Path(nacomp("models", "path", TINY).out.decode().strip()).is_file()
    assert text.exists()


def test_a_misspelt_model_is_told_where_the_names_are() -> None:
    run = nacomp("models", "pull", "smollm2-135")
    assert run.code == 4
    assert run.err == "nacomp: The model smollm2-135 is not on this machine; see: nacomp models list\n"
