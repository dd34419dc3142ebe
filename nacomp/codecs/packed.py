"""What every codec makes of a block's bytes: a payload, and the method that reads it."""

from nacomp.formats.methods import Method
from nacomp.formats.records import dataclass


@dataclass(frozen=True)
class Packed:
    """A payload and its method, which the writer turns into a number of its own."""

    method: Method
    payload: bytes
