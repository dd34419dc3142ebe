"""Whether Qt can show windows here: tried in a child, since Qt ends the process that it fails in (SIGABRT).

    app.start -> a fork that makes a QGuiApplication and ends -> the application, or a sentence

There are many ways to fail (no server at DISPLAY, one that refuses, a library of Qt's plugin that is missing, an unknown
QT_QPA_PLATFORM) and only Qt knows them all; asking the X server ourselves found one of them. The fork takes 40 ms.
"""

import os
import signal
import sys
from typing import NoReturn

from nacomp.gui.errors import DisplayUnavailable

PATIENCE_S = 20
"""For a display that takes the connection and never answers."""
VARIABLES = ("WAYLAND_DISPLAY", "DISPLAY", "QT_QPA_PLATFORM")
"""Environment variables of which one says where windows go."""


def check_display() -> None:
    """Raise DisplayUnavailable where Qt would end the program. Only for Linux; elsewhere windows are always there."""
    if not any(map(os.environ.get, VARIABLES)):
        raise DisplayUnavailable(reason="there is no display")
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        _try(writer)
    os.close(writer)
    with open(reader, encoding="utf-8", errors="replace") as said:  # noqa: PTH123 - a pipe has no path
        words = said.read()
    _, status = os.waitpid(child, 0)
    if status:
        raise DisplayUnavailable(reason=_reason(words))


def _try(writer: int) -> NoReturn:
    """In the child: start Qt and end, whatever happens. What Qt says goes to the parent."""
    try:
        import resource

        os.dup2(writer, sys.stdout.fileno() if sys.stdout else 1)
        os.dup2(writer, 2)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        for number in (signal.SIGABRT, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
        signal.alarm(PATIENCE_S)
        from PySide6.QtGui import QGuiApplication

        app = QGuiApplication(["nacomp"])
        os._exit(0 if app else 1)
    finally:
        os._exit(1)


def _reason(words: str) -> str:
    """What Qt said of it, in a few words."""
    if "could not connect to display" in words or "Failed to create wl_display" in words:
        named = [f"{name}={os.environ[name]}" for name in VARIABLES if os.environ.get(name)]
        return f"no display answers at {', '.join(named)}"
    lines = [line.partition(": ")[2] for line in words.splitlines() if line.startswith("qt.qpa")]
    return lines[0].rstrip(".") if lines else "Qt cannot show windows here"
