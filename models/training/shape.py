"""The shape of a model: the numbers `network` builds from and `export` writes into the GGUF header."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """Sizes of a llama-architecture model with tied embeddings. Units: floats per vector, unless said."""

    vocabulary: int
    width: int
    layers: int
    heads: int
    kv_heads: int
    feed_forward: int
    context: int
    """The most tokens a position was trained to look back on, the start token included."""
    theta: float = 10_000.0
    """Base of the rotary frequencies."""
    epsilon: float = 1e-5
    """Added to the mean square in every norm."""

    @property
    def head_size(self) -> int:
        """Floats per attention head."""
        return self.width // self.heads

    @property
    def kv_width(self) -> int:
        """Floats per position in the keys, and in the values."""
        return self.kv_heads * self.head_size

    def matrices(self) -> dict[str, tuple[int, int]]:
        """GGUF name -> (output, input) of every matrix of the layers; the embedding is not among them."""
        result: dict[str, tuple[int, int]] = {}
        for layer in range(self.layers):
            prefix = f"blk.{layer}."
            result[prefix + "attn_q.weight"] = (self.width, self.width)
            result[prefix + "attn_k.weight"] = (self.kv_width, self.width)
            result[prefix + "attn_v.weight"] = (self.kv_width, self.width)
            result[prefix + "attn_output.weight"] = (self.width, self.width)
            result[prefix + "ffn_gate.weight"] = (self.feed_forward, self.width)
            result[prefix + "ffn_up.weight"] = (self.feed_forward, self.width)
            result[prefix + "ffn_down.weight"] = (self.width, self.feed_forward)
        return result

    def norms(self) -> list[str]:
        """GGUF names of the norm weights, each (width,)."""
        per_layer = [f"blk.{i}.{part}_norm.weight" for i in range(self.layers) for part in ("attn", "ffn")]
        return [*per_layer, "output_norm.weight"]


EMBEDDED = Shape(vocabulary=4096, width=256, layers=4, heads=4, kv_heads=2, feed_forward=640, context=512)
TINY = Shape(vocabulary=512, width=64, layers=2, heads=4, kv_heads=2, feed_forward=128, context=256)
EMBEDDED_2 = Shape(vocabulary=8192, width=256, layers=4, heads=4, kv_heads=1, feed_forward=512, context=512)
"""The next model of level fast: as quick as `EMBEDDED` for a byte of English, two fifths quicker for other languages."""
EMBEDDED_LARGE = Shape(
    vocabulary=8192, width=384, layers=6, heads=6, kv_heads=1, feed_forward=704, context=512
)
"""For level balanced where no model was fetched. Both shapes have one tokeniser, so one set of tokens serves both."""

SHAPES = {"embedded": EMBEDDED, "embedded-2": EMBEDDED_2, "embedded-large": EMBEDDED_LARGE, "tiny": TINY}

_WRITTEN = re.compile(r"(\d+):(\d+)x(\d+),(\d+)/(\d+),(\d+)")


def named(name: str) -> Shape:
    """A shape by its name, or written vocabulary:width x layers,heads/kv_heads,feed_forward ("8192:256x4,4/1,512").

    Raises ValueError for anything else, and for sizes that no model can have.
    """
    if name in SHAPES:
        return SHAPES[name]
    written = _WRITTEN.fullmatch(name)
    if written is None:
        raise ValueError(f"no shape is called {name!r}: {', '.join(SHAPES)}, or one like 8192:256x4,4/1,512")
    vocabulary, width, layers, heads, kv_heads, feed_forward = map(int, written.groups())
    if not all(map(int, written.groups())) or width % heads or heads % kv_heads or (width // heads) % 2:
        raise ValueError(
            f"{name}: heads must divide the width into even sizes, and groups of them share keys"
        )
    return Shape(vocabulary, width, layers, heads, kv_heads, feed_forward, context=512)
