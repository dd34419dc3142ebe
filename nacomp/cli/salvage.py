"""`nacomp decompress --salvage`: whatever is intact, and a word about each file that is not."""

import sys
from pathlib import Path
from typing import Any

from nacomp.cli.console import human_size, printable
from nacomp.cli.session import STANDARD, Run
from nacomp.codecs.model_loader import Engines
from nacomp.formats.limits import Limits
from nacomp.formats.paths import display_name
from nacomp.formats.protection.seal import Password
from nacomp.operations.default_paths import salvage_folder
from nacomp.operations.salvage import BytesLost, Piece, SalvageReport, salvage

SHOWN_PIECES = 20
"""Damaged files named one by one on a terminal; JSON has them all."""


def run_salvage(
    run: Run,
    engines: Engines,
    path: Path,
    output: Path | None,
    limits: Limits,
    force: bool,
    password: Password,
) -> None:
    """`decompress --salvage` of one archive. Raises BytesLost when not everything came back."""
    source = sys.stdin.buffer if path == STANDARD else path
    folder = output if output is not None else salvage_folder(source)
    run.console.start(
        {
            "command": "salvage",
            "inputs": [str(path)],
            "output": str(folder),
            "total_bytes": 0,
            "level": None,
            "model_id": None,
        }
    )
    report = salvage(source, folder, engines, run.job(), overwrite=force, limits=limits, password=password)
    run.console.result(_document(report, folder), _sentences(report, folder))
    if not report.complete:
        raise BytesLost(path=printable(str(path)), what=_what_is_lost(report))


def _document(report: SalvageReport, folder: Path) -> dict[str, Any]:
    return {
        "output": str(folder),
        "complete": report.complete,
        "names_known": report.names_known,
        "lost_bytes": report.lost_bytes,
        "missing_blocks": list(report.missing_blocks),
        "files": [
            {
                "path": piece.path,
                "size": piece.size,
                "written": str(piece.written) if piece.written else None,
                "lost": [list(found) for found in piece.lost],
            }
            for piece in report.pieces
        ],
        "links": [str(link) for link in report.links],
    }


def _sentences(report: SalvageReport, folder: Path) -> str:
    """One line for the whole, and one for each file that is not."""
    where = printable(str(folder))
    if not report.names_known:
        return f"{where}: {len(report.pieces)} blocks as numbered files; the names are lost with the index"
    whole = len(report.pieces) - len(report.damaged)
    lines = [f"{where}: {whole} of {len(report.pieces)} files are whole"]
    lines += [_fate(piece) for piece in report.damaged[:SHOWN_PIECES]]
    if len(report.damaged) > SHOWN_PIECES:
        lines.append(f"and {len(report.damaged) - SHOWN_PIECES} more; --json lists them all")
    return "\n".join(lines)


def _fate(piece: Piece) -> str:
    name = display_name(piece.path)
    if piece.written is None:
        return f"{name}: lost"
    offset, length = piece.lost[0]
    more = f" and in {len(piece.lost) - 1} more places" if len(piece.lost) > 1 else ""
    return (
        f"{name}: {human_size(piece.lost_bytes)} of {human_size(piece.size)} lost, {length:,} bytes at "
        f"{offset:,}{more}; kept as {printable(piece.written.name)} with zeros there"
    )


def _what_is_lost(report: SalvageReport) -> str:
    if report.names_known:
        return f"{human_size(report.lost_bytes)} in {len(report.damaged)} files could not be saved"
    missing = len(report.missing_blocks)
    gaps = f", and {missing} blocks before the last one found" if missing else ""
    return f"the names of its files are lost{gaps}"
