"""The arrows and ticks that a style sheet can only take from files: drawn into a temporary folder, once per theme."""

import os
import tempfile
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from nacomp.gui.look.icons import icon_pixmap
from nacomp.gui.look.theme import DARK, LIGHT, Theme
from nacomp.version import VERSION


def make_theme(app: QApplication) -> Theme:
    """The theme, with its pictures."""
    folder = (
        Path(tempfile.gettempdir()) / f"nacomp-{os.getuid() if hasattr(os, 'getuid') else 'user'}-{VERSION}"
    )
    folder.mkdir(mode=0o700, exist_ok=True)
    arrows = {}
    for shade, colours in (("light", LIGHT), ("dark", DARK)):
        drawings = {"up": "chevron-up", "down": "chevron-down", "tick": "check"}
        for name, drawing in drawings.items():
            path = folder / f"{shade}-{name}.png"
            ink = colours.on_accent if name == "tick" else colours.soft
            icon_pixmap(drawing, QColor(ink), QSize(24, 24), 2.0).save(str(path))
            arrows[shade, name] = path.as_posix()
    return Theme(app, arrows)
