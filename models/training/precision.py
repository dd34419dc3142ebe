"""Which float type matrix products run in: bfloat16 where the processor has it, float32 elsewhere.

Used by `network` and `muon`. bfloat16 is 2.2 times faster than float32 on a processor with AVX-512-BF16 (370 against
170 GFLOP/s on two Zen 4 cores) and ten times slower on one that must emulate it (7.5 against 79 on a Zen 3 core).
PyTorch has no public question for it, so both are timed once.
"""

import time

import torch

_SIZE = 256


def _seconds(dtype: torch.dtype) -> float:
    """The best of a few square products of `_SIZE`, after one that warms the caches up."""
    matrix = torch.ones(_SIZE, _SIZE, dtype=dtype)
    best = float("inf")
    for _ in range(6):
        began = time.perf_counter()
        matrix @ matrix
        best = min(best, time.perf_counter() - began)
    return best


_types: dict[str, torch.dtype] = {}


def product_type(device: str) -> torch.dtype:
    """The float type of matrix products on a device of PyTorch's type `device`.

    Call it once before torch.compile sees it: the answer is then a constant to the compiler, which cannot trace a clock.
    """
    if device not in _types:
        slow = device == "cpu" and _seconds(torch.bfloat16) >= _seconds(torch.float32)
        _types[device] = torch.float32 if slow else torch.bfloat16
    return _types[device]
