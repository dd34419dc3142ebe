"""PPMd var. H through pyppmd, called so that it loses no byte and no payload can break it.

pyppmd's encoder drops a byte where one symbol's output straddles the end of an output buffer, the first of
which has 32 KiB (1.3.1: 9 of 100 times, 100 KB of noise came back wrong). Each call here encodes so little
that its buffer cannot fill.

pyppmd decodes on a thread that waits when its input ends too early, and writes to freed memory when such a
decoder is dropped (1.3.1: 60 truncated payloads in a row crashed 4 of 6 processes). A decoder whose input
never ends cannot wait: every payload gets as many zeros behind it as its content could use at the very most.
That costs memory, hence LIMIT; and what a decoder was given and did not use is never freed (1.3.1): 16 to 28 MB
for each MiB of content. So only a payload that is kept is decoded to compare it: with all trials decoded, 20 MB of
small files took 2 GB.
"""

LIMIT = 2 << 20
"""Bytes of content; text blocks are about 1 MiB."""
MAX_ORDER = 16
SLICE = 512
"""Bytes encoded at a time; what they give, at 2 bytes per step of a symbol, is under 32 KiB for MAX_ORDER."""
MIN_MEMORY, MAX_MEMORY = 1 << 20, 1 << 26
_START = 5
"""Bytes the range decoder begins with: a zero, then its first 32 bits."""


def encode(data: bytes, order: int, memory: int) -> bytes:
    """The payload for at most LIMIT bytes. Ask `is_right` before it is kept."""
    import pyppmd  # not above: short jobs do without it

    packer = pyppmd.Ppmd7Encoder(order, memory)
    slices = (data[at : at + SLICE] for at in range(0, len(data), SLICE))
    return b"".join([*map(packer.encode, slices), packer.flush()])


def is_right(payload: bytes, order: object, memory: object, data: bytes) -> bool:
    """Whether a payload decodes to this."""
    try:
        return decode(payload, order, memory, len(data)) == data
    except ValueError:
        return False


def decode(payload: bytes, order: object, memory: object, original_size: int) -> bytes:
    """At most `original_size` bytes. Raises ValueError for a payload or parameters that `encode` does not write."""
    if not isinstance(order, int) or not 2 <= order <= MAX_ORDER:
        raise ValueError(f"order {order} is not between 2 and {MAX_ORDER}")
    if not isinstance(memory, int) or not MIN_MEMORY <= memory <= MAX_MEMORY:
        raise ValueError(f"memory {memory} is not between {MIN_MEMORY} and {MAX_MEMORY}")
    if original_size > LIMIT:
        raise ValueError(f"{original_size} bytes is over the limit of {LIMIT}")
    if len(payload) < _START or payload[0] != 0 or payload[1:_START] == b"\xff" * 4:
        raise ValueError("it does not start like one")
    import pyppmd

    unpacker = pyppmd.Ppmd7Decoder(order, memory)
    content: bytes = unpacker.decode(payload + bytes(_most_input(order, original_size)), original_size)
    return content


def _most_input(order: int, original_size: int) -> int:
    """Bytes that decoding can read: a symbol takes a step per context from `order` down, 2 bytes each at most."""
    return _START + 2 * (order + 2) * original_size
