"""What compressing a file takes of memory besides the model: an upper estimate, by which a batch shares memory out."""

from collections.abc import Sequence

from nacomp.archive.far import FAR_BYTES
from nacomp.archive.unit_size import UNIT_BYTES
from nacomp.codecs.levels import Level
from nacomp.models.protocol import Engine

CODING_BYTES = 64 << 20
"""What coding a block takes besides the session."""
CLASSICAL_SHARE, CLASSICAL_LEAST = 20, 96 << 20
"""What the classical codecs take, in sizes of their unit."""
BYTES_PER_SYMBOL = 2
"""Fewer than any text measured has (2.5 for code, 3.6 for prose): more streams, so more memory."""


def compress_bytes(size: int, level: Level, engines: Sequence[Engine], workers: int) -> int:
    """About the most that compressing a file of `size` bytes takes besides the models, with `workers` blocks at a time.

    A block is predicted by one of `engines`; none where other machines do that. Measured peaks beside it, level `fast`: 1 MB
    of text in one block 81 MB, named 187; 4 MB in two at a time 250 and 378; 1 MB of machine code 145 and 187; 16 MB of
    noise 362 and 442.
    """
    blocks = min(workers, -(-size // level.block_bytes))
    # A unit being coded, one behind it, and what is looked through for repeats; for each worker the codecs' trials.
    held = 2 * min(size, FAR_BYTES) if size > UNIT_BYTES else 0  # to be looked at together
    units = (
        held
        + min(size, 3 * UNIT_BYTES)
        + blocks * max(CLASSICAL_LEAST, CLASSICAL_SHARE * min(size, UNIT_BYTES))
    )
    if not engines:
        return units
    streams = level.streams(min(size, level.block_bytes) // BYTES_PER_SYMBOL)
    session = max(engine.session_bytes(streams, level.context.window) for engine in engines)
    return units + blocks * (session + CODING_BYTES)
