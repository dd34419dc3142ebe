"""The paths that an update takes away, as columns, and back, judged (SPEC.md, section 15.1)."""

from collections.abc import Sequence
from itertools import pairwise

from nacomp.formats.columns import decode_column, encode_column
from nacomp.formats.entry_table import common_prefix
from nacomp.formats.errors import CorruptArchive
from nacomp.formats.limits import Limits, check_limit
from nacomp.formats.paths import MAX_PATH, check_path, sort_key
from nacomp.formats.varint import Cursor

# shared and suffix sizes, and a suffix
SMALLEST_PATH = 3


def encode_removed(paths: Sequence[bytes]) -> bytes:
    """The columns of paths that are in order."""
    shared = [common_prefix(*pair) for pair in pairwise([b"", *paths])]
    columns = [
        encode_column([len(paths)]),
        encode_column(shared),
        encode_column(len(path) - known for path, known in zip(paths, shared, strict=True)),
    ]
    return b"".join(columns) + b"".join(path[known:] for path, known in zip(paths, shared, strict=True))


def decode_removed(cursor: Cursor, limits: Limits) -> tuple[bytes, ...]:
    """Parse and judge the columns. Raises CorruptArchive, UnsafePath, LimitExceeded."""
    count = cursor.count(SMALLEST_PATH)
    check_limit(count, limits.max_entries, "removed paths")
    shared, sizes = decode_column(cursor, count), decode_column(cursor, count)
    check_limit(sum(shared) + sum(sizes), limits.max_index_size, "bytes of removed paths")
    paths = [b""]
    for known, size in zip(shared, sizes, strict=True):
        if known > len(paths[-1]) or known + size > MAX_PATH:
            raise CorruptArchive(reason="a removed path is longer than it can be")
        path = paths[-1][:known] + cursor.bytes(size)
        check_path(path)
        if common_prefix(paths[-1], path) != known or sort_key(path) <= sort_key(paths[-1]):
            raise CorruptArchive(reason="removed paths are out of order")
        paths.append(path)
    return tuple(paths[1:])
