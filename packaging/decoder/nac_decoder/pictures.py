"""PICTURES.md: the view `png-rows-2`, to the rows."""

from nac_decoder.bits import BitDecoder
from nac_decoder.errors import check
from nac_decoder.image import Image
from nac_decoder.mixing import Match, Stream, Streams, length_class
from nac_decoder.mixing_parts import ONE, Network, combine, squash
from nac_decoder.numbers import Numbers
from nac_decoder.token_bits import ContextSet


def close_png_rows(given: Numbers, parts: list[bytes], size: int) -> bytes:
    """Section 1."""
    x, r, height = given.varint(), given.varint(), given.varint()
    check(len(parts) in (1, 2) and x <= 8 and 1 <= r <= 65535 and height >= 1, "picture is malformed")
    check(r % max(1, x) == 0 and height * (r + len(parts) - 1) == size, "picture has another size")
    words, filters = parts[0], parts[1] if len(parts) == 2 else b""
    check(len(words) % 4 == 0 and len(words) <= height * r + 1024, "picture has too many words")
    check(len(parts) == 1 or (len(filters) == height and max(filters) <= 4), "filters are wrong")
    content = bits(words, r, height * r) if x == 0 else pixels(words, r, x, height * r)
    if len(parts) == 1:
        return content
    rows = [content[at : at + r] for at in range(0, len(content), r)]
    above, made = bytes(r), b""
    for number, row in zip(filters, rows, strict=True):
        made, above = made + bytes([number]) + filtered(number, row, above, max(1, x)), row
    return made


def filtered(number: int, row: bytes, above: bytes, x: int) -> bytes:
    made = bytearray()
    for i, byte in enumerate(row):
        a, b, c = (row[i - x], above[i], above[i - x]) if i >= x else (0, above[i], 0)
        distances = (abs(b - c), abs(a - c), abs(a + b - 2 * c))
        paeth = (a, b, c)[distances.index(min(distances))]
        made.append((byte - (0, a, b, (a + b) // 2, paeth)[number]) % 256)
    return bytes(made)


def bits(words: bytes, r: int, size: int) -> bytes:
    block, coder = Streams(5, 1, r, size).streams[0], BitDecoder(words)
    for _ in range(8 * size):
        block.learn(coder.decode(4 * block.predict()))
    return bytes(block.context.past)


def pixels(words: bytes, r: int, x: int, size: int) -> bytes:
    """Section 2."""
    block, coder = Streams(3, x, r, size).streams[0], BitDecoder(words)
    assert isinstance(block.context, Image)
    runs, past = Runs(block, r, x), block.context.past
    while len(past) < size:
        if runs.is_flat():
            again = coder.decode(4 * runs.predict())
            runs.learn(again)
            if again:
                block.context.drop()
                for byte in bytes(past[-x:]):
                    for i in range(8):
                        block.skip(byte >> (7 - i) & 1)
                continue
        for _ in range(8 * x):
            block.learn(coder.decode(4 * block.predict()))
    return bytes(past)


class Runs:
    """Section 2: whether a pixel in a flat part is like its neighbours."""

    def __init__(self, block: Stream, r: int, x: int) -> None:
        self.block, self.past, self.r, self.x = block, block.context.past, r, x
        self.contexts = ContextSet(1 << 14, 16)
        self.network = Network([8000] * 29, 2, (20, 200), (10, 60))
        self.decisions = self.run = 0

    def same(self, distance: int) -> bool:
        start = len(self.past) - distance
        return distance >= self.x and start >= 0 and self.past[start : start + self.x] == self.past[-self.x :]

    def is_flat(self) -> bool:
        r, x = self.r, self.x
        return r > x and len(self.past) >= r + x and all(map(self.same, (r, r + x, r - x)))

    def predict(self) -> int:
        r, x, ahead, shade = self.r, self.x, 0, 0
        while ahead < 7 and (ahead + 2) * x < r and self.same(r - (ahead + 2) * x):
            ahead += 1
        around = 4 * ahead + self.same(2 * r) + 2 * self.same(2 * x)
        for byte in self.past[-x:]:
            shade = combine(shade, byte)
        m, other = (self.expected(match) for match in self.block.matches)
        values = [around, 64 * m + other, combine(shade, ahead), combine(self.run.bit_length(), ahead)]
        values += [combine(shade, len(self.past) % r), 4 * self.decisions + around % 4, combine(m, ahead)]
        fours, _ = self.contexts.predict(values)
        inputs = [256, *(said for four in fours for said in four)]
        return max(1, min(ONE - 1, squash(self.network.mix(inputs, [m, around], [m, ahead]))))

    def expected(self, match: Match) -> int:
        if match.guess is None:
            return 0
        return 1 + 2 * length_class(match.length) + (match.guess != self.past[-self.x])

    def learn(self, bit: int) -> None:
        self.network.learn(bit)
        self.contexts.learn(bit)
        self.decisions = (2 * self.decisions + bit) % 256
        self.run = self.run + 1 if bit else 0
