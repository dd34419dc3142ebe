"""How a text is coded is decided once, and by which of several models: the embedded model and the tiny one, both real."""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from nacomp.archive.working_memory import compress_bytes
from nacomp.codecs import model_loader
from nacomp.codecs.block_choice import (
    SAMPLED,
    BlockChooser,
    ByClassical,
    ByModel,
    OtherModel,
    guessed_language,
    pieces_of,
)
from nacomp.codecs.block_coder import BlockCoder
from nacomp.codecs.levels import EMBEDDED, LEVELS, Beside
from nacomp.codecs.model_loader import ModelLoader
from nacomp.codecs.neural import NeuralCodec, NeuralSettings, model_of
from nacomp.formats.presets import PRESETS
from nacomp.models.exact import engine
from nacomp.models.library.catalogue import languages_of, read_catalogue
from nacomp.models.library.store import Store
from nacomp.models.predictors import mixed as bits
from nacomp.operations.compress import Compressed, CompressOptions, compress, sources_of
from nacomp.operations.estimate import estimate
from nacomp.runtime.memory import NotEnoughMemory
from nacomp.runtime.progress import Job
from tests.nacomp.workbench import DATA, ROOT, TINY, nacomp

BOTH = Beside((EMBEDDED,), worth=0.82, by_guess=False)
"""Of a sample of prose the embedded model makes 0.80 of what the tiny one makes, with made-up words between lines 0.84."""
BALANCED = LEVELS["balanced"]
LEVEL = replace(BALANCED, models=(TINY,), beside=BOTH, block_bytes=4000)


def prose() -> bytes:
    """English, of which the embedded model makes far less than the tiny one."""
    return (DATA / "corpus" / "prose.txt").read_bytes()[:4000]


def halves() -> bytes:
    """Prose and made-up words in Cyrillic letters, line by line: both models make about the same of it."""
    pick = random.Random(1)
    words = ["".join(pick.choices("абвгдежзиклмнопрст", k=pick.randint(3, 8))) for _ in range(200)]
    lines = ("".join(f"{word} " for word in pick.choices(words, k=1)) for _ in iter(int, 1))
    text = (DATA / "corpus" / "prose.txt").read_text("utf-8")[4000:]
    return "\n".join(f"{text[i : i + 90]}\n{next(lines)}" for i in range(0, 4000, 90)).encode()[:4000]


@pytest.fixture(autouse=True)
def _tiny_is_installed(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Store().add(tiny_model)
    monkeypatch.setitem(LEVELS, "balanced", LEVEL)


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The models that are loaded, as they are."""
    loaded: list[str] = []
    opened = engine.open_engine

    def watched(path: Path, **settings: object) -> engine.ExactEngine:
        loaded.append(path.stem)
        return opened(path, **settings)  # type: ignore[arg-type]

    monkeypatch.setattr(engine, "open_engine", watched)
    return loaded


def packed(folder: Path, content: bytes, options: CompressOptions | None = None) -> tuple[Compressed, Path]:
    """An archive of a file, and where it is."""
    source, archive = folder / "text", folder / "text.nac"
    source.write_bytes(content)
    loader = ModelLoader(threads=1)
    return compress(sources_of([source]), archive, loader, options or CompressOptions(), Job()), archive


def test_each_block_goes_to_the_model_that_suits_it(tmp_path: Path, loads: list[str]) -> None:
    """And another process reads both; each was loaded once."""
    content = halves() + prose()
    done, archive = packed(tmp_path, content)
    assert sorted(done.written.models) == [EMBEDDED, TINY]
    assert sum(done.written.models.values()) == len(content)
    assert sorted(loads) == [EMBEDDED, TINY]
    back = tmp_path / "back"
    assert nacomp("decompress", archive, "-o", back).code == 0
    assert back.read_bytes() == content
    told = json.loads(nacomp("info", archive, "--json").out)
    assert told["models"] == dict(done.written.models)
    assert told["model_id"] == max(told["models"], key=told["models"].get) == done.model_id
    assert f"{TINY} {told['models'][TINY]}" in nacomp("info", archive).out.decode()


def test_a_model_that_is_demanded_codes_all(tmp_path: Path, loads: list[str]) -> None:
    for model in (EMBEDDED, TINY):
        loads.clear()
        done, _ = packed(tmp_path, prose(), CompressOptions(model=model, overwrite=True))
        assert (list(done.written.models), loads) == ([model], [model])


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    """One, and of an archive that needs two, both; nothing is written."""
    _, archive = packed(tmp_path, halves() + prose())
    Store().remove(TINY)
    ended = nacomp("decompress", archive, "-o", tmp_path / "back")
    assert (ended.code, "The model tiny with SHA-256" in ended.err) == (4, True)
    joined = b""
    (tmp_path / "other.gguf").write_bytes((DATA / "tiny.gguf").read_bytes() + bytes(32))
    for file in (DATA / "tiny.gguf", tmp_path / "other.gguf"):
        model = Store().add(file).id
        joined += packed(tmp_path, prose(), CompressOptions(model=model, overwrite=True))[1].read_bytes()
        Store().remove(model)
    archive.write_bytes(joined)
    for command in (("decompress", "-o", tmp_path / "back"), ("test",)):
        ended = nacomp(command[0], archive, *command[1:])
        assert ended.code == 4
        assert "The models tiny with SHA-256" in ended.err
        assert "and other with SHA-256" in ended.err
        assert "nacomp models" in ended.err
        assert not (tmp_path / "back").exists()


def test_the_first_codes_what_it_is_good_at_and_no_other_is_loaded() -> None:
    def load() -> NeuralCodec:
        raise AssertionError("a second model was loaded")

    level = replace(LEVEL, beside=Beside(("other",), worth=0.9, by_guess=True))
    codec = ModelLoader().for_level(level, None)
    english = NeuralCodec(codec.engine, replace(codec.settings, model_id="smollm2-135m"))
    chooser = BlockChooser(english, level, [OtherModel(load, int)])
    for text in (prose(), (ROOT / "nacomp" / "codecs" / "neural.py").read_bytes(), b"", b"hello"):
        assert chooser.suited(text, Job()) is english
    assert chooser.known_methods == english.methods
    german = b"Die Vorlage wird gelesen, bevor die Datei auf die Platte geschrieben ist. " * 3
    with pytest.raises(AssertionError, match="second model"):
        chooser.suited(german, Job())


def test_the_first_codes_all_where_there_is_no_memory_for_two(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    loader = ModelLoader(warn=lambda sentence, _: told.append(sentence))
    chooser = loader.for_texts(LEVEL, None)

    def full(needed: int, advice: str) -> None:
        raise NotEnoughMemory(needed_mb=needed, free_mb=0, advice=advice)

    monkeypatch.setattr(model_loader, "check_memory", full)
    assert chooser.suited(prose(), Job()) is chooser.suited(prose(), Job()) is chooser.first
    assert told == ["there is no memory for the model embedded beside the first, which codes all"]


def test_memory_is_shared_out_for_the_larger_of_both(loads: list[str]) -> None:
    both = ModelLoader(threads=1).for_texts(LEVEL, None)
    engines = both.engines()
    assert sorted(loads) == [EMBEDDED, TINY]
    each = [compress_bytes(1 << 20, LEVEL, [one], 1) for one in engines]
    assert compress_bytes(1 << 20, LEVEL, engines, 1) == max(each) > min(each)


def test_the_estimate_is_of_the_model_that_suits(tmp_path: Path) -> None:
    loader, found = ModelLoader(threads=1), []
    for content in (prose(), halves()):
        (tmp_path / "text").write_bytes(content)
        chooser = loader.for_texts(LEVEL, None)
        found.append(estimate(chooser, sources_of([tmp_path / "text"]), LEVEL, Job()).model_id)
    assert found == [EMBEDDED, TINY]


@pytest.mark.skipif(not bits.is_available(), reason="both predict only where the core is")
def test_a_short_text_is_coded_by_the_model_and_the_mixer() -> None:
    """And so that the compact form can name it by a number."""
    chooser = ModelLoader(threads=1).for_texts(LEVELS["fast"], None)
    choice = chooser.choose(prose(), Job(), compact=True)
    assert isinstance(choice, ByModel)
    assert choice.plan.as_bits
    alone = replace(choice, plan=choice.codec.plan(prose(), LEVELS["fast"]))
    both, one = (BlockCoder().code(each, prose(), Job()) for each in (choice, alone))
    assert both.method != one.method
    assert both.method in PRESETS
    assert one.method in PRESETS


def guide() -> bytes:
    """English that is long enough for samples."""
    return (ROOT / "nacomp" / "GUIDE.md").read_bytes() + (ROOT / "nacomp" / "ARCHITECTURE.md").read_bytes()


def numbers() -> bytes:
    """What the mixer alone is best at."""
    pick = random.Random(2)
    return "".join(f"{i};{pick.randint(100, 999)};{pick.random():.4f}\n" for i in range(3000)).encode()


def repeats() -> bytes:
    """Text whose plan is of the repetitive mode."""
    return prose() * 12


@pytest.mark.parametrize(("text", "kind"), [(guide, ByModel), (numbers, ByClassical), (repeats, ByModel)])
def test_planning_beside_the_samples_changes_nothing(
    text: Callable[[], bytes], kind: type[ByModel | ByClassical]
) -> None:
    assert len(text()) >= SAMPLED
    chooser = ModelLoader(threads=1).for_texts(LEVELS["fast"], None)
    one, other = (chooser.choose(text(), Job(), compact=False, spare=spare) for spare in (False, True))
    assert type(one) is type(other) is kind
    if isinstance(one, ByModel) and isinstance(other, ByModel):
        assert one.plan.symbols.tolist() == other.plan.symbols.tolist()
        assert one.plan.asked.tolist() == other.plan.asked.tolist()
        assert one.plan.streams == other.plan.streams
        assert one.plan.ensemble == other.plan.ensemble
        assert one.plan.as_bits is other.plan.as_bits


def test_samples_are_from_all_over_a_block_and_whole_characters() -> None:
    text = "äöü€".encode() * 20_000
    pieces = pieces_of(text)
    assert 2000 < sum(map(len, pieces)) <= 4096
    assert all(piece.decode() for piece in pieces)
    assert pieces_of(b"short") == [b"short"]
    quarters = b"".join(letter * 10_000 for letter in (b"a", b"b", b"c", b"d"))
    assert [piece[:1] for piece in pieces_of(quarters)] == [b"a", b"b", b"c", b"d"]


def test_languages_are_told_apart() -> None:
    assert guessed_language(prose()) == "en"
    assert guessed_language("Quale lingua è questa? È italiano, naturalmente.".encode()) == "it"


def test_short_texts_name_every_model_of_the_default_level_by_a_number() -> None:
    """A methods table would take more room than a note."""
    found = {}
    for method in PRESETS:
        if (model := model_of(method)) is not None:
            settings = NeuralSettings.from_json(method.parameters)
            found[model] = settings.context
            assert read_catalogue()[model].sha256 in (settings.model_sha256, None)
    assert BALANCED.beside is not None
    for model in {*BALANCED.models, *BALANCED.beside.models} - {EMBEDDED}:
        assert found[model] == BALANCED.context


def test_models_beside_are_good_at_something_else() -> None:
    """Else there would be nothing to choose; and base models come before those that were taught to chat."""
    catalogue = read_catalogue()
    for level in (BALANCED, LEVELS["max"]):
        assert level.beside is not None
        firsts = {strength for model in level.models for strength in catalogue[model].good_at}
        assert all(set(catalogue[model].good_at) - firsts for model in level.beside.models)
        order = list(level.models)
        assert order.index("smollm2-135m") < order.index("smollm2-135m-instruct-q4_1")
    assert LEVELS["fast"].beside is None
    assert languages_of("smollm2-135m") == {"en"}
    assert languages_of("embedded") == languages_of("gemma-3-270m") == languages_of("no such model") == set()
