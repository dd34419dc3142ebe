"""The samples profile: 16-bit samples, upper byte first (formats/MIXING.md, section 9)."""

from nacomp.models.mixing.arithmetic import ONE, combine, squash, stretch
from nacomp.models.mixing.sign_filter import FILTERS, OTHER_TAPS, OWN_TAPS, SignFilter, Taps, clip_sample
from nacomp.models.mixing.stream import Stream

_FIRST_ERROR, _LEAST_ERROR = 256 << 8, 64
_STEEPNESS = 45440
"""256 * 256 / 2 * 2 ln 2: from the mean error to the logistic distribution's scale."""


def samples_contexts(stream: Stream, width: int) -> list[int]:
    """The contexts of the coming byte; the filters learn from the last sample and predict the next."""
    n, channels, c4 = len(stream.history), width // 2, stream.last4
    channel, low, c1 = n % width // 2, n & 1, c4 & 255
    samples = stream.samples
    if not samples.filters:
        samples.filters = [[SignFilter(*shape) for shape in FILTERS] for _ in range(channels)]
        samples.errors = [[_FIRST_ERROR] * 8 for _ in range(channels)]
    if not low:
        if n:
            value = _signed(c4 & 0xFFFF, 16)
            for sign_filter in samples.filters[channel - 1]:
                sign_filter.learn(samples.taps, value)
            pairs = zip(samples.errors[channel - 1], samples.guesses, strict=True)
            samples.errors[channel - 1] = [e + (abs(value - g) * 256 - e >> 4) for e, g in pairs]
        _predict_sample(stream, width, channel)
    upper = _signed(c1, 8) * 256
    marks = [max(-256, min(511, g - upper)) + 256 if low else (g + 32768) >> 4 for g in samples.guesses]
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


def sample_inputs(stream: Stream) -> list[int]:
    """What each guess says of the coming bit: a point of the logistic domain."""
    low, count = len(stream.history) & 1, stream.bit_count
    known, so_far = 8 * low + count, stream.bits ^ 1 << count
    prefix = (stream.last4 & 255) << count | so_far if low else so_far
    # The samples that begin with these bits: so many from `least` on. The first bit is the sign.
    span = 1 << 16 - known
    least = _signed(prefix * span, 16) if known else -32768
    samples = stream.samples
    pairs = zip(samples.guesses, samples.errors[samples.channel], strict=True)
    points = [_upper_half(least, span, guess, error + _LEAST_ERROR) for guess, error in pairs]
    return points if known else [-x for x in points]


def _upper_half(least: int, span: int, guess: int, error: int) -> int:
    """A span's samples: for those in its upper half, as if all lay about the guess in a logistic distribution."""
    below, middle, above = (
        squash((2 * edge - 1 - 2 * guess) * _STEEPNESS // error)
        for edge in (least, least + span // 2, least + span)
    )
    return stretch((above - middle + 1) * ONE // (above - below + 2))


def _predict_sample(stream: Stream, width: int, channel: int) -> None:
    channels = width // 2
    stream.samples.channel = channel
    other, late = (channel - 1, 0) if channel else (channels - 1, 1)
    own_taps = [_sample(stream, width, i + 1, channel) for i in range(OWN_TAPS)]
    other_taps = [_sample(stream, width, i + late, other) if channels > 1 else 0 for i in range(OTHER_TAPS)]
    taps = stream.samples.taps = Taps(own_taps, other_taps)
    guesses = [sign_filter.predict(taps) for sign_filter in stream.samples.filters[channel]]
    a, b, c = own_taps[:3]
    short = [
        a,
        clip_sample(2 * a - b),
        clip_sample(3 * a - 3 * b + c),
        clip_sample(a + other_taps[0] - other_taps[1]),
    ]
    stream.samples.guesses = [*guesses, *short, (guesses[0] + guesses[1]) >> 1]


def _sample(stream: Stream, width: int, frames: int, channel: int) -> int:
    """A sample so many frames back; 0 before the start."""
    frame = len(stream.history) // width - frames
    if frame < 0:
        return 0
    at = frame * width + 2 * channel
    return _signed(stream.history[at] << 8 | stream.history[at + 1], 16)


def _signed(value: int, bits: int) -> int:
    return value - (value >> bits - 1 << bits)
