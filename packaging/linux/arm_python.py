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


class Apt:
    """apt with lists and a cache of its own in `folder`, for another processor if one is named."""

    def __init__(self, folder: Path, processor: str = "") -> None:
        self._folder = folder
        for name in ("lists/partial", "cache/archives/partial", "packages"):
            (folder / name).mkdir(parents=True)
        (folder / "status").touch()
        options = [f"Dir::State::lists={folder / 'lists'}", f"Dir::Cache={folder / 'cache'}"]
        options += ["APT::Sandbox::User=root"]
        if processor:
            options += [f"APT::Architecture={processor}", f"APT::Architectures::={processor}"]
        self._command = ["apt-get", "-qq", *(word for option in options for word in ("-o", option))]
        self._run("update")

    def _run(self, *task: str) -> None:
        done = subprocess.run(
            [*self._command, *task],
            cwd=self._folder / "packages",
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.exit(f"apt-get {task[0]}: {done.stderr.strip()[-300:]}")

    def alone(self, *names: str) -> list[Path]:
        """These packages, fetched."""
        self._run("download", *names)
        return sorted((self._folder / "packages").glob("*.deb"))

    def with_all_they_need(self, *names: str) -> list[Path]:
        """These packages and what they depend on, as where nothing is installed, fetched."""
        nothing = ["-o", f"Dir::State::status={self._folder / 'status'}"]
        self._run(*nothing, "install", "--yes", "--download-only", "--no-install-recommends", *names)
        return sorted((self._folder / "cache" / "archives").glob("*.deb"))

    @staticmethod
    def unpack(packages: list[Path], target: Path) -> None:
        """Lay their files into a folder. Nothing is configured."""
        target.mkdir(parents=True, exist_ok=True)
        for package in packages:
            subprocess.run(["dpkg-deb", "-x", package, target], check=True)


def main() -> None:
    """Fetch the packages, then lay their files into the folder."""
    with tempfile.TemporaryDirectory() as scratch:
        arm = Apt(Path(scratch, "apt"), "arm64")
        arm.unpack(arm.alone(*PACKAGES), Path(sys.argv[1]).resolve())


if __name__ == "__main__":
    main()
