"""Settings survive a round trip, and a damaged file never stops the application."""

import json
from pathlib import Path

import pytest

from nacomp.gui.logic.levels import Level
from nacomp.gui.logic.settings import Settings, SettingsStore, ThemeChoice, from_dict


def test_what_was_saved_is_loaded(own_home: Path) -> None:
    store = SettingsStore()
    store.value.level = Level.MAX
    store.value.destination = "/somewhere/ü"
    store.value.models = {"fast": "tiny"}
    store.save()
    assert (own_home / "settings.json").is_file()
    again = SettingsStore().value
    assert (again.level, again.destination, again.models) == (Level.MAX, "/somewhere/ü", {"fast": "tiny"})
    assert list(own_home.iterdir()) == [own_home / "settings.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '"x"', '{"level": 3}', "\x00"])
def test_damaged_file_gives_defaults(own_home: Path, text: str) -> None:
    (own_home / "settings.json").write_text(text)
    assert SettingsStore().value == Settings()


def test_each_wrong_value_falls_back_alone() -> None:
    stored = json.loads(
        '{"level": "warp", "threads": -1, "slots": 0, "theme": "dark", "models": {"fast": 1}, "notify": 1, "new": 2, '
        '"device": "name:"}'
    )
    found = from_dict(stored)
    assert found == Settings(theme=ThemeChoice.DARK)


def test_a_level_without_choice_has_no_model() -> None:
    assert Settings(models={"fast": "tiny"}).model_for(Level.MAX) is None


def test_a_change_is_written_and_takes_a_widget_s_text(own_home: Path) -> None:
    store = SettingsStore()
    store.change("level", "max")
    store.change("slots", 3)
    assert store.value.level is Level.MAX
    assert json.loads((own_home / "settings.json").read_text())["level"] == "max"
    with pytest.raises(ValueError, match="warp"):
        store.change("level", "warp")
