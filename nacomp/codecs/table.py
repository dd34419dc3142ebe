"""The codec table of an open archive: from a method's number to what decodes its blocks, resolved once each.

A codec is only made, and its code only loaded, when a block needs it: an archive can be listed where its model is missing,
and without numpy.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from nacomp.errors import ModelMissing, ModelsMissing, Remedy
from nacomp.formats.methods import Method, MethodKind
from nacomp.runtime.progress import Job

if TYPE_CHECKING:
    from nacomp.codecs.neural import NeuralCodec

NeuralCodecFor = Callable[[Method], "NeuralCodec"]
"""Finds the engine a neural method needs; raises ModelMissing and its kin."""


class BlockCodec(Protocol):
    """What decodes the blocks of one method. Threads share it."""

    def decode(self, payload: bytes, original_size: int, job: Job) -> bytes:
        """Exactly `original_size` bytes, told to the job. Raises CorruptArchive, Interrupted."""
        ...

    def parallel_blocks(self, threads: int) -> int:
        """How many blocks to decode side by side where there are so many threads."""
        ...

    def decoding_bytes(self, payload: bytes, original_size: int) -> int:
        """About the most memory that decoding a block takes besides its payload, in bytes. Raises CorruptArchive."""
        ...


class ClassicalCodec:
    """A method of `classical`; it also writes, but there the best of all is taken (`classical.pack`)."""

    def __init__(self, method: Method) -> None:
        self._method = method

    def decode(self, payload: bytes, original_size: int, job: Job) -> bytes:
        """See `BlockCodec.decode`."""
        from nacomp.codecs import classical

        told = 0

        def tell(count: int) -> None:
            nonlocal told
            told += count
            job.step(count)

        content = classical.unpack(self._method, payload, original_size, tell)
        job.step(original_size - told)
        return content

    def parallel_blocks(self, threads: int) -> int:
        """See `BlockCodec.parallel_blocks`: each block runs on one thread."""
        return threads

    def decoding_bytes(self, payload: bytes, original_size: int) -> int:  # noqa: ARG002 - only neural payloads tell
        """See `BlockCodec.decoding_bytes`."""
        from nacomp.codecs import classical

        return classical.decoding_bytes(self._method, original_size)


class CodecTable:
    """The codecs of one archive. Threads share it."""

    def __init__(self, methods: Sequence[Method], neural_codec_for: NeuralCodecFor) -> None:
        self._methods = methods
        self._neural_codec_for = neural_codec_for
        self._codecs: dict[int, BlockCodec] = {}
        self._lock = Lock()

    def codec(self, number: int) -> BlockCodec:
        """What decodes the blocks of this method. Raises what the model's search does: ModelMissing, UnsupportedArchive."""
        with self._lock:
            if number not in self._codecs:
                self._codecs[number] = self._resolve(self._methods[number])
            return self._codecs[number]

    def load(self, numbers: Iterable[int]) -> None:
        """Resolve these. Raises what `codec` does, and ModelsMissing where several models are not here: all are named."""
        missing: dict[str, ModelMissing] = {}
        for number in numbers:
            try:
                self.codec(number)
            except ModelMissing as error:
                missing.setdefault(str(error.fields["model"]), error)
        match list(missing.values()):
            case []:
                return
            case [only]:
                raise only
            case [first, *_]:
                names = " and ".join(missing)
                raise ModelsMissing(models=names, model=first.fields["model"], remedy=Remedy.GET_MODELS)

    def parallel_blocks(self, numbers: Collection[int], threads: int) -> int:
        """How many blocks of these methods to decode side by side. Raises what `codec` does."""
        return min((self.codec(number).parallel_blocks(threads) for number in numbers), default=1)

    def _resolve(self, method: Method) -> BlockCodec:
        return self._neural_codec_for(method) if method.kind is MethodKind.NEURAL else ClassicalCodec(method)
