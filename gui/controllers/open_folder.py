"""Shows a file in the system's file manager, selected where the system can do that."""

import sys
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from nacomp.gui.process.detached import start_detached


def show_in_folder(path: Path) -> None:
    """Open the folder that holds `path`."""
    if sys.platform == "win32":
        start_detached(["explorer", "/select,", str(path)])
    elif sys.platform == "darwin":
        start_detached(["open", "-R", str(path)])
    else:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))
