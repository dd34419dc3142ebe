"""The kernel with tile registers: every way to cut rows and depths into tiles, and what it leaves behind in the process."""

import ctypes
import mmap
import subprocess
import sys
from functools import cache

import numpy as np
import pytest

from nacomp.models.exact import _kernels
from nacomp.models.exact.native_session import NativeModel, NativeSession
from nacomp.models.exact.random_weights import Form, random_rows, random_weights
from nacomp.models.protocol import ContextWindow

KERNEL = "amx"
CONTEXT = ContextWindow(window=30, sinks=2)
# Depths of 128, 208 and 336: whole tiles, and 16 beyond odd and even numbers of them; a last block of 17 columns.
FORM = Form(width=208, share=2, head_size=32, hidden=336, vocabulary=113, layers=1, planes=True)
ROWS = [*range(7, 36), 47, 48, 49, 63, 64, 65, 97, 256]
"""Below, at and past one tile of 16, a pair, and several pairs."""

needs_tiles = pytest.mark.skipif(
    KERNEL not in _kernels.available_kernels(), reason="this processor or system has no tiles"
)


@cache
def logits(kernel: str, threads: int) -> list[bytes]:
    """All logits of one session, a call for each number of rows."""
    session = NativeSession(NativeModel(random_weights(FORM), kernel, threads), 3, CONTEXT)
    calls = random_rows(FORM, 3, ROWS, seed=11)
    return [session.feed(rows.streams, rows.tokens, rows.want).tobytes() for rows in calls]


@needs_tiles
@pytest.mark.parametrize("threads", [1, 2, 5])
def test_every_number_of_rows_gives_the_bits_of_plain_code(threads: int) -> None:
    """Plain code is compared with the reference elsewhere; here it is the quicker judge."""
    differ = [
        rows for rows, a, b in zip(ROWS, logits(KERNEL, threads), logits("scalar", 1), strict=True) if a != b
    ]
    assert differ == []


def _registers_in_use() -> int:
    """Which parts of the thread's registers are not in their first state: XGETBV with ECX = 1."""
    code = bytes.fromhex("b901000000 0f01d0 c3")  # mov ecx, 1; xgetbv; ret
    page = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(code)
    function = ctypes.CFUNCTYPE(ctypes.c_uint32)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
    return int(function())


@needs_tiles
def test_no_tiles_stay_in_use() -> None:
    """The system would save 8 KiB of them at every switch of threads."""
    tiles = 1 << 17 | 1 << 18
    session = NativeSession(NativeModel(random_weights(FORM), KERNEL), 1, CONTEXT)
    session.feed(np.zeros(40, np.int32), np.zeros(40, np.int32), np.ones(40, np.bool_))
    assert _registers_in_use() & tiles == 0


REFUSED = """
import ctypes, mmap

class Stack(ctypes.Structure):
    _fields_ = [("start", ctypes.c_void_p), ("flags", ctypes.c_int), ("size", ctypes.c_size_t)]

page = mmap.mmap(-1, 8192)
stack = Stack(ctypes.addressof(ctypes.c_char.from_buffer(page)), 0, 8192)
libc = ctypes.CDLL(None, use_errno=True)
assert libc.sigaltstack(ctypes.byref(stack), None) == 0
from nacomp.models.exact.engine import available_kernels
print(*available_kernels())
"""


@needs_tiles
def test_tiles_that_the_system_refuses_are_not_offered() -> None:
    """It refuses them where a thread's signal stack could not hold them, as 8 KiB cannot."""
    done = subprocess.run([sys.executable, "-c", REFUSED], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [
        name for name in [*_kernels.available_kernels(), "numpy"] if name != KERNEL
    ]
