"""What a job that did not succeed would leave lying about.

Partial files of a worker that died: it removes its own on every ordinary end, but not when it is killed. And the folders
of an extraction: they are made before the files in them.
"""

import contextlib
import os
import time
from pathlib import Path


def now() -> float:
    """The moment a worker starts, as file times tell it. A second early: some file systems round times."""
    return time.time() - 1.0


def sweep(output: Path, since: float) -> list[Path]:
    """Remove partial files for `output` that are no older than `since`; an extraction's lie below its folder.

    Returns what was removed. Another worker's partial file of the same output cannot exist: the queue never runs two
    jobs for one name.
    """
    from nacomp.runtime.open_folder import (
        TEMPORARY_SUFFIX,
    )  # most windows never need it, and it brings others along

    found = list(output.parent.glob(f".*{TEMPORARY_SUFFIX}"))
    found = [path for path in found if path.name.startswith(f".{output.name[:40]}.")]
    if output.is_dir() and not output.is_symlink():
        found += output.rglob(f".*{TEMPORARY_SUFFIX}")
    removed = []
    for path in found:
        try:
            if path.lstat().st_mtime >= since:
                path.unlink()
                removed.append(path)
        except OSError:
            continue
    return removed


def sweep_kept(output: Path) -> None:
    """Remove the finished blocks that an attempt has kept for the next one: there will be none."""
    from nacomp.archive.kept_blocks import (
        kept_path,  # brings numpy along, which would double the window's start
    )

    with contextlib.suppress(OSError):
        kept_path(output).unlink(missing_ok=True)


def sweep_folders(output: Path) -> None:
    """Remove the folders of an extraction into a new folder in which nothing is; whole files stay with theirs.

    Else the next attempt would find the name taken, by nothing.
    """
    if output.is_symlink():
        return
    for folder, _folders, _files in os.walk(output, topdown=False):
        with contextlib.suppress(OSError):  # something is in it
            Path(folder).rmdir()
