"""The long constants, taken from the pages themselves: were one missing there, nobody else could decode."""

import re
from pathlib import Path

FORMATS = Path(__file__).parents[2] / "formats"


def quoted(page: str, heading: str) -> bytes:
    """The code block in the section of a page that has this heading, without its last line end."""
    text = (FORMATS / page).read_text(encoding="utf-8")
    section = text.split(f"{heading}\n", 1)[1]
    found = re.search(r"```\n(.*?)\n```", section, re.DOTALL)
    assert found is not None, f"{page} quotes nothing under {heading}"
    return found[1].encode()
