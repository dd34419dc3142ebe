"""Unpacks Debian's Python for 64-bit ARM into a folder: `python packaging/linux/arm_python.py FOLDER`.

FOLDER/usr/bin/python3.11 runs there under `qemu-aarch64 -L FOLDER`, and `make_wheel.py --target` compiles against its
headers. Nothing is installed, and apt's own lists stay as they are. Needs Debian 12's package index.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

PACKAGES = (
    *("python3.11-minimal", "libpython3.11-minimal", "libpython3.11-stdlib", "libpython3.11-dev"),
    *("libc6", "libgcc-s1", "libstdc++6"),
    *("zlib1g", "libbz2-1.0", "liblzma5", "libexpat1", "libffi8", "libssl3", "libsqlite3-0"),
)


def main() -> None:
    """Fetch the packages, then lay their files into the folder."""
    target = Path(sys.argv[1]).resolve()
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        top = Path(scratch)
        for name in ("lists/partial", "cache/archives/partial", "packages"):
            (top / name).mkdir(parents=True)
        apt = ["apt-get", "-qq", "-o", "APT::Architecture=arm64", "-o", "APT::Architectures::=arm64"]
        apt += ["-o", f"Dir::State::lists={top / 'lists'}", "-o", f"Dir::Cache={top / 'cache'}"]
        apt += ["-o", "APT::Sandbox::User=root"]
        for task in (["update"], ["download", *PACKAGES]):
            done = subprocess.run(
                [*apt, *task], cwd=top / "packages", capture_output=True, text=True, check=False
            )
            if done.returncode:
                sys.exit(f"apt-get {task[0]}: {done.stderr.strip()[-300:]}")
        for package in sorted((top / "packages").glob("*.deb")):
            subprocess.run(["dpkg-deb", "-x", package, target], check=True)


if __name__ == "__main__":
    main()
