"""Pictures out of archives: shown small, refused where they claim too much."""

import struct
import zlib

from PySide6.QtCore import QBuffer, QIODevice, QSize
from PySide6.QtGui import QImage

from nacomp.gui.look.pictures import read_picture

ROOM = QSize(200, 200)


def png(width: int, height: int) -> bytes:
    """A PNG that claims to be so large, with a row of nothing in it."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 99))
        + chunk(b"IEND", b"")
    )


def test_a_picture_is_scaled_down_and_never_up() -> None:
    for size, shown in ((QSize(800, 400), QSize(200, 100)), (QSize(20, 10), QSize(20, 10))):
        image = QImage(size, QImage.Format.Format_RGB32)
        image.fill(0xFF8800)
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs want bytes, PySide takes words
        found = read_picture(bytes(buffer.data().data()), ROOM)
        assert found is not None
        assert found.size() == shown


def test_what_is_none_and_what_claims_too_much_is_refused() -> None:
    assert read_picture(b"no picture at all", ROOM) is None
    assert read_picture(png(60_000, 60_000), ROOM) is None
    assert read_picture(png(2, 2)[:30], ROOM) is None
