"""`nacomp decompress --salvage`: whatever is intact, and a word about each file that is not."""

from pathlib import Path

from nacomp.cli.console import printable
from nacomp.cli.session import Run, archive_input
from nacomp.codecs.model_loader import ModelLoader
from nacomp.formats.limits import Limits
from nacomp.formats.paths import display_name
from nacomp.formats.protection.seal import Password
from nacomp.operations.default_paths import salvage_folder
from nacomp.operations.salvage import BytesLost, SalvageReport, salvage
from nacomp.runtime.events import Started
from nacomp.runtime.file_properties import Restore
from nacomp.runtime.results import SalvagedFile, SalvageResult
from nacomp.runtime.words import count_text, size_text

SHOWN_FILES = 20
"""Damaged files named one by one on a terminal; JSON has them all."""


def run_salvage(
    run: Run,
    loader: ModelLoader,
    path: Path,
    output: Path | None,
    limits: Limits,
    force: bool,
    password: Password,
    restore: Restore,
) -> None:
    """`decompress --salvage` of one archive. Raises BytesLost when not everything came back."""
    source = archive_input(run, path)
    folder = output if output is not None else salvage_folder(source)
    run.console.start(Started("salvage", (str(path),), str(folder)))
    report = salvage(
        source,
        folder,
        loader,
        run.job(),
        overwrite=force,
        limits=limits,
        password=password,
        restore=restore,
    )
    run.console.result(_result(report, folder), *_sentences(report, folder))
    if not report.complete:
        raise BytesLost(path=printable(str(path)), what=_what_is_lost(report))


def _result(report: SalvageReport, folder: Path) -> SalvageResult:
    return SalvageResult(
        str(folder),
        report.complete,
        report.names_known,
        report.lost_bytes,
        report.missing_blocks,
        report.files,
        report.links,
        report.foreign_blocks,
        report.foreign_bytes,
    )


def _sentences(report: SalvageReport, folder: Path) -> list[str]:
    """One line for the whole, and one for each file that is not."""
    where = printable(str(folder))
    if not report.names_known:
        blocks = count_text(len(report.files), "block as a numbered file", "blocks as numbered files")
        return [f"{where}: {blocks}; the names are lost with the index"]
    whole = len(report.files) - len(report.damaged)
    lines = [f"{where}: {whole} of {count_text(len(report.files), 'file is', 'files are')} whole"]
    lines += [_fate(file) for file in report.damaged[:SHOWN_FILES]]
    if len(report.damaged) > SHOWN_FILES:
        lines.append(f"and {len(report.damaged) - SHOWN_FILES} more; --json lists them all")
    return lines


def _fate(file: SalvagedFile) -> str:
    name = display_name(file.path)
    if file.written is None:
        return f"{name}: lost"
    offset, length = file.lost[0]
    more = (
        f" and in {count_text(len(file.lost) - 1, 'more place', 'more places')}" if len(file.lost) > 1 else ""
    )
    return (
        f"{name}: {size_text(file.lost_bytes)} of {size_text(file.size)} lost, {length:,} bytes at "
        f"{offset:,}{more}; kept as {printable(file.written.name)} with zeros there"
    )


def _what_is_lost(report: SalvageReport) -> str:
    parts = []
    if report.damaged:
        parts.append(
            f"{size_text(report.lost_bytes)} in {count_text(len(report.damaged), 'file', 'files')} could not be saved"
        )
    if not report.names_known:
        missing = sum(last - first + 1 for first, last in report.missing_blocks)
        gaps = f", and {missing:,} blocks before the last one found" if missing else ""
        parts.append(f"the names of its files are lost{gaps}")
    if report.foreign_blocks:
        parts.append(f"{report.foreign_blocks:,} blocks of another archive in it were left alone")
    elif report.foreign_bytes:
        parts.append(f"{report.foreign_bytes:,} bytes of another archive behind it were left alone")
    return "; ".join(parts)
