"""MIXING.md section 7: the measures of the text profile."""

from nac_decoder.mixing_parts import squash, stretch


class Column:
    """What one field has held."""

    def __init__(self, decimals: int) -> None:
        self.n = self.last = self.before = self.mean = self.digits = 0
        self.decimals, self.errors = decimals, [0, 0, 0]

    def guesses(self) -> list[int]:
        return [self.last, 2 * self.last - self.before, self.mean >> 4]

    def learn(self, v: int, digits: int) -> None:
        if self.n:
            for i, g in enumerate(self.guesses()):
                self.errors[i] += (256 * abs(v - g) - self.errors[i]) // min(self.n, 32)
            self.mean += (16 * v - self.mean) >> 3
        else:
            self.mean, self.last = 16 * v, v
        self.n += 1
        self.before, self.last, self.digits = self.last, v, digits


class Measures:
    def __init__(self) -> None:
        self.columns = [Column(0) for _ in range(32)]
        self.text = ""

    def parts(self) -> tuple[bool, str, bool, int] | None:
        """Of the field so far: its sign, its digits, whether it has a point, its decimals; none if it is no measure."""
        unsigned = self.text.removeprefix("-")
        whole, point, behind = unsigned.partition(".")
        digits = whole + behind
        if len(digits) > 12 or any(byte not in "0123456789" for byte in digits) or (point and not whole):
            return None
        return unsigned != self.text, digits, bool(point), len(behind)

    def read(self, byte: int, field: int, ends: bool) -> None:
        if not ends:
            self.text += chr(byte) if len(self.text) < 16 else ""
            return
        found, self.text = self.parts(), ""
        if found and found[1]:
            negative, digits, _, decimals = found
            if self.columns[field].decimals != decimals:
                self.columns[field] = Column(decimals)
            self.columns[field].learn(-int(digits) if negative else int(digits), len(digits))

    def input(self, field: int, row: int, done: int) -> int:
        column, found = self.columns[field], self.parts()
        if found is None or done < 4 or row >> (done - 4) != 0b10011:
            return 0
        negative, digits, point, _ = found
        rest, c = column.digits - len(digits), 2 ** (8 - done)
        f = row % 2 ** (done - 4) * c
        if column.n < 3 or rest <= 0 or point != (rest <= column.decimals) or f + c // 2 >= 10:
            return 0
        error = min(column.errors)
        g = column.guesses()[column.errors.index(error)]
        g = -g if negative else g
        starts = [int(digits or "0") * 10 + d for d in (f, f + c // 2, min(f + c, 10))]
        a, b, e = [squash((2 * t * 10 ** (rest - 1) - 1 - 2 * g) * 45440 // (error + 64)) for t in starts]
        return stretch((e - b + 1) * 2**22 // (e - a + 2))
