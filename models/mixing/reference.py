"""The readable context mixer: it is the judge, and the native core gives the same bits (formats/MIXING.md).

About 1 KB a second: for tests, and for archives where the core is missing.
"""

from collections.abc import Sequence

from nacomp.models.mixing.arithmetic import GOLDEN, MASK, ONE, clamp, combine, odds, squash
from nacomp.models.mixing.bit_coder import BitDecoder, BitEncoder
from nacomp.models.mixing.contexts import CONTEXTS, hashes, upper_byte
from nacomp.models.mixing.counters import Apm, Counter, learnt_node
from nacomp.models.mixing.followers import Followers
from nacomp.models.mixing.match import MatchModel, length_class
from nacomp.models.mixing.mixer import Rates, TwoLayers
from nacomp.models.mixing.picture import GUESSES
from nacomp.models.mixing.samples import sample_inputs
from nacomp.models.mixing.settings import MixingSettings, Profile
from nacomp.models.mixing.stream import Stream
from nacomp.models.mixing.table import HashTable
from nacomp.models.mixing.text import kind_of, read_text

_MATCH_MINIMUM, _TEXT_MINIMUM = (6, 20), (5, 20, 10)
_OTHER_INPUTS = {Profile.TEXT: 1, Profile.SAMPLES: 8, Profile.IMAGE: GUESSES}
_SETS = {Profile.TEXT: 10, Profile.CODE: 7, Profile.WORDS: 7}
_RATES, _FINAL_RATES = Rates(45, 250), Rates(16, 80)
_INITIAL_WEIGHT = 3000
_TRUST_RATES, _TRUST_FINAL_RATES, _TRUST = Rates(20, 100), Rates(8, 40), (20000, 45536)
_TRUST_LIMIT, _TRUST_CONFIDENCE = 1023, 10
_MAP_LIMIT = 255
TO_FREQUENCY = 4


def bits_for(wanted: int, least: int, most: int) -> int:
    """log2 of a table's entries: the first that is enough, within bounds."""
    return next((bits for bits in range(least, most) if 1 << bits >= wanted), most)


class Mixing:
    """The probability of the next bit of a stream, from the bytes before it; see `native/mixing.h`."""

    def __init__(
        self, settings: MixingSettings, streams: int = 1, outside_inputs: int = 0, selectors: int = 0
    ) -> None:
        """`selectors`: how many sets of weights are chosen from outside, beside a language model; 0 for one of 256 rows."""
        self._settings = settings
        contexts = CONTEXTS[settings.profile]
        self._by_pixel = settings.profile is Profile.BITMAP
        self._table = HashTable(bits_for(settings.size * contexts // 4, 12, 21))
        self._followers = Followers()
        is_text = settings.profile is Profile.TEXT
        minima = _TEXT_MINIMUM if is_text else _MATCH_MINIMUM
        self._matches = [MatchModel(minimum, bits_for(settings.size, 10, 20)) for minimum in minima]
        self._streams = [Stream(len(self._matches)) for _ in range(streams)]
        self._by_state: dict[tuple[int, int, int], Counter] = {}
        self._by_past: dict[tuple[int, int, int], Counter] = {}
        self._outside = outside_inputs
        own = 1 + 2 * len(self._matches) + 4 * contexts + _OTHER_INPUTS.get(settings.profile, 0)
        equal = [(1 << 16) // outside_inputs] * outside_inputs if outside_inputs else []
        weights = (([*_TRUST] + [0] * outside_inputs)[:outside_inputs] if selectors else equal) + [
            0 if outside_inputs else _INITIAL_WEIGHT
        ] * own
        sets = _SETS.get(settings.profile, 6) + (selectors or (outside_inputs > 0))
        rates = (_TRUST_RATES, _TRUST_FINAL_RATES) if selectors else (_RATES, _FINAL_RATES)
        self._mixer = TwoLayers(weights, sets, *rates, 4 if is_text else 2)
        calm = (_TRUST_LIMIT, _TRUST_CONFIDENCE) if selectors else (_MAP_LIMIT, 0)
        self._is_lone_text = is_text and not outside_inputs
        self._apms = [Apm(*calm) for _ in range(5 if self._is_lone_text else 3)]
        self._asked = 0
        self._used: list[tuple[Counter, Counter]] = []

    def predict(self, stream: int = 0, outside: Sequence[int] = (), selector: int = 0) -> int:
        """The probability that the next bit of this stream is 1: 2^-22, 1 to 2^22 - 1."""
        return self.predict_beside(stream, outside, [selector & 255] if self._outside else [])

    def predict_beside(self, stream: int, outside: Sequence[int], selected: Sequence[int]) -> int:
        """The same, with a row of each set of weights that is chosen from outside."""
        self._asked = stream
        s = self._streams[stream]
        if s.byte_due:
            self._start_byte(s)
        if s.nibble_due:
            self._start_nibble(s)
        inputs = [clamp(x) for x in outside] + [256]
        for model, match in zip(self._matches, s.matches, strict=True):
            inputs += model.predict(s, match)
        if self._settings.profile is Profile.SAMPLES:
            inputs += sample_inputs(s, self._settings.sample)
        elif self._settings.profile is Profile.IMAGE:
            inputs += s.picture.inputs(s.bits, s.bit_count)
        elif self._settings.profile is Profile.TEXT:
            inputs.append(s.text.measures.predict(s.text.field, s.bits, s.bit_count))
        seen = self._predict_contexts(s, inputs)
        choice, final = self._rows(s, seen)
        x = self._mixer.mix(inputs, [*choice, *selected], final)
        return max(1, min(ONE - 1, self._refined(s, x)))

    def _refined(self, s: Stream, x: int) -> int:
        contexts = list(self._orders(s))
        if self._is_lone_text:
            match = s.matches[0]
            contexts.append(combine(s.text.shapes, s.bits) >> 16)
            contexts.append((length_class(match.length) + 1) << 8 | match.guess if match.agrees else s.bits)
        order0, order1, order3, *own = (apm.refine(x, c) for apm, c in zip(self._apms, contexts, strict=True))
        if own:
            shape, matched = own
            return (2 * squash(x) + order0 + order1 + order3 + 2 * shape + matched) >> 3
        return (4 * squash(x) + order0 + order1 + 2 * order3) >> 3

    def learn(self, bit: int) -> None:
        """The bit that came, of the stream that was asked last."""
        s = self._streams[self._asked]
        self._mixer.learn(bit)
        for apm in self._apms:
            apm.learn(bit)
        for model, match in zip(self._matches, s.matches, strict=True):
            model.learn(match, bit)
        at = self._node(s)
        for slot, counters in zip(s.slots, self._used, strict=True):
            for counter in counters:
                counter.learn(bit, _MAP_LIMIT)
            slot.nodes[at] = learnt_node(slot.nodes[at], bit)
        self.skip(self._asked, bit)

    def skip(self, stream: int, bit: int) -> None:
        """A bit that is known without being coded: it becomes part of the stream's bytes, and no counter learns it."""
        s = self._streams[stream]
        s.bits = s.bits << 1 | bit
        s.bit_count += 1
        if s.bit_count == 8:
            self._finish_byte(stream, s.bits & 255)
        elif s.bit_count == 4:
            s.nibble_due = True
        if self._by_pixel:
            s.byte_due = s.nibble_due = True

    def pass_bytes(self, content: bytes) -> None:
        """Whole bytes of the one stream, behind whole ones, likewise; what was foreseen of them is not learnt."""
        s = self._streams[0]
        if s.picture.place == len(s.history):
            s.picture.place = -1
        for byte in content:
            self._finish_byte(0, byte)

    def stream(self, number: int) -> Stream:
        """What is known of one stream, to look at."""
        return self._streams[number]

    def _predict_contexts(self, s: Stream, inputs: list[int]) -> int:
        """Append four inputs per context. Returns how many of the orders 1 to 6 were seen before."""
        at, seen = self._node(s), 0
        self._used = []
        for i, slot in enumerate(s.slots):
            node = slot.nodes[at]
            x, times = odds(node >> 4 & 4095, 12), node & 15
            state = (i, max(0, min(4095, x + 2048)) >> 6, times)
            by_state = self._by_state.setdefault(state, Counter(squash((state[1] - 32) * 64 + 32)))
            by_past = self._by_past.setdefault((i, node >> 16, times >> 2), Counter())
            self._used.append((by_state, by_past))
            half = abs((by_state.p >> 10) - 2048) // 2
            away = half if by_state.p >> 10 >= 2048 else -half
            said = [x, odds(by_state.p >> 6, 16), away, odds(by_past.p >> 6, 16)]
            inputs += said if times else [0, 0, 0, 0]
            seen += 1 <= i <= 5 and times > 0
        return seen

    def _rows(self, s: Stream, seen: int) -> tuple[list[int], list[int]]:
        """The row of each set of weights, of both layers."""
        nearest = self._orders(s)[0]
        c1, c2, bit = s.last4 & 255, s.last4 >> 8 & 255, s.bit_count
        is_text = self._settings.profile is Profile.TEXT
        short, long = s.matches[:2]
        matched = length_class(short.length) + 1 if short.agrees else 0
        rows = [
            nearest,
            c1,
            matched * 32 + 16 * long.agrees + bit,
            s.text.outline.row if is_text else short.guess if short.agrees else 0,
            seen * 8 + bit,
        ]
        if is_text:
            kinds, column = kind_of(c1) * 16 + kind_of(c2), min(len(s.history) - s.text.line.start, 255)
            rows.append(s.text.field * 16 + kind_of(s.text.field_up))
            rows += [kinds, s.text.numbers.row, column, kind_of(c1) * 256 + s.bits]
            return rows, [s.bits, matched, kinds, column]
        if self._settings.profile is Profile.CODE:
            rows.append((256 if s.code.doubt else 0) + 8 * s.code.at + bit)
            rows.append((256 if s.code.map else 0) + s.code.opcode)
        elif self._settings.profile is Profile.WORDS:
            at, upper = s.column(0), upper_byte(s)
            rows += [32 * (upper >> 4) + 8 * at + bit, 256 * (at > 0) + upper]
        elif self._by_pixel:
            rows.append(s.pixels.choice)
        elif self._settings.profile is Profile.IMAGE:
            rows.append(s.picture.colour % 4 * 128 + 8 * s.picture.activity + bit)
        else:
            rows.append(min(s.column(self._settings.width), 511))
        return rows, [nearest, matched]

    def _orders(self, s: Stream) -> tuple[int, int, int]:
        """Contexts for secondary estimation: below 256, below 65,536, and a hash of 16 bits."""
        if self._by_pixel:
            few, more, many = s.pixels.near
            return few, more, combine(many, 0) >> 16
        return s.bits, (s.last4 & 255) << 8 | s.bits, combine(s.last4 & 0xFFFFFF, s.bits) >> 16

    def _node(self, s: Stream) -> int:
        """Where a slot has the node of the coming bit."""
        if self._by_pixel:
            return s.pixels.node
        count = s.bit_count % 4
        return (s.bits & (1 << count) - 1 | 1 << count) - 1

    def _start_byte(self, s: Stream) -> None:
        s.hashes = hashes(s, self._followers, self._settings)
        s.byte_due = False

    def _start_nibble(self, s: Stream) -> None:
        late = -1 if self._by_pixel else s.bit_count - 4
        keys = [h if late < 0 else combine(h, s.bits >> late) for h in s.hashes]
        s.nibble_due = False
        s.slots = [self._table.find(key * GOLDEN & MASK) for key in keys]

    def _finish_byte(self, stream: int, byte: int) -> None:
        s = self._streams[stream]
        self._followers.learn(s.last4, byte)
        s.history.append(byte)
        s.last8 = (s.last8 << 8 | s.last4 >> 24) & MASK
        s.last4 = (s.last4 << 8 | byte) & MASK
        s.bits, s.bit_count = 1, 0
        for which, model in enumerate(self._matches):
            model.learn_byte(self._streams, stream, which)
        if self._settings.profile is Profile.TEXT:
            read_text(s, byte, self._settings.delimiter)
        elif self._settings.profile is Profile.CODE:
            s.code.read(byte)
        elif self._settings.profile is Profile.WORDS and s.column(0) == 0:
            s.words.recent[s.last4 >> 24] = s.last4
        s.byte_due = s.nibble_due = True


def _mixing(profile: int, size: int, width: int, unit: int, delimiter: int) -> Mixing:
    """`unit`: bytes of a sample in the profile samples, of a pixel in others."""
    if profile == Profile.SAMPLES:
        return Mixing(MixingSettings(Profile.SAMPLES, size, width, sample=unit))
    return Mixing(MixingSettings(Profile(profile), size, width, unit, delimiter))


def encode_byte(mixing: Mixing, coder: BitEncoder, byte: int) -> None:
    """Its bits, the highest first."""
    for shift in range(7, -1, -1):
        bit = byte >> shift & 1
        coder.encode(bit, mixing.predict() * TO_FREQUENCY)
        mixing.learn(bit)


def decode_byte(mixing: Mixing, coder: BitDecoder) -> int:
    """What `encode_byte` wrote. Raises ValueError for words that no encoder writes."""
    byte = 0
    for _ in range(8):
        bit = coder.decode(mixing.predict() * TO_FREQUENCY)
        mixing.learn(bit)
        byte = byte << 1 | bit
    return byte


class Encoder:
    """One block's bytes to the coder's words; the native core's twin."""

    def __init__(self, profile: int, size: int, width: int = 0, pixel: int = 1, delimiter: int = 0) -> None:
        self._mixing = _mixing(profile, size, width, pixel, delimiter)
        self._coder = BitEncoder()

    def encode(self, content: bytes) -> None:
        """Append bytes, `size` of them at the most."""
        for byte in content:
            encode_byte(self._mixing, self._coder, byte)

    def finish(self) -> bytes:
        """All words."""
        return self._coder.finish()


class Decoder:
    """What an Encoder of the same settings wrote."""

    def __init__(
        self, words: bytes, profile: int, size: int, width: int = 0, pixel: int = 1, delimiter: int = 0
    ) -> None:
        self._mixing = _mixing(profile, size, width, pixel, delimiter)
        self._coder = BitDecoder(words)

    def decode(self, count: int) -> bytes:
        """The next bytes. Raises ValueError for words that no encoder writes."""
        return bytes(decode_byte(self._mixing, self._coder) for _ in range(count))
