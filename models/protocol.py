"""The one protocol both engines implement: open a session with S streams, feed token rows, get logit rows.

An engine holds the weights once; sessions hold the context (KV cache) of a block's streams. The pipeline
(`nacomp`) schedules rows; the engine never looks ahead and never knows whether it encodes or decodes.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nacomp.formats.records import dataclass
from nacomp.models.context_window import ContextWindow as ContextWindow  # noqa: PLC0414 - for all who open sessions
from nacomp.models.tokens.vocabulary import Vocabulary

FloatRows = NDArray[np.float32]
IntRow = NDArray[np.int32]
BoolRow = NDArray[np.bool_]


class TextTokenizer(Protocol):
    """Cuts bytes into symbols. Thread-safe."""

    def encode(self, data: bytes, /) -> IntRow:
        """(symbol,) int32 symbols that stand for exactly these bytes, whatever they are."""
        ...


class Session(Protocol):
    """The contexts of one block's streams. Not thread-safe; one owner."""

    streams: int

    def feed(self, streams: IntRow, tokens: IntRow, want: BoolRow) -> FloatRows:
        """Append tokens to streams and predict what follows some of them.

        Rows are processed as if one by one in the given order; a row sees the rows before it that belong to the
        same stream. The exact engine's result does not depend on how rows are grouped into calls.

        Args:
            streams: (row,) stream of each row, 0..S-1.
            tokens: (row,) token appended to that stream.
            want: (row,) whether the logits after this row are needed.

        Returns:
            (wanted row, vocabulary) float32 logits of the wanted rows, in row order. The array is the session's
            own and is overwritten by the next call.
        """
        ...


@dataclass(frozen=True)
class Door:
    """A session that native code calls by itself.

    Attributes:
        table: a capsule around `native/engine_door.h`; it keeps the session.
        model: its name, for errors.
    """

    table: object
    model: str


class Engine(Protocol):
    """A loaded language model, shared by any number of sessions at the same time."""

    name: str
    """`exact` or `llama`."""
    kernel: str
    """The implementation in use, for `info`: `numpy`, `avx512vnni`, ... It never changes a bit."""
    reproducible: bool
    """Whether the same tokens give the same bits however rows are grouped into calls, on any machine. Where not, encoder
    and decoder must make the same calls, and what was written is decoded before it counts as written."""
    vocabulary: Vocabulary
    max_rows: int
    """The most rows one `feed` accepts."""
    max_window: int
    """The longest context window, in tokens, that the model was made for."""

    def open_session(self, streams: int, context: ContextWindow) -> Session:
        """A session with `streams` empty contexts. Raises ModelError if the context does not fit the model."""
        ...

    def open_door(self, streams: int, context: ContextWindow) -> Door | None:
        """As `open_session`, for native code alone; None where only `feed` leads to a session."""
        ...

    @property
    def tokenizer(self) -> TextTokenizer:
        """What cuts text into this model's symbols; made when it is first asked for, by an encoder. Raises ModelError."""
        ...

    def session_bytes(self, streams: int, window: int) -> int:
        """The least a session's caches take of this machine's memory, in bytes; 0 where they lie elsewhere.

        Args:
            window: tokens; a longer one than `max_window` counts as that.
        """
        ...

    def parallel_blocks(self, threads: int) -> int:
        """How many blocks to code side by side where there are so many threads."""
        ...

    def parameters(self) -> dict[str, int | str]:
        """What the archive must record so that another machine can rebuild this engine (numerics id, ...)."""
        ...

    def close(self) -> None:
        """Release weights and threads. Idempotent."""
        ...
