"""Light and dark."""

import pytest
from PySide6.QtWidgets import QApplication

from nacomp.gui.application import Application
from nacomp.gui.logic.settings import ThemeChoice
from nacomp.gui.look.theme import DARK, LIGHT


def test_system_theme_is_followed_only_when_chosen(application: Application) -> None:
    application.theme.choose(ThemeChoice.DARK)
    assert application.theme.colours is DARK
    application.theme.choose(ThemeChoice.LIGHT)
    assert application.theme.colours is LIGHT
    assert QApplication.palette().window().color().name().upper() == LIGHT.window


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "grounds"),
    [
        ("text", ("window", "side", "surface", "raised", "tint", "danger_tint", "warning_tint")),
        ("soft", ("window", "side", "surface")),
        ("accent", ("surface", "tint", "window")),
        ("on_accent", ("accent", "accent_hover")),
        ("danger", ("surface", "danger_tint")),
        ("warning", ("surface", "warning_tint")),
    ],
)
def test_text_keeps_its_contrast(colours: object, ink: str, grounds: tuple[str, ...]) -> None:
    """WCAG 2, AA: 4.5 to 1 for text."""
    for ground in grounds:
        light, dark = sorted(
            (_luminance(getattr(colours, ink)), _luminance(getattr(colours, ground))), reverse=True
        )
        assert (light + 0.05) / (dark + 0.05) >= 4.5, f"{ink} on {ground}"
