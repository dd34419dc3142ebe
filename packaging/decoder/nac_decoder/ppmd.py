"""PPMd variant H (Dmitry Shkarin, 2001) behind the range coder of 7-Zip: a payload to its content.

The model is restarted where its memory is full; 64 MiB, which nacomp gives it, are never full within the 2 MiB that a block
may have. So memory is not counted here, and archives with less of it are refused.
"""

from dataclasses import dataclass, field

from nac_decoder.errors import check

LEAST_MEMORY = 1 << 26
TOP = 124
"""The highest frequency; above it a context is halved."""
ESCAPES = (25, 14, 9, 7, 5, 5, 4, 4, 4, 3, 3, 3, 2, 2, 2, 2)
FIRST_ESCAPES = (0x3CDD, 0x1F3F, 0x59BF, 0x48F3, 0x64A1, 0x5ABC, 0x6632, 0x6051)


@dataclass(eq=False)
class State:
    """A symbol that was seen in a context. It leads to another context, or to a place in the text behind it."""

    symbol: int
    frequency: int
    following: "Context | int | None"


@dataclass(eq=False)
class Context:
    states: list[State]
    suffix: "Context | None"
    total: int = 0


@dataclass(eq=False)
class See:
    """An estimate of how often a symbol is escaped from."""

    total: int
    shift: int = 3
    count: int = 4

    def learn(self) -> None:
        if self.shift < 7:
            self.count -= 1
            if self.count == 0:
                self.total = self.total << 1 & 0xFFFF
                self.count = 3 << self.shift
                self.shift += 1


class RangeDecoder:
    """7-Zip's coder: a first byte of 0, then 32 bits at a time."""

    def __init__(self, data: bytes) -> None:
        check(len(data) >= 5 and data[0] == 0, "PPMd payload is malformed")
        self.data, self.at = data, 5
        self.code, self.range = int.from_bytes(data[1:5], "big"), 2**32 - 1

    def threshold(self, total: int) -> int:
        self.range //= total
        return self.code // self.range

    def take(self, start: int, size: int) -> None:
        self.code -= start * self.range
        self.range *= size
        self._fill()

    def bit(self, zeros: int) -> int:
        """With so many of 2^14 for a 0."""
        bound = (self.range >> 14) * zeros
        one = int(self.code >= bound)
        if one:
            self.code -= bound
            self.range -= bound
        else:
            self.range = bound
        self._fill()
        return one

    def finish(self) -> None:
        """Behind the last symbol: nothing is left."""
        check(self.code == 0 and self.at == len(self.data), "PPMd payload does not end with its content")

    def _fill(self) -> None:
        while self.range < 1 << 24:
            check(self.at < len(self.data), "PPMd payload is cut off")
            self.code = (self.code << 8 | self.data[self.at]) & 0xFFFFFFFF
            self.range = self.range << 8 & 0xFFFFFFFF
            self.at += 1


def _classes() -> list[int]:
    """Of a number of symbols less 1: 0, 1, 2, then runs that grow."""
    found, value, left = [0, 1, 2], 3, 1
    while len(found) < 256:
        found.append(value)
        left -= 1
        if left == 0:
            value += 1
            left = value - 2
    return found


CLASSES = _classes()


def high(symbol: int) -> int:
    return 8 * (symbol >= 64)


@dataclass
class Model:
    order: int
    coder: RangeDecoder
    text: bytearray = field(default_factory=bytearray)
    """What contexts that are not made yet will be made of."""

    def __post_init__(self) -> None:
        self.fall = self.order
        self.usual_run = self.run = -min(self.order, 12) - 1
        self.success = self.escape = self.high_bits = 0
        self.least = self.most = Context([State(n, 1, None) for n in range(256)], None, 257)
        self.found = self.least.states[0]
        self.binary = [[2**14 - FIRST_ESCAPES[k % 8] // (i + 2) for k in range(64)] for i in range(128)]
        self.sees = [[See(5 * i + 10 << 3) for _ in range(16)] for i in range(25)]

    def decode(self) -> int:
        """The next symbol."""
        masked = self._try_one() if len(self.least.states) == 1 else self._try_several()
        while masked is not None:
            masked = self._try_below(masked)
        return self.found_symbol

    def _try_one(self) -> set[int] | None:
        """In a context of one symbol; gives what is masked if it is another."""
        (state,) = self.least.states
        assert self.least.suffix is not None
        self.high_bits = high(self.found.symbol)
        seen = len(self.least.suffix.states)
        group = 0 if seen == 1 else 2 if seen == 2 else 4 if seen <= 11 else 6
        place = self.success + group + self.high_bits + 2 * high(state.symbol) + 32 * (self.run < 0)
        row = self.binary[state.frequency - 1]
        chance = row[place]
        mean = chance + 32 >> 7
        if self.coder.bit(chance) == 0:
            row[place] = chance + 128 - mean
            self._found(state)
            state.frequency += state.frequency < 128
            self.success = 1
            self.run += 1
            self._next()
            return None
        row[place] = chance - mean
        self.escape = ESCAPES[row[place] >> 10]
        self.success = 0
        return {state.symbol}

    def _try_several(self) -> set[int] | None:
        context, coder = self.least, self.coder
        count = coder.threshold(context.total)
        check(count < context.total, "PPMd payload is malformed")
        upto = 0
        for place, state in enumerate(context.states):
            upto += state.frequency
            if count < upto:
                coder.take(upto - state.frequency, state.frequency)
                self._found(state)
                self._learn_first(place)
                return None
        self.success = 0
        self.high_bits = high(self.found.symbol)
        coder.take(upto, context.total - upto)
        return {state.symbol for state in context.states}

    def _learn_first(self, place: int) -> None:
        """Behind a symbol that no longer context was asked for."""
        context, state = self.least, self.found
        self.success = int(place == 0 and 2 * state.frequency > context.total)
        self.run += self.success
        context.total += 4
        state.frequency += 4
        states = context.states
        if place and state.frequency > states[place - 1].frequency:
            states[place - 1 : place + 1] = [state, states[place - 1]]
        if state.frequency > TOP:
            self._halve()
        self._next()

    def _try_below(self, masked: set[int]) -> set[int] | None:
        """In the next context that knows more than what is masked."""
        known = len(masked)
        while len(self.least.states) == known:
            self.fall += 1
            check(self.least.suffix is not None, "PPMd payload has an end mark")
            assert self.least.suffix is not None
            self.least = self.least.suffix
        states = [state for state in self.least.states if state.symbol not in masked]
        see, escapes = self._escapes(known)
        whole = sum(state.frequency for state in states)
        count = self.coder.threshold(whole + escapes)
        check(count < whole + escapes, "PPMd payload is malformed")
        if count >= whole:
            self.coder.take(whole, escapes)
            see.total = see.total + whole + escapes & 0xFFFF
            return masked | {state.symbol for state in states}
        upto = 0
        for state in states:
            upto += state.frequency
            if count < upto:
                break
        self.coder.take(upto - state.frequency, state.frequency)
        see.learn()
        self._found(state)
        self.least.total += 4
        state.frequency += 4
        if state.frequency > TOP:
            self._halve()
        self.run = self.usual_run
        self._update()
        return None

    def _escapes(self, masked: int) -> tuple[See, int]:
        context = self.least
        size = len(context.states)
        if size == 256:
            return See(0, 7), 1
        left = size - masked
        assert context.suffix is not None
        further = left < len(context.suffix.states) - size
        place = further + 2 * (context.total < 11 * size) + 4 * (masked > left) + self.high_bits
        see = self.sees[CLASSES[left - 1]][place]
        part = see.total >> see.shift
        see.total -= part
        return see, part + (part == 0)

    def _found(self, state: State) -> None:
        self.found, self.found_symbol = state, state.symbol

    def _halve(self) -> None:
        """All frequencies of a context, sorted by them."""
        context, state = self.least, self.found
        states = context.states
        states.remove(state)
        states.insert(0, state)
        rest = context.total - state.frequency
        state.frequency += 4
        up = int(self.fall != 0)
        state.frequency = state.frequency + up >> 1
        for place in range(1, len(states)):
            one = states[place]
            rest -= one.frequency
            one.frequency = one.frequency + up >> 1
            to = place
            while to and one.frequency > states[to - 1].frequency:
                to -= 1
            states.insert(to, states.pop(place))
        kept = sum(one.frequency for one in states)
        while states[-1].frequency == 0:
            states.pop()
            rest += 1
        self.found = states[0]
        if len(states) > 1:
            context.total = kept + rest - (rest >> 1)
            return
        while True:
            states[0].frequency -= states[0].frequency >> 1
            rest >>= 1
            if rest <= 1:
                return

    def _next(self) -> None:
        following = self.found.following
        if self.fall == 0 and isinstance(following, Context):
            self.least = self.most = following
        else:
            self._update()

    def _update(self) -> None:
        """Longer contexts learn the symbol, and those are made that it leads to."""
        found, following = self.found, self.found.following
        if found.frequency < TOP // 4 and self.least.suffix is not None:
            self._learn_in(self.least.suffix)
        if self.fall == 0:
            self.least = self.most = found.following = self._contexts(skip=True)
            return
        self.text.append(found.symbol)
        place: Context | int = len(self.text)
        if following is not None:
            if isinstance(following, int):
                following = self._contexts(skip=False)
            self.fall -= 1
            if self.fall == 0:
                place = following
                if self.most is not self.least:
                    self.text.pop()
        else:
            found.following = place
            following = self.least
        self._spread(place)
        self.least = self.most = following

    def _learn_in(self, context: Context) -> None:
        """The next shorter context hears of it too."""
        states = context.states
        if len(states) == 1:
            states[0].frequency += states[0].frequency < 32
            return
        place = next(n for n, one in enumerate(states) if one.symbol == self.found.symbol)
        state = states[place]
        if place and state.frequency >= states[place - 1].frequency:
            states[place - 1 : place + 1] = [state, states[place - 1]]
        if state.frequency < TOP - 9:
            state.frequency += 2
            context.total += 2

    def _contexts(self, *, skip: bool) -> Context:
        """The context that the found symbol leads to, and those of its suffixes, as far as they are not there."""
        context, branch = self.least, self.found.following
        waiting = [] if skip else [self.found]
        while context.suffix is not None:
            context = context.suffix
            state = next(one for one in context.states if one.symbol == self.found.symbol)
            if state.following is not branch and state.following != branch:
                assert isinstance(state.following, Context)
                context = state.following
                break
            waiting.append(state)
        if not waiting:
            return context
        assert isinstance(branch, int)
        symbol = self.text[branch]
        frequency = self._first_frequency(context, symbol)
        for state in reversed(waiting):
            context = Context([State(symbol, frequency, branch + 1)], context)
            state.following = context
        return context

    @staticmethod
    def _first_frequency(context: Context, symbol: int) -> int:
        state = next(one for one in context.states if one.symbol == symbol)
        if len(context.states) == 1:
            return state.frequency
        own = state.frequency - 1
        others = context.total - len(context.states) - own
        if 2 * own <= others:
            return 1 + (5 * own > others)
        return 1 + (2 * own + 3 * others - 1) // (2 * others)

    def _spread(self, place: "Context | int") -> None:
        """The symbol goes into every context from the longest to the one in which it was found."""
        found, size = self.found, len(self.least.states)
        others = self.least.total - size - (found.frequency - 1)
        context = self.most
        while context is not self.least:
            states, known = context.states, len(context.states)
            if known > 1:
                more = 2 * (4 * known <= size and context.total <= 8 * known)
                context.total += (2 * known < size) + more
            else:
                small = states[0].frequency < TOP // 4 - 1
                states[0].frequency = states[0].frequency * 2 if small else TOP - 4
                context.total = states[0].frequency + self.escape + (size > 3)
            own, whole = 2 * found.frequency * (context.total + 6), others + context.total
            if own < 6 * whole:
                frequency = 1 + (own > whole) + (own >= 4 * whole)
                context.total += 3
            else:
                frequency = 4 + (own >= 9 * whole) + (own >= 12 * whole) + (own >= 15 * whole)
                context.total += frequency
            states.append(State(found.symbol, frequency, place))
            assert context.suffix is not None
            context = context.suffix


def decompress(order: int, memory: int, data: bytes, size: int) -> bytes:
    """`size` bytes of content."""
    check(2 <= order <= 16 and memory >= LEAST_MEMORY, "PPMd model is too small for this decoder")
    check(size <= 1 << 21, "PPMd content is too long")
    model = Model(order, RangeDecoder(data))
    content = bytes(model.decode() for _ in range(size))
    model.coder.finish()
    return content
