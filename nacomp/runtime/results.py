"""What commands answer to programs in their last line, where they worked: the fields of each `result`.

See `events.py`, which `nacomp/cli/EVENTS.md` is written from together with this file and `documents.py`. They are apart from
documents because every command makes its result, and few are asked for a document: to make all classes took 18 ms.
"""

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from nacomp.formats.records import dataclass
from nacomp.runtime.events import Result


@dataclass(frozen=True)
class LeftOut:
    """An input that is not in the archive."""

    path: str
    """Where it is."""
    reason: str
    """Why it is left out: what kept it from being read, or what is wrong with its name."""


@dataclass(frozen=True)
class CompressResult(Result):
    """`compress`: an archive is in its place. An `error` of kind `NotAllRead` follows where inputs could not be read."""

    output: str
    """The archive; `-` for standard output."""
    original_size: int
    """Bytes of all inputs."""
    compressed_size: int
    """Bytes of the archive, recovery data included."""
    bits_per_byte: float
    """Archive bits per source byte."""
    seconds: float
    """Time it took to write the blocks; without loading the model, verifying, recovery data."""
    model_id: str
    """The model, the one that coded most of several; empty if nothing needed one."""
    entries: int
    """Files, folders and links in it."""
    left_out: tuple[LeftOut, ...] = ()
    """What `--skip-unreadable` and `--skip-unsafe` left out; each was told in a `warning` too."""
    models: Mapping[str, int] = field(default_factory=dict)
    """Bytes of content that each model coded, by its id."""


@dataclass(frozen=True)
class UpdateResult(Result):
    """`update`: the archive is up to date. An `error` of kind `NotAllRead` follows where inputs could not be read."""

    output: str
    """The archive."""
    added: tuple[str, ...]
    """Paths that were not in it."""
    changed: tuple[str, ...]
    """Paths whose content, mode or time was another."""
    removed: tuple[str, ...]
    """Paths that `--delete` took away, without those below them."""
    unchanged: int
    """Files, folders and links that are as they were."""
    written_bytes: int
    """Bytes that were written for it; 0 if there was nothing to do."""
    compressed_size: int
    """Bytes of the archive now."""
    seconds: float
    """Time it took to write the blocks."""
    model_id: str
    """The model; empty if nothing needed one."""
    left_out: tuple[LeftOut, ...] = ()
    """What `--skip-unreadable` and `--skip-unsafe` left out; each was told in a `warning` too."""


@dataclass(frozen=True)
class RepackResult(Result):
    """`update --repack`: the archive holds nothing any more that nothing in it needs."""

    output: str
    """The archive."""
    size_before: int
    """Its bytes before."""
    compressed_size: int
    """Its bytes now."""
    seconds: float
    """Time it took."""


@dataclass(frozen=True)
class MountResult(Result):
    """`mount`: the archive is unmounted again, by Ctrl-C or by whoever did."""

    path: str
    """The archive."""
    folder: str
    """Where it was."""


@dataclass(frozen=True)
class DecompressResult(Result):
    """`decompress`: the files are in their places."""

    outputs: tuple[Path, ...]
    """Files and links that were written."""
    entries: int
    """Files, folders and links."""
    size: int
    """Bytes of the files."""
    seconds: float
    """Time it took, loading the model not included."""


@dataclass(frozen=True)
class SalvagedFile:
    """One file, or one block where the index is lost with all names."""

    path: str
    """Its name in the archive; of a block, the name it was given."""
    size: int
    """Bytes it should have."""
    written: Path | None
    """Where it is now; null if nothing of it survived."""
    lost: tuple[tuple[int, int], ...] = ()
    """`[offset, length]` of each run of lost bytes, in order."""

    @property
    def lost_bytes(self) -> int:
        """How many of its bytes are lost."""
        return sum(length for _, length in self.lost)


@dataclass(frozen=True)
class SalvageResult(Result):
    """`decompress --salvage`: what is intact is saved. An `error` of kind `BytesLost` follows where something is lost."""

    output: str
    """The folder."""
    complete: bool
    """Whether everything that was archived is back: all of the file was understood."""
    names_known: bool
    """Whether the index survived; if not, `files` are numbered blocks."""
    lost_bytes: int
    """Bytes lost of all files whose names are known."""
    missing_blocks: tuple[tuple[int, int], ...]
    """`[first, last]` of each run of lost blocks, in order; without the index, of those below the last one found."""
    files: tuple[SalvagedFile, ...]
    """What became of each file."""
    links: tuple[Path, ...]
    """Symbolic links that were made."""
    foreign_blocks: int = 0
    """Intact blocks of another archive in the file, which were left alone."""
    foreign_bytes: int = 0
    """Bytes behind the archive that begin as another one does, and were left alone."""


@dataclass(frozen=True)
class TestResult(Result):
    """`test`: every byte came back as it was."""

    path: str
    """The archive."""
    entries: int
    """Files, folders and links in it."""
    size: int
    """Bytes of the files."""
    seconds: float
    """Time it took."""


@dataclass(frozen=True)
class RepairResult(Result):
    """`repair`: a whole archive is in its place."""

    path: str
    """The damaged archive."""
    output: str
    """The repaired one; `-` for standard output."""
    damaged_sectors: int
    """Sectors that were damaged; 0 if the output is a copy."""
    sectors: int
    """Sectors in all."""
    repaired_bytes: int
    """Bytes of the archive that were written anew."""


@dataclass(frozen=True)
class BatchResult(Result):
    """`batch`: all files are archived. Where some failed, a `warning` and an `error` of kind `SomeFailed` come instead."""

    done: int
    """Files that were compressed."""
    skipped: int
    """Files whose archives were there already."""
    failed: int
    """Files that failed."""
    original_size: int
    """Bytes of the files that are archived now."""
    compressed_size: int
    """Bytes of their archives."""


@dataclass(frozen=True)
class BenchRow:
    """One compressor on one file, or on all."""

    file: str
    """The file's name, or `all files`."""
    codec: str
    """The compressor."""
    size: int
    """Bytes before."""
    packed: int
    """Bytes after."""
    compress_seconds: float
    """Time to compress."""
    decompress_seconds: float
    """Time to decompress."""
    memory: float
    """Peak memory of either way, in MB."""
    weights: int
    """Bytes of the model that both sides need; 0 without one."""
    ours: bool
    """Whether it is nacomp."""
    bits_per_byte: float
    """Bits after per byte before."""


@dataclass(frozen=True)
class BenchResult(Result):
    """`bench`: all compressors have run on all files."""

    files: tuple[BenchRow, ...]
    """Every file with every compressor."""
    summary: tuple[BenchRow, ...]
    """Every compressor over all files: sizes and times summed, the highest memory."""


@dataclass(frozen=True)
class ModelResult(Result):
    """`models pull`, `models add`: the model is here."""

    model_id: str
    """Its id."""
    path: Path
    """Its file."""
    size: int
    """Bytes of the file."""


@dataclass(frozen=True)
class RemoveResult(Result):
    """`models remove`: the model is gone."""

    model_id: str
    """Its id."""
