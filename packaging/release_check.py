"""What can be proven of a release on one Linux machine: `make release-check`.

python packaging/release_check.py FOLDER            FOLDER, usually dist, holds the wheels; checksums and lists go there too

Each step says what it proved, and the first that fails ends it. What takes another system's machine is in
.github/workflows/release.yml, which is checked here as far as a schema can. Needs the tools of the extras `wheel` and
`release`, and desktop-file-validate, appstreamcli and xmllint of the system; a tool of the system that is missing is
named and passed over, but in CI it is an error.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGING = ROOT / "packaging"
NATIVE = ("models", "nacomp")
"""Where C++ files lie."""


class Failed(Exception):
    """A step did not prove what it should."""


def run(*command: str | Path, folder: Path = ROOT, **settings: str) -> str:
    """Run a program to its end; gives its standard output. Raises Failed with what it said."""
    done = subprocess.run(
        command, cwd=folder, env=os.environ | settings, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stdout + done.stderr).strip()
        raise Failed(f"{' '.join(map(str, command))}: {said}")
    return done.stdout


def module(name: str, *arguments: str | Path, folder: Path = ROOT, **settings: str) -> str:
    """Run a module of this environment as a program."""
    return run(sys.executable, "-m", name, *arguments, folder=folder, **settings)


def wheel_in(folder: Path, *, pure: bool = False) -> Path:
    """The one wheel of its kind."""
    (found,) = [one for one in folder.glob("nacomp-*.whl") if one.name.endswith("-none-any.whl") == pure]
    return found


def copy_sources(target: Path) -> None:
    """What git knows or would add, with other modes than here."""
    listed = run("git", "ls-files", "-co", "--exclude-standard", "-z")
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, target / name)
            (target / name).chmod(0o600)


def same_bytes(folder: Path) -> str:
    """Both wheels, made again in a folder of another name and depth, from files of another age and mode."""
    for pure in (True, False):
        build_again(wheel_in(folder, pure=pure), pure=pure)
    return "both wheels are the same bytes when they are built again elsewhere"


def build_again(here: Path, *, pure: bool) -> None:
    """Raises Failed, with what differs, if the wheel comes out otherwise."""
    with tempfile.TemporaryDirectory() as scratch:
        elsewhere = Path(scratch, "quite", "another place")
        copy_sources(elsewhere)
        command = [sys.executable, "packaging/make_wheel.py", "again", *(["--pure"] if pure else [])]
        run(*command, folder=elsewhere, TZ="Pacific/Chatham", LC_ALL="C")
        again = wheel_in(elsewhere / "again", pure=pure)
        if again.read_bytes() != here.read_bytes():
            raise Failed(f"{here.name} differs when it is built again: {_difference(here, again)}")


def _difference(here: Path, again: Path) -> str:
    with zipfile.ZipFile(here) as first, zipfile.ZipFile(again) as second:
        names = set(first.namelist()) | set(second.namelist())
        missing = set(first.namelist()) ^ set(second.namelist())
        other = [name for name in names - missing if first.read(name) != second.read(name)]
    return ", ".join(sorted(missing) or sorted(other) or ["their order or headers"])


def no_paths(folder: Path) -> str:
    """No file of a wheel names a folder of this machine."""
    homes = {str(ROOT).encode(), str(Path.home()).encode() + b"/"} - {b"//"}
    for pure in (True, False):
        with zipfile.ZipFile(wheel_in(folder, pure=pure)) as archive:
            for name in archive.namelist():
                if any(home in archive.read(name) for home in homes):
                    raise Failed(f"{name} names a folder of this machine")
    return "no file in them names a folder of this machine"


def tags(folder: Path) -> str:
    """What auditwheel says of the wheel is what its name says."""
    wheel = wheel_in(folder)
    said = " ".join(module("auditwheel", "show", wheel).split())
    platform = wheel.stem.split("-")[-1].split(".")[0]
    if f'constrains the platform tag to "{platform}"' not in said and f'tag: "{platform}"' not in said:
        raise Failed(f"auditwheel does not say {platform}: {said}")
    return f"auditwheel agrees with {platform}"


def sources(folder: Path) -> str:
    """The source distribution has every file that the cores are compiled from."""
    for old in folder.glob("nacomp-*.tar.gz"):
        old.unlink()
    made = "import sys; from setuptools import build_meta; build_meta.build_sdist(sys.argv[1])"
    run(sys.executable, "-c", made, folder)
    (sdist,) = folder.glob("nacomp-*.tar.gz")
    with tarfile.open(sdist) as archive:
        held = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    files = [path for top in NATIVE for path in (ROOT / top).rglob("*") if path.suffix in {".cpp", ".h"}]
    wanted = {path.relative_to(ROOT).as_posix() for path in files if not (ROOT / top_link(path)).is_symlink()}
    if missing := wanted - held:
        raise Failed(f"{sdist.name} lacks {', '.join(sorted(missing))}")
    return f"{sdist.name} holds all {len(wanted)} files of the cores"


def top_link(path: Path) -> Path:
    """The first two folders of a path: links in nacomp/ lead to the other layers."""
    return Path(*path.relative_to(ROOT).parts[:2])


def taken_by_an_index(folder: Path) -> str:
    """Metadata and description, as an index reads them."""
    module("twine", "check", "--strict", *folder.glob("nacomp-*.whl"), *folder.glob("nacomp-*.tar.gz"))
    return "twine finds nothing that an index would refuse"


def works_and_is_listed(folder: Path) -> str:
    """Installed with its dependencies into an empty environment it reads every golden archive; an SBOM lists them."""
    with tempfile.TemporaryDirectory() as scratch:
        environment = Path(scratch) / "environment"
        venv.create(environment, with_pip=True)
        python = environment / "bin" / "python"
        run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel_in(folder))
        said = run(python, "-I", PACKAGING / "try_wheel.py", ROOT, folder=Path(scratch))
        run(python, "-m", "pip", "uninstall", "--quiet", "--yes", "pip", "setuptools")
        bill = folder / "nacomp.cdx.json"
        place: list[str | Path] = [
            "--output-reproducible",
            "--validate",
            "--pyproject",
            ROOT / "pyproject.toml",
            "-o",
            bill,
        ]
        module("cyclonedx_py", "environment", *place, python)
    parts = bill.read_text("utf-8").count('"purl"')
    return f"{said.strip()}; {bill.name} lists {parts} packages"


def workflows(_: Path) -> str:
    """As GitHub's schema has them."""
    files = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
    module("check_jsonschema", "--builtin-schema", "vendor.github-workflows", *files)
    return f"{len(files)} workflows fit GitHub's schema"


def desktop_files(_: Path) -> str:
    """Menu entry, AppStream metadata and MIME type."""
    linux = PACKAGING / "linux"
    steps: dict[str, tuple[str | Path, ...]] = {
        "desktop-file-validate": (linux / "nacomp.desktop",),
        "appstreamcli": ("validate", "--no-net", "--pedantic", linux / "nacomp.metainfo.xml"),
        "xmllint": ("--noout", linux / "nacomp-mime.xml"),
    }
    passed = [tool for tool in steps if shutil.which(tool)]
    for tool in passed:
        if said := run(tool, *steps[tool]).strip().removeprefix("✔ Validation was successful."):
            raise Failed(f"{tool}: {said}")
    if (missing := sorted(set(steps) - set(passed))) and "CI" in os.environ:
        raise Failed(f"CI lacks {', '.join(missing)}")
    return f"asked: {', '.join(passed)}; not here: {', '.join(missing) or 'none'}"


def decoder(folder: Path) -> str:
    """The decoder for the far future, in one file."""
    packed = folder / "nacomp-decoder.pyz"
    run(sys.executable, PACKAGING / "decoder" / "pack.py", packed)
    with tempfile.TemporaryDirectory() as scratch:
        archive = ROOT / "formats" / "golden" / "neural-embedded.nac"
        run(sys.executable, packed, archive, "-o", Path(scratch) / "out", folder=Path(scratch))
    return f"{packed.name}, {packed.stat().st_size:,} bytes, reads a golden archive by itself"


def checksums(folder: Path) -> str:
    """SHA256SUMS, as `sha256sum --check` reads it."""
    patterns = (
        "nacomp-*.whl",
        "nacomp-*.tar.gz",
        "nacomp*.pyz",
        "nacomp*.json",
        "nacomp_*.deb",
        "nacomp-*-linux-*.tar.xz",
        "nacomp*.AppImage",
    )
    files = sorted(path for pattern in patterns for path in folder.glob(pattern))
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")
    run("sha256sum", "--check", "--quiet", "SHA256SUMS", folder=folder)
    return f"SHA256SUMS of {len(files)} files"


STEPS: tuple[Callable[[Path], str], ...] = (
    workflows,
    desktop_files,
    no_paths,
    tags,
    sources,
    taken_by_an_index,
    decoder,
    works_and_is_listed,
    same_bytes,
    checksums,
)


def main() -> None:
    """All steps, each with its time."""
    folder = Path(sys.argv[1]).resolve()
    for step in STEPS:
        start = time.monotonic()
        try:
            proved = step(folder)
        except (Failed, OSError, ValueError) as error:
            sys.exit(f"{step.__name__}: {error}")
        print(f"{time.monotonic() - start:6.1f} s  {step.__name__}: {proved}", flush=True)


if __name__ == "__main__":
    main()
