"""Starting the desktop application: `nacomp gui`, `nacomp-gui`, a double click, an entry of the file manager's menu.

Imports no Qt at module level, so that a missing PySide6 becomes a sentence and not a traceback.
"""

import sys
from collections.abc import Sequence
from importlib.util import find_spec

from nacomp.formats.errors import NacompError
from nacomp.gui.errors import DisplayUnavailable
from nacomp.gui.process.display import check_display
from nacomp.models.errors import ExtraMissing


def start(arguments: Sequence[str] = ()) -> int:
    """Run the application until its window closes.

    Args:
        arguments: `[--compress | --extract] PATH...`; a lone archive is opened, anything else is queued.

    Raises ExtraMissing without PySide6, DisplayUnavailable without a display or the system libraries it needs.
    """
    if find_spec("PySide6") is None:
        raise ExtraMissing(feature="The desktop application", extra="gui")
    try:
        from nacomp.gui.application import run
    except ImportError as problem:
        raise DisplayUnavailable(reason=problem) from problem
    if sys.platform.startswith("linux"):
        check_display()
    return run(arguments)


def main() -> int:
    """The `nacomp-gui` program."""
    try:
        return start(sys.argv[1:])
    except NacompError as error:
        print(f"nacomp-gui: {error.message}", file=sys.stderr)
        return int(error.exit_code)
