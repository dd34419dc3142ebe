"""The `nacomp-gui` program of the built application.

`nacomp-gui --show-and-close` is for the smoke test: it opens the window, waits until it is on the screen, closes it as a
person would, and prints how long that took from the start of the program.
"""

import sys
import time

import psutil

from nacomp.gui.app import main


def show_and_close() -> int:
    """Open the window, wait for its first exposure, close it. Gives the exit code of the event loop."""
    from PySide6.QtCore import QTimer

    from nacomp.gui.application import Application, make_qt_application
    from nacomp.gui.logic.settings import SettingsStore

    app = make_qt_application()
    window = Application(app, SettingsStore()).window
    window.show()

    def close_when_shown() -> None:
        handle = window.windowHandle()
        if handle is not None and handle.isExposed():
            seconds = time.time() - psutil.Process().create_time()
            print(f"window of {window.width()}x{window.height()} after {seconds:.2f} s")
            window.close()

    timer = QTimer(interval=5)
    timer.timeout.connect(close_when_shown)
    timer.start()
    return app.exec()


if __name__ == "__main__":
    sys.exit(show_and_close() if sys.argv[1:] == ["--show-and-close"] else main())
