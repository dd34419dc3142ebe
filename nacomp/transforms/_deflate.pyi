"""The native core; see `deflate` for what each function takes and gives."""

Buffer = bytes | bytearray | memoryview

class Corrupt(ValueError):
    """Corrections that are none for their content."""

def open_stream(
    data: Buffer, start_bit: int, dictionary: Buffer, limit: int, piece: int
) -> tuple[bytes, bytes, int, bool] | None:
    """(content, corrections, bits used, whether the stream ends there)."""

def rebuild(
    content: Buffer, corrections: Buffer, dictionary: Buffer, limit: int = ...
) -> tuple[bytes, int, int, bool]:
    """(bytes, bits of the first byte that belong to what is before, bits used, whether the stream ends there)."""

def find_marks(data: Buffer) -> list[tuple[int, int]]:
    """(start, `sites.Kind`) of what may begin somewhere in the data, in order."""

def chunk_ends(data: Buffer, least: int, most: int, bits: int, is_last: bool) -> list[int]:
    """Ends of the chunks that the data is cut into where its content says so; the last one only if `is_last`."""
