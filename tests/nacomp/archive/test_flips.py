"""Damage of every kind to archives of every kind: refused in a sentence, or the right bytes; nothing else.

A sample of what `tests/benchmarks/damage_survey.py` does in full.
"""

import io
import random
from collections import Counter

import pytest

from nacomp.codecs.model_loader import ModelLoader
from nacomp.formats.entry import ALONE
from nacomp.formats.reader import ArchiveReader
from tests.nacomp.damage import (
    Sample,
    contents_of,
    flipped,
    forged_blocks,
    forged_indexes,
    judge,
    samples,
    sealed_samples,
    tiny_engines,
)

FLIPS, CUTS, FORGED = 40, 12, 4
"""For each archive."""

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture(scope="module")
def loader(tmp_path_factory: pytest.TempPathFactory) -> ModelLoader:
    """A loader with the tiny model."""
    return tiny_engines(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def archives(loader: ModelLoader) -> list[Sample]:
    """The samples, made once."""
    return samples(loader)


@pytest.fixture(scope="module")
def all_archives(archives: list[Sample]) -> list[Sample]:
    """The samples and the sealed ones."""
    return archives + sealed_samples(archives)


def outcomes(found: list[str]) -> set[str]:
    """The words that may not be there."""
    assert found
    return set(found) - {"refused", "same"}


def test_samples_are_sound_and_of_every_kind(all_archives: list[Sample], loader: ModelLoader) -> None:
    kinds = Counter(sample.name.split("-")[0] for sample in all_archives)
    assert {"neural", "stored", "zstd", "ppmd", "lzma", "recovery", "links", "sealed"} <= set(kinds)
    for sample in all_archives:
        assert contents_of(sample.data, loader) == sample.tree
    by_name = {sample.name: sample.data for sample in all_archives}
    with ArchiveReader.open(io.BytesIO(by_name["look-inside"])) as reader:
        assert reader.index.derived
    with ArchiveReader.open(io.BytesIO(by_name["notes"])) as reader:
        assert any(entry.group != ALONE for entry in reader.entries)


def test_flips(all_archives: list[Sample], loader: ModelLoader) -> None:
    source = random.Random(1)
    found = [
        judge(flipped(sample.data, source.randrange(8 * len(sample.data))), sample, loader)
        for sample in all_archives
        for _ in range(FLIPS)
    ]
    assert outcomes(found) == set()
    assert found.count("refused") > len(found) * 0.8


def test_cuts(all_archives: list[Sample], loader: ModelLoader) -> None:
    source = random.Random(2)
    found = [
        judge(sample.data[: source.randrange(len(sample.data))], sample, loader)
        for sample in all_archives
        for _ in range(CUTS)
    ]
    assert set(found) <= {"refused", "same"}
    plain = [judge(s.data[:-1], s, loader) for s in all_archives if "recovery" not in s.name]
    assert set(plain) == {"refused"}


def test_forged_payloads(archives: list[Sample], loader: ModelLoader) -> None:
    source = random.Random(3)
    found = [
        judge(data, sample, loader) for sample in archives for data in forged_blocks(sample, source, FORGED)
    ]
    assert outcomes(found) == set()


def test_forged_indexes(archives: list[Sample], loader: ModelLoader) -> None:
    source = random.Random(4)
    found = [
        judge(data, sample, loader, names=False)
        for sample in archives
        for data in forged_indexes(sample, source, 2 * FORGED)
    ]
    assert outcomes(found) == set()


def test_payload_that_no_encoder_writes(archives: list[Sample], loader: ModelLoader) -> None:
    """The range decoder notices some of these itself, with an AssertionError of its own."""
    sample = next(sample for sample in archives if sample.name == "neural")
    found = [judge(data, sample, loader) for data in forged_blocks(sample, random.Random(6), 150)]
    assert outcomes(found) == set()
