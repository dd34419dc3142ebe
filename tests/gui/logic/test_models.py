"""The worker's list of models."""

from nacomp.gui.logic.levels import Level
from nacomp.gui.logic.models import parse_models


def test_models_are_sorted_installed_first() -> None:
    common: dict[str, object] = {"family": "", "licence": "", "note": "", "levels": ["fast"]}
    common |= {"good_at": ["world"], "recommended": False}
    lines = [
        {**common, "id": "big", "name": "Big", "size": 5, "source": "hub", "installed": False},
        {**common, "id": "own", "name": "own", "size": 7, "source": "file", "installed": True},
        {**common, "id": "embedded", "name": "E", "size": None, "source": "embedded", "installed": True},
    ]
    models = parse_models({"models": lines})
    assert [model.id for model in models] == ["own", "embedded", "big"]
    assert [model.removable for model in models] == [True, False, False]
    assert [model.available for model in models] == [False, False, True]
    assert models[0].levels == (Level.FAST,)
