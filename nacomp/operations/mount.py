"""An archive as a folder, through FUSE: what is in it can be looked at and read by every program, until it is unmounted.

    Archive -> ArchiveFileSystem -> mfusepy, in a thread of its own -> libfuse -> the kernel

The main thread waits, and so hears signals: libfuse's own handlers wait for the block in hand, which may take a minute. To
end, the system unmounts the folder, and libfuse's loop returns.
"""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from nacomp.archive.archive_reader import Archive
from nacomp.archive.file_system import ArchiveFileSystem, Told
from nacomp.errors import ExtraMissing, FileProblem, UsageError, file_problem
from nacomp.formats.paths import display_name
from nacomp.runtime.progress import Job

WAIT = 0.1
"""Seconds between looks at what ends a mount."""
PATIENCE = 2.0
"""Seconds for libfuse's loop to return once the folder is unmounted: it stays while somebody has a file in it open, who then
loses it as the process ends."""


def check_can_mount(folder: Path) -> Any:
    """The library that mounts, once the place is judged too. Raises ExtraMissing, FileProblem, UsageError."""
    if find_spec("mfusepy") is None:
        raise ExtraMissing(feature="nacomp mount", extra="mount")
    try:
        import mfusepy
    except OSError:
        reason = "cannot be mounted: this system has no FUSE; install its package, fuse3 on Linux or macFUSE"
        raise FileProblem(path=folder, reason=reason) from None
    try:
        if next(folder.iterdir(), None) is not None:
            raise UsageError(reason=f"{folder} is not empty; an archive is mounted on an empty folder")
    except OSError as problem:
        raise file_problem(folder, problem) from problem
    return mfusepy


def mount(
    archive: Archive,
    name: str,
    folder: Path,
    job: Job,
    memory_bytes: int,
    mounted: Callable[[], object],
    told: Told,
) -> None:
    """Show an archive in a folder until it is unmounted there, or the job is cancelled, which unmounts it.

    `mounted` is called once it is there, `told` for what cannot be read. Raises what `check_can_mount` does.
    """
    library = check_can_mount(folder)
    folder = folder.absolute()  # FUSE changes the working folder
    archive.load_engines()
    system = _Mounted(archive, job, told, time.time_ns(), memory_bytes, mounted)
    thread = _Loop(library, system, name, folder)
    thread.start()
    try:
        while thread.is_alive() and not job.cancel.is_cancelled:
            thread.join(WAIT)
        if thread.is_alive():
            _unmount(folder)
            thread.join(PATIENCE)
    finally:
        if not thread.is_alive():
            system.close()
    if thread.failed:
        raise FileProblem(path=folder, reason="could not be mounted; what FUSE says of it stands above")


class _Mounted(ArchiveFileSystem):
    """The file system, which says when the kernel has it."""

    def __init__(
        self,
        archive: Archive,
        job: Job,
        told: Told,
        mtime_ns: int,
        memory_bytes: int,
        mounted: Callable[[], object],
    ) -> None:
        super().__init__(archive, job, told, mtime_ns, memory_bytes)
        self._mounted = mounted

    def init(self, _path: str) -> None:
        """FUSE calls it when it begins."""
        self._mounted()


class _Loop(threading.Thread):
    """FUSE's loop. It ends when the folder is unmounted, by us or by anybody."""

    def __init__(self, library: Any, system: ArchiveFileSystem, name: str, folder: Path) -> None:
        super().__init__(name="nacomp-fuse", daemon=True)
        self._library, self._system = library, system
        self._name, self._folder = name, folder
        self.failed = False

    def run(self) -> None:
        """See `threading.Thread.run`."""
        try:
            # What is in an archive does not change, so the kernel may keep what it knows. Nothing in it is run with
            # somebody else's rights, nor taken for a device. A comma would end the name among FUSE's options.
            self._library.FUSE(
                self._system,
                str(self._folder),
                foreground=True,
                ro=True,
                nosuid=True,
                nodev=True,
                default_permissions=True,
                use_ino=True,
                kernel_cache=True,
                attr_timeout=3600,
                entry_timeout=3600,
                fsname=display_name(self._name).replace(",", "_"),
                subtype="nacomp",
            )
        except RuntimeError:
            self.failed = True


def _unmount(folder: Path) -> None:
    """Take the file system away, even if somebody still stands in it: then it goes when they leave."""
    helper = shutil.which("fusermount3") or shutil.which("fusermount")
    lazily = "-f" if sys.platform == "darwin" else "-l"
    command = [helper, "-u", "-z"] if helper is not None else ["umount", lazily]
    subprocess.run([*command, os.fspath(folder)], check=False, stdin=subprocess.DEVNULL)
