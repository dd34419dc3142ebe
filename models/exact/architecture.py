"""The table of architectures: which of the parts of `formats/NUMERICS.md` section 6 each one has.

Sits below `weights`, which reads a file by its row here. A table of parts won over a forward pass for each architecture:
reference, kernels and second decoder know parts alone, so a new row costs no arithmetic.
"""

from enum import Enum

from nacomp.formats.records import dataclass


class Local(Enum):
    """What sets the local layers of a model apart."""

    NONE = "none"
    WINDOW = "window"
    """They look back over a window of their own, turn by a rotary base of their own, and come before a global one."""
    UNTURNED = "unturned"
    """Every fourth layer has no rotary positions."""


@dataclass(frozen=True)
class Architecture:
    """One row; names and meanings as in the table of section 6.

    Attributes:
        halves: a rotary pair is (i, i + R/2) of a head, not (2i, 2i+1).
        biases: on queries, keys and values.
        head_norms: each query and key head has a norm before it is turned.
        post_norms: what attention and feed-forward give has a norm before it is added.
        gelu: the gate is the tanh form of GELU, not SiLU.
        root_scale: the embedding is multiplied by the root of its width.
        multipliers: embedding, residuals, attention scores and logits have factors in the metadata.
        local: which of its layers are local.
    """

    halves: bool = True
    biases: bool = False
    head_norms: bool = False
    post_norms: bool = False
    gelu: bool = False
    root_scale: bool = False
    multipliers: bool = False
    local: Local = Local.NONE


ARCHITECTURES = {
    "llama": Architecture(halves=False),
    "gemma": Architecture(gelu=True, root_scale=True),
    "gemma3": Architecture(head_norms=True, post_norms=True, gelu=True, root_scale=True, local=Local.WINDOW),
    "granite": Architecture(halves=False, multipliers=True),
    "qwen2": Architecture(biases=True),
    "qwen3": Architecture(head_norms=True),
    "smollm3": Architecture(halves=False, local=Local.UNTURNED),
}
"""By `general.architecture`."""
