"""Whether a device gives the reference's bits: asked of it once, before it computes anything that counts.

First single operations on thousands of pairs, where a wrong rounding shows at once; then whole forward passes, of a model
with few parts and of one with all of them, past their window. Half a second with pocl, most of it the reference's.
"""

from typing import Any

import numpy as np
import pyopencl as cl
from numpy.typing import NDArray

from nacomp.models.errors import ModelError
from nacomp.models.exact.opencl.model import DeviceModel
from nacomp.models.exact.opencl.program import DeviceProgram
from nacomp.models.exact.opencl.session import DeviceSession
from nacomp.models.exact.random_weights import Form, Rows, random_rows, random_weights
from nacomp.models.exact.reference import ReferenceModel, ReferenceSession
from nacomp.models.protocol import ContextWindow, FloatRows, Session

PAIRS = 1 << 14
CONTEXT = ContextWindow(window=37, sinks=3)
CALLS = (1, 2, 64, 100)
STREAMS = 3
FORMS = (
    # 272 inputs are more than a group multiplies at a time.
    Form(width=48, share=3, head_size=32, hidden=272, vocabulary=77),
    Form(
        width=80,
        head_size=16,
        hidden=80,
        vocabulary=130,
        tied=False,
        rotary=8,
        planes=True,
        biases=True,
        head_norms=True,
        post_norms=True,
        gelu=True,
        embedding_scale=8.0,
        score_scale=0.125,
        local=2,
        span=9,
    ),
)


def self_test(program: DeviceProgram) -> str | None:
    """What of this device's results differs from the reference's; None if nothing. Raises pyopencl's errors."""
    if not np.array_equal(_measured(program), _expected()):
        return "its single operations are rounded otherwise"
    for form in FORMS:
        weights = random_weights(form)
        calls = random_rows(form, STREAMS, list(CALLS), seed=7)
        try:
            found = _fed(DeviceSession(DeviceModel(weights, program), STREAMS, CONTEXT), calls)
        except ModelError:
            return "a forward pass gives values that are no numbers"
        expected = _fed(ReferenceSession(ReferenceModel(weights), STREAMS, CONTEXT), calls)
        if not np.array_equal(found, expected):
            return "a forward pass gives other results"
    return None


def _fed(session: Session, calls: list[Rows]) -> NDArray[np.uint32]:
    """The bits of all logits of these calls."""
    parts = [session.feed(rows.streams, rows.tokens, rows.want).copy() for rows in calls]
    return np.concatenate(parts).view(np.uint32)


def _pairs() -> tuple[FloatRows, FloatRows]:
    """Numbers of either sign over all binades, subnormal ones and halves among them; the second ones are not zero."""
    bits = np.random.PCG64(1).random_raw(PAIRS).astype("<u8").view("<u4").reshape(PAIRS, 2)
    a, b = (np.ascontiguousarray(column) for column in bits.T)
    # A tenth each: subnormal numbers, numbers near one, halves. Neither infinities nor NaN.
    kind = np.arange(PAIRS) % 10
    a = np.where(kind == 0, a & 0x807FFFFF, np.where(kind < 5, a & 0x807FFFFF | 0x3F800000, a % 0x7F000000))
    b = np.where(kind < 3, b & 0x807FFFFF | 0x3F800000, b % 0x7F000000) | 1
    x, y = a.astype(np.uint32).view(np.float32).copy(), b.astype(np.uint32).view(np.float32).copy()
    halves = kind == 9
    x[halves] = np.arange(np.count_nonzero(halves), dtype=np.float32) - np.float32(700.5)
    return x, y


def _expected() -> NDArray[np.uint32]:
    x, y = _pairs()
    with np.errstate(all="ignore"):
        results = [
            x * y + x,
            x - y * np.float32(0.693359375),
            x / y,
            np.sqrt(np.abs(x)),
            np.rint(x),
            x + y,
        ]
    return np.stack(results).view(np.uint32)


def _measured(program: DeviceProgram) -> NDArray[np.uint32]:
    x, y = _pairs()
    results: Any = np.empty((6, PAIRS), np.float32)
    a, b, out = program.constant(x), program.constant(y), program.buffer(results.nbytes)
    queue = program.queue()
    cl.enqueue_nd_range_kernel(queue, program.kernel("probe", a, b, out), (PAIRS,), (64,))
    cl.enqueue_copy(queue, results, out)
    bits: NDArray[np.uint32] = results.view(np.uint32)
    return bits
