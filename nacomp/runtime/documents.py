"""What commands answer to programs all at once: one JSON object without `event`, and only `progress` lines besides.

See `events.py`, which `nacomp/cli/EVENTS.md` is written from together with this file and `results.py`.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, ClassVar

from nacomp.formats.records import dataclass
from nacomp.runtime.events import FileOutcome
from nacomp.runtime.results import BatchResult


class Document:
    """An answer that is one JSON object without the field `event`."""

    command: ClassVar[str]
    """What prints it."""


class EntryWord(StrEnum):
    """What an entry is."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    HARD_LINK = "hard-link"


@dataclass(frozen=True)
class EntryRow:
    """One entry of an archive."""

    path: str
    """Its path, with `/` between the parts."""
    kind: EntryWord
    """What it is."""
    size: int
    """Bytes of a file, holes included; 0 for others."""
    mode: int
    """POSIX permission bits."""
    mtime_ns: int
    """Modification time, in nanoseconds since 1970."""
    sha256: str | None
    """SHA-256 of a file's bytes, as hexadecimal digits; null for others, for sparse files, for small ones that share one."""
    link_target: str | None
    """Where a link points; the path of the file that a hard link is."""
    data_size: int
    """Bytes of a file without its holes; 0 for others."""
    owner: str | None
    """Names of its user and group, as in `user:group`, where the archive tells; each is empty if it had none."""
    uid: int | None
    """Number of its user."""
    gid: int | None
    """Number of its group."""
    attributes: tuple[str, ...]
    """Names of its extended attributes, access lists among them."""
    packed_size: int
    """Bytes of the archive that its data takes. Files that were packed together share them by their lengths, and what two
    files have in common counts for both."""
    opened: Mapping[str, int]
    """Number of views that were opened on what lies inside it, by kind (TRANSFORMS.md)."""


@dataclass(frozen=True)
class Listing(Document):
    """What is in an archive."""

    command: ClassVar[str] = "list"

    entries: tuple[EntryRow, ...]
    """Files, folders and links of both kinds, sorted by path."""


class DifferenceKind(StrEnum):
    """How an entry and what is on the disk differ."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MODE = "mode"
    TIME = "time"


@dataclass(frozen=True)
class Difference:
    """One difference between an archive and a folder."""

    path: str
    """The path in the archive."""
    kind: DifferenceKind
    """`added`: only in the folder; `removed`: only in the archive; else what differs."""


@dataclass(frozen=True)
class Differences(Document):
    """How a folder differs from an archive; the exit code is 1 if it does."""

    command: ClassVar[str] = "diff"

    differences: tuple[Difference, ...]
    """Sorted by path."""


@dataclass(frozen=True)
class ArchiveInfo(Document):
    """What an archive needs and holds."""

    command: ClassVar[str] = "info ARCHIVE"

    format_version: int
    """Version of the container."""
    sealed: bool
    """Whether it is sealed with a password."""
    compact: bool
    """Whether it is in the compact form, of one short file (SPEC.md, section 14)."""
    updates: int
    """Archives behind the first that are read with it: updates, and what was appended as it was."""
    dead_bytes: int
    """Bytes that nothing in it needs any more; `update --repack` gives them back."""
    unfinished_bytes: int
    """Bytes behind it of an update that was cut off; the next update takes them away."""
    engine: str | None
    """The engine that reads its text; null if nothing in it needs one."""
    numerics: str | None
    """The engine's arithmetic; null likewise."""
    model_id: str | None
    """The model that wrote it, the one that coded most of several; null likewise."""
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
    models: Mapping[str, int]
    """Bytes of content that each model coded, by its id; all of these models are needed to read it."""
    streams: int
    """Most streams that a block was cut into; 0 without text."""
    methods: Mapping[str, int]
    """Number of blocks by kind of method."""
    views: Mapping[str, int]
    """Number of views that were opened on what lies inside its files, by kind (TRANSFORMS.md)."""
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
    good_at: tuple[str, ...]
    """What it is recommended for: `english`, `code`, `world` (the world's languages)."""
    recommended: bool
    """Whether nothing that is here is for the same texts, and it should be got first."""
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
class OpenClRow:
    """A device that the exact engine can use by OpenCL, or cannot."""

    number: int
    """What names it to those who demand it."""
    name: str
    """Its name."""
    kind: str
    """`gpu`, `cpu` or `accelerator`."""
    driver: str
    """Version of its driver."""
    memory: int
    """Bytes it has."""
    speed: float
    """Tokens per second of a model of 135 million weights, as measured; 0 where it is not used."""
    processor_speed: float
    """What the processor managed beside it."""
    small_speed: float
    """As `speed`, with the embedded model."""
    small_processor_speed: float
    """And on the processor."""
    used: bool
    """Whether this run would compute there, with a large model."""
    problem: str | None
    """Why it is not used; null where nothing speaks against it."""


@dataclass(frozen=True)
class OpenClMissing:
    """Why the exact engine has no devices here, or not the one that was demanded."""

    reason: str
    """Why not."""


@dataclass(frozen=True)
class EngineList(Document):
    """What this machine can run models with."""

    command: ClassVar[str] = "engines"

    exact: ExactEngine | ExactEngineRefused
    """The engine whose archives every machine reads."""
    devices: tuple[OpenClRow, ...] | OpenClMissing
    """Where it can compute besides the processor."""
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
