"""Keeps the computer from sleeping while a job runs, as far as each system lets us.

One helper process per system rather than three native interfaces: `systemd-inhibit` on Linux and `caffeinate` on
macOS hold the lock exactly as long as they live, so a crash of ours cannot leave the machine awake for ever.
Windows takes a flag of the calling thread. Where nothing is there, work goes on and the machine may sleep.
"""

import shutil
import subprocess
import sys

_CONTINUOUS_AND_SYSTEM = 0x80000000 | 0x00000001
_CONTINUOUS = 0x80000000


def inhibitor(platform: str, pid: int) -> list[str] | None:
    """The command that keeps `platform` awake for as long as process `pid` lives, or None."""
    if platform == "darwin":
        return ["caffeinate", "-i", "-w", str(pid)]
    if platform.startswith("linux"):
        return [
            "systemd-inhibit", "--what=idle:sleep", "--who=nacomp", "--why=Compressing files", "--mode=block",
            "tail", f"--pid={pid}", "-f", "/dev/null",
        ]  # fmt: skip
    return None


class Awake:
    """Hold and release; both may be called again at any time."""

    def __init__(self) -> None:
        self._helper: subprocess.Popen[bytes] | None = None
        self.held = False

    def hold(self, pid: int) -> None:
        """Keep the machine awake from now on; `pid` is this process."""
        if self.held:
            return
        self.held = True
        if sys.platform == "win32":
            self._windows(_CONTINUOUS_AND_SYSTEM)
            return
        command = inhibitor(sys.platform, pid)
        if command and shutil.which(command[0]):
            quiet = subprocess.DEVNULL
            self._helper = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet)

    def release(self) -> None:
        """Let it sleep again."""
        if not self.held:
            return
        self.held = False
        if sys.platform == "win32":
            self._windows(_CONTINUOUS)
        elif self._helper is not None:
            self._helper.terminate()
            self._helper.wait()
            self._helper = None

    @staticmethod
    def _windows(flags: int) -> None:
        if sys.platform == "win32":
            import ctypes

            ctypes.windll.kernel32.SetThreadExecutionState(flags)
