"""Our own SVG icons, drawn in the colour of the theme.

The files in `icons/` use `currentColor`; it is replaced before rendering, because Qt's SVG renderer knows no CSS
colour of a surrounding widget. Rendered at the screen's pixel ratio, so they stay sharp on any display.
"""

from functools import lru_cache
from importlib.resources import files

from PySide6.QtCore import QByteArray, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

BUTTON_SIZE = 20
"""Icons on buttons are shown at 16 to 20 pixels; more sizes cost a third of the start-up time and nobody sees them."""


@lru_cache(maxsize=256)
def _source(name: str, colour: str) -> QByteArray:
    text = (files("nacomp.gui.look") / "icons" / f"{name}.svg").read_text("utf-8")
    return QByteArray(text.replace("currentColor", colour).encode())


def paint_icon(painter: QPainter, name: str, colour: QColor, box: QRectF) -> None:
    """Draw an icon into a box, in one colour, keeping its shape; on whole pixels of the screen, so that it stays sharp.

    From a picture that is kept: to read the drawing anew each time was a third of the work for a card.
    """
    scale = painter.device().devicePixelRatio()
    place = QPointF(round(box.left() * scale) / scale, round(box.top() * scale) / scale)
    painter.drawPixmap(place, _pixmap(name, colour.name(), round(box.width()), round(box.height()), scale))


@lru_cache(maxsize=256)
def _pixmap(name: str, colour: str, width: int, height: int, scale: float) -> QPixmap:
    pixmap = QPixmap(round(width * scale), round(height * scale))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer = QSvgRenderer(_source(name, colour))
    renderer.setAspectRatioMode(Qt.AspectRatioMode.KeepAspectRatio)
    renderer.render(painter, QRectF(0, 0, pixmap.width(), pixmap.height()))
    painter.end()
    pixmap.setDevicePixelRatio(scale)
    return pixmap


def icon_pixmap(name: str, colour: QColor, size: QSize, scale: float = 1.0) -> QPixmap:
    """An icon as a picture of `size` device-independent pixels."""
    return _pixmap(name, colour.name(), size.width(), size.height(), scale)


def icon(name: str, colour: QColor, disabled: QColor | None = None) -> QIcon:
    """An icon for buttons and menus, sharp at single and double pixel density."""
    made = QIcon()
    for scale in (1.0, 2.0):
        made.addPixmap(_pixmap(name, colour.name(), BUTTON_SIZE, BUTTON_SIZE, scale))
        if disabled is not None:
            made.addPixmap(
                _pixmap(name, disabled.name(), BUTTON_SIZE, BUTTON_SIZE, scale), QIcon.Mode.Disabled
            )
    return made


def app_icon() -> QIcon:
    """The application's own icon."""
    made = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        made.addPixmap(_pixmap("nacomp", "#000000", size, size, 1.0))
    return made
