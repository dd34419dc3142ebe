"""Machine code of x86-64 as the code profile reads it, and its targets made absolute (formats/MIXING.md, section 11)."""

from enum import IntEnum

from nacomp.models.mixing.arithmetic import combine

FIRST_MAP = (
    "MMMMbz..MMMMbz.EMMMMbz..MMMMbz..MMMMbzp.MMMMbzp.MMMMbzp.MMMMbzp."
    "RRRRRRRRRRRRRRRR..................XMppppzZbm....bbbbbbbbbbbbbbbb"
    "mZmmMMMMMMMMMMMM................oooo....bz......bbbbbbbbvvvvvvvv"
    "mmw.VSmZe.w..b..MMMMbb..MMMMMMMMbbbbbbbbrr.b....p.pp..tT......MM"
)
"""What follows each opcode: M ModRM; b, w, e, o immediates of 1, 2, 3, 8 bytes; z one of 4, behind 66 of 2; v like z, with
REX.W of 8; m ModRM and b; Z ModRM and z; t, T ModRM and, where its reg is 0 or 1, b or z; r a target; . nothing. p is a
prefix, R a REX prefix, E leads to the second map, S, V and X are VEX and EVEX prefixes."""
SECOND_MAP = (
    "MMMM.......M.M..MMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMM................"
    "MMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMmmmmMMM.MMMMMMMM"
    "rrrrrrrrrrrrrrrrMMMMMMMMMMMMMMMM...MmM.....MmMMMMMMMMMMMMMmMMMMM"
    "MMmMmmmM........MMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMMM"
)
UNLIKELY = bytes.fromhex("00 06 07 0e 16 17 1e 1f 27 2f 37 3f 60 61 82 9a ce d4 d5 d6 ea")
"""Opcodes of the first map that no 64-bit code has, and 00, which is mostly a zero of data."""
DOUBT = 32
"""Instructions behind an unlikely one before this is taken for code: 1 to 2% of small libraries against none."""
_NO_BASE = 5
_GROUPS = frozenset((*range(0x80, 0x84), 0xC0, 0xC1, *range(0xD0, 0xD4), *range(0xF6, 0x100)))


class _Part(IntEnum):
    """Of an instruction; opcodes behind 0F are ESCAPED, those whose map a prefix has named are MAPPED."""

    OPENING = 0
    ESCAPED = 1
    MAPPED = 2
    VEX2 = 3
    VEX3 = 4
    EVEX = 5
    MODRM = 6
    SIB = 7
    DISPLACEMENT = 8
    IMMEDIATE = 9
    RELATIVE = 10


class Code:
    """What is known of the instructions so far. Nothing is refused, so that tables between the functions pass as well.

    Attributes:
        map, opcode: of this instruction, 0 until they are known.
        address: what its ModRM and SIB bytes say of a base.
        now, rough, field: hashes of this instruction without operands, of it without registers, of this operand so far.
        last_now, past: hashes of the last instruction; of the last one, two and three without registers.
        doubt: instructions still to come before this is taken for code.
    """

    def __init__(self) -> None:
        self.doubt, self.last_now, self.past = DOUBT, 0, (0, 0, 0)
        self._forget()

    def _forget(self) -> None:
        self.map = self.opcode = self.address = self.now = self.rough = 0
        self._displaced = self._value = 0
        self._short = self._wide = False
        self._next(_Part.OPENING)

    def _next(self, part: _Part, size: int = 1) -> None:
        self._part, self._size, self._index, self.field = part, size, 0, 0

    @property
    def at(self) -> int:
        """The part that the coming byte belongs to, and which byte of it: 0 to 25."""
        first = {_Part.DISPLACEMENT: 8, _Part.IMMEDIATE: 13, _Part.RELATIVE: 21}.get(self._part)
        return int(self._part) if first is None else first + self._index + (self._size > 1)

    @property
    def aims(self) -> bool:
        """Whether the coming four bytes are the distance of a target from the instruction's end."""
        based = self._part is _Part.DISPLACEMENT and (self._size, self.address) == (4, _NO_BASE)
        return self._index == 0 and (based or self._part is _Part.RELATIVE)

    @property
    def behind(self) -> int:
        """Bytes of the instruction behind its displacement."""
        return self._value if self._part is _Part.DISPLACEMENT else 0

    def read(self, byte: int) -> None:
        """One more byte."""
        if self._part < _Part.DISPLACEMENT:
            self.now = combine(self.now + 1, byte)
        match self._part:
            case _Part.OPENING:
                self._read_opening(byte)
            case _Part.ESCAPED if byte in (0x38, 0x3A):
                self.map = 2 if byte == 0x38 else 3
                self._next(_Part.MAPPED)
            case _Part.ESCAPED | _Part.MAPPED:
                self._read_opcode(byte)
            case _Part.MODRM:
                self._read_modrm(byte)
            case _Part.SIB:
                if byte & 7 == 5 and self.address >> 3 == 0:
                    self._displaced = 4
                self.address = 32 | self.address & 24 | byte & 7
                self._end_address()
            case _Part.VEX2 | _Part.VEX3 | _Part.EVEX:
                self._read_vex(byte)
            case _:
                self._read_operand(byte)

    def _read_opening(self, byte: int) -> None:
        match FIRST_MAP[byte]:
            case "p":
                self._short |= byte == 0x66
                self.rough = combine(self.rough + 1, byte)
            case "R":
                self._wide |= byte & 8 > 0
                self.rough = combine(self.rough + 1, byte & 8)
            case "E":
                self.map = 1
                self._next(_Part.ESCAPED)
            case "S":
                self.map = 1
                self._next(_Part.VEX2)
            case "V":
                self._next(_Part.VEX3, 2)
            case "X":
                self._next(_Part.EVEX, 3)
            case _:
                self._read_opcode(byte)

    def _read_vex(self, byte: int) -> None:
        if self._part is not _Part.VEX2 and self._index == 0:
            self.map = byte & 3 or 1
        self._index += 1
        if self._index == self._size:
            self._next(_Part.MAPPED)

    def _read_opcode(self, byte: int) -> None:
        self.opcode = byte
        self.rough = combine(self.rough + 256 * self.map + 1, byte)
        kind = (FIRST_MAP[byte], SECOND_MAP[byte], "M", "m")[self.map]
        usual = 2 if self._short else 4
        if kind in "MtTmZ":
            self._value = {"m": 1, "Z": usual}.get(kind, 0)
            self._next(_Part.MODRM)
        elif kind == "r":
            self._next(_Part.RELATIVE, 4)
        elif kind in "bweozv":
            sizes = {"b": 1, "w": 2, "e": 3, "o": 8, "z": usual, "v": 8 if self._wide else usual}
            self._next(_Part.IMMEDIATE, sizes[kind])
        else:
            self._end_instruction()

    def _read_modrm(self, byte: int) -> None:
        mod, reg, rm = byte >> 6, byte >> 3 & 7, byte & 7
        kept = mod << 6
        if self.map == 0 and self.opcode in _GROUPS:
            kept |= reg << 3
        if mod != 3 and rm in (4, 5):
            kept |= rm
        self.rough = combine(self.rough + 1, kept)
        self.address = mod << 3 | rm
        if self.map == 0 and self.opcode in (0xF6, 0xF7) and reg < 2:
            self._value = 1 if self.opcode == 0xF6 else 2 if self._short else 4
        self._displaced = {1: 1, 2: 4}.get(mod, 4 * (self.address == _NO_BASE))
        if mod != 3 and rm == 4:
            self._next(_Part.SIB)
        else:
            self._end_address()

    def _read_operand(self, byte: int) -> None:
        self.field = combine(self.field + 1, byte)
        self._index += 1
        if self._index < self._size:
            return
        if self._part is _Part.DISPLACEMENT:
            self._end_address()
        else:
            self._end_instruction()

    def _end_address(self) -> None:
        """What comes behind ModRM and SIB, and behind a displacement."""
        if self._displaced:
            size, self._displaced = self._displaced, 0
            self._next(_Part.DISPLACEMENT, size)
        elif self._value:
            size, self._value = self._value, 0
            self._next(_Part.IMMEDIATE, size)
        else:
            self._end_instruction()

    def _end_instruction(self) -> None:
        unlikely = self.map == 0 and self.opcode in UNLIKELY
        self.doubt = DOUBT if unlikely else max(0, self.doubt - 1)
        one, two, _ = self.past
        self.past = (combine(0, self.rough), combine(one, self.rough), combine(two, self.rough))
        self.last_now = self.now
        self._forget()


def turn_code(content: bytes, forward: bool) -> bytes:
    """Relative targets to absolute ones, highest byte first, or back.

    What an instruction is does not depend on its operands, so that both directions read the same instructions.
    """
    code, turned, size, at = Code(), bytearray(content), len(content), 0
    while at < size:
        if code.aims and not code.doubt and size - at >= 4:
            place, four = at + 4 + code.behind, turned[at : at + 4]
            if forward:
                target = _absolute(int.from_bytes(four, "little", signed=True), place, size)
                turned[at : at + 4] = target.to_bytes(4, "big", signed=True)
            else:
                distance = _distance(int.from_bytes(four, "big", signed=True), place, size)
                turned[at : at + 4] = distance.to_bytes(4, "little", signed=True)
            for byte in turned[at : at + 3]:
                code.read(byte)
            at += 3
        code.read(turned[at])
        at += 1
    return bytes(turned)


def _absolute(distance: int, place: int, size: int) -> int:
    """One to one on all numbers of 32 bits: distances to places in the block take turns with those to places behind it."""
    if not -place <= distance < size:
        return distance
    return distance + place if distance + place < size else distance - size


def _distance(target: int, place: int, size: int) -> int:
    if not -place <= target < size:
        return target
    return target - place if target >= 0 else target + size
