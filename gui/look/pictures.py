"""Pictures out of archives, which anybody may have made: decoded by Qt's readers under limits, and no larger than they are
shown. Vector formats are left out: they can refer to other files.
"""

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader

MOST_PIXELS = 100_000_000
"""More than any camera has; a file of some kB can claim billions."""
ALLOCATION_MB = 512
"""The most that one picture may take in memory while it is decoded; Qt refuses it beyond that."""


def read_picture(data: bytes, room: QSize) -> QImage | None:
    """A picture scaled into `room`, in pixels, never up; None for what is none, is broken or too large. Any thread."""
    QImageReader.setAllocationLimit(ALLOCATION_MB)
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    size = reader.size()
    if not size.isValid() or size.isEmpty() or size.width() * size.height() > MOST_PIXELS:
        return None
    if size.width() > room.width() or size.height() > room.height():
        reader.setScaledSize(size.scaled(room, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(1, 1)))
    image = reader.read()
    return None if image.isNull() else image
