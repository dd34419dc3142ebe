"""The native core; see `coefficients` for what each function takes and gives."""

Buffer = bytes | bytearray | memoryview

def take_apart(data: Buffer) -> tuple[int, bytes, bytes] | None:
    """(padding, rest, words), or None."""

def put_together(padding: int, rest: Buffer, words: Buffer, size: int) -> bytes:
    """The file. Raises ValueError for parts that `take_apart` does not give for a file of this size."""
