"""The recipe's text side: shards, kinds, mixing, byte-complete tokeniser, windows. No PyTorch needed."""

import gzip
import lzma
import random
from pathlib import Path

import numpy as np
import pytest

from nacomp.models.training import corpus, dataset, gather, tokeniser
from nacomp.models.training.kinds import Kind, classify

PROSE = (
    "It was late in the evening when the old man came to the door of the house, and he said that he had walked "
    "all the way from the town because there was nobody to bring him. We gave him a chair by the fire.\n"
) * 20
CODE = """#include <stdio.h>

int add(int a, int b)
{
    return a + b;
}

static void f(void) { printf("%d", 1); }
"""
CODE *= 20
TABLE = "".join(f"2021-03-{day:02},{day * 37},{day * 1.5:.3f},ok\n" for day in range(1, 29)) * 5
GERMAN = "Der alte Mann ging langsam über die Brücke und sah auf den Fluss, der noch Eis trug.\n" * 20
MANUAL = (
    "## The `--level` option\n\nUse `tool --level=3 <file>` to set the *level*; see [the list](#levels) for `x`.\n"
    * 20
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (PROSE, Kind.PROSE),
        (CODE, Kind.CODE),
        (TABLE, Kind.STRUCTURED),
        (GERMAN, Kind.OTHER),
        ("Старик шёл по мосту и смотрел на реку.\n" * 20, Kind.OTHER),
        (MANUAL, Kind.DOCS),
    ],
)
def test_kinds_are_told_apart(text: str, kind: Kind) -> None:
    assert classify(text) is kind


def test_shards_are_split_at_nul_and_valid_is_held_out(tmp_path: Path) -> None:
    (tmp_path / "train-0.txt.xz").write_bytes(lzma.compress("one\0zwei ü".encode()))
    (tmp_path / "train-1.txt").write_bytes(b"three\r\n")
    (tmp_path / "valid.txt").write_bytes(b"held out")
    (tmp_path / "notes.md").write_bytes(b"not a shard")
    train = corpus.shards(tmp_path, held_out=False)
    assert list(corpus.documents(train)) == ["one", "zwei ü", "three\r\n"]
    assert list(corpus.documents(corpus.shards(tmp_path, held_out=True))) == ["held out"]


def test_gathered_text_holds_nothing_of_what_is_held_out(tmp_path: Path) -> None:
    folder, held = tmp_path / "doc", tmp_path / "held"
    folder.mkdir()
    words = [f"word{number}" for number in range(3000)]
    held.write_text(" ".join(words[:800]))
    (folder / "copy.txt").write_text("It begins so.\n" + "\n".join(words[100:700]).upper())
    (folder / "own.1.gz").write_bytes(gzip.compress("\n".join(words[1500:2500]).encode()))
    (folder / "broken.gz").write_bytes(b"no gzip")
    (folder / "picture").write_bytes(b"\0" * 1000)
    (folder / "line.js").write_text("x" * 6000)
    assert gather.write([folder], [held], 100_000, tmp_path / "train-9.txt.xz") > 5000
    found = list(corpus.documents(corpus.shards(tmp_path, held_out=False)))
    assert found[-1] == "\n".join(words[1500:2500])
    assert not any("WORD" in text for text in found)


def test_folder_without_shards_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no training"):
        corpus.shards(tmp_path, held_out=False)


def test_mix_thins_the_ample_kind_and_repeats_the_scarce() -> None:
    texts = [PROSE] * 300 + [CODE] * 10
    weights = dict.fromkeys(Kind, 0.0) | {Kind.PROSE: 0.5, Kind.CODE: 0.5}
    size = 400_000
    mixed = dataset.mix(texts, size, weights, seed=3)
    shares = {kind: sum(len(t) for t in mixed if classify(t) is kind) for kind in (Kind.PROSE, Kind.CODE)}
    assert shares[Kind.PROSE] == pytest.approx(size / 2, rel=0.2)
    assert shares[Kind.CODE] == pytest.approx(size / 2, rel=0.2)
    assert mixed == dataset.mix(texts, size, weights, seed=3)


def test_some_documents_get_windows_line_ends_and_nothing_else_changes() -> None:
    texts = [PROSE] * 1000 + ["a\r\nb\n"] * 10
    changed = dataset.with_line_ends(texts, 0.2, seed=1)
    assert [t.replace("\r\n", "\n") for t in changed[:1000]] == texts[:1000]
    assert 150 < sum("\r" in t for t in changed[:1000]) < 250
    assert changed[1000:] == texts[1000:]


def test_tokeniser_says_every_byte_and_every_character() -> None:
    bpe = tokeniser.train([PROSE, CODE, GERMAN], 400)
    assert bpe.get_vocab_size() == 400
    assert bpe.token_to_id(tokeniser.START) == tokeniser.START_ID
    rng = random.Random(5)
    text = "".join(chr(c) for c in range(0x200)) + "".join(
        chr(rng.randrange(0x4E00, 0x1F600)) for _ in range(500)
    )
    text = text.encode(errors="ignore").decode()
    assert bpe.decode(bpe.encode(text).ids, skip_special_tokens=False) == text
    assert all(len(bpe.encode(digits).ids) == len(digits) for digits in ("7", "1234567890"))


def test_tokeniser_refuses_too_little_text() -> None:
    with pytest.raises(ValueError, match="were asked for"):
        tokeniser.train(["abc"], 4096)


def test_windows_visit_each_position_once_per_epoch_and_begin_with_start() -> None:
    stream = np.arange(1, 101, dtype=np.uint16)
    windows = dataset.Windows(stream, length=8, seed=1)
    inputs, targets = windows.batch(0, windows.count)
    assert (inputs[:, 0] == tokeniser.START_ID).all()
    assert (inputs[:, 1:] == targets[:, :-1]).all()
    assert len(np.unique(targets)) == windows.count * 8
    again = dataset.Windows(stream, length=8, seed=1).batch(5, 4)
    assert (again[1] == windows.batch(5, 4)[1]).all()
    assert (windows.batch(windows.count, windows.count)[1] != targets).any()


def test_stream_has_the_start_token_before_each_document() -> None:
    bpe = tokeniser.train([PROSE, CODE], 300)
    stream = dataset.encode(bpe, [PROSE, CODE, PROSE])
    assert (stream == tokeniser.START_ID).sum() == 3
    starts = np.flatnonzero(stream == tokeniser.START_ID)
    assert bpe.decode(stream[starts[1] + 1 : starts[2]].tolist()) == CODE
