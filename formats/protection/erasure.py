"""Reed-Solomon over whole rows of bytes (SPEC.md, section 10).

`reedsolo` is the code's definition: it codes and decodes single codewords. Both are linear, so what it does to unit
vectors gives matrices, and those are applied to a MiB at a time with `bytes.translate` (2 ns per byte and factor here)
and numpy's xor. Its own loop would take 1,000 times as long; zfec is as fast, but its licence (GPL) does not go
with ours.
"""

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

import numpy as np
import reedsolo
from numpy.typing import NDArray

Matrix = tuple[bytes, ...]
"""Rows of factors in GF(2^8)."""
Factors = NDArray[np.uint8]


@lru_cache(maxsize=4)
def parity_matrix(data_rows: int, parity_rows: int) -> Matrix:
    """(data row, parity row) factors: parity row p is the sum over d of matrix[d][p] * data row d."""
    codec = _codec(data_rows, parity_rows)
    units = (bytes(data_rows - 1 - d) + b"\1" + bytes(d) for d in reversed(range(data_rows)))
    return tuple(bytes(codec.encode(unit)[data_rows:]) for unit in units)


@lru_cache(maxsize=64)
def repair_matrix(data_rows: int, parity_rows: int, lost: tuple[int, ...], known: tuple[int, ...]) -> Matrix:
    """(known parity row, lost data row) factors, for as many known parity rows as lost data rows.

    They apply to the *residuals* of the known parity rows: what is left of each after the sum over the intact data
    rows has been subtracted. A residual is the sum over the lost rows of parity_matrix[row][parity] * row, so the factors
    are that square matrix's inverse. Asking `reedsolo` to decode unit vectors instead took a second for 40 lost rows,
    and damage that is scattered asks for a matrix at each of its borders.
    """
    matrix = parity_matrix(data_rows, parity_rows)
    square = np.array([[matrix[row][parity] for parity in known] for row in lost], np.uint8)
    return tuple(row.tobytes() for row in _inverse(square))


def _inverse(square: Factors) -> Factors:
    """(n, n) the inverse in GF(2^8), by elimination; any square part of a Reed-Solomon parity matrix has one."""
    size = len(square)
    work = np.concatenate([square, np.eye(size, dtype=np.uint8)], axis=1)
    products = _all_products()
    for column in range(size):
        pivot = column + int(np.flatnonzero(work[column:, column])[0])
        work[[column, pivot]] = work[[pivot, column]]
        inverse = int(np.flatnonzero(products[work[column, column]] == 1)[0])
        work[column] = products[inverse, work[column]]
        factors = work[:, column].copy()
        factors[column] = 0
        work ^= products[factors[:, None], work[column][None, :]]
    return work[:, size:]


@cache
def _all_products() -> Factors:
    """(256, 256) factor * x."""
    return np.array([np.frombuffer(_products(factor), np.uint8) for factor in range(256)])


def multiply_add(
    factors: bytes, row: bytes, sums: Sequence["np.ndarray[tuple[int], np.dtype[np.uint8]]"]
) -> None:
    """Add factor * row to each sum, in place; all of the same size."""
    for factor, total in zip(factors, sums, strict=True):
        if factor:
            np.bitwise_xor(total, np.frombuffer(row.translate(_products(factor)), np.uint8), out=total)


def combine(matrix: Iterable[bytes], rows: Iterable[bytes], outputs: int, size: int) -> list[bytes]:
    """(output, size) the sums over all rows of matrix[row][output] * row."""
    sums = [np.zeros(size, np.uint8) for _ in range(outputs)]
    for factors, row in zip(matrix, rows, strict=True):
        multiply_add(factors, row, sums)
    return [total.tobytes() for total in sums]


@lru_cache(maxsize=4)
def _codec(data_rows: int, parity_rows: int) -> reedsolo.RSCodec:
    return reedsolo.RSCodec(parity_rows, nsize=data_rows + parity_rows, fcr=0, prim=0x11D, generator=2)


@cache
def _products(factor: int) -> bytes:
    """factor * x for every byte x."""
    reedsolo.init_tables(prim=0x11D, generator=2)
    return bytes(reedsolo.gf_mul(factor, x) for x in range(256))
