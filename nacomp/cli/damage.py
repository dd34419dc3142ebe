"""When an archive proves to be damaged: which command helps."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nacomp.cli.session import Run
from nacomp.errors import CorruptArchive


@contextmanager
def naming_help(run: Run, path: Path) -> Iterator[None]:
    """Name the command that helps when the archive proves to be damaged within."""
    try:
        yield
    except CorruptArchive:
        from nacomp.operations.repair import has_recovery_data, looks_like_archive  # not above: seldom needed

        quoted = shlex.quote(str(path))
        if path.is_file() and has_recovery_data(path, run.job()):
            run.console.warning(f"{path} has recovery data; try: nacomp repair {quoted}")
        elif path.is_file() and looks_like_archive(path):
            run.console.warning(f"what is intact can be had with: nacomp decompress --salvage {quoted}")
        raise
