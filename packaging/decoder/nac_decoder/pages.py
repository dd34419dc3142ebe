"""What belongs to the definition beside this code: the pages, with their long constants, and the files that they name.

In the project they lie where they are used. In the one file that `python packaging/decoder/pack.py` makes they lie in the
folder `kept` beside this module.
"""

import re
from importlib.resources import files
from pathlib import Path

KEPT = (
    *(f"formats/{name}.md" for name in ("SPEC", "TRANSFORMS", "NUMERICS", "PREDICTORS")),
    *(f"formats/{name}.md" for name in ("MIXING", "JPEG", "PICTURES")),
    "models/predictors/initial_weights.txt",
    "models/library/embedded.gguf",
    "nacomp/transforms/charsets.xz",
)
"""Everything that decoding needs beside this code, from the project's folder on."""


def kept(path: str) -> bytes:
    """The content of one of these files."""
    inside = files(__package__).joinpath("kept", *path.split("/"))
    return inside.read_bytes() if inside.is_file() else (Path(__file__).parents[3] / path).read_bytes()


def quoted(page: str, heading: str) -> bytes:
    """The code block in the section of a page that has this heading, without its last line end."""
    text = kept(f"formats/{page}").decode().replace("\r\n", "\n")
    section = text.split(f"{heading}\n", 1)[1]
    found = re.search(r"```\n(.*?)\n```", section, re.DOTALL)
    assert found is not None, f"{page} quotes nothing under {heading}"
    return found[1].encode()
