"""SPEC.md, section 13: a sealed archive's bytes and a password, to the archive's bytes.

ChaCha20-Poly1305 is written out from RFC 8439, all blocks of a chunk at once; scrypt and HMAC come with Python.
"""

import hashlib
import hmac
import struct
import unicodedata

import numpy as np
from numpy.typing import NDArray

from nac_decoder.errors import check, checksum

MAGIC = bytes.fromhex("89 4E 41 43 0D 0A 1A 0A")
SEAL = struct.Struct("<8sHHBBBB32s16s8s")
CHUNK, TAG = 16_384, 16
COLUMNS_AND_DIAGONALS = [
    (0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
    (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14),
]  # fmt: skip


def is_sealed(data: bytes) -> bool:
    """Whether bit 7 of the flags is set. An archive in the compact form begins otherwise, and has other bytes there."""
    return len(data) >= 12 and data.startswith(MAGIC) and bool(struct.unpack_from("<H", data, 10)[0] & 0x80)


def unsealed(data: bytes, password: str) -> bytes:
    """The archive in a sealed one."""
    check(len(data) >= 2 * SEAL.size, "seal is cut off")
    seal = data[: SEAL.size]
    magic, version, flags, log_n, r, p, reserved, salt, expected, summed = SEAL.unpack(seal)
    check(magic == MAGIC and version == 2, "no sealed archive")
    check(checksum("nacomp seal", seal[:-8]) == summed, "seal is damaged")
    check(flags & 0x7F == 0 and reserved == 0, "seal has a flag of a later version")
    check(
        1 <= log_n <= min(63, 16 * r - 1) and r >= 1 and p >= 1, "seal has no cost, or none that scrypt has"
    )
    memory = 128 * r << log_n
    check(memory <= 268_435_456 and p * memory <= 1_073_741_824, "password would take too much")
    check(data[-SEAL.size :] == seal, "second seal differs")
    word = unicodedata.normalize("NFC", password).encode("utf-8", "surrogateescape")
    secret = hashlib.scrypt(word, salt=salt, n=1 << log_n, r=r, p=p, maxmem=memory + (1 << 20), dklen=32)
    check(_expand(secret, b"nacomp check")[:16] == expected, "wrong password")
    key = _expand(secret, b"nacomp chunks")
    body = data[SEAL.size : -SEAL.size]
    pieces = [body[at : at + CHUNK + TAG] for at in range(0, len(body), CHUNK + TAG)]
    check(bool(pieces) and len(pieces[-1]) > TAG, "sealed archive has an impossible size")
    last = len(pieces) - 1
    return b"".join(
        _opened(key, struct.pack("<QB3x", number, number == last), piece, seal)
        for number, piece in enumerate(pieces)
    )


def _expand(secret: bytes, info: bytes) -> bytes:
    """HKDF-Expand, one block of SHA-256."""
    return hmac.digest(secret, info + b"\1", "sha256")


def _opened(key: bytes, nonce: bytes, sealed: bytes, associated: bytes) -> bytes:
    """RFC 8439, section 2.8."""
    content, tag = sealed[:-TAG], sealed[-TAG:]
    stream = _key_stream(key, nonce, 1 + -(-len(content) // 64))
    lengths = struct.pack("<QQ", len(associated), len(content))
    check(_poly1305(stream[:32], _padded(associated) + _padded(content) + lengths) == tag, "chunk is damaged")
    return bytes(np.frombuffer(content, np.uint8) ^ np.frombuffer(stream, np.uint8)[64 : 64 + len(content)])


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 16)


def _key_stream(key: bytes, nonce: bytes, blocks: int) -> bytes:
    """RFC 8439, sections 2.1 to 2.4: `blocks` blocks of 64 bytes, counted from 0."""
    words = struct.unpack("<16I", b"expand 32-byte k" + key + bytes(4) + nonce)
    start = np.repeat(np.array(words, np.uint32)[:, None], blocks, axis=1)
    start[12] = np.arange(blocks, dtype=np.uint32)
    state = start.copy()
    for _ in range(10):
        for a, b, c, d in COLUMNS_AND_DIAGONALS:
            for x, y, z, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
                state[x] += state[y]
                state[z] = _turned(state[z] ^ state[x], turn)
    return (state + start).T.astype("<u4").tobytes()


def _turned(word: NDArray[np.uint32], left: int) -> NDArray[np.uint32]:
    return (word << np.uint32(left)) | (word >> np.uint32(32 - left))


def _poly1305(key: bytes, message: bytes) -> bytes:
    """RFC 8439, section 2.5."""
    r = int.from_bytes(key[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    total = 0
    for at in range(0, len(message), 16):
        piece = message[at : at + 16] + b"\1"
        total = (total + int.from_bytes(piece, "little")) * r % (2**130 - 5)
    return ((total + int.from_bytes(key[16:], "little")) % 2**128).to_bytes(16, "little")
