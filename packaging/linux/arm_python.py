"""Unpacks Debian's Python for 64-bit ARM into a folder: `python packaging/linux/arm_python.py FOLDER`.

FOLDER/usr/bin/python3.11 runs there under `qemu-aarch64 -L FOLDER`, and `make_wheel.py --target` compiles against its
headers. Nothing is installed, and apt's own lists stay as they are. Needs Debian 12's package index.
"""

import sys
import tempfile
from pathlib import Path

from own_apt import Apt, unpack

PACKAGES = (
    *("python3.11-minimal", "libpython3.11-minimal", "libpython3.11-stdlib", "libpython3.11-dev"),
    *("libc6", "libgcc-s1", "libstdc++6"),
    *("zlib1g", "libbz2-1.0", "liblzma5", "libexpat1", "libffi8", "libssl3", "libsqlite3-0"),
)


def main() -> None:
    """Fetch the packages, then lay their files into the folder."""
    with tempfile.TemporaryDirectory() as scratch:
        unpack(Apt(Path(scratch, "apt"), "arm64").alone(*PACKAGES), Path(sys.argv[1]).resolve())


if __name__ == "__main__":
    main()
