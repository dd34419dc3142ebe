"""A model of SmolLM2-135M's shape with random weights: as fast as the real one, where that cannot be fetched."""

from pathlib import Path

import gguf

from tests.models.tiny_gguf import TinyModel, write_tiny_gguf


def smollm2_shape(path: Path) -> Path:
    """Write it, 145 MB in some seconds; gives `path`."""
    shape = TinyModel(
        layers=30,
        width=576,
        heads=9,
        kv_heads=3,
        hidden=1536,
        vocabulary=49152,
        theta=100_000.0,
        kind=gguf.GGMLQuantizationType.Q8_0,
        scale=1.0,
    )
    return write_tiny_gguf(path, shape)
