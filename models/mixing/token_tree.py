"""A vocabulary as a tree of yes/no decisions: bits of the tokens' bytes, and "the token ends here" where one begins another.

The tokens are sorted by their bytes, so all that share a beginning are a range of places. A node is where such a range falls
apart; a bit that all tokens of a range agree on is no node and costs nothing (formats/PREDICTORS.md, section 14).
"""

from collections.abc import Sequence
from dataclasses import field

from nacomp.formats.records import dataclass


@dataclass
class TreeNode:
    """A decision.

    Attributes:
        split: places from here on are behind a 1.
        depth: bits of the token before it.
        end: it asks "longer?" instead of a bit; 0 ends the token.
        children: a node's number, or ~place of a token.
    """

    split: int
    depth: int
    end: bool
    children: list[int] = field(default_factory=lambda: [0, 0])


class TokenTree:
    """The readable tree; see `native/token_tree.h`."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        """`pieces`: bytes of each symbol id, empty for what is never coded; at least two are not empty."""
        self.symbols = sorted((i for i, piece in enumerate(pieces) if piece), key=lambda i: (pieces[i], i))
        """(place,) the symbol of each place."""
        self.pieces = [pieces[i] for i in self.symbols]
        self.place_of = {symbol: place for place, symbol in enumerate(self.symbols)}
        self.nodes: list[TreeNode] = []
        """In preorder; the first is the root."""
        tasks: list[tuple[int, int, int, int, int]] = [(0, len(self.symbols), 0, -1, 0)]
        while tasks:
            low, high, depth, parent, side = tasks.pop()
            leaf = high - low == 1
            if parent >= 0:
                self.nodes[parent].children[side] = ~low if leaf else len(self.nodes)
            if leaf:
                continue
            node = self._fall_apart(low, high, depth)
            tasks.append((node.split, high, node.depth + (not node.end), len(self.nodes), 1))
            tasks.append((low, node.split, node.depth + (not node.end), len(self.nodes), 0))
            self.nodes.append(node)

    def bit(self, place: int, depth: int) -> int:
        """A bit of a token's bytes, the uppermost first."""
        return self.pieces[place][depth >> 3] >> (7 - (depth & 7)) & 1

    def _fall_apart(self, low: int, high: int, depth: int) -> TreeNode:
        while len(self.pieces[low]) * 8 != depth:
            if self.bit(low, depth) != self.bit(high - 1, depth):
                split = next(place for place in range(low, high) if self.bit(place, depth))
                return TreeNode(split, depth, end=False)
            depth += 1
        return TreeNode(low + 1, depth, end=True)
