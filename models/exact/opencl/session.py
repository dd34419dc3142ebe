"""One block's contexts on a device: `models.protocol.Session` as some of the streams that launches share.

Lengths, caches and kernels are in `chain`, and who is launched with whom is `together`'s matter.
"""

import numpy as np

from nacomp.models.errors import ModelError
from nacomp.models.exact.opencl.model import DeviceModel
from nacomp.models.exact.opencl.together import Together
from nacomp.models.protocol import BoolRow, ContextWindow, FloatRows, IntRow

MAX_ROWS = 512
"""Most rows of one call. The ring of keys and values has room for them behind the window, which is what more would cost."""


class DeviceSession:
    """Contexts of S streams; see `models.protocol.Session`."""

    def __init__(
        self, model: DeviceModel, streams: int, context: ContextWindow, max_rows: int = MAX_ROWS
    ) -> None:
        """Raises pyopencl's errors, where the device has no room among them."""
        self.streams = streams
        self._most = max_rows
        self._name, self._vocabulary, self._program = model.name, model.shape.vocabulary, model.program
        self._together: Together = model.shared(
            (context, max_rows), lambda: Together(model, context, max_rows)
        )
        self._places = self._together.join(self, streams)
        self._logits: FloatRows = np.empty((0, self._vocabulary), np.float32)
        self._bad = False

    def feed(self, streams: IntRow, tokens: IntRow, want: BoolRow) -> FloatRows:
        """See `models.protocol.Session.feed`. Raises ModelError where the model's values overflow, pyopencl's errors."""
        self._check(streams, tokens)
        wanted = int(np.count_nonzero(want))
        if wanted > len(self._logits):
            self._logits = self._program.host_rows(wanted, self._vocabulary)
        logits = self._logits[:wanted]
        if len(streams) and not self._bad:
            self._bad = self._together.feed(self._places[streams], tokens, want, logits)
        if self._bad:
            raise ModelError(model=self._name, reason="its values overflow on this text")
        return logits

    def _check(self, streams: IntRow, tokens: IntRow) -> None:
        if len(streams) > self._most:
            raise ValueError(f"{len(streams)} rows in one call, the most is {self._most}")
        for values, most in ((streams, self.streams), (tokens, self._vocabulary)):
            if len(values) and not 0 <= int(values.min()) <= int(values.max()) < most:
                raise ValueError("a stream or a token of a row is out of range")
