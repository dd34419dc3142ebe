"""`python packaging/decoder ARCHIVE -o FOLDER`: the archive's files, in a folder that is new or empty.

Sealed archives: the password is asked for, or taken from NACOMP_PASSWORD.
"""

import argparse
import os
import sys
from getpass import getpass
from pathlib import Path

from nac_decoder.block import Models
from nac_decoder.errors import Refused
from nac_decoder.pages import kept
from nac_decoder.seal import is_sealed
from nac_decoder.several import Several
from nac_decoder.tree import write_tree


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="decoder", description=str(__doc__).splitlines()[0])
    parser.add_argument("archive", type=Path)
    parser.add_argument("-o", dest="folder", type=Path, required=True, help="where the files go")
    parser.add_argument(
        "-m",
        dest="models",
        type=Path,
        action="append",
        default=[],
        help="a model file that the archive names (GGUF); the embedded model is always at hand",
    )
    return parser.parse_args()


def main() -> None:
    """Read, decode, write; says in one sentence what is wrong and leaves with 1."""
    asked = arguments()
    try:
        if asked.folder.exists() and any(asked.folder.iterdir()):
            raise Refused(f"{asked.folder} is not empty")
        data = asked.archive.read_bytes()
        password = os.environ.get("NACOMP_PASSWORD", "")
        if is_sealed(data) and not password:
            password = getpass("Password: ")
        files = [kept("models/library/embedded.gguf"), *(path.read_bytes() for path in asked.models)]
        write_tree(Several(data, Models(files).decode, password), asked.folder)
    except (Refused, OSError) as error:
        sys.exit(f"decoder: {error}")


if __name__ == "__main__":
    main()
