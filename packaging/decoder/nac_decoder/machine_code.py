"""MIXING.md section 11: instructions as the code profile sees them, and relative targets."""

from collections.abc import Generator

from nac_decoder.mixing_parts import combine

Bytes = Generator[None, int, int]
ONE_BYTE = (
    *("MMMMbz..MMMMbz.E", "MMMMbz..MMMMbz..", "MMMMbzp.MMMMbzp.", "MMMMbzp.MMMMbzp."),
    *("RRRRRRRRRRRRRRRR", "................", "..XMppppzZbm....", "bbbbbbbbbbbbbbbb"),
    *("mZmmMMMMMMMMMMMM", "................", "oooo....bz......", "bbbbbbbbvvvvvvvv"),
    *("mmw.VSmZe.w..b..", "MMMMbb..MMMMMMMM", "bbbbbbbbrr.b....", "p.pp..tT......MM"),
)
TWO_BYTES = (
    *("MMMM.......M.M..", "M" * 16, "M" * 16, "." * 16, "M" * 16, "M" * 16, "M" * 16, "mmmmMMM.MMMMMMMM"),
    *(
        "r" * 16,
        "M" * 16,
        "...MmM.....MmMMM",
        "MMMMMMMMMMmMMMMM",
        "MMmMmmmM........",
        "M" * 16,
        "M" * 16,
        "M" * 16,
    ),
)
NOT_CODE = {0, 6, 7, 14, 22, 23, 30, 31, 39, 47, 55, 63, 96, 97, 130, 154, 206, 212, 213, 214, 234}


class Instructions:
    """Takes bytes; between two of them it tells what the contexts ask for."""

    def __init__(self) -> None:
        self.doubt, self.last, self.before = 32, 0, [0, 0, 0]
        self.aim: int | None = None
        """Before a target: how many bytes of the instruction follow it."""
        self.at = self.field = self.map = self.opcode = self.address = self.now = self.rough = 0
        self.short = self.wide = False
        self.run = self.instructions()
        next(self.run)

    def read(self, byte: int) -> None:
        self.run.send(byte)

    def byte(self, at: int) -> Bytes:
        self.at = at
        byte = yield
        self.now = combine((self.now + 1) % 2**32, byte)
        return byte

    def operand(self, first: int, size: int, aim: int | None = None) -> Bytes:
        for i in range(size):
            self.at, self.aim = first + i + (size > 1), aim if i == 0 else None
            byte = yield
            self.field = combine((self.field + 1) % 2**32, byte)
        self.field, self.aim = 0, None
        return 0

    def roughly(self, value: int) -> None:
        self.rough = combine((self.rough + 1) % 2**32, value)

    def instructions(self) -> Generator[None, int, None]:
        while True:
            self.map = self.opcode = self.address = self.now = self.rough = 0
            self.short = self.wide = False
            yield from self.read_opcode()
            yield from self.read_rest()
            if self.map == 0 and self.opcode in NOT_CODE:
                self.doubt = 32
            elif self.doubt:
                self.doubt -= 1
            self.before = [combine(older, self.rough) for older in (0, *self.before[:2])]
            self.last = self.now

    def read_opcode(self) -> Bytes:
        while (kind := row_of(ONE_BYTE, byte := (yield from self.byte(0)))) in "pR":
            self.short |= byte == 0x66
            self.wide |= kind == "R" and byte % 16 > 7
            self.roughly(byte if kind == "p" else byte & 8)
        if kind == "E":
            self.map = 1
            byte = yield from self.byte(1)
            if byte in (0x38, 0x3A):
                self.map = byte // 2 - 26
                byte = yield from self.byte(2)
        elif kind in "SVX":
            self.map = int(kind == "S")
            for _ in range("SVX".index(kind) + 1):
                byte = yield from self.byte(3 + "SVX".index(kind))
                self.map = self.map or byte % 4 or 1
            byte = yield from self.byte(2)
        self.opcode = byte
        self.rough = combine((self.rough + 256 * self.map + 1) % 2**32, byte)
        return byte

    def read_rest(self) -> Bytes:
        maps = (row_of(ONE_BYTE, self.opcode), row_of(TWO_BYTES, self.opcode), "M", "m")
        kind, usual = maps[self.map], 2 if self.short else 4
        sizes = {"b": 1, "w": 2, "e": 3, "o": 8, "z": usual, "v": 8 if self.wide else usual}
        if kind == "r":
            yield from self.operand(21, 4, 0)
        elif kind in "MmZtT":
            value = {"m": 1, "Z": usual}.get(kind, 0)
            yield from self.read_address({"t": 1, "T": usual}.get(kind, 0), value)
        else:
            yield from self.operand(13, sizes.get(kind, 0))
        return 0

    def read_address(self, tested: int, value: int) -> Bytes:
        byte = yield from self.byte(6)
        mod, reg, rm = byte >> 6, byte >> 3 & 7, byte & 7
        op = self.opcode
        grouped = self.map == 0 and (
            0x80 <= op < 0x84 or op in (0xC0, 0xC1) or 0xD0 <= op < 0xD4 or op >= 0xF6
        )
        self.roughly(64 * mod + 8 * reg * grouped + (rm if mod < 3 and rm in (4, 5) else 0))
        value = value or (tested if reg < 2 else 0)
        displaced = (0, 1, 4, 0)[mod]
        self.address = 8 * mod + rm
        if self.address == 5:
            displaced = 4
        if mod < 3 and rm == 4:
            byte = yield from self.byte(7)
            if mod == 0 and byte % 8 == 5:
                displaced = 4
            self.address = 32 + 8 * mod + byte % 8
        yield from self.operand(8, displaced, value if self.address == 5 else None)
        yield from self.operand(13, value)
        return 0


def row_of(table: tuple[str, ...], byte: int) -> str:
    return table[byte >> 4][byte & 15]


def untwisted(content: bytes) -> bytes:
    """Absolute targets, highest byte first, to relative ones, lowest byte first."""
    code, found, n, i = Instructions(), bytearray(content), len(content), 0
    while i < n:
        if code.aim is None or code.doubt or i + 4 > n:
            code.read(content[i])
            i += 1
            continue
        t, place = int.from_bytes(content[i : i + 4], "big", signed=True), i + 4 + code.aim
        if 0 <= t < n:
            t -= place
        elif -place <= t < 0:
            t += n
        found[i : i + 4] = t.to_bytes(4, "little", signed=True)
        for byte in content[i : i + 4]:
            code.read(byte)
        i += 4
    return bytes(found)
