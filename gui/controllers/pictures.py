"""Pictures are decoded off the window's thread: a photo takes a moment."""

from collections.abc import Callable

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from nacomp.gui.look.pictures import read_picture
from nacomp.gui.process.background import in_background


def decode_picture(data: bytes, room: QSize, seen: Callable[[QImage | None], None]) -> None:
    """Hand a picture, scaled into `room`, to `seen`, or None for what cannot be shown."""
    in_background(lambda: read_picture(data, room), seen)
