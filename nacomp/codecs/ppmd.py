"""PPMd var. H (D. Shkarin, 2001) behind 7-Zip's range coder: of all that is quick, the smallest for text.

The native core codes 4 to 8 MB a second, its readable twin 70 kB: `most` says how much is worth a trial. Both give the same
bytes, which are those of 7-Zip and of pyppmd.
pyppmd (1.3.1) did this before and lost: its encoder drops a byte where a symbol's output straddles the end of an output
buffer, its decoder writes to freed memory when a payload ends too early, and never frees what of its input it did not use.
It takes a tenth more processor time to encode, and a third more to decode.
"""

from collections.abc import Callable
from types import ModuleType

try:
    from nacomp.codecs import _ppmd
except ImportError:  # installed without a compiler
    _ppmd = None  # type: ignore[assignment]

LIMIT = 2 << 20
"""Bytes of content; text blocks are about 1 MiB."""
READABLE_LIMIT = 1 << 15
"""And of what the readable twin is asked for: half a second for each order that is tried."""
READABLE_BYTES = 400
"""Of memory that the readable twin takes for a byte of content: 270 for text, 160 for noise."""
MIN_ORDER, MAX_ORDER = 2, 16
MIN_MEMORY, MAX_MEMORY = 1 << 20, 1 << 26


def available() -> bool:
    """Whether there is a native core."""
    return _ppmd is not None


def most() -> int:
    """Bytes up to which a trial is worth its time."""
    return LIMIT if available() else READABLE_LIMIT


def decoding_bytes(original_size: int) -> int:
    """About the most memory that decoding takes, in bytes."""
    return 2 * original_size + (MAX_MEMORY if available() else READABLE_BYTES * original_size)


def encode(data: bytes, order: int, memory: int) -> bytes:
    """The payload for at most LIMIT bytes."""
    core = _ppmd if available() else _readable()
    payload: bytes = core.encode(data, order, memory)
    return payload


def decode(
    payload: bytes,
    order: object,
    memory: object,
    original_size: int,
    check: Callable[[int], object] = lambda _: None,
) -> bytes:
    """Exactly `original_size` bytes; `check` hears of each piece where it takes time.

    Raises:
        ValueError: a payload or parameters that `encode` does not write.
    """
    if not isinstance(order, int) or not MIN_ORDER <= order <= MAX_ORDER:
        raise ValueError(f"order {order} is not between {MIN_ORDER} and {MAX_ORDER}")
    if not isinstance(memory, int) or not MIN_MEMORY <= memory <= MAX_MEMORY:
        raise ValueError(f"memory {memory} is not between {MIN_MEMORY} and {MAX_MEMORY}")
    if original_size > LIMIT:
        raise ValueError(f"{original_size} bytes is over the limit of {LIMIT}")
    if available():
        return _ppmd.decode(payload, order, memory, original_size)
    content: bytes = _readable().decode(payload, order, memory, original_size, check)
    return content


def _readable() -> ModuleType:
    from nacomp.codecs import ppmd_reference  # not above: most jobs do without it

    return ppmd_reference
