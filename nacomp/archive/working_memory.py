"""What compressing a file takes of memory besides the model: an upper estimate, by which a batch shares memory out."""

from nacomp.archive.units import UNIT_BYTES
from nacomp.codecs.levels import Level
from nacomp.models.protocol import Engine

CODING_BYTES = 64 << 20
"""What coding a block takes besides the session."""
CLASSICAL_SHARE, CLASSICAL_LEAST = 20, 96 << 20
"""What the classical codecs take, in sizes of their unit."""
BYTES_PER_SYMBOL = 2
"""Fewer than any text measured has (2.5 for code, 3.6 for prose): more streams, so more memory."""


def compress_bytes(size: int, level: Level, engine: Engine | None, workers: int) -> int:
    """About the most that compressing a file of `size` bytes takes besides the model, with `workers` blocks at a time.

    `engine` runs the model here; None where other machines do. Measured peaks beside it, level `fast`: 1 MB of text in
    one block 81 MB, named 187; 4 MB in two at a time 250 and 378; 1 MB of machine code 145 and 187; 16 MB of noise 362
    and 442.
    """
    blocks = min(workers, -(-size // level.block_bytes))
    # A unit being coded, and one behind it, for each worker the classical codecs' trials on its own.
    units = min(size, 2 * UNIT_BYTES) + blocks * max(CLASSICAL_LEAST, CLASSICAL_SHARE * min(size, UNIT_BYTES))
    if engine is None:
        return units
    streams = level.streams(min(size, level.block_bytes) // BYTES_PER_SYMBOL)
    return units + blocks * (engine.session_bytes(streams, level.context.window) + CODING_BYTES)
