"""apt with lists of its own: packages and sources are fetched and unpacked into a folder, and nothing is installed."""

import os
import subprocess
import sys
from pathlib import Path


def told(*command: str | Path, folder: Path, **settings: str) -> str:
    """Run a program to its end; gives its standard output. Where it fails its last words end this program."""
    done = subprocess.run(
        command, cwd=folder, env=os.environ | settings, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}: {(done.stdout + done.stderr).strip()[-600:]}")
    return done.stdout


def unpack(packages: list[Path], target: Path) -> None:
    """Lay the packages' files into a folder. Nothing is configured."""
    target.mkdir(parents=True, exist_ok=True)
    for package in packages:
        told("dpkg-deb", "-x", package, target, folder=target)


class Apt:
    """apt with lists and a cache of its own in `folder`, which is new.

    Args:
        processor: another one than this machine's, by Debian's name.
        release: packages of this release in place of the system's, from the same index.
        sources: the system's release as sources, in place of packages.
    """

    def __init__(
        self, folder: Path, processor: str = "", release: str = "", *, sources: bool = False
    ) -> None:
        self._packages, self._archives = folder / "packages", folder / "cache" / "archives"
        for place in (folder / "lists" / "partial", self._archives / "partial", self._packages):
            place.mkdir(parents=True)
        (folder / "status").touch()
        self._nothing = ["-o", f"Dir::State::status={folder / 'status'}"]
        options = [f"Dir::State::lists={folder / 'lists'}", f"Dir::Cache={folder / 'cache'}"]
        options += ["APT::Sandbox::User=root"]
        if processor:
            options += [f"APT::Architecture={processor}", f"APT::Architectures::={processor}"]
        if release or sources:
            (folder / "sources.list").write_text(_lines(folder, release), encoding="utf-8")
            options += [f"Dir::Etc::sourcelist={folder / 'sources.list'}", "Dir::Etc::sourceparts=none"]
        self._command = ["apt-get", "-qq", *(word for option in options for word in ("-o", option))]
        self._run("update")

    def _run(self, *task: str) -> None:
        told(*self._command, *task, folder=self._packages)

    def alone(self, *names: str) -> list[Path]:
        """These packages, fetched."""
        self._run("download", *names)
        return sorted(self._packages.glob("*.deb"))

    def with_all_they_need(self, *names: str) -> list[Path]:
        """These packages and what they depend on, as where nothing is installed, fetched."""
        self._run(*self._nothing, "install", "--yes", "--download-only", "--no-install-recommends", *names)
        return sorted(self._archives.glob("*.deb"))

    def source(self, name: str) -> Path:
        """A source as its authors packed it: Debian's own changes are for a Debian."""
        self._run("source", "--download-only", "--tar-only", name)
        (archive,) = self._packages.glob(f"{name}_*.orig.tar.*")
        return archive


def _lines(folder: Path, release: str) -> str:
    """A list of sources: the system's with their sources, or another release of the same index."""
    rows = told("apt-get", "indextargets", "--format", "$(SITE) $(RELEASE)", folder=folder).splitlines()
    found = sorted({(site, name) for site, name in (row.split() for row in rows)})
    if not release:
        return "".join(f"deb-src {site} {name} main\n" for site, name in found)
    site = next(site for site, name in found if "-" not in name)
    return f"deb {site} {release} main\n"
