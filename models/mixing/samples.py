"""The samples profile: samples of 16 to 32 bits, upper byte first (formats/MIXING.md, section 9)."""

from nacomp.models.mixing.arithmetic import ONE, combine, squash, stretch
from nacomp.models.mixing.sign_filter import FILTERS, OTHER_TAPS, OWN_TAPS, SignFilter, Taps, clip_sample
from nacomp.models.mixing.stream import Stream

_FIRST_ERROR, _LEAST_ERROR = 256 << 8, 64
_STEEPNESS = 45440
"""256 * 256 / 2 * 2 ln 2: from the mean error to the logistic distribution's scale."""


def samples_contexts(stream: Stream, width: int, size: int) -> list[int]:
    """The contexts of the coming byte; the filters learn from the last sample and predict the next."""
    n, channels, c4 = len(stream.history), width // size, stream.last4
    channel, low, c1 = n % width // size, n % size, c4 & 255
    samples = stream.samples
    if not samples.filters:
        samples.filters = [[SignFilter(*shape) for shape in FILTERS] for _ in range(channels)]
        samples.errors = [[_FIRST_ERROR] * 8 for _ in range(channels)]
    if not low:
        if n:
            value = _signed(c4, 8 * size)
            for sign_filter in samples.filters[channel - 1]:
                sign_filter.learn(samples.taps, value)
            pairs = zip(samples.errors[channel - 1], samples.guesses, strict=True)
            samples.errors[channel - 1] = [e + (abs(value - g) * 256 - e >> 4) for e, g in pairs]
        _predict_sample(stream, width, size, channel)
    known = _signed(c4, 8 * low) if low else 0
    marks = [_mark(g, low, 8 * size, known) for g in samples.guesses]
    return [
        *(combine(mark, low) for mark in marks),
        combine(marks[0] >> 3 << 16 | marks[1] >> 3, low),
        combine(marks[0] >> 2, low),
        combine(marks[1] >> 2, low),
        combine(marks[1] >> 3 << 16 | marks[5] >> 4, low),
        combine(marks[0] >> 4, combine(low, channel)),
        2 + low,
        combine(c1, low + 4),
        combine(c4 & 0xFFFF, low),
        combine(c4 & 0xFFFFFF, low),
        combine(c4, low),
    ]


def sample_inputs(stream: Stream, size: int) -> list[int]:
    """What each guess says of the coming bit: a point of the logistic domain."""
    low, count = len(stream.history) % size, stream.bit_count
    known = 8 * low + count
    prefix = (stream.last4 & (1 << 8 * low) - 1) << count | stream.bits ^ 1 << count
    # The samples that begin with these bits: so many from `least` on. The first bit is the sign.
    span = 1 << 8 * size - known
    least = _signed(prefix * span, 8 * size) if known else -span // 2
    samples = stream.samples
    pairs = zip(samples.guesses, samples.errors[samples.channel], strict=True)
    points = [_upper_half(least, span, guess, error + _LEAST_ERROR) for guess, error in pairs]
    return points if known else [-x for x in points]


def _mark(guess: int, low: int, bits: int, known: int) -> int:
    """Where a guess lies: of the upper byte 12 bits, then how far it is from what the bytes so far leave open."""
    below = bits - 8 * (low + 1)
    if low == 0:
        return (guess + (1 << bits - 1)) >> bits - 12
    rest = guess - (known << below + 8)
    if below == 0:
        return max(-256, min(511, rest)) + 256
    return max(-4096, min(8191, rest >> below - 4)) + 4096


def _upper_half(least: int, span: int, guess: int, error: int) -> int:
    """A span's samples: for those in its upper half, as if all lay about the guess in a logistic distribution."""
    below, middle, above = (
        squash((2 * edge - 1 - 2 * guess) * _STEEPNESS // error)
        for edge in (least, least + span // 2, least + span)
    )
    return stretch((above - middle + 1) * ONE // (above - below + 2))


def _predict_sample(stream: Stream, width: int, size: int, channel: int) -> None:
    channels, bits = width // size, 8 * size
    stream.samples.channel = channel
    other, late = (channel - 1, 0) if channel else (channels - 1, 1)
    own_taps = [_sample(stream, width, size, i + 1, channel) for i in range(OWN_TAPS)]
    other_taps = [
        _sample(stream, width, size, i + late, other) if channels > 1 else 0 for i in range(OTHER_TAPS)
    ]
    taps = stream.samples.taps = Taps(own_taps, other_taps)
    guesses = [sign_filter.predict(taps, bits) for sign_filter in stream.samples.filters[channel]]
    a, b, c = own_taps[:3]
    short = [a, 2 * a - b, 3 * a - 3 * b + c, a + other_taps[0] - other_taps[1]]
    clipped = [clip_sample(guess, bits) for guess in short]
    stream.samples.guesses = [*guesses, *clipped, (guesses[0] + guesses[1]) >> 1]


def _sample(stream: Stream, width: int, size: int, frames: int, channel: int) -> int:
    """A sample so many frames back; 0 before the start."""
    frame = len(stream.history) // width - frames
    if frame < 0:
        return 0
    at = frame * width + size * channel
    return int.from_bytes(stream.history[at : at + size], "big", signed=True)


def _signed(value: int, bits: int) -> int:
    """The lower bits as a signed number."""
    value &= (1 << bits) - 1
    return value - (value >> bits - 1 << bits)
