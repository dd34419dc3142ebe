"""The forecast never talks anyone out of a trial that would have won, and spares those that would not."""

import argparse
import random
from pathlib import Path

import pytest

from nacomp.codecs import classical, forecast, mixed

rng = random.Random(5)
PAGES = Path(__file__).parents[3] / "formats"
MANUAL = (PAGES / "SPEC.md").read_bytes()
TABLE = b"".join(
    b"%d;%d;%.3f;%s\n" % (i, rng.randrange(9), rng.gauss(0, 50), b"ab"[i % 2 :]) for i in range(2500)
)
LOG = b"".join(
    b"2026-01-%02d 10:%02d:07 worker-%d: request %d done in %d ms\n"
    % (i // 90 + 1, i % 60, rng.randrange(4), 7000 + 3 * i, rng.randrange(900))
    for i in range(900)
)
SOURCE = Path(argparse.__file__).read_bytes()[:50_000]
TEXTS = {"manual": MANUAL, "table": TABLE, "log": LOG, "source": SOURCE, "again": MANUAL[:3000] * 30}


@pytest.mark.parametrize("name", TEXTS)
def test_what_the_trials_reach_is_never_ruled_out(name: str) -> None:
    text = TEXTS[name]
    assert forecast.could_be_smaller(text, classical.quick_size(text), len(classical.pack(text).payload) + 1)


@pytest.mark.parametrize("name", ["manual", "source"])
def test_prose_and_source_code_that_a_model_made_much_smaller_are_not_tried(name: str) -> None:
    text = TEXTS[name]
    assert not forecast.could_be_smaller(
        text, classical.quick_size(text), len(classical.pack(text).payload) * 4 // 5
    )


@pytest.mark.skipif(not mixed.available(), reason="without the mixer PPMd is the best there is")
def test_a_table_is_tried_though_ppmd_stays_far_behind() -> None:
    """Of tables the mixer makes half of what PPMd does, and goes on learning."""
    assert forecast.could_be_smaller(TABLE, classical.quick_size(TABLE), classical.ppmd_size(TABLE) // 2)


def test_a_text_that_ppmd_takes_in_parts_is_measured_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    text = MANUAL + MANUAL
    monkeypatch.setattr(forecast, "PART_BYTES", len(MANUAL))
    heard: list[None] = []
    size = forecast._ppmd_size(text, classical.quick_size(text), lambda: heard.append(None))
    assert len(heard) == 2
    assert size < 1.2 * classical.ppmd_size(MANUAL)


def test_short_texts_are_simply_tried() -> None:
    assert forecast.could_be_smaller(MANUAL[:3000], classical.quick_size(MANUAL[:3000]), 1)
