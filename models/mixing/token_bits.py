"""Tokens as bits, readable: the token's row and the context mixer predict every decision of the vocabulary's tree.

row --> odds of the decision --> sure? -- yes: coded as they are, nearly
                                       -- no: inputs of the byte mixer (a bit) or of the ends' own (PREDICTORS.md, 14)
"""

from collections.abc import Callable

from nacomp.models.mixing.arithmetic import ONE, combine, squash
from nacomp.models.mixing.context_set import ContextSet
from nacomp.models.mixing.counters import Apm
from nacomp.models.mixing.mixer import Rates, TwoLayers
from nacomp.models.mixing.reference import Mixing, bits_for
from nacomp.models.mixing.settings import MixingSettings, Profile
from nacomp.models.mixing.token_row import TokenRow, odds
from nacomp.models.mixing.token_tree import TokenTree, TreeNode

Decide = Callable[[TreeNode, int], int]
"""Codes a decision under the probability of a 1, 2^-22; gives the bit."""

_BUCKETS = 24
_SURE, _CONFIDENCE, _LIMIT = 1900, 30, 1023
_ENDS, _ROW_INPUTS = 14, 2
_RATES, _FINAL_RATES = Rates(10, 40), Rates(2, 6)
_TRUST = [20000, 45536]


def _bucket(x: int) -> int:
    return max(0, min(_BUCKETS - 1, (x + 3072) >> 8))


class _Tokens:
    """A stream's last tokens: 1 + place, and sizes, the newest first."""

    def __init__(self) -> None:
        self.last, self.sizes = [0, 0], [0, 0]

    def append(self, place: int, size: int) -> None:
        self.last, self.sizes = [place + 1, self.last[0]], [size, self.sizes[0]]


class TokenBits:
    """The predictor of a block's tokens; see `native/token_bits.h`."""

    def __init__(self, tree: TokenTree, size: int, streams: int) -> None:
        """`size`: the block's bytes."""
        self._tree = tree
        self._bytes = Mixing(MixingSettings(Profile.TEXT, size, delimiter=ord(",")), streams, 4, 2)
        self._node_contexts = ContextSet(bits_for(size * 4, 12, 21))
        self._end_contexts = ContextSet(bits_for(size * 4, 12, 20))
        self._ends = TwoLayers(_TRUST + [0] * (1 + 4 * _ENDS), 3, _RATES, _FINAL_RATES)
        self._end_apm, self._sure_apm = Apm(_LIMIT, _CONFIDENCE), Apm(_LIMIT, _CONFIDENCE)
        self._tokens = [_Tokens() for _ in range(streams)]
        self._depth = 0

    def walk(self, stream: int, row: TokenRow, decide: Decide) -> int:
        """From the root to a token's place, learning every decision on the way."""
        low, high, at = 0, len(self._tree.symbols), 0
        self._depth = 0
        while at >= 0:
            node = self._tree.nodes[at]
            self._skip_to(stream, low, node.depth)
            outside = [
                odds(total(low, node.split), total(node.split, high)) for total in (row.base, row.chained)
            ]
            bit = self._code(stream, at, row, outside, decide)
            low, high = (node.split, high) if bit else (low, node.split)
            at = node.children[bit]
        size = len(self._tree.pieces[low])
        self._skip_to(stream, low, size * 8)
        self._tokens[stream].append(low, size)
        return low

    def _skip_to(self, stream: int, place: int, depth: int) -> None:
        for at in range(self._depth, depth):
            self._bytes.skip(stream, self._tree.bit(place, at))
        self._depth = max(self._depth, depth)

    def _code(self, stream: int, at: int, row: TokenRow, outside: list[int], decide: Decide) -> int:
        node = self._tree.nodes[at]
        base, chained = outside
        if abs(chained) >= _SURE and (base >= 0 if chained > 0 else base <= 0):
            refined = self._sure_apm.refine(chained, int(node.end))
            bit = decide(node, max(1, min(ONE - 1, (squash(chained) + refined) // 2)))
            self._sure_apm.learn(bit)
            if not node.end:
                self._bytes.skip(stream, bit)
        elif node.end:
            bit = decide(node, self._predict_end(stream, at, row, outside))
            self._ends.learn(bit)
            self._end_contexts.learn(bit)
            self._end_apm.learn(bit)
        else:
            bit = decide(node, self._predict_bit(stream, at, row, outside))
            self._bytes.learn(bit)
            self._node_contexts.learn(bit)
        self._depth += not node.end
        return bit

    def _predict_bit(self, stream: int, at: int, row: TokenRow, outside: list[int]) -> int:
        last = self._tokens[stream].last[0]
        contexts = [combine(at, last), combine(combine(at, row.likeliest + 1), last)]
        inputs, _ = self._node_contexts.predict(contexts)
        base, chained = _bucket(outside[0]), _bucket(outside[1])
        early, unasked = min(self._tree.nodes[at].depth // 8, 3), int(not row.asked)
        selected = [
            (unasked * 4 + early) * _BUCKETS + chained,
            (unasked * _BUCKETS + base) * _BUCKETS + chained,
        ]
        return self._bytes.predict_beside(stream, [*outside, inputs[1], inputs[5]], selected)

    def _predict_end(self, stream: int, at: int, row: TokenRow, outside: list[int]) -> int:
        size, c1 = self._tree.nodes[at].depth // 8, self._bytes.stream(stream).last4 & 255
        inputs, seen = self._end_contexts.predict(self._contexts_of_end(stream, at, row, size))
        base, chained = _bucket(outside[0]), _bucket(outside[1])
        few, unasked = min(size, 15), int(not row.asked)
        rows = [(unasked * _BUCKETS + base) * _BUCKETS + chained, few * 32 + seen, chained * 64 + c1 // 4]
        x = self._ends.mix([*outside, 256, *inputs], rows, [unasked * _BUCKETS + chained, few])
        refined = self._end_apm.refine(x, few * 64 + c1 // 4)
        return max(1, min(ONE - 1, (squash(x) + refined) // 2))

    def _contexts_of_end(self, stream: int, at: int, row: TokenRow, size: int) -> list[int]:
        s, tokens, expected = self._bytes.stream(stream), self._tokens[stream], row.likeliest + 1
        c4, last = s.last4, tokens.last[0]
        return [
            at,
            combine(at, last),
            combine(c4 & 0xFF, size),
            c4 & 0xFFFF,
            c4 & 0xFFFFFF,
            combine(c4, size),
            combine(c4, s.last8 & 0xFF),
            combine(c4, s.last8 & 0xFFFF),
            combine(combine(size, tokens.sizes[0]), tokens.sizes[1]),
            combine(at, s.text.field),
            combine(s.text.word, size),
            combine(combine(at, last), tokens.last[1]),
            combine(at, expected),
            combine(combine(at, expected), last),
        ]
