"""A GGUF file (version 2 or 3): its values by name, its tensors as float32. NUMERICS.md, section 9.

The layout is that of the ggml project's GGUF document. Blocks are widened by llama.cpp's formulas: each operation below is
rounded to float32 on its own, and none of them adds more than two numbers.
"""

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nac_decoder.errors import Refused, check

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]

SCALARS = {
    0: "<u1", 1: "<i1", 2: "<u2", 3: "<i2", 4: "<u4", 5: "<i4", 6: "<f4", 7: "?", 10: "<u8", 11: "<i8", 12: "<f8",
}  # fmt: skip
STRING, ARRAY = 8, 9


class ModelFile:
    """Everything in a model file that a forward pass needs."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0
        check(self._bytes(4) == b"GGUF" and self._number("<u4") in (2, 3), "model is no GGUF file")
        tensors, values = self._number("<u8"), self._number("<u8")
        self.fields: dict[str, Any] = {self._text(): self._value(self._number("<u4")) for _ in range(values)}
        places = {self._text(): self._place() for _ in range(tensors)}
        alignment = int(self.fields.get("general.alignment", 32))
        start = -(-self.at // alignment) * alignment
        self.tensors: dict[str, F32] = {
            name: self._tensor(shape, kind, start + offset) for name, (shape, kind, offset) in places.items()
        }

    def get(self, name: str, default: Any = None) -> Any:
        return self.fields.get(name, default)

    def _bytes(self, size: int) -> bytes:
        check(size <= len(self.data) - self.at, "model file is cut off")
        self.at += size
        return self.data[self.at - size : self.at]

    def _number(self, kind: str) -> Any:
        return np.frombuffer(self._bytes(np.dtype(kind).itemsize), kind)[0].item()

    def _text(self) -> str:
        return self._bytes(self._number("<u8")).decode()

    def _value(self, kind: int) -> Any:
        if kind == STRING:
            return self._text()
        if kind in SCALARS:
            return self._number(SCALARS[kind])
        check(kind == ARRAY, "model file has a value of a later version")
        inner, count = self._number("<u4"), self._number("<u8")
        if inner in SCALARS:
            dtype = np.dtype(SCALARS[inner])
            return np.frombuffer(self._bytes(count * dtype.itemsize), dtype).tolist()
        return [self._value(inner) for _ in range(count)]

    def _place(self) -> tuple[tuple[int, ...], int, int]:
        """Shape, slowest dimension first; format; where it begins behind the directory."""
        shape = tuple(self._number("<u8") for _ in range(self._number("<u4")))
        return shape[::-1], self._number("<u4"), self._number("<u8")

    def _tensor(self, shape: tuple[int, ...], kind: int, at: int) -> F32:
        if kind not in FORMATS:
            raise Refused(f"model has a tensor in format {kind}, which is not here")
        values, size, widen = FORMATS[kind]
        blocks = prod(shape) // values
        check(at + blocks * size <= len(self.data), "model file is cut off")
        raw = np.frombuffer(self.data, np.uint8, blocks * size, at).reshape(blocks, size)
        with np.errstate(over="ignore", invalid="ignore"):
            return widen(raw).reshape(shape)


def _half(raw: U8) -> F32:
    """(blocks, 2) bytes: a float16 of each block, widened."""
    return np.ascontiguousarray(raw).view("<f2").astype(np.float32)


def _fields(raw: U8, bits: int, run: int) -> U8:
    """(blocks, n) bytes: what `run` bytes hold in their lowest bits, then in the next ones; then the next `run` bytes."""
    shifts = np.arange(0, 8, bits, dtype=np.uint8)[:, None]
    parts = raw.reshape(len(raw), -1, 1, run) >> shifts & np.uint8(2**bits - 1)
    return parts.reshape(len(raw), -1)


def _floats(raw: U8) -> F32:
    return np.ascontiguousarray(raw).view("<f4").astype(np.float32)


def _bfloats(raw: U8) -> F32:
    return (np.ascontiguousarray(raw).view("<u2").astype(np.uint32) << np.uint32(16)).view(np.float32)


def _q8_0(raw: U8) -> F32:
    return np.ascontiguousarray(raw[:, 2:]).view(np.int8).astype(np.float32) * _half(raw[:, :2])


def _q4_0(raw: U8) -> F32:
    return _half(raw[:, :2]) * (_fields(raw[:, 2:], 4, 16).astype(np.float32) - np.float32(8))


def _q4_1(raw: U8) -> F32:
    return _half(raw[:, :2]) * _fields(raw[:, 4:], 4, 16).astype(np.float32) + _half(raw[:, 2:4])


def _five(high: U8, low: U8) -> F32:
    """Numbers of five bits: the highest in one bit each, the others in half a byte."""
    tops = np.unpackbits(np.ascontiguousarray(high), axis=1, bitorder="little")
    return (_fields(low, 4, 16) | tops << np.uint8(4)).astype(np.float32)


def _q5_0(raw: U8) -> F32:
    return _half(raw[:, :2]) * (_five(raw[:, 2:6], raw[:, 6:]) - np.float32(16))


def _q5_1(raw: U8) -> F32:
    return _half(raw[:, :2]) * _five(raw[:, 4:8], raw[:, 8:]) + _half(raw[:, 2:4])


def _in_groups(scales: F32, numbers: U8 | F32) -> F32:
    """Scales (blocks, groups) times the numbers of each group, (blocks, groups, numbers of a group)."""
    return scales[:, :, None] * numbers.reshape(*scales.shape, -1).astype(np.float32)


def _q2_k(raw: U8) -> F32:
    scales, d, low = raw[:, :16], _half(raw[:, 80:82]), _half(raw[:, 82:84])
    lows = low * (scales >> 4).astype(np.float32)
    return _in_groups(d * (scales & 15).astype(np.float32), _fields(raw[:, 16:80], 2, 32)) - lows[:, :, None]


def _q3_k(raw: U8) -> F32:
    low, high = _fields(raw[:, 96:104], 4, 8), _fields(raw[:, 104:108], 2, 4)
    scales = (low | high << np.uint8(4)).astype(np.float32) - np.float32(32)
    kept = _fields(raw[:, :32], 1, 32).astype(np.float32)
    numbers = _fields(raw[:, 32:96], 2, 32).astype(np.float32) - np.float32(4) * (1 - kept)
    return _in_groups(_half(raw[:, 108:110]) * scales, numbers)


def _scales_and_lows(raw: U8) -> tuple[F32, F32]:
    """Of Q4_K and Q5_K: eight of each, six bits each, in twelve bytes."""
    a, b, c = raw[:, :4], raw[:, 4:8], raw[:, 8:]
    scales = np.concatenate([a & 63, c & 15 | a >> 2 & 48], axis=1)
    lows = np.concatenate([b & 63, c >> 4 | b >> 2 & 48], axis=1)
    return scales.astype(np.float32), lows.astype(np.float32)


def _q4_k(raw: U8) -> F32:
    scales, lows = _scales_and_lows(raw[:, 4:16])
    return _with_lows(raw, scales, lows, _fields(raw[:, 16:], 4, 32))


def _q5_k(raw: U8) -> F32:
    scales, lows = _scales_and_lows(raw[:, 4:16])
    tops = _fields(raw[:, 16:48], 1, 32) << np.uint8(4)
    return _with_lows(raw, scales, lows, _fields(raw[:, 48:], 4, 32) | tops)


def _with_lows(raw: U8, scales: F32, lows: F32, numbers: U8) -> F32:
    down = _half(raw[:, 2:4]) * lows
    return _in_groups(_half(raw[:, :2]) * scales, numbers) - down[:, :, None]


def _q6_k(raw: U8) -> F32:
    low, high = _fields(raw[:, :128], 4, 64), _fields(raw[:, 128:192], 2, 32)
    scales = np.ascontiguousarray(raw[:, 192:208]).view(np.int8).astype(np.float32)
    numbers = (low | high << np.uint8(4)).astype(np.float32) - np.float32(32)
    return _in_groups(_half(raw[:, 208:]) * scales, numbers)


FORMATS: dict[int, tuple[int, int, Callable[[U8], F32]]] = {
    0: (1, 4, _floats),
    1: (1, 2, _half),
    2: (32, 18, _q4_0),
    3: (32, 20, _q4_1),
    6: (32, 22, _q5_0),
    7: (32, 24, _q5_1),
    8: (32, 34, _q8_0),
    10: (256, 84, _q2_k),
    11: (256, 110, _q3_k),
    12: (256, 144, _q4_k),
    13: (256, 176, _q5_k),
    14: (256, 210, _q6_k),
    30: (1, 2, _bfloats),
}
"""A tensor's format, as GGUF numbers it: values of a block, its bytes, and how it is widened."""
