"""Finished blocks kept beside the target, so that a job that was stopped or killed does not code them again.

    block's bytes -> key -> found here? -> its payload, as if it had just been coded
                             not found  -> coded, then kept here

A block's payload depends on its bytes and on the settings, on nothing else; so the key is a hash of both, and a job can
use whatever an earlier one finished, in any order, even after some inputs changed. A journal of positions in the job
lost: it needs every input's name, size and time to be compared, and one new file makes all of it worthless.

The file is a row of records, appended one at a time and each with a checksum. A kill can only leave a last record that
does not hold, which the next job cuts off.
"""

import hashlib
import json
import os
import struct
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from io import FileIO
from pathlib import Path
from threading import Lock

import zstandard

from nacomp.codecs.levels import Level
from nacomp.codecs.packed import Packed
from nacomp.errors import FileProblem, file_problem
from nacomp.formats.methods import Method
from nacomp.runtime.locks import lock
from nacomp.version import VERSION

SUFFIX = ".nacomp-resume"
RECORD = struct.Struct("<4s32sIQ16s")
"""Marker, key, method, payload size, checksum over all of it but itself, and the payload, which follows."""
MARKER = b"NKB1"
CHECKED = RECORD.size - 16


def kept_path(target: Path) -> Path:
    """Where the finished blocks for this target are kept."""
    name = os.fsencode(target.name)
    return target.with_name(f".{target.name[:40]}.{hashlib.blake2b(name, digest_size=4).hexdigest()}{SUFFIX}")


def settings_key(methods: Sequence[Method], level: Level) -> bytes:
    """A hash of everything but its bytes that a block's payload depends on."""
    document = {
        "methods": [[str(method.kind), method.parameters] for method in methods],
        "level": asdict(level),
        # Classical payloads depend on their libraries; those come and go with Python and with this package.
        "versions": [VERSION, sys.version, zstandard.__version__],
    }
    return hashlib.blake2b(
        json.dumps(document, sort_keys=True, default=_plain).encode(), digest_size=32
    ).digest()


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"no JSON for {type(value).__name__}")


class KeptBlocks:
    """The finished blocks of one target. Threads share it."""

    def __init__(self, file: FileIO, path: Path, methods: Sequence[Method], level: Level) -> None:
        """Use `keeping`."""
        self._file = file
        self._path = path
        self._methods = methods
        self._settings = settings_key(methods, level)
        self._lock = Lock()
        self._places: dict[bytes, tuple[int, int, int]] = {}
        self._end = self._read_all()
        file.truncate(self._end)

    def __len__(self) -> int:
        return len(self._places)

    def find(self, kind: str, data: bytes) -> Packed | None:
        """A block that was finished before; `kind` tells apart ways to code the same bytes."""
        with self._lock:
            place = self._places.get(self._key(kind, data))
            if place is None:
                return None
            method, offset, size = place
            payload = self._read(offset, size)
        if len(payload) != size:
            raise FileProblem(path=self._path, reason="was cut off while it was in use")
        return Packed(self._methods[method], payload)

    def keep(self, kind: str, data: bytes, packed: Packed) -> None:
        """Add a finished block; it is on the disk when this returns. Raises FileProblem."""
        key, payload = self._key(kind, data), packed.payload
        method = self._methods.index(packed.method)
        fields = RECORD.pack(MARKER, key, method, len(payload), bytes(16))[:CHECKED]
        record = fields + _checksum(fields, payload) + payload
        with self._lock:
            if key in self._places:
                return
            try:
                self._file.seek(self._end)
                view = memoryview(record)
                while view:
                    view = view[self._file.write(view) or 0 :]
                os.fsync(self._file.fileno())
            except OSError as problem:
                raise file_problem(self._path, problem) from problem
            self._places[key] = (method, self._end + RECORD.size, len(payload))
            self._end += len(record)

    def _key(self, kind: str, data: bytes) -> bytes:
        state = hashlib.blake2b(self._settings, digest_size=32)
        state.update(kind.encode() + b"\0")
        state.update(data)
        return state.digest()

    def _read(self, offset: int, size: int) -> bytes:
        self._file.seek(offset)
        parts = []
        while size > 0 and (part := self._file.read(size)):
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _read_all(self) -> int:
        """Note where every intact record is; gives the offset behind the last one."""
        at, end = 0, self._file.seek(0, os.SEEK_END)
        while at + RECORD.size <= end:
            header = self._read(at, RECORD.size)
            marker, key, method, size, checksum = RECORD.unpack(header)
            if marker != MARKER or at + RECORD.size + size > end:
                break
            if _checksum(header[:CHECKED], self._read(at + RECORD.size, size)) != checksum:
                break
            self._places[key] = (method, at + RECORD.size, size)
            at += RECORD.size + size
        return at


@contextmanager
def keeping(target: Path, methods: Sequence[Method], level: Level) -> Iterator[KeptBlocks]:
    """The kept blocks of a target, coded by these methods at this level.

    They are thrown away when the job ends well, and left for the next one when it does not.
    Raises FileProblem: the file cannot be made, belongs to somebody else, or another job uses it.
    """
    path = kept_path(target)
    try:
        file = FileIO(path, "r+", opener=_open_own)
    except OSError as problem:
        raise file_problem(path, problem) from problem
    with file:
        lock(file, path)
        kept = KeptBlocks(file, path, methods, level)
        try:
            yield kept
        except BaseException:
            if not len(kept):
                _discard(file, path)
            raise
        _discard(file, path)


def _open_own(path: str, flags: int) -> int:
    """Private, and never through a link of either kind: others may be able to write to the folder, and its name is known.

    A hard link would have a file of ours elsewhere cut off and written over.
    """
    flags |= os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(path, flags, 0o600)
    found = os.fstat(handle)
    if found.st_nlink > 1:
        os.close(handle)
        raise PermissionError(1, "is a second name of another file", path)
    if sys.platform != "win32" and found.st_uid != os.geteuid():
        os.close(handle)
        raise PermissionError(1, "belongs to another user", path)
    return handle


def _discard(file: FileIO, path: Path) -> None:
    """Remove the file while it is still locked; Windows removes closed files only."""
    if sys.platform == "win32":
        file.close()
    path.unlink(missing_ok=True)


def _checksum(fields: bytes, payload: bytes) -> bytes:
    state = hashlib.blake2b(fields, digest_size=16)
    state.update(payload)
    return state.digest()
