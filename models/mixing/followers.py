"""What followed before: contexts of what came after the last bytes (formats/MIXING.md, section 7)."""

from nacomp.models.mixing.arithmetic import MASK


class Followers:
    """The bytes that came after each byte, and after each pair, the newest lowest."""

    def __init__(self) -> None:
        self.of_byte = [0] * 256
        self.of_pair = [0] * 65536

    def learn(self, last4: int, byte: int) -> None:
        """Before a stream with these last bytes takes `byte`."""
        for table, at in ((self.of_byte, last4 & 255), (self.of_pair, last4 & 0xFFFF)):
            table[at] = (table[at] << 8 | byte) & MASK
