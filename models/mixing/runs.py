"""Pictures: the image profile, and in flat parts one decision a pixel in place of all bits of its bytes.

Every operation stands in `formats/PICTURES.md`. The readable twin of the native core's picture coder.
"""

from nacomp.models.mixing.arithmetic import ONE, combine, squash
from nacomp.models.mixing.bit_coder import BitDecoder, BitEncoder
from nacomp.models.mixing.context_set import ContextSet
from nacomp.models.mixing.match import length_class
from nacomp.models.mixing.mixer import Rates, TwoLayers
from nacomp.models.mixing.reference import TO_FREQUENCY, Mixing, decode_byte, encode_byte
from nacomp.models.mixing.settings import MixingSettings, Profile
from nacomp.models.mixing.stream import Match, Stream

_TABLE_BITS, _CONTEXTS = 16, 7
_RATES, _FINAL_RATES = Rates(20, 200), Rates(10, 60)
_WEIGHT = 8000
_MOST_AHEAD, _MOST_CLASS = 7, 15


class Runs:
    """Whether a pixel in a flat part is like those around it."""

    def __init__(self, row: int, pixel: int) -> None:
        self._row, self._pixel = row, pixel
        self._flags = self._length = 0
        self._contexts = ContextSet(_TABLE_BITS)
        self._mixer = TwoLayers([_WEIGHT] * (1 + 4 * _CONTEXTS), 2, _RATES, _FINAL_RATES)

    def is_flat(self, stream: Stream) -> bool:
        """Whether the pixels beside, above and on both sides of that are the same: only there it is asked."""
        row, pixel = self._row, self._pixel
        far_enough = row > pixel and len(stream.history) >= row + pixel
        return far_enough and all(self._same(stream, row + away) for away in (0, pixel, -pixel))

    def predict(self, stream: Stream) -> int:
        """The probability that the coming pixel is one more: 2^-22, 1 to 2^22 - 1."""
        row, pixel, first = self._row, self._pixel, stream.back(self._pixel)
        ahead = 0
        while (
            ahead < _MOST_AHEAD
            and (ahead + 2) * pixel < row
            and self._same(stream, row - (ahead + 2) * pixel)
        ):
            ahead += 1
        around = self._same(stream, 2 * row) + 2 * self._same(stream, 2 * pixel)
        shade = 0
        for byte in stream.history[-pixel:]:
            shade = combine(shade, byte)
        short, long = (_expectation(match, first) for match in stream.matches)
        inputs, _ = self._contexts.predict(
            [
                4 * ahead + around,
                64 * short + long,
                combine(shade, ahead),
                combine(self._length.bit_length(), ahead),
                combine(shade, len(stream.history) % row),
                4 * self._flags + around,
                combine(short, ahead),
            ]
        )
        x = self._mixer.mix([256, *inputs], [short, 4 * ahead + around], [short, ahead])
        return max(1, min(ONE - 1, squash(x)))

    def learn(self, bit: int) -> None:
        """What was predicted last."""
        self._mixer.learn(bit)
        self._contexts.learn(bit)
        self._flags = (2 * self._flags + bit) & 255
        self._length = self._length + 1 if bit else 0

    def _same(self, stream: Stream, distance: int) -> bool:
        """Whether the pixel that begins so many bytes back is that beside the coming one."""
        pixel, start = self._pixel, len(stream.history) - distance
        if distance < pixel or start < 0:
            return False
        return stream.history[start : start + pixel] == stream.history[-pixel:]


def _expectation(match: Match, byte: int) -> int:
    """0 without a guess; then by the class of its length whether it is the pixel's first byte."""
    if match.guess < 0:
        return 0
    return 1 + 2 * min(length_class(match.length), _MOST_CLASS) + (match.guess != byte)


def _settings(size: int, row: int, pixel: int) -> MixingSettings:
    return MixingSettings(Profile.IMAGE, size, row, pixel)


class PictureEncoder:
    """A picture's bytes to the coder's words."""

    def __init__(self, size: int, row: int, pixel: int) -> None:
        self._pixel = pixel
        self._mixing, self._runs, self._coder = (
            Mixing(_settings(size, row, pixel)),
            Runs(row, pixel),
            BitEncoder(),
        )

    def encode(self, content: bytes) -> None:
        """Append whole pixels, `size` bytes at the most."""
        stream = self._mixing.stream(0)
        for at in range(0, len(content), self._pixel):
            pixel = content[at : at + self._pixel]
            if self._runs.is_flat(stream):
                bit = int(pixel == stream.history[-self._pixel :])
                self._coder.encode(bit, self._runs.predict(stream) * TO_FREQUENCY)
                self._runs.learn(bit)
                if bit:
                    self._mixing.pass_bytes(pixel)
                    continue
            for byte in pixel:
                encode_byte(self._mixing, self._coder, byte)

    def finish(self) -> bytes:
        """All words."""
        return self._coder.finish()


class PictureDecoder:
    """What a PictureEncoder of the same settings wrote."""

    def __init__(self, words: bytes, size: int, row: int, pixel: int) -> None:
        self._pixel = pixel
        self._mixing, self._runs, self._coder = (
            Mixing(_settings(size, row, pixel)),
            Runs(row, pixel),
            BitDecoder(words),
        )

    def decode(self, count: int) -> bytes:
        """The next bytes, of whole pixels. Raises ValueError for words that no encoder writes."""
        stream = self._mixing.stream(0)
        start = len(stream.history)
        while len(stream.history) < start + count:
            if self._runs.is_flat(stream):
                bit = self._coder.decode(self._runs.predict(stream) * TO_FREQUENCY)
                self._runs.learn(bit)
                if bit:
                    self._mixing.pass_bytes(bytes(stream.history[-self._pixel :]))
                    continue
            for _ in range(self._pixel):
                decode_byte(self._mixing, self._coder)
        return bytes(stream.history[start:])
