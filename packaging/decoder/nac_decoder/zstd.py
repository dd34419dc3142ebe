"""RFC 8878: one Zstandard frame without a dictionary, to its content. Section numbers are the RFC's."""

from dataclasses import dataclass, field

from nac_decoder.errors import Refused, check

LITERAL_LENGTHS = [(n, 0) for n in range(16)] + [
    (16, 1), (18, 1), (20, 1), (22, 1), (24, 2), (28, 2), (32, 3), (40, 3), (48, 4), (64, 6),
    *((2**n, n) for n in range(7, 17)),
]  # fmt: skip
MATCH_LENGTHS = [(n, 0) for n in range(3, 35)] + [
    (35, 1), (37, 1), (39, 1), (41, 1), (43, 2), (47, 2), (51, 3), (59, 3), (67, 4), (83, 4), (99, 5),
    *((2**n + 3, n) for n in range(7, 17)),
]  # fmt: skip
"""3.1.1.3.2.1.1: of each code the smallest length and the number of further bits."""
OFFSETS = [(2**n, n) for n in range(32)]
USUAL = (
    (6, [4, 3, *[2] * 11, 1, 1, 1, *[2] * 9, 3, 2, *[1] * 5, *[-1] * 4]),
    (5, [*[1] * 6, 2, 2, 2, *[1] * 15, *[-1] * 5]),
    (6, [1, 4, 3, *[2] * 6, *[1] * 37, *[-1] * 7]),
)
"""3.1.1.3.2.2: the tables' sizes, in bits, and the distributions that need not be sent, of lengths, offsets, matches."""
LARGEST = (9, 8, 9)
BLOCK = 131_072


class Backward:
    """4.1: bits from the end of some bytes on, the highest first; behind the first byte there are zeros."""

    def __init__(self, data: bytes) -> None:
        check(bool(data) and data[-1] > 0, "zstd bit stream has no end")
        self.data, self.left = data, 8 * len(data) - 9 + data[-1].bit_length()

    def read(self, count: int) -> int:
        self.left -= count
        below = max(0, -self.left)
        start = max(0, self.left)
        window = int.from_bytes(self.data[start // 8 : start // 8 + 8], "little") >> start % 8
        return window << below & (1 << count) - 1


@dataclass(frozen=True)
class Table:
    """4.1.1: of each state the symbol, the number of bits to read, and what to add to them for the next state."""

    bits: int
    rows: list[tuple[int, int, int]]


class States:
    """One of the machines that share a bit stream."""

    def __init__(self, table: Table, stream: Backward) -> None:
        self.rows, self.stream = table.rows, stream
        self.state = stream.read(table.bits)

    def symbol(self) -> int:
        return self.rows[self.state][0]

    def step(self) -> None:
        _, bits, base = self.rows[self.state]
        self.state = base + self.stream.read(bits)


def table_of(bits: int, counts: list[int]) -> Table:
    """4.1.1: symbols spread over the states."""
    size = 1 << bits
    symbols, top = [0] * size, size
    following = [abs(count) for count in counts]
    for symbol, count in enumerate(counts):
        if count < 0:
            top -= 1
            symbols[top] = symbol
    place = 0
    for symbol, count in enumerate(counts):
        for _ in range(max(0, count)):
            symbols[place] = symbol
            place = (place + (size >> 1) + (size >> 3) + 3) % size
            while place >= top:
                place = (place + (size >> 1) + (size >> 3) + 3) % size
    check(place == 0, "zstd distribution does not add up")
    rows = []
    for symbol in symbols:
        number = following[symbol]
        following[symbol] += 1
        read = bits + 1 - number.bit_length()
        rows.append((symbol, read, (number << read) - size))
    return Table(bits, rows)


def distribution(data: bytes, largest: int) -> tuple[Table, int]:
    """4.1.1: a table that is sent, and how many bytes it takes."""
    number, at = int.from_bytes(data[:512], "little"), 4
    bits = (number & 15) + 5
    check(bits <= largest, "zstd table is too large")
    left, counts = 1 << bits, []
    while left > 0:
        width = (left + 1).bit_length()
        value = number >> at & (1 << width) - 1
        low, few = value & (1 << width - 1) - 1, (1 << width) - 2 - left
        at += width - 1 if low < few else width
        value = low if low < few else value - few * (value >= 1 << width - 1)
        counts.append(value - 1)
        left -= abs(value - 1)
        while value == 1:  # a count of 0: two bits say how many more of them
            more = number >> at & 3
            at += 2
            counts += [0] * more
            value = more == 3
    check(left == 0 and len(counts) <= 256 and at <= 8 * len(data), "zstd distribution does not add up")
    return table_of(bits, counts), -(-at // 8)


@dataclass
class Codes:
    """4.2.1: the literals' prefix code: of each window of `bits` bits the symbol and its length."""

    bits: int
    rows: list[tuple[int, int]]

    def read(self, data: bytes, size: int) -> bytes:
        """One stream of literals."""
        stream, out, mask = Backward(data), bytearray(), (1 << self.bits) - 1
        window = stream.read(self.bits)
        for _ in range(size):
            symbol, length = self.rows[window]
            out.append(symbol)
            window = (window << length | stream.read(length)) & mask
        check(stream.left == -self.bits, "zstd literals have another size")
        return bytes(out)


def prefix_code(data: bytes) -> tuple[Codes, int]:
    """4.2.1: weights, coded or plain; gives the code and how many bytes it takes."""
    head = data[0]
    if head >= 128:
        end = 1 + (head - 126) // 2
        halves = [half for byte in data[1:end] for half in (byte >> 4, byte & 15)]
        weights = halves[: head - 127]
    else:
        end = 1 + head
        weights = _coded_weights(data[1:end])
    total = sum(1 << weight - 1 for weight in weights if weight)
    bits = total.bit_length()
    rest = (1 << bits) - total
    check(1 <= bits <= 11 and rest & rest - 1 == 0, "zstd prefix code is not complete")
    weights.append(rest.bit_length())
    rows: list[tuple[int, int]] = []
    for weight in range(1, bits + 1):
        for symbol, own in enumerate(weights):
            if own == weight:
                rows += [(symbol, bits + 1 - weight)] * (1 << weight - 1)
    check(len(rows) == 1 << bits and len(weights) <= 256, "zstd prefix code is not complete")
    return Codes(bits, rows), end


def _coded_weights(data: bytes) -> list[int]:
    """4.2.1.2: two machines take turns until the bits have run out."""
    table, used = distribution(data, 6)
    stream = Backward(data[used:])
    machines = [States(table, stream), States(table, stream)]
    weights: list[int] = []
    while len(weights) < 255:
        machine, other = machines[len(weights) % 2], machines[1 - len(weights) % 2]
        weights.append(machine.symbol())
        machine.step()
        if stream.left < 0:
            return [*weights, other.symbol()]
    raise Refused("zstd prefix code is too long")


@dataclass
class Frame:
    """What the blocks of a frame pass on to one another."""

    out: bytearray = field(default_factory=bytearray)
    codes: Codes | None = None
    tables: list[Table | None] = field(default_factory=lambda: [None] * 3)
    offsets: list[int] = field(default_factory=lambda: [1, 4, 8])

    def block(self, data: bytes) -> None:
        """3.1.1.3: literals, then sequences."""
        literals, at = self._literals(data)
        head = data[at]
        count, at = head, at + 1
        if head == 255:
            count, at = int.from_bytes(data[at : at + 2], "little") + 0x7F00, at + 2
        elif head >= 128:
            count, at = (head - 128 << 8) + data[at], at + 1
        if not count:
            self.out += literals
            return
        modes, at = data[at], at + 1
        for kind in range(3):
            at += self._table(kind, modes >> 6 - 2 * kind & 3, data[at:])
        used = self._sequences(count, literals, Backward(data[at:]))
        self.out += literals[used:]

    def _literals(self, data: bytes) -> tuple[bytes, int]:
        """3.1.1.3.1; gives where they end."""
        kind, form = data[0] & 3, data[0] >> 2 & 3
        if kind < 2:
            head = (1, 2, 1, 3)[form]
            size = int.from_bytes(data[:head], "little") >> (4 if form % 2 else 3)
            return (
                (data[head : head + size], head + size)
                if kind == 0
                else (data[head : head + 1] * size, head + 1)
            )
        head, bits = (3, 3, 4, 5)[form], (10, 10, 14, 18)[form]
        both = int.from_bytes(data[:head], "little") >> 4
        size, packed = both & (1 << bits) - 1, both >> bits
        end, body = head + packed, data[head : head + packed]
        if kind == 2:
            self.codes, used = prefix_code(body)
            body = body[used:]
        check(self.codes is not None and size <= BLOCK, "zstd literals are malformed")
        assert self.codes is not None
        if form == 0:
            return self.codes.read(body, size), end
        sizes = [int.from_bytes(body[at : at + 2], "little") for at in (0, 2, 4)]
        streams, at = [], 6
        for length in (*sizes, len(body) - 6 - sum(sizes)):
            streams.append(body[at : at + length])
            at += length
        quarter = (size + 3) // 4
        wanted = (quarter, quarter, quarter, size - 3 * quarter)
        return b"".join(self.codes.read(one, n) for one, n in zip(streams, wanted, strict=True)), end

    def _table(self, kind: int, mode: int, data: bytes) -> int:
        """3.1.1.3.2.1: usual, one symbol, sent, or as before; gives the bytes that it takes."""
        if mode == 0:
            self.tables[kind] = table_of(*USUAL[kind])
        elif mode == 1:
            self.tables[kind] = Table(0, [(data[0], 0, 0)])
            return 1
        elif mode == 2:
            self.tables[kind], used = distribution(data, LARGEST[kind])
            return used
        return 0

    def _sequences(self, count: int, literals: bytes, stream: Backward) -> int:
        """3.1.1.3.2 and 4: runs of literals and matches; gives how many literals they take."""
        machines = [States(table, stream) for table in self.tables if table]
        check(len(machines) == 3, "zstd table is not there")
        lengths, offsets, matches = machines
        used = 0
        for number in range(count):
            base, bits = OFFSETS[offsets.symbol()]
            offset = base + stream.read(bits)
            base, bits = MATCH_LENGTHS[matches.symbol()]
            match = base + stream.read(bits)
            base, bits = LITERAL_LENGTHS[lengths.symbol()]
            run = base + stream.read(bits)
            if number < count - 1:
                for machine in (lengths, matches, offsets):
                    machine.step()
            self.out += literals[used : used + run]
            used += run
            self._copy(self._offset(offset, run), match)
        check(stream.left == 0 and used <= len(literals), "zstd sequences have another size")
        return used

    def _offset(self, value: int, run: int) -> int:
        """3.1.2.5: a new offset, or one of the last three."""
        if value > 3:
            self.offsets = [value - 3, *self.offsets[:2]]
            return value - 3
        place = value - 1 + (run == 0)
        offset = self.offsets[place] if place < 3 else self.offsets[0] - 1
        if place:
            kept = [one for number, one in enumerate(self.offsets) if number != min(place, 2)]
            self.offsets = [offset, *kept]
        return offset

    def _copy(self, offset: int, size: int) -> None:
        check(1 <= offset <= len(self.out), "zstd match is before the beginning")
        start = len(self.out) - offset
        piece = bytes(self.out[start : start + size])
        self.out += (piece * (size // len(piece) + 1))[:size]


def decompress(data: bytes, size: int) -> bytes:
    """3.1.1: a frame's content, `size` bytes; its checksum is left to the archive, which has a better one."""
    try:
        return _frame(data, size)
    except (IndexError, ValueError) as error:
        raise Refused("zstd frame is malformed") from error


def _frame(data: bytes, size: int) -> bytes:
    check(data[:4] == bytes.fromhex("28B52FFD"), "no zstd frame")
    flags = data[4]
    single = flags >> 5 & 1
    check(flags & 0b1011 == 0, "zstd frame has a dictionary, or a bit of a later version")
    at = 6 - single + (single, 2, 4, 8)[flags >> 6]
    frame, last = Frame(), 0
    while not last:
        head = int.from_bytes(data[at : at + 3], "little")
        last, kind, length = head & 1, head >> 1 & 3, head >> 3
        at += 3
        stored = 1 if kind == 1 else length
        check(kind < 3 and length <= BLOCK and at + stored <= len(data), "zstd block is malformed")
        if kind == 2:
            frame.block(data[at : at + stored])
        else:
            frame.out += data[at : at + 1] * length if kind == 1 else data[at : at + length]
        at += stored
        check(len(frame.out) <= size, "zstd content has another size")
    check(at + 4 * (flags >> 2 & 1) == len(data), "bytes behind the zstd frame")
    return bytes(frame.out)
