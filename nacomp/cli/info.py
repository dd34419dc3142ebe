"""`nacomp info`: what an archive needs and holds, or what this installation has."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from nacomp.archive.archive_reader import Archive
from nacomp.archive.shares import Shares
from nacomp.cli.console import print_document, printable
from nacomp.cli.entries import entry_row
from nacomp.cli.options import common_options
from nacomp.cli.password import given_password, password_file_option
from nacomp.cli.session import Run, begin_run, input_path, open_input
from nacomp.codecs.model_loader import ModelLoader
from nacomp.errors import PasswordNeeded
from nacomp.formats.header import VERSION as FORMAT_VERSION
from nacomp.runtime.documents import ArchiveInfo, Document, InstallationInfo, SealedInfo
from nacomp.version import VERSION


@click.command("info")
@click.argument("path", required=False, metavar="[ARCHIVE]")
@password_file_option
@common_options
def command_info(path: str | None, password_file: str | None, as_json: bool, **common: Any) -> None:
    """Tell what an archive needs and holds; without one, tell about this installation."""
    with begin_run(as_json=as_json, **common) as run, ExitStack() as stack:
        loader = run.loader()
        document = (
            _installation(loader) if path is None else _info(run, input_path(path), stack, password_file)
        )
    if as_json:
        print_document(document)
        return
    for key, value in vars(document).items():
        if key != "entries":
            click.echo(f"{key.replace('_', ' '):17} {_plain(value)}")


def _info(run: Run, path: Path, stack: ExitStack, password_file: str | None) -> Document:
    """What an archive tells; of a sealed one without a password, what everybody can see."""
    given = given_password(password_file)
    try:
        return _archive_info(open_input(run, path, stack, given), run.loader())
    except PasswordNeeded:
        return SealedInfo(FORMAT_VERSION, True, path.stat().st_size if path.is_file() else None)


def _archive_info(archive: Archive, loader: ModelLoader) -> ArchiveInfo:
    reader = archive.reader
    original = sum(entry.size for entry in archive.entries)
    neural = archive.neural_parameters or {}
    engine: Any = neural.get("engine", {})
    model: Any = neural.get("model", {})
    shares = Shares(reader)
    kinds = [str(reader.methods[block.method].kind) for block in reader.blocks]
    return ArchiveInfo(
        format_version=FORMAT_VERSION,
        sealed=reader.sealed,
        compact=reader.compact,
        updates=len(reader.members) - 1,
        dead_bytes=archive.dead_bytes(),
        unfinished_bytes=archive.unfinished_bytes,
        engine=engine.get("engine"),
        numerics=engine.get("numerics"),
        model_id=model.get("id"),
        model_sha256=model.get("sha256"),
        original_size=original,
        compressed_size=reader.size,
        bits_per_byte=round(8 * reader.size / max(original, 1), 4),
        blocks=len(reader.blocks),
        models=archive.model_bytes(),
        streams=max(archive.stream_counts(), default=0),
        methods={kind: kinds.count(kind) for kind in sorted(set(kinds))},
        views=archive.view_counts(),
        parameters=neural,
        native_kernel=loader.kernel_name(),
        entries=tuple(entry_row(entry, shares) for entry in archive.entries),
    )


def _installation(loader: ModelLoader) -> InstallationInfo:
    return InstallationInfo(
        VERSION, FORMAT_VERSION, loader.kernel_name(), tuple(loader.kernels()), str(loader.store.folder)
    )


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{printable(str(key))} {_plain(item)}" for key, item in value.items()) or "-"
    if isinstance(value, tuple | list):
        return ", ".join(map(_plain, value)) or "-"
    return "-" if value is None else printable(str(value))
