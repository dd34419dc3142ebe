"""The native core; see `ppmd` for what each function takes and gives."""

Buffer = bytes | bytearray | memoryview

class Corrupt(ValueError):
    """A payload that no encoder writes for so much content."""

def encode(data: Buffer, order: int, memory: int) -> bytes:
    """The payload of at most 2^30 bytes; `memory` is 2^11 to 2^30, more than an archive may ask for at both ends."""

def decode(payload: Buffer, order: int, memory: int, size: int) -> bytes:
    """Exactly `size` bytes."""
