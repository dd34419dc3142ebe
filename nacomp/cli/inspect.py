"""`nacomp list`, `test`, `info` and `cat`: look at archives without extracting them."""

import json
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console as RichConsole
from rich.table import Table

from nacomp.archive.archive_reader import Archive
from nacomp.archive.extract import select
from nacomp.cli.console import human_size, human_time, printable
from nacomp.cli.rescue import hinting
from nacomp.cli.secret import given_password, opener, password_file_option
from nacomp.cli.session import STANDARD, Run, begin_run, binary_stdout, common_options, input_paths
from nacomp.codecs.model_loader import Engines
from nacomp.errors import PasswordNeeded
from nacomp.formats.entry import Entry, EntryKind
from nacomp.formats.header import VERSION as FORMAT_VERSION
from nacomp.formats.limits import DEFAULT_LIMITS
from nacomp.formats.paths import display_name
from nacomp.formats.protection.seal import Password
from nacomp.operations.read import open_archive, write_contents
from nacomp.operations.test import check_archive

KINDS = {EntryKind.FILE: "file", EntryKind.FOLDER: "folder", EntryKind.SYMLINK: "link"}


@click.command("list")
@click.argument("path", metavar="ARCHIVE")
@password_file_option
@common_options
def command_list(path: str, password_file: str | None, as_json: bool, **common: Any) -> None:
    """List an archive's entries. Needs no model."""
    with begin_run(as_json=as_json, **common) as run, ExitStack() as stack:
        archive = _open(run.engines(), Path(path), stack, opener(password_file))
        if as_json:
            click.echo(json.dumps({"entries": [_entry_document(e) for e in archive.entries]}))
            return
        table = Table(box=None, pad_edge=False)
        for heading, justify in (("size", "right"), ("modified", "left"), ("name", "left")):
            table.add_column(heading, justify=justify, overflow="fold")  # type: ignore[arg-type]
        for entry in archive.entries:
            table.add_row(human_size(entry.size), _when(entry.mtime_ns), _shown(entry))
        console = RichConsole(highlight=False, markup=False)
        console.print(table)
        total = sum(entry.size for entry in archive.entries)
        console.print(
            f"{len(archive.entries)} entries, {human_size(total)}, {human_size(archive.reader.size)} compressed"
        )


@click.command("test")
@click.argument("inputs", nargs=-1, required=True, metavar="ARCHIVE...")
@password_file_option
@common_options
def command_test(inputs: tuple[str, ...], password_file: str | None, **common: Any) -> None:
    """Decode archives and check every byte, writing nothing."""
    with begin_run(**common) as run:
        engines, password = run.engines(), opener(password_file)
        run.each(input_paths(inputs), lambda path: _test(run, engines, path, password))


def _test(run: Run, engines: Engines, path: Path, password: Password) -> None:
    began = time.monotonic()
    with hinting(run, path), ExitStack() as stack:
        archive = _open(engines, path, stack, password)
        job = run.job()
        total = sum(entry.size for entry in archive.entries)
        job.expect(total)
        run.console.start(
            {
                "command": "test",
                "inputs": [str(path)],
                "output": None,
                "total_bytes": total,
                "level": None,
                "model_id": None,
            }
        )
        done = check_archive(archive, engines, job)
    seconds = time.monotonic() - began
    document = {
        "path": str(path),
        "entries": done.entries,
        "size": done.size,
        "seconds": round(seconds, 3),
    }
    sentence = (
        f"{printable(str(path))}: all {human_size(done.size)} come back as they were ({human_time(seconds)})"
    )
    run.console.result(document, sentence)


@click.command("info")
@click.argument("path", required=False, metavar="[ARCHIVE]")
@password_file_option
@common_options
def command_info(path: str | None, password_file: str | None, as_json: bool, **common: Any) -> None:
    """Tell what an archive needs and holds; without one, tell about this installation."""
    with begin_run(as_json=as_json, **common) as run, ExitStack() as stack:
        engines = run.engines()
        document = (
            _installation(engines) if path is None else _info(engines, Path(path), stack, password_file)
        )
    if as_json:
        click.echo(json.dumps(document))
        return
    for key, value in document.items():
        if key != "entries":
            click.echo(f"{key.replace('_', ' '):17} {_plain(value)}")


def _info(engines: Engines, path: Path, stack: ExitStack, password_file: str | None) -> dict[str, Any]:
    """What an archive tells; of a sealed one without a password, what everybody can see."""
    given = given_password(password_file)
    try:
        return _archive_info(_open(engines, path, stack, given), engines)
    except PasswordNeeded:
        return {
            "format_version": FORMAT_VERSION,
            "sealed": True,
            "compressed_size": path.stat().st_size if path != STANDARD else None,
        }


def _archive_info(archive: Archive, engines: Engines) -> dict[str, Any]:
    reader = archive.reader
    original = sum(entry.size for entry in archive.entries)
    neural = archive.neural_parameters or {}
    engine: Any = neural.get("engine", {})
    model: Any = neural.get("model", {})
    kinds = [str(reader.methods[block.method].kind) for block in reader.blocks]
    return {
        "format_version": FORMAT_VERSION,
        "sealed": reader.sealed,
        "engine": engine.get("engine"),
        "numerics": engine.get("numerics"),
        "model_id": model.get("id"),
        "model_sha256": model.get("sha256"),
        "original_size": original,
        "compressed_size": reader.size,
        "bits_per_byte": round(8 * reader.size / max(original, 1), 4),
        "blocks": len(reader.blocks),
        "streams": max(archive.stream_counts(), default=0),
        "methods": {kind: kinds.count(kind) for kind in sorted(set(kinds))},
        "parameters": neural,
        "native_kernel": engines.kernel_name(),
        "entries": [_entry_document(entry) for entry in archive.entries],
    }


def _installation(engines: Engines) -> dict[str, Any]:
    from nacomp.version import VERSION

    return {
        "version": VERSION,
        "format_version": FORMAT_VERSION,
        "native_kernel": engines.kernel_name(),
        "kernels": engines.kernels(),
        "models": str(engines.store.folder),
    }


@click.command("cat")
@click.argument("path", metavar="ARCHIVE")
@click.argument("wanted", nargs=-1, metavar="[ENTRY...]")
@click.option("-f", "--force", is_flag=True, help="Write binary data to a terminal.")
@password_file_option
@common_options
def command_cat(
    path: str, wanted: tuple[str, ...], force: bool, password_file: str | None, **common: Any
) -> None:
    """Write entries' bytes to standard output."""
    with begin_run(**common) as run, ExitStack() as stack:
        engines = run.engines()
        archive = _open(engines, Path(path), stack, opener(password_file))
        files = [e for e in select(archive, wanted) if e.kind is EntryKind.FILE]
        write_contents(archive, files, binary_stdout(force), run.job(), engines.decoding_workers(archive))


def _open(engines: Engines, path: Path, stack: ExitStack, password: Password) -> Archive:
    source = sys.stdin.buffer if path == STANDARD else path
    return open_archive(source, engines, stack, DEFAULT_LIMITS, password)


def _entry_document(entry: Entry) -> dict[str, Any]:
    return {
        "path": entry.path,
        "kind": KINDS[entry.kind],
        "size": entry.size,
        "mode": entry.mode,
        "mtime_ns": entry.mtime_ns,
        "sha256": entry.sha256.hex() or None,
        "link_target": entry.link_target or None,
    }


def _when(mtime_ns: int) -> str:
    try:
        return datetime.fromtimestamp(mtime_ns // 10**9, UTC).astimezone().strftime("%Y-%m-%d %H:%M")
    except (OverflowError, OSError, ValueError):
        return "out of range"


def _shown(entry: Entry) -> str:
    name = display_name(entry.path)
    if entry.kind is EntryKind.FOLDER:
        return name + "/"
    return f"{name} -> {display_name(entry.link_target)}" if entry.kind is EntryKind.SYMLINK else name


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_plain(item)}" for key, item in value.items()) or "-"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "-"
    return "-" if value is None else str(value)
