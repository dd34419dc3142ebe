"""PPMd var. H (D. Shkarin, 2001) with 7-Zip's range coder, in Python: the native core's twin, and its stand-in.

    symbol -> the longest context that knows it, an escape from each longer one -> range coder -> the model learns it

Encoder and decoder walk the model by the same steps: each asks a coder which state is the symbol's, and the encoder's knows.
The model depends on the symbols before alone, and on the order and the memory that it may take (`ppmd_memory`).
Python codes about 70 kB a second.
"""

from collections.abc import Callable
from typing import Protocol

from nacomp.codecs.ppmd_memory import Memory
from nacomp.formats.records import dataclass

PIECE = 1 << 13
"""Bytes between two calls of `check`: a third of a second."""
TOP = 124
"""The highest frequency; above it a context is halved."""
ONE_BITS = 14
"""Of a chance: 2^14 is certainty."""
PERIOD_BITS = 7
ESCAPES = (25, 14, 9, 7, 5, 5, 4, 4, 4, 3, 3, 3, 2, 2, 2, 2)
FIRST_CHANCES = (0x3CDD, 0x1F3F, 0x59BF, 0x48F3, 0x64A1, 0x5ABC, 0x6632, 0x6051)
CLASSES = [0, 1, 2, *(value for value in range(3, 25) for _ in range(max(1, value - 2)))]
"""Of a number of symbols less 1: 0 to 2, then runs that grow."""


@dataclass(eq=False, slots=True)
class State:
    """A symbol that was seen in a context. It leads to a longer context, or to the place in the text behind it."""

    symbol: int
    frequency: int
    following: "Context | int"


@dataclass(eq=False, slots=True)
class Context:
    """Its `suffix` is a byte shorter, and knows all of its symbols. `block` is the place of several states in memory."""

    states: list[State]
    suffix: "Context | None"
    total: int = 0
    block: int = 0


@dataclass(eq=False, slots=True)
class Escape:
    """An estimate of how often a symbol is escaped from."""

    sum: int
    shift: int = 3
    count: int = 4

    def learn(self) -> None:
        """It was not this time."""
        if self.shift < PERIOD_BITS:
            self.count -= 1
            if self.count == 0:
                self.sum = self.sum << 1 & 0xFFFF
                self.count = 3 << self.shift
                self.shift += 1


class Coder(Protocol):
    """One side of the range coder."""

    def pick(self, states: list[State], total: int) -> int:
        """The place of the symbol's state, or how many there are: it is in none, as what is left of `total` says."""

    def is_it(self, symbol: int, chance: int) -> bool:
        """Whether it is this one, for which `chance` of 2^14 stands."""


class RangeEncoder:
    """32 bits; bytes that a carry may still reach are held."""

    def __init__(self) -> None:
        self.symbol = 0
        self._out = bytearray()
        self._low, self._range = 0, 0xFFFFFFFF
        self._held, self._of_255 = 0, 0

    def pick(self, states: list[State], total: int) -> int:
        """See `Coder`."""
        below = 0
        self._range //= total
        for place, state in enumerate(states):
            if state.symbol == self.symbol:
                self._take(below, state.frequency)
                return place
            below += state.frequency
        self._take(below, total - below)
        return len(states)

    def is_it(self, symbol: int, chance: int) -> bool:
        """See `Coder`."""
        self._range, whole = (self._range >> ONE_BITS) * chance, self._range
        if symbol != self.symbol:
            self._low += self._range
            self._range = whole - self._range
        self._fill()
        return symbol == self.symbol

    def finish(self) -> bytes:
        """The payload."""
        for _ in range(5):
            self._shift()
        return bytes(self._out)

    def _take(self, start: int, size: int) -> None:
        self._low += start * self._range
        self._range *= size
        self._fill()

    def _fill(self) -> None:
        while self._range < 1 << 24:
            self._range <<= 8
            self._shift()

    def _shift(self) -> None:
        carry, low = divmod(self._low, 1 << 32)
        if carry or low < 0xFF000000:
            self._out.append(self._held + carry & 0xFF)
            self._out += bytes([255 + carry & 0xFF]) * self._of_255
            self._held, self._of_255 = low >> 24, 0
        else:
            self._of_255 += 1
        self._low = (low & 0xFFFFFF) << 8


class RangeDecoder:
    """A first byte of 0, then 32 bits at a time."""

    def __init__(self, payload: bytes) -> None:
        if len(payload) < 5 or payload[0] != 0 or payload[1:5] == b"\xff" * 4:
            raise ValueError("it does not start like one")
        self._payload, self._at = payload, 5
        self._code, self._range = int.from_bytes(payload[1:5], "big"), 0xFFFFFFFF

    def pick(self, states: list[State], total: int) -> int:
        """See `Coder`."""
        self._range //= total
        there, below = self._code // self._range, 0
        if there >= total:
            raise ValueError("it says what no encoder does")
        for place, state in enumerate(states):
            if there < below + state.frequency:
                self._take(below, state.frequency)
                return place
            below += state.frequency
        self._take(below, total - below)
        return len(states)

    def is_it(self, _: int, chance: int) -> bool:
        """See `Coder`."""
        bound = (self._range >> ONE_BITS) * chance
        is_it = self._code < bound
        if is_it:
            self._range = bound
        else:
            self._code -= bound
            self._range -= bound
        self._fill()
        return is_it

    def finish(self) -> None:
        """Everything was read, and the encoder held no more than it had to."""
        if self._code or self._at != len(self._payload):
            raise ValueError("it does not end where it should")

    def _take(self, start: int, size: int) -> None:
        self._code -= start * self._range
        self._range *= size
        self._fill()

    def _fill(self) -> None:
        while self._range < 1 << 24:
            if self._at == len(self._payload):
                raise ValueError("it is cut off")
            self._range <<= 8
            self._code = self._code << 8 | self._payload[self._at]
            self._at += 1


class Full(Exception):
    """There is no memory for what is to be learnt."""


def high(symbol: int) -> int:
    """Letters and what is above them, told from the rest."""
    return 8 * (symbol >= 64)


class Model:
    """What followed each context of up to `order` bytes, and how often."""

    def __init__(self, order: int, memory: int) -> None:
        self._order, self._memory = order, Memory(memory)
        self._first_escapes = self._high_bits = 0
        self._restart()

    def _restart(self) -> None:
        """One context that knows every symbol, and nothing else."""
        self._memory.clear()
        self._memory.context()
        block = self._memory.block(128)
        self._fall = self._order  # by how much the context at hand is shorter than it might be
        self._usual_run = self._run = -min(self._order, 12) - 1
        self._success = 0
        self._least = self._most = Context([State(n, 1, 0) for n in range(256)], None, 257, block)
        self._found = self._least.states[0]
        self._chances = [
            [(1 << ONE_BITS) - chance // (i + 2) for chance in FIRST_CHANCES] * 8 for i in range(128)
        ]
        self._escapes = [[Escape(5 * i + 10 << 3) for _ in range(16)] for i in range(25)]

    def code(self, coder: Coder) -> int:
        """One symbol, which the model learns."""
        try:
            masked = self._try_only(coder) if len(self._least.states) == 1 else self._try_first(coder)
            while masked is not None:
                masked = self._try_below(coder, masked)
        except Full:  # the symbol is coded; it is learnt last
            self._restart()
        return self._coded

    def _try_only(self, coder: Coder) -> set[int] | None:
        """In a context of one symbol; gives what was escaped from if it is another."""
        state = self._least.states[0]
        row, place = self._chances[state.frequency - 1], self._place_of_only(state)
        chance = row[place]
        mean = chance + 32 >> 7
        if coder.is_it(state.symbol, chance):
            row[place] = chance + 128 - mean
            self._take(state)
            state.frequency += state.frequency < 128
            self._success = 1
            self._run += 1
            self._next()
            return None
        row[place] = chance - mean
        self._first_escapes = ESCAPES[row[place] >> 10]
        self._success = 0
        return {state.symbol}

    def _place_of_only(self, state: State) -> int:
        """Of its chance, by what is known beside its frequency."""
        assert self._least.suffix is not None
        self._high_bits = high(self._found.symbol)
        known = len(self._least.suffix.states)
        group = 2 * (known - 1) if known <= 2 else 4 if known <= 11 else 6
        return self._success + group + self._high_bits + 2 * high(state.symbol) + 32 * (self._run < 0)

    def _try_first(self, coder: Coder) -> set[int] | None:
        """In the first context, of several symbols."""
        states = self._least.states
        place = coder.pick(states, self._least.total)
        if place < len(states):
            self._take(states[place])
            self._learn_first(place)
            return None
        self._success = 0
        self._high_bits = high(self._found.symbol)
        return {state.symbol for state in states}

    def _try_below(self, coder: Coder, masked: set[int]) -> set[int] | None:
        """In the next context that knows more than what is masked."""
        known = len(masked)
        while len(self._least.states) == known:
            self._fall += 1
            if self._least.suffix is None:
                raise ValueError("it has an end mark")
            self._least = self._least.suffix
        states = [state for state in self._least.states if state.symbol not in masked]
        estimate, escaping = self._escape(known)
        total = sum(state.frequency for state in states) + escaping
        place = coder.pick(states, total)
        if place == len(states):
            estimate.sum = estimate.sum + total & 0xFFFF
            return masked | {state.symbol for state in states}
        estimate.learn()
        self._take(states[place])
        self._add_four()
        self._run = self._usual_run
        self._update()
        return None

    def _escape(self, masked: int) -> tuple[Escape, int]:
        """The estimate for the context at hand, and the frequency that it gives an escape."""
        context = self._least
        known = len(context.states)
        if context.suffix is None:
            return Escape(0, PERIOD_BITS), 1
        left = known - masked
        further = left < len(context.suffix.states) - known
        place = further + 2 * (context.total < 11 * known) + 4 * (masked > left) + self._high_bits
        estimate = self._escapes[CLASSES[left - 1]][place]
        part = estimate.sum >> estimate.shift
        estimate.sum -= part
        return estimate, part + (part == 0)

    def _take(self, state: State) -> None:
        self._found, self._coded = state, state.symbol

    def _learn_first(self, place: int) -> None:
        """A symbol that was found in the first context that was asked."""
        context, state = self._least, self._found
        self._success = int(place == 0 and 2 * state.frequency > context.total)
        self._run += self._success
        if place and state.frequency + 4 > context.states[place - 1].frequency:
            context.states[place - 1 : place + 1] = [state, context.states[place - 1]]
        self._add_four()
        self._next()

    def _add_four(self) -> None:
        self._least.total += 4
        self._found.frequency += 4
        if self._found.frequency > TOP:
            self._halve()

    def _next(self) -> None:
        following = self._found.following
        if self._fall == 0 and isinstance(following, Context):
            self._least = self._most = following
        else:
            self._update()

    def _update(self) -> None:
        """Longer contexts learn the symbol, and those are made that it leads to."""
        found, following = self._found, self._found.following
        if found.frequency < TOP // 4 and self._least.suffix is not None:
            self._learn_in(self._least.suffix)
        if self._fall == 0:
            self._least = self._most = found.following = self._make_contexts(skip=True)
            return
        place: Context | int = self._memory.append(found.symbol)
        if not place:
            raise Full
        if following == 0:
            found.following = place
            following = self._least
        else:
            if isinstance(following, int):
                following = self._make_contexts(skip=False)
            self._fall -= 1
            if self._fall == 0:
                place = following
                if self._most is not self._least:
                    self._memory.text.pop()
        self._spread(place)
        assert isinstance(following, Context)
        self._least = self._most = following

    def _learn_in(self, context: Context) -> None:
        """The next shorter context hears of it too."""
        states = context.states
        if len(states) == 1:
            states[0].frequency += states[0].frequency < 32
            return
        place = _place(context, self._found.symbol)
        state = states[place]
        if place and state.frequency >= states[place - 1].frequency:
            states[place - 1 : place + 1] = [state, states[place - 1]]
        if state.frequency < TOP - 9:
            state.frequency += 2
            context.total += 2

    def _make_contexts(self, *, skip: bool) -> Context:
        """The context that the found symbol leads to, and those of its suffixes as far as they are not there."""
        context, branch = self._least, self._found.following
        waiting = [] if skip else [self._found]
        while context.suffix is not None:
            context = context.suffix
            state = context.states[_place(context, self._found.symbol)]
            if state.following != branch:
                assert isinstance(state.following, Context)
                context = state.following
                break
            waiting.append(state)
        if not waiting:
            return context
        assert isinstance(branch, int)
        symbol = self._memory.text[branch]
        frequency = _first_frequency(context, symbol)
        for state in reversed(waiting):
            if not self._memory.context():
                raise Full
            context = Context([State(symbol, frequency, branch + 1)], context)
            state.following = context
        return context

    def _spread(self, place: Context | int) -> None:
        """The symbol goes into every context from the longest to the one in which it was found."""
        own, size = self._found.frequency, len(self._least.states)
        others = self._least.total - size - (own - 1)
        context = self._most
        while context is not self._least:
            self._make_room(context, size)
            mine, all_ = 2 * own * (context.total + 6), others + context.total
            if mine < 6 * all_:
                frequency = 1 + (mine > all_) + (mine >= 4 * all_)
                context.total += 3
            else:
                frequency = 4 + (mine >= 9 * all_) + (mine >= 12 * all_) + (mine >= 15 * all_)
                context.total += frequency
            context.states.append(State(self._found.symbol, frequency, place))
            assert context.suffix is not None
            context = context.suffix

    def _make_room(self, context: Context, size: int) -> None:
        """For one more state; `size` is how many the context has in which the symbol was found."""
        known = len(context.states)
        if known == 1:
            (state,) = context.states
            context.block = self._memory.block(1)
            state.frequency = 2 * state.frequency if state.frequency < TOP // 4 - 1 else TOP - 4
            context.total = state.frequency + self._first_escapes + (size > 3)
        else:
            if known % 2 == 0:
                context.block = self._memory.grow(context.block, known // 2)
            few = 4 * known <= size and context.total <= 8 * known
            context.total += (2 * known < size) + 2 * few
        if not context.block:
            raise Full

    def _halve(self) -> None:
        """All frequencies of a context, sorted by them."""
        context, found = self._least, self._found
        states, up = context.states, int(self._fall != 0)
        states.remove(found)
        states.insert(0, found)
        escapes = context.total - sum(state.frequency for state in states)
        found.frequency += 4
        for state in states:
            state.frequency = state.frequency + up >> 1
        # Python's sort keeps the order of what is equal, as the model's own does; the first stays where none is above it.
        states.sort(key=lambda state: -state.frequency)
        self._found = states[0]
        kept = [state for state in states if state.frequency]
        escapes += len(states) - len(kept)
        if len(kept) == 1:
            self._keep_one(escapes)
            return
        units, fewer = (len(states) + 1) // 2, (len(kept) + 1) // 2
        if units != fewer:
            context.block = self._memory.shrink(context.block, units, fewer)
        states[:] = kept
        context.total = sum(state.frequency for state in states) + escapes - (escapes >> 1)

    def _keep_one(self, escapes: int) -> None:
        """Of a context's states; the unit of the context has room for it."""
        states = self._least.states
        self._memory.give_back(self._least.block, (len(states) + 1) // 2)
        del states[1:]
        while True:
            states[0].frequency -= states[0].frequency >> 1
            escapes >>= 1
            if escapes <= 1:
                return


def _place(context: Context, symbol: int) -> int:
    """Of a symbol that it knows."""
    return next(place for place, state in enumerate(context.states) if state.symbol == symbol)


def _first_frequency(context: Context, symbol: int) -> int:
    """Of a symbol in the context that is longer by one byte than this, which knows it."""
    state = context.states[_place(context, symbol)]
    if len(context.states) == 1:
        return state.frequency
    own = state.frequency - 1
    others = context.total - len(context.states) - own
    if 2 * own <= others:
        return 1 + (5 * own > others)
    return 1 + (2 * own + 3 * others - 1) // (2 * others)


def encode(data: bytes, order: int, memory: int) -> bytes:
    """The payload."""
    model, coder = Model(order, memory), RangeEncoder()
    for symbol in data:
        coder.symbol = symbol
        model.code(coder)
    return coder.finish()


def decode(
    payload: bytes, order: int, memory: int, size: int, check: Callable[[int], object] = lambda _: None
) -> bytes:
    """Exactly `size` bytes; `check` hears of each piece. Raises ValueError for a payload that is not one of so many."""
    model, coder = Model(order, memory), RangeDecoder(payload)
    pieces = []
    for at in range(0, size, PIECE):
        count = min(PIECE, size - at)
        pieces.append(bytes(model.code(coder) for _ in range(count)))
        check(count)
    coder.finish()
    return b"".join(pieces)
