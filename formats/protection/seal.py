"""Sealed archives: a password's key, and an archive's bytes in authenticated chunks (SPEC.md, section 13).

    archive's bytes -> chunks of 16 KiB -> each encrypted under its number -> between two copies of a header

The seal goes around the whole archive, so that nothing but its size shows, and reader, writer and salvage stay as they are:
they see the archive through `SealedFile`. Sealing each block and the index lost: sizes, number and methods of the
blocks would show, and every structure would need a second form. Chunks of 16 KiB cost 0.1% and lose 16 KiB to a flipped bit.
"""

import io
import os
import struct
import unicodedata
from collections.abc import Callable
from dataclasses import field
from typing import BinaryIO, Self

from nacomp.formats.checksums import CHECKSUM_SIZE, SEAL, checksum
from nacomp.formats.errors import (
    CorruptArchive,
    LimitExceeded,
    NacompError,
    PasswordNeeded,
    UnsupportedArchive,
    WrongPassword,
)
from nacomp.formats.file_access import read_at, write_all
from nacomp.formats.header import MAGIC, PROLOGUE, SEALED_FLAG, VERSION
from nacomp.formats.limits import DEFAULT_LIMITS, Limits, check_limit
from nacomp.formats.records import dataclass

FIELDS = struct.Struct("<8sHHBBBB32s16s")
SEAL_SIZE = FIELDS.size + CHECKSUM_SIZE
RESERVED_FLAGS = 0x007F
SALT_SIZE = 32
CHECK_SIZE = 16
TAG_SIZE = 16
CHUNK = 16_384
SEALED_CHUNK = CHUNK + TAG_SIZE
_LAYOUT = struct.Struct("<QB3x")

Password = str | Callable[[], str] | None
"""The password, or who to ask for it once it proves to be needed."""


@dataclass(frozen=True)
class Cost:
    """What scrypt (RFC 7914) is to take: 128 * r * 2^log_n bytes, p times.

    The default takes 128 MiB and about a third of a second, the strongest that OWASP's page on password storage lists.
    """

    log_n: int = 17
    r: int = 8
    p: int = 1

    @property
    def memory(self) -> int:
        """Bytes."""
        return 128 * self.r << self.log_n


@dataclass(frozen=True)
class Seal:
    """That an archive is to be sealed, and how."""

    password: str = field(repr=False)
    cost: Cost = Cost()


@dataclass(frozen=True)
class _Keys:
    chunks: bytes
    check: bytes


def normal(password: str) -> bytes:
    """A password as scrypt gets it: NFC, so that it is the same from every keyboard and system. Raises ValueError."""
    if not password:
        raise ValueError("an empty password protects nothing; give a longer one, or none")
    try:
        return unicodedata.normalize("NFC", password).encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raise ValueError(
            "the password holds half a character (a lone surrogate), which no keyboard gives"
        ) from None


def is_sealed(file: BinaryIO, at: int = 0) -> bool:
    """Whether a seekable file starts as sealed archives do; or has a seal at another place."""
    start = read_at(file, max(0, at), PROLOGUE.size)
    if len(start) < PROLOGUE.size:
        return False
    magic, version, flags = PROLOGUE.unpack(start)
    return bool(magic == MAGIC and version == VERSION and flags & SEALED_FLAG)


def begins_with_seal(file: BinaryIO) -> bool:
    """Whether a seal that holds stands at its beginning."""
    try:
        _decode(read_at(file, 0, SEAL_SIZE), DEFAULT_LIMITS)
    except NacompError:
        return False
    return True


def _derive(password: str, cost: Cost, salt: bytes) -> _Keys:
    # Loaded here, so that who has no sealed archive does not wait for it.
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    kdf = Scrypt(salt=salt, length=32, n=1 << cost.log_n, r=cost.r, p=cost.p)
    try:
        secret = kdf.derive(normal(password))
    except MemoryError:
        what = "bytes of memory for the password"
        raise LimitExceeded(asked=f"{cost.memory:,}", limit="what is free here", what=what) from None
    chunks = HKDFExpand(SHA256(), 32, b"nacomp chunks").derive(secret)
    check = HKDFExpand(SHA256(), CHECK_SIZE, b"nacomp check").derive(secret)
    return _Keys(chunks, check)


def _encode(cost: Cost, salt: bytes, check: bytes) -> bytes:
    fields = FIELDS.pack(MAGIC, VERSION, SEALED_FLAG, cost.log_n, cost.r, cost.p, 0, salt, check)
    return fields + checksum(SEAL, fields)


def _decode(data: bytes, limits: Limits) -> tuple[Cost, bytes, bytes]:
    """Cost, salt and check value of a seal. Raises CorruptArchive, UnsupportedArchive, LimitExceeded."""
    if len(data) < SEAL_SIZE:
        raise CorruptArchive(reason="the seal is cut off")
    magic, version, flags, log_n, r, p, reserved, salt, check = FIELDS.unpack_from(data)
    if magic != MAGIC or version != VERSION or not flags & SEALED_FLAG:
        raise CorruptArchive(reason="expected a seal")
    if checksum(SEAL, data[: FIELDS.size]) != data[FIELDS.size : SEAL_SIZE]:
        raise CorruptArchive(reason="the seal's checksum does not match")
    if flags & RESERVED_FLAGS or reserved:
        raise UnsupportedArchive(needed=f"the header flags {flags & 0xFF:#04x} and {reserved:#04x}")
    cost = Cost(log_n, r, p)
    if log_n not in range(1, 64) or not r or not p:
        raise CorruptArchive(reason="the seal's key derivation has no cost")
    if log_n >= 16 * r or r * p >= 1 << 30:
        raise CorruptArchive(reason=f"scrypt (RFC 7914) has no parameters N = 2^{log_n}, r = {r}, p = {p}")
    check_limit(cost.memory, limits.max_kdf_memory, "bytes of memory for the password")
    check_limit(cost.memory * p, limits.max_kdf_work, "bytes to work through for the password")
    return cost, salt, check


def _nonce(number: int, last: bool) -> bytes:
    return _LAYOUT.pack(number, last)


class SealingStream(io.RawIOBase):
    """Takes an archive's bytes and writes them sealed to a stream that need not seek; `finish` ends it.

    Attributes:
        bytes_written: to the stream so far.
    """

    def __init__(self, stream: BinaryIO, seal: Seal) -> None:
        """Derive the key and write the seal."""
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

        salt = os.urandom(SALT_SIZE)
        keys = _derive(seal.password, seal.cost, salt)
        self._stream = stream
        self._cipher = ChaCha20Poly1305(keys.chunks)
        self._seal = _encode(seal.cost, salt, keys.check)
        self._pending = bytearray()
        self._number = 0
        self.bytes_written = 0
        self._put(self._seal)

    def writable(self) -> bool:
        return True

    def write(self, data: bytes | bytearray | memoryview) -> int:  # type: ignore[override]
        self._pending += data
        done = 0
        # The last chunk is sealed as such, so a full one waits until more comes.
        while len(self._pending) - done > CHUNK:
            self._chunk(self._pending[done : done + CHUNK], last=False)
            done += CHUNK
        del self._pending[:done]
        return len(data)

    def finish(self) -> int:
        """Write the last chunk and the second seal; gives the sealed archive's size."""
        self._chunk(self._pending, last=True)
        self._put(self._seal)
        return self.bytes_written

    def _chunk(self, data: bytearray, *, last: bool) -> None:
        self._put(self._cipher.encrypt(_nonce(self._number, last), bytes(data), self._seal))
        self._number += 1

    def _put(self, data: bytes) -> None:
        self.bytes_written += write_all(self._stream, data)


class SealedFile(io.RawIOBase):
    """A sealed archive's bytes, opened: seekable, read only, each chunk checked when it is read. Not thread-safe.

    For a salvage, damaged chunks read as zeros, and a damaged seal is made up for by the other.
    """

    def __init__(
        self, file: BinaryIO, size: int, password: Password, limits: Limits, *, salvage: bool = False
    ) -> None:
        """Tell a wrong password before anything is decrypted. `size` bytes of the file are the sealed archive.

        Raises:
            PasswordNeeded, WrongPassword: none given, or another.
            CorruptArchive, UnsupportedArchive, LimitExceeded: as SPEC.md says.
        """
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

        self._file = file
        self._salvage = salvage
        self._seal, whole = self._find_seal(size, limits)
        cost, salt, check = _decode(self._seal, limits)
        word = password() if callable(password) else password
        if word is None:
            raise PasswordNeeded()
        try:
            keys = _derive(word, cost, salt)
        except ValueError:
            raise WrongPassword() from None  # nothing can be sealed with it
        if keys.check != check:
            raise WrongPassword()
        self._cipher = ChaCha20Poly1305(keys.chunks)
        self._at = 0
        self._cached, self._cache = -1, b""
        self._measure(size - 2 * SEAL_SIZE)
        if not whole and not self._intact(self._count - 1):
            self._measure(size - SEAL_SIZE)

    def _find_seal(self, size: int, limits: Limits) -> tuple[bytes, bool]:
        """The seal, and whether both copies of it are there."""
        first, second = self._raw(0, SEAL_SIZE), self._raw(max(0, size - SEAL_SIZE), SEAL_SIZE)
        if not self._salvage:
            _decode(first, limits)
            if first != second:
                raise CorruptArchive(reason="its end is missing or damaged, or bytes were added behind it")
            return first, True
        try:
            _decode(first, limits)
        except CorruptArchive:
            return second, True
        return first, first == second

    def _measure(self, body: int) -> None:
        """Chunks and opened size that follow from the sealed bytes between the seals."""
        full, rest = divmod(body, SEALED_CHUNK)
        if body <= TAG_SIZE or 0 < rest <= TAG_SIZE:
            if not self._salvage:
                raise CorruptArchive(reason=f"no sealed archive has {body:,} bytes between its seals")
            rest = 0
        self._count = full + (rest > 0)
        self.size = max(0, full * CHUNK + (rest - TAG_SIZE if rest else 0))
        self._end = SEAL_SIZE + full * SEALED_CHUNK + rest
        self._cached = -1

    def _raw(self, offset: int, size: int) -> bytes:
        return read_at(self._file, offset, size)

    def _open_chunk(self, number: int) -> bytes:
        """Raises cryptography's InvalidTag."""
        offset = SEAL_SIZE + number * SEALED_CHUNK
        data = self._raw(offset, min(SEALED_CHUNK, self._end - offset))
        return self._cipher.decrypt(_nonce(number, number == self._count - 1), data, self._seal)

    def _intact(self, number: int) -> bool:
        from cryptography.exceptions import InvalidTag

        try:
            self._open_chunk(number)
        except (InvalidTag, ValueError):
            return False
        return True

    def _chunk(self, number: int) -> bytes:
        from cryptography.exceptions import InvalidTag

        if number != self._cached:
            try:
                self._cache = self._open_chunk(number)
            except (InvalidTag, ValueError) as damage:
                if not self._salvage:
                    raise CorruptArchive(reason=f"sealed chunk {number} does not hold") from damage
                self._cache = bytes(min(CHUNK, self.size - number * CHUNK))
            self._cached = number
        return self._cache

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1) -> bytes:
        end = self.size if size < 0 else min(self.size, self._at + size)
        parts = []
        while self._at < end:
            number, start = divmod(self._at, CHUNK)
            part = self._chunk(number)[start : start + end - self._at]
            parts.append(part)
            self._at += len(part)
        return b"".join(parts)

    def __enter__(self) -> Self:
        return self
