"""The native core; see `coefficients` for what each function takes and gives.

kernel: one of `available_kernels()` of `mixing/_mixing`, the best one if empty; they differ in speed alone.
"""

Buffer = bytes | bytearray | memoryview

def take_apart(data: Buffer, kernel: str = "") -> tuple[int, bytes, bytes] | None:
    """(padding, rest, words), or None."""

def put_together(padding: int, rest: Buffer, words: Buffer, size: int, kernel: str = "") -> bytes:
    """The file. Raises ValueError for parts that `take_apart` does not give for a file of this size."""
