"""Sends the computer to sleep, by the program that each system has for it."""

import sys

SLEEP = {
    "linux": ("systemctl", "suspend"),
    "darwin": ("pmset", "sleepnow"),
    "win32": ("rundll32.exe", "powrprof.dll,SetSuspendState", "0,1,0"),
}


def sleep_command(platform: str = sys.platform) -> tuple[str, ...] | None:
    """The command that does it, or None where we know of none."""
    return SLEEP.get(platform)
