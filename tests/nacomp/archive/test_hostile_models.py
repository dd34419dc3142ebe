"""Model files written to do harm: they are refused in a sentence, or code as badly as they like, and nothing else.

Each case is run as a command first: what goes wrong here may end the process.
"""

from pathlib import Path

import pytest

from nacomp.codecs.levels import LEVELS
from nacomp.codecs.model_loader import ModelLoader
from nacomp.models.exact.engine import available_kernels
from nacomp.models.library.store import Store
from nacomp.runtime.progress import Job
from tests.models.tiny_gguf import TinyModel, write_tiny_gguf
from tests.nacomp.workbench import nacomp, prose

LAYERS = [(f"blk.{i}.{name}", 0.0) for i in range(2) for name in ("attn_output", "ffn_down")]
SILENT_LAYERS = (("token_embd", 1.0), *LAYERS)


@pytest.mark.parametrize("vocabulary", [257, 300, 512])
def test_a_model_of_control_tokens_is_refused(tmp_path: Path, vocabulary: int) -> None:
    """With V % 256 not 0 the ids behind the last token were taken for likely ones, and the core wrote behind its arrays."""
    Store().add(write_tiny_gguf(tmp_path / "mute.gguf", TinyModel(vocabulary=vocabulary, control=True)))
    (tmp_path / "text").write_bytes(prose(2000))
    done = nacomp("compress", tmp_path / "text", "-o", tmp_path / "a.nac", "--model", "mute")
    assert done.code == 4
    assert "none of its tokens stands for any bytes" in " ".join(done.err.split())
    assert not (tmp_path / "a.nac").exists()


@pytest.mark.parametrize("output", [-1e30, 1e30])
def test_logits_of_any_size_round_trip(tmp_path: Path, output: float) -> None:
    """All logits alike at -3e31, below the -1e30 that used to mask what is never coded; then at 3e31."""
    model = TinyModel(head_size=16, tied=False, filled=(*SILENT_LAYERS, ("output", output)))
    Store().add(write_tiny_gguf(tmp_path / "far.gguf", model))
    text, level = prose(1500), LEVELS["fast"]
    (tmp_path / "text").write_bytes(text)
    done = nacomp("compress", tmp_path / "text", "-o", tmp_path / "a.nac", "--model", "far")
    assert done.code == 0, done.err
    payloads = set()
    for kernel in available_kernels():
        codec = ModelLoader(kernel=kernel, threads=1).for_level(level, "far")
        payloads.add(codec.encode(codec.plan(text, level), len(text), Job()).payload)
        assert codec.decode(max(payloads), len(text), Job()) == text
    assert len(payloads) == 1
