"""Archives of the llama engine from the outside: written, verified, read in new processes, and refused elsewhere."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("llama_cpp")

from nacomp.archive.archive_reader import Archive
from nacomp.archive.walk import walk
from nacomp.codecs.levels import level_named
from nacomp.codecs.model_loader import ModelLoader
from nacomp.errors import VerificationFailed
from nacomp.formats.methods import Method, MethodKind
from nacomp.formats.reader import ArchiveReader
from nacomp.formats.writer import ArchiveWriter
from nacomp.models.errors import FingerprintMismatch, GpuFull, ModelError
from nacomp.models.library.gguf_file import open_gguf
from nacomp.models.library.store import Store
from nacomp.models.llama.devices import (
    COMPUTE_BYTES,
    Device,
    cache_bytes,
    device_name,
    place_workers,
    worker_bytes,
)
from nacomp.models.llama.engine import best_settings
from nacomp.models.llama.fingerprint import check_fingerprint
from nacomp.models.llama.session import LlamaSession
from nacomp.operations.compress import CompressOptions, compress
from nacomp.runtime.progress import Job
from tests.models.llama.architectures import write_model
from tests.nacomp.workbench import DATA, TINY, nacomp

pytestmark = pytest.mark.long_file

ON_CPU = ("--engine", "llama", "--gpu-layers", "0")
"""Also on a machine with a GPU, where the default would be another test."""
TEXT = b"".join((DATA / "corpus" / name).read_bytes() for name in ("prose.txt", "code.py"))
"""Too long for the compact form, which would do with the context mixer: its number takes less room than these settings."""


@pytest.fixture
def text(tmp_path: Path, tiny_model: Path) -> Path:
    """Prose that the tiny trained model predicts well enough for its archive to be neural."""
    Store().add(tiny_model)
    path = tmp_path / "text.txt"
    path.write_bytes(TEXT)
    return path


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """An archive of the llama engine, made once."""
    folder = tmp_path_factory.mktemp("packed")
    store = Store(folder / "models")
    store.add(DATA / "tiny.gguf")
    (folder / "text.txt").write_bytes(TEXT)
    loader = ModelLoader(engine="llama", threads=1, gpu_layers=0, store=store)
    compress(walk([folder / "text.txt"]), folder / "a.nac", loader, CompressOptions(model=TINY), Job())
    return (folder / "a.nac").read_bytes()


@pytest.fixture
def archive(text: Path, packed: bytes) -> Path:
    path = text.with_suffix(".nac")
    path.write_bytes(packed)
    return path


def reforged(archive: Path, change: Callable[[dict[str, Any]], Mapping[str, Any]]) -> Path:
    """The archive with other engine parameters in its methods table, all checksums right."""
    target = archive.with_name("forged.nac")
    with archive.open("rb") as file, target.open("wb") as out:
        reader = ArchiveReader.open(file)
        methods = []
        for method in reader.methods:
            parameters = dict(method.parameters)
            if method.kind is MethodKind.NEURAL:
                engine: Any = parameters["engine"]
                parameters["engine"] = dict(change(dict(engine)))
            methods.append(Method(method.kind, parameters))
        writer = ArchiveWriter(out, methods)
        for info in reader.blocks:
            block = reader.block(info.number)
            writer.add_block(info.method, block.payload, info.original_size, block.content_checksum)
        writer.finish(reader.entries)
    return target


def test_round_trip_in_new_processes(text: Path, tmp_path: Path) -> None:
    packed, back = tmp_path / "a.nac", tmp_path / "back"
    done = nacomp("compress", text, "-o", packed, *ON_CPU, "--model", TINY, "--workers", "2")
    assert done.code == 0, done.err
    shown = json.loads(nacomp("info", packed, "--json").out)
    assert (shown["engine"], shown["methods"]) == ("llama", {"neural": 1})
    done = nacomp("decompress", packed, "-o", back)
    assert done.code == 0, done.err
    assert done.err.count("\n") == 1  # llama.cpp itself is silent
    assert back.read_bytes() == TEXT


def test_another_architecture_through_a_pipe(tmp_path: Path) -> None:
    """The exact engine refuses gpt2; a random model's archive may be classical, so its own parameters are looked at."""
    Store().add(write_model(tmp_path / "other.gguf", "gpt2"))
    data = bytes(range(256)) * 2 + "naïve café".encode()
    assert nacomp("compress", "-", "-c", "--model", "other", stdin=data).code == 4
    packed = nacomp("compress", "-", "-c", *ON_CPU, "--model", "other", stdin=data)
    assert packed.code == 0, packed.err
    assert nacomp("decompress", "-", "-c", stdin=packed.out).out == data


def test_a_batch_with_another_architecture(tmp_path: Path) -> None:
    """How much memory a file takes is asked of the model's own names."""
    Store().add(write_model(tmp_path / "mamba.gguf", "mamba"))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "text.txt").write_bytes(TEXT)
    done = nacomp("batch", tmp_path / "in", *ON_CPU, "--model", "mamba")
    assert done.code == 0, done.err
    assert (tmp_path / "in" / "text.txt.nac").is_file()


def test_the_exact_engine_reads_its_own_whatever_is_asked(text: Path, archive: Path) -> None:
    """The archive says which engine wrote it; both kinds hold the same bytes and are read side by side."""
    exact = text.with_suffix(".exact")
    loader = ModelLoader(threads=1)
    compress(walk([text]), exact, loader, CompressOptions(model=TINY), Job())
    for path in (archive, exact):
        with path.open("rb") as file:
            opened = Archive(file, loader.for_method)
            assert opened.read(opened.files[0]) == TEXT


@pytest.mark.parametrize("field", ["build", "package", "system", "device", "probe", "numerics", "slide"])
def test_another_machine_is_refused_by_name(archive: Path, field: str) -> None:
    forged = reforged(archive, lambda engine: engine | {field: "another"})
    with (
        forged.open("rb") as file,
        pytest.raises(FingerprintMismatch, match=f"{field}: archive another, here "),
    ):
        Archive(file, ModelLoader(threads=1).for_method).load_engines()


def test_a_refused_archive_leaves_nothing(archive: Path, tmp_path: Path) -> None:
    forged = reforged(archive, lambda engine: engine | {"probe": "0" * 64})
    done = nacomp("decompress", forged, "-o", tmp_path / "back")
    assert done.code == 4
    assert "probe" in done.err
    assert not (tmp_path / "back").exists()
    for command in ("decompress", "cat"):
        shown = nacomp(command, forged, *(["-c"] if command == "decompress" else []))
        assert (shown.code, shown.out) == (4, b"")
    assert nacomp("test", forged).code == 4


@pytest.mark.parametrize("setting", ["gpu_layers", "flash_attention", "probe_streams"])
@pytest.mark.parametrize("value", ["1", True, -2, 1 << 40])
def test_nonsense_settings_are_refused(archive: Path, setting: str, value: object) -> None:
    forged = reforged(archive, lambda engine: engine | {setting: value})
    with forged.open("rb") as file, pytest.raises(ModelError, match=setting):
        Archive(file, ModelLoader(threads=1).for_method).load_engines()


def test_an_archive_of_a_gpu_is_refused_where_there_is_none(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nacomp.models.llama.fingerprint.devices", lambda: [CPU])
    forged = reforged(archive, lambda engine: engine | {"gpu_layers": -1, "device": "Some GPU 9000"})
    loader = ModelLoader(threads=1)
    with (
        forged.open("rb") as file,
        pytest.raises(FingerprintMismatch, match="archive Some GPU 9000, here none"),
    ):
        Archive(file, loader.for_method).load_engines()


def test_floats_that_do_not_repeat_are_found_before_success(
    text: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A device whose floats drift: the archive is decoded at once, and is not put in place."""
    loader = ModelLoader(engine="llama", threads=1, gpu_layers=0)
    feed = LlamaSession.feed
    calls = 0

    def drifting(session: LlamaSession, *rows: Any) -> Any:
        nonlocal calls
        calls += 1
        logits = feed(session, *rows)
        return logits * (1 + calls % 97 * 1e-4)

    _ = loader.for_level(level_named("balanced"), TINY).methods  # the probe runs before the drift begins
    monkeypatch.setattr(LlamaSession, "feed", drifting)
    with pytest.raises(VerificationFailed):
        compress(walk([text]), tmp_path / "a.nac", loader, CompressOptions(model=TINY), Job())
    assert not (tmp_path / "a.nac").exists()


def test_a_missing_package_is_told(text: Path) -> None:
    script = "import sys; sys.modules['llama_cpp'] = None; from nacomp.cli.main import run; sys.exit(run(sys.argv[1:]))"
    command = [sys.executable, "-W", "error", "-c", script, "compress", str(text), "-c", "--engine", "llama"]
    done = subprocess.run([*command, "--model", TINY], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (4, b"")
    assert b"pip install 'nacomp[llama]'" in done.stderr


def test_engines_are_listed() -> None:
    shown = json.loads(nacomp("engines", "--json").out)
    assert shown["exact"]["kernel"] in shown["exact"]["kernels"]
    assert shown["llama"]["installed"]
    assert [d["kind"] for d in shown["llama"]["devices"]].count("cpu") == 1
    assert all(0 <= d["memory_free"] <= d["memory_total"] for d in shown["llama"]["devices"])
    assert b"llama-cpp-python" in nacomp("engines").out


GIB = 1 << 30
CPU = Device("CPU", "a processor", "cpu", 8 * GIB, 8 * GIB)
BIG = [Device(f"CUDA{i}", "Big GPU", "gpu", 8 * GIB, 6 * GIB) for i in range(2)]
SMALL = Device("CUDA2", "Small GPU", "gpu", 8 * GIB, 8 * GIB)


def test_workers_are_spread_over_like_gpus() -> None:
    found = [CPU, *BIG, SMALL]
    assert place_workers(found, -1, 0, GIB) == BIG
    assert place_workers(found, -1, 3, GIB) == [BIG[0], BIG[1], BIG[0]]
    assert place_workers(found, 0, 0, GIB) == [None]
    assert place_workers(found, 0, 4, GIB) == [None] * 4
    assert len(place_workers(found, -1, 8, GIB)) == 8
    assert (device_name(found, -1), device_name(found, 0)) == ("Big GPU", "cpu")


def test_room_is_asked_for_the_layers_that_go_there() -> None:
    """SmolLM2-135M: 23,040 bytes of keys and values a token."""
    smol = {"general.architecture": "llama"} | {
        f"llama.{key}": value
        for key, value in {
            "block_count": 30,
            "embedding_length": 576,
            "attention.head_count": 9,
            "attention.head_count_kv": 3,
        }.items()
    }
    cache = 32 * 1024 * 23_040
    assert worker_bytes(smol, 100_000_000, -1, 32, 1000) == 100_000_000 + cache + COMPUTE_BYTES
    assert worker_bytes(smol, 100_000_000, 99, 32, 1000) == worker_bytes(smol, 100_000_000, -1, 32, 1000)
    part = worker_bytes(smol, 100_000_000, 10, 32, 1000) - COMPUTE_BYTES
    assert part == pytest.approx((100_000_000 + cache) * 10 / 31, abs=1)
    nothing = {"general.architecture": "mamba", "mamba.block_count": 6}
    assert worker_bytes(nothing, 5000, -1, 32, 1000) == 5000 + COMPUTE_BYTES
    damaged = smol | {"llama.block_count": "many", "llama.embedding_length": -5}
    assert worker_bytes(damaged, 5000, -1, 32, 1000) == 5000 + COMPUTE_BYTES
    layered = smol | {"llama.attention.head_count_kv": [3, 1] * 15}
    assert worker_bytes(layered, 0, -1, 32, 1000) == worker_bytes(smol, 0, -1, 32, 1000)


def test_room_is_asked_for_what_llama_cpp_opens(tmp_path: Path) -> None:
    """Cache sizes as llama.cpp's log gave them for these files: 12 MiB of keys and values, 1.78 MiB of states."""
    sizes = {}
    for name in ("qwen2", "mamba"):
        with open_gguf(write_model(tmp_path / f"{name}.gguf", name)) as file:
            sizes[name] = cache_bytes(file.metadata, 32, 500)
            longer = cache_bytes(file.metadata, 32, 4096)
            tokens = file.metadata["tokenizer.ggml.tokens"]
            assert isinstance(tokens, list)
            logits = 256 * len(tokens) * 4
            assert worker_bytes(file.metadata, 0, -1, 32, 500) == sizes[name] + logits + COMPUTE_BYTES
        assert longer == sizes[name]  # they were made for 512 tokens
    assert sizes["qwen2"] == 12 << 20
    assert sizes["mamba"] / (1 << 20) == pytest.approx(1.78, abs=0.005)


def test_some_layers_fit_where_all_do_not() -> None:
    """16 GB of 40 layers on a card with 8 GB."""
    large = {"general.architecture": "llama", "llama.block_count": 40}
    card = Device("CUDA0", "Big GPU", "gpu", 8 * 10**9, 8 * 10**9)
    assert place_workers([CPU, card], 10, 0, worker_bytes(large, 16 * 10**9, 10, 32, 1024)) == [card]
    with pytest.raises(GpuFull, match="room for 0 copies of this model, 1 were asked for"):
        place_workers([CPU, card], -1, 0, worker_bytes(large, 16 * 10**9, -1, 32, 1024))


@pytest.mark.parametrize(("layers", "workers"), [(None, 0), (-1, 0), (None, 3)])
def test_a_gpu_without_room_is_left_alone_unless_asked_for(
    monkeypatch: pytest.MonkeyPatch, tiny_model: Path, layers: int | None, workers: int
) -> None:
    crowded = Device("CUDA0", "Big GPU", "gpu", 8 * GIB, COMPUTE_BYTES if workers == 0 else 2 * COMPUTE_BYTES)
    monkeypatch.setattr("nacomp.models.llama.engine.devices", lambda: [CPU, crowded])
    Store().add(tiny_model)
    said: list[str] = []
    loader = ModelLoader(
        engine="llama",
        threads=1,
        gpu_layers=layers,
        workers=workers,
        warn=lambda sentence, _: said.append(sentence),
    )
    if layers is None and workers == 0:
        for _file in range(2):
            assert loader.for_level(level_named("fast"), TINY).engine.kernel == "cpu"
        assert said == ["the GPU here has no room for this model, so it runs on the processor"]
    else:
        with pytest.raises(GpuFull):
            loader.for_level(level_named("fast"), TINY)


def test_a_refusal_shows_where_long_fields_differ() -> None:
    same = "CUDA : ARCHS = 900 | " * 30
    with pytest.raises(FingerprintMismatch) as refused:
        check_fingerprint({"system": same + "AVX2 = 1"}, {"system": same + "AVX2 = 0, and more"})
    assert "AVX2 = 1, here ..." in str(refused.value)
    assert "AVX2 = 0, and more" in str(refused.value)
    assert len(str(refused.value)) < 500


def test_flash_attention_is_left_to_gpus() -> None:
    """Where a layer stays on the CPU, the number of threads would change the floats."""
    assert [best_settings(8, layers).flash_attention for layers in (0, 5, -1)] == [False, False, True]


def test_gpus_are_asked_for_room() -> None:
    with pytest.raises(GpuFull, match="room for 4 copies of this model, 5 were asked for"):
        place_workers([CPU, *BIG], -1, 5, 5 * GIB // 2)
    with pytest.raises(GpuFull, match="room for 0 copies of this model, 1 were asked for"):
        place_workers([CPU, *BIG], -1, 0, 7 * GIB)
    with pytest.raises(ModelError, match="sees none"):
        place_workers([CPU], -1, 0, GIB)
