"""A GGUF model file, read as untrusted input: metadata as plain Python values, tensors as float32 arrays.

First step of both engines: everything they know about a model comes through here. The `gguf` package's own
`GGUFReader` lost: it needs 2.2 s for the metadata of a 49,152-token vocabulary (this module: 0.06 s), and it
trusts lengths, so that a 100-byte file can keep it busy for ever. Its tables and dequantisers, which follow
llama.cpp, are used as they are, but for the two formats of the embedded model: loading the package took a
tenth of the time in which a short text is compressed, and its grouped rows another twentieth.
Source of the layout: the ggml project's GGUF document, versions 2 and 3.
"""

import hashlib
import math
import mmap
import struct
from collections.abc import Iterable
from contextlib import suppress
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import NoReturn, Self

import numpy as np
from numpy.typing import NDArray

from nacomp.formats.records import dataclass
from nacomp.models.errors import ModelError

MetadataValue = bool | int | float | str | list[bool] | list[int] | list[float] | list[str]

MAGIC = b"GGUF"
VERSIONS = (2, 3)
MAX_VALUES = 1 << 23
"""Metadata values in one file, array elements included; large vocabularies have about 500,000 merges."""
MAX_TENSORS = 1 << 16
MAX_DIMENSIONS = 4
F32, Q8_0 = 0, 8
"""Storage formats by their numbers: plain floats; blocks of a float16 scale and 32 signed bytes."""
OWN_BLOCKS = {F32: (1, 4), Q8_0: (32, 34)}
"""Values and bytes of a block of those."""

STRING, ARRAY = 8, 9
# GGUF's scalar type numbers as little-endian numpy types.
SCALARS = {
    0: "<u1",
    1: "<i1",
    2: "<u2",
    3: "<i2",
    4: "<u4",
    5: "<i4",
    6: "<f4",
    7: "?",
    10: "<u8",
    11: "<i8",
    12: "<f8",
}


@dataclass(frozen=True)
class TensorInfo:
    """Where one tensor lies and what it is.

    Attributes:
        shape: logical shape, slowest dimension first: (rows, columns) of a matrix that multiplies columns.
        type: number of the storage format.
        offset: first byte, from the start of the file.
        size: bytes in the file.
    """

    shape: tuple[int, ...]
    type: int
    offset: int
    size: int


class GgufFile:
    """An open GGUF file; tensors are read on demand and not kept. Close it, or use `with`, to release it."""

    def __init__(
        self,
        path: Path,
        content: mmap.mmap,
        metadata: dict[str, MetadataValue],
        tensors: dict[str, TensorInfo],
    ) -> None:
        self.path = path
        self.metadata = metadata
        self.tensors = tensors
        self._content = content

    @property
    def tensor_names(self) -> tuple[str, ...]:
        """Names of all tensors, in file order."""
        return tuple(self.tensors)

    def tensor(self, name: str, rows: slice = slice(None)) -> NDArray[np.float32]:
        """The values of one tensor in its logical shape, dequantised if the file stores it in blocks.

        `rows` takes some of the slowest dimension: a vocabulary of 262,144 is 671 MB in float32.
        Raises ModelError if there is no such tensor, its format is unknown, or a value is not finite.
        """
        info = self.tensors.get(name)
        if info is None:
            self._refuse(f"it has no tensor {name}")
        raw = np.frombuffer(self._content, np.uint8, info.size, info.offset)
        try:
            with np.errstate(all="ignore"):  # non-finite values are found below
                values = _dequantised(raw.reshape(*info.shape[:-1], -1)[rows], info.type)
        except NotImplementedError:
            self._refuse(f"tensor {name} is stored as {_type_name(info.type)}, which cannot be read")
        if not np.isfinite(values).all():
            self._refuse(f"tensor {name} holds values that are not finite")
        if info.type == F32:  # still a view of the file, which may be closed
            values = values.copy()
        return np.ascontiguousarray(values, np.float32).reshape(-1, *info.shape[1:])

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the whole file, hexadecimal: its identity in archives. About 0.06 s per 100 MB."""
        return hashlib.sha256(self._content).hexdigest()

    def close(self) -> None:
        """Release the file. Idempotent."""
        # An error on its way up still holds the view it was found in; the map then goes with the view.
        with suppress(BufferError):
            self._content.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _refuse(self, reason: str) -> NoReturn:
        raise ModelError(model=self.path.name, reason=reason)


def _dequantised(raw: NDArray[np.uint8], kind: int) -> NDArray[np.float32]:
    """(..., values) of the stored bytes (..., bytes); of float32 a view. Raises NotImplementedError."""
    if kind == F32:
        return raw.view(np.float32)
    if kind == Q8_0:
        values, size = OWN_BLOCKS[Q8_0]
        blocks = raw.reshape(*raw.shape[:-1], -1, size)
        scales = np.ascontiguousarray(blocks[..., :2]).view(np.float16).astype(np.float32)
        # Multiplied in place: another array of floats took a third longer, most of it for new pages.
        numbers = blocks[..., 2:].view(np.int8).astype(np.float32)
        numbers *= scales
        return numbers.reshape(*raw.shape[:-1], raw.shape[-1] // size * values)
    from gguf.constants import GGMLQuantizationType
    from gguf.quants import dequantize

    unpacked: NDArray[np.float32] = dequantize(raw, GGMLQuantizationType(kind))
    return unpacked


def _type_name(kind: int) -> str:
    from gguf.constants import GGMLQuantizationType

    name: str = GGMLQuantizationType(kind).name
    return name


def _block_sizes(kind: int) -> tuple[int, int]:
    """Values and bytes of a block. Raises ValueError, KeyError for a format that does not exist."""
    if kind in OWN_BLOCKS:
        return OWN_BLOCKS[kind]
    from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType

    sizes: tuple[int, int] = GGML_QUANT_SIZES[GGMLQuantizationType(kind)]
    return sizes


class _Malformed(Exception):
    """The bytes break the layout; `open_gguf` turns this into a ModelError with the file's name."""


def open_gguf(path: str | PathLike[str]) -> GgufFile:
    """Open a GGUF file and check its whole directory: nothing it says can point outside the file.

    Raises ModelError, with one sentence, for anything that is not a readable GGUF file.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as error:
        raise ModelError(model=path.name, reason=error.strerror or "it cannot be read") from error
    except ValueError as error:  # mmap refuses an empty file
        raise ModelError(model=path.name, reason="the file is empty") from error
    try:
        return GgufFile(path, content, *_parse(_Cursor(content)))
    except _Malformed as error:
        content.close()
        raise ModelError(model=path.name, reason=str(error)) from None


CUT_SHORT = "the file is cut short, or a length in it is wrong"


class _Cursor:
    """Reads onwards through the file; every length is checked against the bytes that are left."""

    def __init__(self, content: mmap.mmap) -> None:
        self.content = content
        self.size = len(content)
        self.position = 0

    def skip(self, length: int) -> int:
        """Move `length` bytes on; returns where they began."""
        begin = self.position
        if length > self.size - begin:
            raise _Malformed(CUT_SHORT)
        self.position = begin + length
        return begin

    def u32(self) -> int:
        return int(struct.unpack_from("<I", self.content, self.skip(4))[0])

    def u64(self) -> int:
        return int(struct.unpack_from("<Q", self.content, self.skip(8))[0])

    def string(self) -> str:
        return self.strings(1)[0]

    def strings(self, count: int) -> list[str]:
        """In one go: a call of `skip` and `u64` for each of the embedded model's 8,000 took three times as long."""
        content, size, position, found = self.content, self.size, self.position, []
        for _ in range(count):
            begin = position + 8
            if begin > size:
                raise _Malformed(CUT_SHORT)
            position = begin + int.from_bytes(content[position:begin], "little")
            if position > size:
                raise _Malformed(CUT_SHORT)
            found.append(content[begin:position])
        self.position = position
        try:
            return [text.decode() for text in found]
        except UnicodeDecodeError:
            raise _Malformed("a text in it is not UTF-8") from None

    def scalars(self, kind: int, count: int) -> list[int] | list[float] | list[bool]:
        dtype = np.dtype(SCALARS[kind])
        begin = self.skip(count * dtype.itemsize)
        values: list[int] | list[float] | list[bool] = np.frombuffer(
            self.content, dtype, count, begin
        ).tolist()
        return values


def _parse(cursor: _Cursor) -> tuple[dict[str, MetadataValue], dict[str, TensorInfo]]:
    """The whole directory, in file order: magic, version, counts, metadata, tensor infos."""
    if cursor.content[:4] != MAGIC:
        raise _Malformed("it is not a GGUF file")
    cursor.position = 4
    version = cursor.u32()
    if version not in VERSIONS:
        raise _Malformed(f"GGUF version {version} is not known (expected 2 or 3, little-endian)")
    tensor_count, pair_count = cursor.u64(), cursor.u64()
    if tensor_count > MAX_TENSORS:
        raise _Malformed(f"it declares {tensor_count} tensors, the limit is {MAX_TENSORS}")
    metadata = _parse_metadata(cursor, pair_count)
    alignment = metadata.get("general.alignment", 32)
    if not isinstance(alignment, int) or alignment <= 0 or alignment & (alignment - 1):
        raise _Malformed("its alignment is not a power of two")
    return metadata, _parse_tensors(cursor, tensor_count, alignment)


def _parse_metadata(cursor: _Cursor, pair_count: int) -> dict[str, MetadataValue]:
    metadata: dict[str, MetadataValue] = {}
    left = MAX_VALUES
    for _ in range(pair_count):
        key, kind = cursor.string(), cursor.u32()
        if key in metadata:
            raise _Malformed(f"it says {key} twice")
        value = metadata[key] = _parse_value(cursor, kind, left)
        left -= len(value) if isinstance(value, list) else 1
        if left < 0:
            raise _Malformed(f"it declares more than {MAX_VALUES} metadata values")
    return metadata


def _parse_value(cursor: _Cursor, kind: int, most: int) -> MetadataValue:
    if kind == STRING:
        return cursor.string()
    if kind in SCALARS:
        return cursor.scalars(kind, 1)[0]
    if kind != ARRAY:
        raise _Malformed(f"metadata type {kind} is not known")
    item, count = cursor.u32(), cursor.u64()
    if count > most:
        raise _Malformed(f"it declares more than {MAX_VALUES} metadata values")
    if item == STRING:
        return cursor.strings(count)
    if item in SCALARS:
        return cursor.scalars(item, count)
    raise _Malformed(f"arrays of metadata type {item} are not known")


def _parse_tensors(cursor: _Cursor, count: int, alignment: int) -> dict[str, TensorInfo]:
    declared: dict[str, TensorInfo] = {}
    for _ in range(count):
        name = cursor.string()
        if name in declared:
            raise _Malformed(f"it has two tensors named {name}")
        declared[name] = _parse_tensor_info(cursor, name)
    start = -(-cursor.position // alignment) * alignment
    tensors = {n: TensorInfo(i.shape, i.type, start + i.offset, i.size) for n, i in declared.items()}
    _check_extents(tensors.values(), cursor.size)
    return tensors


def _parse_tensor_info(cursor: _Cursor, name: str) -> TensorInfo:
    """One tensor info; its offset still counts from the start of the data section."""
    dimensions = cursor.u32()
    if not 1 <= dimensions <= MAX_DIMENSIONS:
        raise _Malformed(f"tensor {name} has {dimensions} dimensions")
    shape = tuple(reversed([cursor.u64() for _ in range(dimensions)]))
    kind, offset = cursor.u32(), cursor.u64()
    try:
        block, block_bytes = _block_sizes(kind)
    except (ValueError, KeyError):
        raise _Malformed(f"tensor {name} is stored in an unknown format ({kind})") from None
    if 0 in shape or shape[-1] % block:
        raise _Malformed(f"the shape of tensor {name} is impossible")
    return TensorInfo(shape, kind, offset, math.prod(shape) // block * block_bytes)


def _check_extents(tensors: Iterable[TensorInfo], file_size: int) -> None:
    """Tensors lie inside the file and apart: together they are no more data than the file has bytes."""
    end = 0
    for tensor in sorted(tensors, key=lambda t: t.offset):
        if tensor.offset < end:
            raise _Malformed("two tensors overlap")
        end = tensor.offset + tensor.size
        if end > file_size:
            raise _Malformed("the file is cut short: tensor data lies behind its end")
