"""`python -m tests.second_decoder ARCHIVE FOLDER [MODEL.gguf ...]`: the archive's files, in a folder.

A sealed archive's password is taken from NACOMP_PASSWORD.
"""

import os
import sys
from pathlib import Path

from tests.second_decoder.archive import Archive
from tests.second_decoder.block import Models


def main(archive: str, folder: str, *models: str) -> None:
    password = os.environ.get("NACOMP_PASSWORD", "")
    opened = Archive(Path(archive).read_bytes(), Models(map(Path, models)).decode, password)
    for entry in opened.entries:
        if entry.kind == 0:
            target = Path(folder, entry.path.decode(errors="surrogateescape"))
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(opened.content(entry))


if __name__ == "__main__":
    main(*sys.argv[1:])
