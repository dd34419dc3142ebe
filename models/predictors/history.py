"""The symbols of a block so far, one sequence per stream, and the hashes of their endings."""

MASK = (1 << 64) - 1
MULTIPLIER = 0x9E3779B97F4A7C15


def context_hashes(history: list[int], orders: int) -> list[int]:
    """64-bit hashes of the last 1, 2, .. `orders` symbols, as many as the history has. Most recent symbol first."""
    hashes: list[int] = []
    h = 0
    for symbol in history[: -orders - 1 : -1]:
        h = ((h + symbol + 1) * MULTIPLIER) & MASK
        h ^= h >> 29
        hashes.append(h)
    return hashes
