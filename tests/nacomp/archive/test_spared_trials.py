"""What a model has coded much better than the classical codecs could is not coded by them too."""

from dataclasses import replace
from pathlib import Path

import pytest

from nacomp.archive.block_encoder import BlockEncoder, CodedBlock
from nacomp.archive.segments import split
from nacomp.archive.units import Unit
from nacomp.codecs import block_choice, classical, forecast
from nacomp.codecs.levels import EMBEDDED, LEVELS
from nacomp.codecs.model_loader import ModelLoader
from nacomp.codecs.packed import Packed
from nacomp.runtime.progress import Job

LEVEL = replace(LEVELS["fast"], block_bytes=10_000)
"""Blocks so short are not sampled first, and so few bytes in two of them take little time."""
TEXT = (Path(__file__).parents[3] / "formats" / "SPEC.md").read_bytes()[:20_000]


def coded(monkeypatch: pytest.MonkeyPatch, *, spare: bool) -> tuple[list[CodedBlock], list[int]]:
    """The blocks of a text, and how long what the classical trials were asked for was."""
    tried: list[int] = []
    pack = classical.pack

    def counted(data: bytes, check: forecast.Check) -> Packed:
        tried.append(len(data))
        return pack(data, check)

    with monkeypatch.context() as patch:
        patch.setattr(block_choice, "CLEARLY_SMALLER", 0.1)
        patch.setattr(forecast, "LEAST", 1000 if spare else 1 << 30)
        patch.setattr(classical, "pack", counted)
        coder = BlockEncoder(ModelLoader().for_texts(LEVEL, EMBEDDED), Job())
        ((_, blocks),) = coder.code([Unit(TEXT, split(TEXT), [])])
    return blocks, tried


def test_spared_trials_change_no_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    spared, none = coded(monkeypatch, spare=True)
    tried, sizes = coded(monkeypatch, spare=False)
    assert spared == tried
    assert none == []
    assert max(sizes) == len(TEXT)
    assert len(sizes) == len(tried) + 1 > 2
