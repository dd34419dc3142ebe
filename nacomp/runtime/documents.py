"""What commands answer to programs: the fields of each `result`, and the documents that stand alone.

See `events.py`, which `nacomp/cli/EVENTS.md` is written from together with this file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar

from nacomp.runtime.events import FileOutcome, Result

# Results: the last line of a command that worked, with `"event": "result"` in front.


@dataclass(frozen=True)
class CompressResult(Result):
    """`compress`: an archive is in its place."""

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
    """The model; empty if nothing needed one."""
    entries: int
    """Files, folders and links in it."""


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
    """Whether everything that was archived is back."""
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
    """The repaired one."""
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


# Documents: one JSON object without `event`, all that the command prints besides `progress` lines.


class Document:
    """An answer that is one JSON object without the field `event`."""

    command: ClassVar[str]
    """What prints it."""


class EntryWord(StrEnum):
    """What an entry is."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"


@dataclass(frozen=True)
class EntryRow:
    """One entry of an archive."""

    path: str
    """Its path, with `/` between the parts."""
    kind: EntryWord
    """What it is."""
    size: int
    """Bytes of a file; 0 for others."""
    mode: int
    """POSIX permission bits."""
    mtime_ns: int
    """Modification time, in nanoseconds since 1970."""
    sha256: str | None
    """SHA-256 of a file's bytes, as hexadecimal digits."""
    link_target: str | None
    """Where a link points."""


@dataclass(frozen=True)
class Listing(Document):
    """What is in an archive."""

    command: ClassVar[str] = "list"

    entries: tuple[EntryRow, ...]
    """Files, folders and links, sorted by path."""


@dataclass(frozen=True)
class ArchiveInfo(Document):
    """What an archive needs and holds."""

    command: ClassVar[str] = "info ARCHIVE"

    format_version: int
    """Version of the container."""
    sealed: bool
    """Whether it is sealed with a password."""
    engine: str | None
    """The engine that reads its text; null if nothing in it needs one."""
    numerics: str | None
    """The engine's arithmetic; null likewise."""
    model_id: str | None
    """The model that wrote it; null likewise."""
    model_sha256: str | None
    """The model's SHA-256, as hexadecimal digits; null likewise."""
    original_size: int
    """Bytes of all files."""
    compressed_size: int
    """Bytes of the archive."""
    bits_per_byte: float
    """Archive bits per source byte."""
    blocks: int
    """Number of blocks."""
    streams: int
    """Most streams that a block was cut into; 0 without text."""
    methods: Mapping[str, int]
    """Number of blocks by kind of method."""
    parameters: Mapping[str, Any]
    """Parameters of its neural method (SPEC.md); empty without text."""
    native_kernel: str
    """The kernel this machine would use."""
    entries: tuple[EntryRow, ...]
    """Files, folders and links, sorted by path."""


@dataclass(frozen=True)
class SealedInfo(Document):
    """What everybody can see of a sealed archive, without its password."""

    command: ClassVar[str] = "info ARCHIVE"

    format_version: int
    """Version of the container."""
    sealed: bool
    """True."""
    compressed_size: int | None
    """Bytes of the archive; null from standard input."""


@dataclass(frozen=True)
class InstallationInfo(Document):
    """What is installed here."""

    command: ClassVar[str] = "info"

    version: str
    """Version of nacomp."""
    format_version: int
    """Version of the container that it writes."""
    native_kernel: str
    """The kernel of the exact engine that is used."""
    kernels: tuple[str, ...]
    """All that run here, best first."""
    models: str
    """The folder of the models."""


@dataclass(frozen=True)
class ModelRow:
    """One model of the catalogue or of one's own."""

    id: str
    """What `--model` takes."""
    name: str
    """What its makers call it."""
    family: str
    """The family it belongs to."""
    licence: str
    """Its licence."""
    note: str
    """What to know before getting it."""
    size: int | None
    """Bytes of its file, if known."""
    sha256: str | None
    """SHA-256 of its file, if known, as hexadecimal digits."""
    installed: bool
    """Whether it is here."""
    source: str
    """`embedded`, `file` if it was added, else where it is fetched from."""
    path: str
    """Its file; empty if it is not here."""
    levels: tuple[str, ...]
    """The levels that would use it now."""


@dataclass(frozen=True)
class ModelList(Document):
    """The models nacomp knows, and those that were added."""

    command: ClassVar[str] = "models list"

    models: tuple[ModelRow, ...]
    """All of them."""


@dataclass(frozen=True)
class ExactEngine:
    """The exact engine here."""

    kernels: tuple[str, ...]
    """All kernels that run here, best first."""
    kernel: str
    """The one that is used."""


@dataclass(frozen=True)
class ExactEngineRefused:
    """The exact engine, where the kernel that was demanded does not run."""

    kernels: tuple[str, ...]
    """All kernels that run here, best first."""
    reason: str
    """Why the demanded one does not."""
    kernel: None = None
    """None is used."""


@dataclass(frozen=True)
class DeviceRow:
    """A device that the llama engine can use."""

    name: str
    """Its name."""
    description: str
    """What it is."""
    kind: str
    """What kind of device llama.cpp says it is."""
    memory_total: int
    """Bytes it has."""
    memory_free: int
    """Bytes that are free."""


@dataclass(frozen=True)
class LlamaEngine:
    """The llama engine here."""

    package: str
    """Version of llama-cpp-python."""
    build: str
    """Version of llama.cpp and ggml."""
    system: str
    """System and features of the processor it was built for."""
    gpu_offload: bool
    """Whether it can use a GPU."""
    devices: tuple[DeviceRow, ...]
    """What it can use."""
    installed: bool = True
    """True."""


@dataclass(frozen=True)
class LlamaEngineMissing:
    """The llama engine, where its part of nacomp is not installed."""

    reason: str
    """Why, and how to get it."""
    installed: bool = False
    """False."""


@dataclass(frozen=True)
class EngineList(Document):
    """What this machine can run models with."""

    command: ClassVar[str] = "engines"

    exact: ExactEngine | ExactEngineRefused
    """The engine whose archives every machine reads."""
    llama: LlamaEngine | LlamaEngineMissing
    """The engine on llama.cpp."""


@dataclass(frozen=True)
class Estimate(Document):
    """What compressing would take and give, from a sample and a short run on this machine as busy as it is now."""

    command: ClassVar[str] = "estimate"

    total_bytes: int
    """Bytes of the inputs."""
    tokens: int
    """Tokens of the text in them, about."""
    seconds: float
    """Time it would take."""
    estimated_size: int
    """Bytes of the archive."""
    level: str
    """The level."""
    model_id: str
    """The model it would use."""


@dataclass(frozen=True)
class TokenRow:
    """A token, or several that only together are valid UTF-8."""

    text: str
    """Its text; bytes that are not UTF-8 are replacement characters."""
    size: int
    """Its bytes."""
    bits: float
    """What it costs: -log2 of its probability."""
    top: tuple[tuple[str, float], ...]
    """`[text, probability]` of the model's best predictions, best first; empty where the model was not asked."""


@dataclass(frozen=True)
class SurpriseMapDocument(Document):
    """What every token of a text costs."""

    command: ClassVar[str] = "map"

    model_id: str
    """The model."""
    tokens: tuple[TokenRow, ...]
    """The text's tokens in order."""


@dataclass(frozen=True)
class BatchReport(Document):
    """What became of every file: not printed, but written where `--report` says."""

    command: ClassVar[str] = "batch --report FILE"

    summary: BatchResult
    """The fields of a `result` of `batch`."""
    files: tuple[FileOutcome, ...]
    """The fields of a `file` event each, in the order of the inputs; those of an interrupted batch are fewer."""
