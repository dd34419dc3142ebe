"""The recipe's text side: shards, kinds, mixing, byte-complete tokeniser, windows. No PyTorch needed."""

import gzip
import lzma
import random
from pathlib import Path

import numpy as np
import pytest

from nacomp.models.training import corpus, dataset, gather, pieces, tokeniser
from nacomp.models.training.kinds import Kind, classify, language
from nacomp.models.training.shape import TINY, Shape, named

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
SWEDISH_MANUAL = (
    "## Alternativet `--level`\n\n- Använd `verktyg --level=3 <fil>` för att **välja** nivå, och se [listan](#nivåer).\n"
    * 20
)
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
        (SWEDISH_MANUAL, Kind.OTHER),
    ],
)
def test_kinds_are_told_apart(text: str, kind: Kind) -> None:
    assert classify(text) is kind


def test_languages_are_told_apart() -> None:
    assert [language(text) for text in (PROSE, GERMAN, SWEDISH_MANUAL)] == ["en", "de", "sv"]


def test_shards_are_split_at_nul_and_valid_is_held_out(tmp_path: Path) -> None:
    (tmp_path / "train-0.txt.xz").write_bytes(lzma.compress("one\0zwei ü".encode()))
    (tmp_path / "train-1.txt").write_bytes(b"three\r\n")
    (tmp_path / "valid.txt").write_bytes(b"held out")
    (tmp_path / "more-valid.txt.xz").write_bytes(lzma.compress(b"this too"))
    (tmp_path / "notes.md").write_bytes(b"not a shard")
    train = corpus.shards(tmp_path, held_out=False)
    assert list(corpus.documents(train)) == ["one", "zwei ü", "three\r\n"]
    assert list(corpus.documents(corpus.shards(tmp_path, held_out=True))) == ["this too", "held out"]


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


def test_mix_thins_the_ample_kind_and_takes_all_of_the_scarce_once() -> None:
    texts = [PROSE] * 300 + [CODE] * 10
    weights = dict.fromkeys(Kind, 0.0) | {Kind.PROSE: 0.5, Kind.CODE: 0.5}
    size = 400_000
    mixed = dataset.mix(texts, size, weights, seed=3)
    assert sum(map(len, (text for text in mixed if text == PROSE))) == pytest.approx(size / 2, rel=0.2)
    assert mixed.count(CODE) == 10
    assert mixed == dataset.mix(texts, size, weights, seed=3)


def test_mix_evens_languages_out() -> None:
    swedish = "Den gamle mannen gick långsamt över bron och såg ut över floden, som ännu bar is.\n" * 20
    weights = dict.fromkeys(Kind, 0.0) | {Kind.OTHER: 1.0}
    mixed = dataset.mix([GERMAN] * 900 + [swedish] * 100, 300 * len(GERMAN), weights, seed=3)
    assert sum(text == swedish for text in mixed) == pytest.approx(
        sum(text == GERMAN for text in mixed) / 3, rel=0.2
    )


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


def test_windows_visit_each_position_once_per_epoch() -> None:
    stream = np.arange(1, 101, dtype=np.uint16)
    windows = dataset.Windows(stream, length=8, seed=1)
    epoch = np.array([windows.row(number) for number in range(windows.count)])
    assert len(np.unique(epoch)) == windows.count * 8
    assert (np.diff(epoch.astype(int), axis=1) == 1).all()
    again = dataset.Windows(stream, length=8, seed=1)
    assert (again.row(5) == epoch[5]).all()
    assert any((again.row(windows.count + number) != row).any() for number, row in enumerate(epoch))


def test_mixture_keeps_its_shares_begins_with_start_and_can_be_entered_anywhere() -> None:
    streams = {
        Kind.PROSE: np.arange(1, 30_001, dtype=np.uint16),
        Kind.CODE: np.arange(40_001, 40_101, dtype=np.uint16),
    }
    weights = dict.fromkeys(Kind, 0.2) | {Kind.PROSE: 0.3, Kind.CODE: 0.1}
    mixture = dataset.Mixture(streams, weights, length=8, seed=1)
    inputs, targets = mixture.batch(0, 4096)
    assert (inputs[:, 0] == tokeniser.START_ID).all()
    assert (inputs[:, 1:] == targets[:, :-1]).all()
    assert (targets[:, 0] > 40_000).sum() == 1024
    prose = targets[targets[:, 0] <= 40_000]
    assert len(np.unique(prose)) == prose.size  # less than an epoch
    again = dataset.Mixture(streams, weights, length=8, seed=1)
    assert (again.batch(3000, 500)[1] == targets[3000:3500]).all()


def test_shapes_have_names_or_are_written_out() -> None:
    assert named("tiny") == TINY
    assert named("300:64x2,4/2,96") == Shape(300, 64, 2, 4, 2, 96, 512)


@pytest.mark.parametrize(
    "name", ["small", "300:64x2,4/3,96", "300:65x2,4/2,96", "300:12x2,4/2,96", "0:64x2,4/2,96"]
)
def test_what_is_no_shape_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"shape|heads"):
        named(name)


def write_shards(folder: Path) -> None:
    (folder / "train-0.txt.xz").write_bytes(lzma.compress("\0".join([PROSE, CODE, GERMAN] * 10).encode()))
    (folder / "train-1.txt").write_bytes("\0".join([MANUAL, CODE] * 20).encode())
    (folder / "valid.txt").write_text("\0".join([PROSE, CODE, GERMAN]))


def test_pieces_hold_every_token_once_and_any_of_them_every_kind(tmp_path: Path) -> None:
    write_shards(tmp_path)
    bpe = tokeniser.train([PROSE, CODE, GERMAN, MANUAL], 400)
    files = corpus.shards(tmp_path, held_out=False)
    whole = pieces.join([pieces.of_shard(bpe, file, 7 + number) for number, file in enumerate(files)])
    out = tmp_path / "tokens"
    size = sum(map(len, whole.values())) // 3
    paths = pieces.prepare(bpe, files, out, 7, lambda _: None, size)
    assert len(paths) == 4
    found = pieces.load(out)
    assert found.keys() == whole.keys() == {Kind.PROSE, Kind.DOCS, Kind.CODE, Kind.OTHER}
    for kind, stream in whole.items():
        assert (np.sort(found[kind]) == np.sort(stream)).all()
    for path in paths[1:]:
        path.unlink()
    assert {kind: len(stream) for kind, stream in pieces.load(out).items()} == {
        kind: pytest.approx(len(stream) / 4, abs=2) for kind, stream in whole.items()
    }


def test_preparing_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    write_shards(tmp_path)
    bpe = tokeniser.train([PROSE, CODE, GERMAN, MANUAL], 400)
    files = corpus.shards(tmp_path, held_out=False)
    said: list[str] = []
    paths = pieces.prepare(bpe, files, tmp_path / "tokens", 7, said.append, 20_000)
    before = [path.read_bytes() for path in paths]
    paths[0].unlink()
    (tmp_path / "tokens" / "shards" / "train-1.npz").unlink()
    said.clear()
    assert pieces.prepare(bpe, files, tmp_path / "tokens", 7, said.append, 20_000) == paths
    assert [path.read_bytes() for path in paths] == before
    others = pieces.prepare(bpe, files[:1], tmp_path / "tokens", 7, lambda _: None, 20_000)
    assert sorted((tmp_path / "tokens").glob("piece-*")) == others
    assert ["train-1" in line or "train-0" in line for line in said].count(True) == 1


def test_folder_without_pieces_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no pieces"):
        pieces.load(tmp_path)


def test_stream_has_the_start_token_before_each_document() -> None:
    bpe = tokeniser.train([PROSE, CODE], 300)
    stream = dataset.encode(bpe, [PROSE, CODE, PROSE])
    assert (stream == tokeniser.START_ID).sum() == 3
    starts = np.flatnonzero(stream == tokeniser.START_ID)
    assert bpe.decode(stream[starts[1] + 1 : starts[2]].tolist()) == CODE
