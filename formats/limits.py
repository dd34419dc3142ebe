"""What a decoder is willing to be asked for; see SPEC.md, section 11. Compared before memory is taken."""

from nacomp.formats.errors import LimitExceeded
from nacomp.formats.records import dataclass

MAX_METHODS_TABLE = 65_536
"""Bytes of the methods table, packed or not. Part of the format, not a setting."""
MAX_PAYLOAD_EXCESS = 1_024
"""A payload may be this much larger than its content. Part of the format, not a setting."""


@dataclass(frozen=True)
class Limits:
    """Bounds on one archive; sizes in bytes. Raising them is safe only for archives you trust.

    Attributes:
        max_methods: rows of the methods table.
        max_block_size: content of one block; about this much memory is needed to decode it.
        max_neural_block_size: the same for neural blocks, which take about a minute per MiB.
        max_index_size: the unpacked index, and all paths in it written out; 128 MiB hold about a million entries.
        max_entries: files, folders and links.
        max_extents: extents of all files and derived contents together.
        max_derived: derived contents.
        max_derived_size: one derived content, and what it is made of; both are in memory at once.
        max_depth: how many views may lie in one another, the outermost counted.
        max_from_payload: bytes of derived contents that a byte of payload may stand for, above those of max_depth: a flat
            picture of 8 MB is a few kilobytes.
        max_members: archives that stand one behind the other in a file, a first one and its updates.
        max_total_size: all files together; None for no bound.
        max_decoding_work: how many times the bytes of all contents and files together may have to be decoded, as views may
            ask for the same parts over and over and a reader without room decodes again; what nacomp writes needs each once.
        max_kdf_memory: what a sealed archive may take to make a key of the password.
        max_kdf_work: that memory times its passes; about 3 s on one core.
    """

    max_methods: int = 256
    max_block_size: int = 256 << 20
    max_neural_block_size: int = 4 << 20
    max_index_size: int = 128 << 20
    max_entries: int = 1_000_000
    max_extents: int = 4_000_000
    max_derived: int = 1_000_000
    max_derived_size: int = 64 << 20
    max_depth: int = 8
    max_from_payload: int = 1024
    max_members: int = 10_000
    max_total_size: int | None = None
    max_decoding_work: int = 4
    max_kdf_memory: int = 256 << 20
    max_kdf_work: int = 1 << 30


DEFAULT_LIMITS = Limits()


def check_limit(asked: int, limit: int, what: str) -> None:
    """Raise LimitExceeded if more is asked than the limit allows."""
    if asked > limit:
        raise LimitExceeded(asked=f"{asked:,}", limit=f"{limit:,}", what=what)
