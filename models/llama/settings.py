"""What the user may choose of llama.cpp and what the archive must therefore say, so that nobody has to remember it."""

from collections.abc import Mapping
from dataclasses import asdict

from nacomp.formats.records import dataclass
from nacomp.models.errors import ModelError

ALL_LAYERS = -1
MAX_STREAMS = 256
"""llama.cpp's own limit on sequences, and the container's on streams."""
ROWS = 256
"""Rows of one llama_batch: a step of the most streams fits."""
CELLS = 256
"""llama.cpp rounds a sequence's cells up to this many."""


@dataclass(frozen=True)
class LlamaSettings:
    """Settings that change floats. The number of threads is not among them: with flash attention off, logits were the same
    for 1, 2 and 3 threads at 720 tokens of context, and for 1 to 5 threads with 1 to 32 sequences; with it on, they
    were not (SmolLM2-135M, llama.cpp 0.5.0, x86).

    Attributes:
        gpu_layers: layers on the GPU; 0 for none, -1 for all.
        flash_attention: whether llama.cpp may use it. Off where a layer runs on the CPU, which splits a long context by
            the number of threads.
        probe_streams: sequences of the fingerprint's probe: the most streams a block of the archive may have.
    """

    gpu_layers: int = 0
    flash_attention: bool = False
    probe_streams: int = 32

    def to_json(self) -> dict[str, int | str]:
        """As the archive stores them."""
        return {name: int(value) for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, parameters: Mapping[str, object]) -> "LlamaSettings":
        """Read them back, bounded. Raises ModelError for what llama.cpp cannot be asked for."""
        layers = _whole(parameters, "gpu_layers", ALL_LAYERS, 10_000)
        flash = _whole(parameters, "flash_attention", 0, 1)
        return cls(layers, bool(flash), _whole(parameters, "probe_streams", 1, MAX_STREAMS))


def _whole(parameters: Mapping[str, object], name: str, least: int, most: int) -> int:
    value = parameters.get(name)
    if type(value) is not int or not least <= value <= most:
        raise ModelError(model="of this archive", reason=f"its llama setting {name} is {value!r}")
    return value
