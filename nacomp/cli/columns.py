"""Tables on standard output: plain text in columns, one row a line, never folded and never interpreted.

A table of rich lost: in a pipe it folds long names at 80 columns, and 30,000 long names took it a minute and a half.
"""

import sys
import unicodedata
from collections.abc import Sequence

GAP = "  "


def print_columns(
    headings: Sequence[str], rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset()
) -> None:
    """Print rows below their headings; the columns in `right` stand flush right. Cells are shown as they are."""
    lines = [headings, *rows]
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = [
            " " * (width - _width(cell)) + cell if number in right else cell + " " * (width - _width(cell))
            for number, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        sys.stdout.write(GAP.join(cells).rstrip() + "\n")


def _width(text: str) -> int:
    """Columns a text takes on a terminal: East Asian wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) != 0 for character in text)
