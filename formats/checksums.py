"""Checksums of the container: BLAKE2b, 8 bytes, personalised per structure (SPEC.md, section 2).

In the standard library, about 1 GB/s, and a personalisation that keeps one structure's checksum from being
valid for another. CRC32 is weak for gigabytes; 16 bytes and more would show in the size of small archives and
add nothing against damage, as every entry has a SHA-256 besides; xxhash would be one more dependency.
"""

import hashlib

CHECKSUM_SIZE = 8
HEADER = b"nacomp header"
BLOCK = b"nacomp block"
CONTENT = b"nacomp content"
INDEX = b"nacomp index"
SECTOR = b"nacomp sector"
RECORD = b"nacomp record"
TRAILER = b"nacomp trailer"
SEAL = b"nacomp seal"
COMPACT = b"nacomp compact"


def checksum(structure: bytes, *parts: bytes | memoryview) -> bytes:
    """The 8-byte checksum of the concatenated parts, for the structure of that name."""
    state = hashlib.blake2b(digest_size=CHECKSUM_SIZE, person=structure)
    for part in parts:
        state.update(part)
    return state.digest()


def content_checksum(content: bytes | memoryview) -> bytes:
    """The checksum that a block's header keeps of its original bytes."""
    return checksum(CONTENT, content)
