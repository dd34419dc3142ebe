"""SPEC.md, section 2: fields one after the other, varints, columns, steps."""

from nac_decoder.errors import Refused, check


class Numbers:
    """Reads a run of fields one after the other."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, size: int) -> bytes:
        check(size <= len(self.data) - self.at, "field is cut off")
        self.at += size
        return self.data[self.at - size : self.at]

    def varint(self) -> int:
        value = 0
        for place in range(9):
            byte = self.take(1)[0]
            value |= (byte & 127) << (7 * place)
            if byte < 128:
                check(byte > 0 or place == 0, "varint is not in its shortest form")
                return value
        raise Refused("varint has more than 9 bytes")

    def column(self, count: int) -> list[int]:
        """A column of numbers."""
        check(count <= len(self.data) - self.at, "column is cut off")
        return [self.varint() for _ in range(count)]

    def steps(self, count: int, low: int, high: int) -> list[int]:
        """A column of steps, its values from `low` to `high`."""
        values, value = [], 0
        for step in self.column(count):
            value += signed(step)
            check(low <= value <= high, "step leads out of its column's range")
            values.append(value)
        return values


def signed(zigzag: int) -> int:
    """Section 2."""
    return zigzag // 2 if zigzag % 2 == 0 else -(zigzag + 1) // 2
