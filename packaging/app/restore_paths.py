"""Runs first in both programs of the built application: gives child processes the library path the user had.

On Linux PyInstaller's start program points LD_LIBRARY_PATH at the application's folder. The loader has read it by now,
so only our children would still see it: a system's `xdg-open` or `systemd-inhibit` with our libraries breaks.
"""

import os

if "LD_LIBRARY_PATH" in os.environ:
    before = os.environ.pop("LD_LIBRARY_PATH_ORIG", "")
    if before:
        os.environ["LD_LIBRARY_PATH"] = before
    else:
        del os.environ["LD_LIBRARY_PATH"]
