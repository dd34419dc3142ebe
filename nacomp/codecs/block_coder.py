"""Blocks coded as `block_choice` decided, and compared where it left that open.

    the model, with a plan -> its payload -> small enough? ------------------ yes --> it
                                          -> may others be smaller (`forecast`)? no --> it
                                          -> what the classical codecs make of it --> the smaller of both
    the classical codecs -> what they make of it

A model's payload may be made on other machines (`cluster`). The classical codecs run here: their payloads depend on their
libraries' versions (liblzma tells none to Python), and an archive must not depend on who took part.
"""

import os
from threading import BoundedSemaphore

from nacomp.codecs import classical, forecast
from nacomp.codecs.block_choice import BlockChoice, ByModel, WithoutModel
from nacomp.codecs.packed import Packed
from nacomp.runtime.progress import Job


class BlockCoder:
    """Codes the blocks of one archive. Threads share it."""

    def __init__(self) -> None:
        # With a cluster there are many more workers than processors here, and a classical trial takes 12 times its data.
        self._own_processors = BoundedSemaphore(os.cpu_count() or 1)
        self.without_model: set[WithoutModel] = set()
        """Why some of the text was not coded by the model."""

    def code(self, choice: BlockChoice, data: bytes, job: Job) -> Packed:
        """The payload of a block, all of whose bytes are told to the job. Raises Interrupted when that is cancelled."""
        if isinstance(choice, ByModel):
            return self._compared(choice, data, job)
        if choice.why is not None:
            self.without_model.add(choice.why)
        if choice.window is not None:
            packed = classical.pack_far(data, choice.window, job.step)
        else:
            packed = self._classical(data, job)
        job.step(len(data))
        return packed

    def _compared(self, choice: ByModel, data: bytes, job: Job) -> Packed:
        neural = choice.codec.encode(choice.plan, len(data), job)
        size = len(neural.payload) + choice.row_bytes
        if size < choice.enough or not forecast.could_be_smaller(data, choice.quick_size, size, job.step):
            return neural
        packed = self._classical(data, job)
        if size < len(packed.payload):
            return neural
        self.without_model.add(WithoutModel.LARGER)
        return packed

    def _classical(self, data: bytes, job: Job) -> Packed:
        with self._own_processors:
            return classical.pack(data, job.step)
