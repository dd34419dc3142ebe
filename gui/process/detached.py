"""Programs of the desktop that are started and left alone: the file manager, a notification."""

from collections.abc import Sequence

from PySide6.QtCore import QProcess


def start_detached(command: Sequence[str]) -> None:
    """Start a program that outlives us and whose end nobody waits for."""
    QProcess.startDetached(command[0], list(command[1:]))
