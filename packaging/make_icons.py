"""Draws the program's icon in the formats that installers want: PNG for Linux, .ico for Windows, .icns for macOS.

python packaging/make_icons.py FOLDER

Qt draws the SVG, as it does in the window; Pillow writes the containers, which Qt can only write with one size.
"""

import sys
from pathlib import Path

from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

DRAWING = Path(__file__).parent / "icons" / "nacomp.svg"
LARGEST = 1024
PNG_SIZES = (32, 48, 128, 256)
ICO_SIZES = (16, 24, 32, 48, 64, 128, 256)


def draw(size: int, target: Path) -> Path:
    """The icon as a PNG file."""
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(DRAWING)).render(painter)
    painter.end()
    if not image.save(str(target)):
        raise OSError(f"{target} cannot be written")
    return target


def main() -> None:
    """Write all formats."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for size in PNG_SIZES:
        draw(size, folder / f"nacomp-{size}.png")
    with Image.open(draw(LARGEST, folder / f"nacomp-{LARGEST}.png")) as largest:
        largest.save(folder / "nacomp.ico", sizes=[(size, size) for size in ICO_SIZES])
        largest.save(folder / "nacomp.icns")


if __name__ == "__main__":
    main()
