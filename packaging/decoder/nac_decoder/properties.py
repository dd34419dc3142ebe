"""SPEC.md, sections 6.6 to 6.8: holes, owners and attributes, each in columns that a flag announces."""

from itertools import islice, pairwise

from nac_decoder.errors import check
from nac_decoder.numbers import Numbers

Pairs = tuple[tuple[int, int], ...]
Owner = tuple[int, int, bytes, bytes]
Attributes = tuple[tuple[bytes, bytes], ...]


def columns_of_holes(body: Numbers, kinds: list[int], flags: int) -> list[Pairs]:
    """(entry,) the gaps and lengths of its holes."""
    if not flags & 0x100:
        return [()] * len(kinds)
    counts = body.column(kinds.count(0))
    check(0 < sum(counts) <= 4_000_000, "there are no holes, or too many")
    rows = iter(list(zip(body.column(sum(counts)), body.column(sum(counts)), strict=True)))
    files = [tuple(islice(rows, count)) for count in counts]
    for holes in files:
        check(all(length >= 1 for _, length in holes), "hole is empty")
        check(all(gap >= 1 for gap, _ in holes[1:]), "holes touch")
    of_files = iter(files)
    return [next(of_files) if kind == 0 else () for kind in kinds]


def placed(gaps: Pairs, data: int) -> Pairs:
    """Offset and length of each hole in a file with so much data."""
    check(sum(gap for gap, _ in gaps) <= data, "hole is behind the end")
    check(data + sum(length for _, length in gaps) < 1 << 63, "file is too large")
    found, at = [], 0
    for gap, length in gaps:
        found.append((at + gap, length))
        at += gap + length
    return tuple(found)


def columns_of_owners(body: Numbers, kinds: list[int], flags: int) -> list[Owner | None]:
    """(entry,) its owner's numbers and names."""
    if not flags & 0x200:
        return [None] * len(kinds)
    count = body.varint()
    uids, gids, users, groups = (body.column(count) for _ in range(4))
    check(max(*uids, *gids, 0) < (1 << 32) - 1, "owner's number is out of range")
    check(max(*users, *groups, 0) <= 255, "owner's name is too long")
    names = [(body.take(user), body.take(group)) for user, group in zip(users, groups, strict=True)]
    check(not set(b"\0/:\r\n") & set(b"".join(a + b for a, b in names)), "owner's name is malformed")
    rows = [(uid, gid, *pair) for uid, gid, pair in zip(uids, gids, names, strict=True)]
    return [rows[number - 1] if number else None for number in _named(body, kinds, rows)]


def columns_of_attributes(body: Numbers, kinds: list[int], flags: int) -> list[Attributes]:
    """(entry,) names and values."""
    if not flags & 0x400:
        return [()] * len(kinds)
    sizes = body.column(body.varint())
    check(all(1 <= size <= 1024 for size in sizes), "set has another size")
    names, values = body.column(sum(sizes)), body.column(sum(sizes))
    check(sum(names) + sum(values) <= 16_777_216, "attributes are too large")
    check(all(1 <= size <= 255 for size in names), "attribute's name has another size")
    check(all(size <= 65_536 for size in values), "attribute is too large")
    read = [body.take(size) for size in names]
    check(all(b"\0" not in name for name in read), "attribute's name holds NUL")
    rows = iter(list(zip(read, [body.take(size) for size in values], strict=True)))
    sets = [tuple(islice(rows, size)) for size in sizes]
    check(all(a[0] < b[0] for one in sets for a, b in pairwise(one)), "attributes are out of order")
    numbers = _named(body, kinds, sets)
    check(not any(number and kind == 2 for number, kind in zip(numbers, kinds, strict=True)), "link has any")
    return [sets[number - 1] if number else () for number in numbers]


def _named(body: Numbers, kinds: list[int], rows: list[Owner] | list[Attributes]) -> list[int]:
    """(entry,) 0, or which of the rows from 1; hard links have 0 here."""
    own = iter(body.column(len(kinds) - kinds.count(3)))
    numbers = [next(own) if kind != 3 else 0 for kind in kinds]
    first = list(dict.fromkeys(number for number in numbers if number))
    check(bool(first) and first == list(range(1, len(rows) + 1)), "rows are named in another order")
    check(len(set(rows)) == len(rows), "row is there twice")
    return numbers
