"""Models come into the store whole and checked, are found by id and by hash, and leave it again."""

import hashlib
import os
from functools import partial
from pathlib import Path

import gguf
import numpy as np
import pytest

from nacomp.formats.errors import Remedy
from nacomp.models.errors import HashMismatch, ModelError, ModelMissing
from nacomp.models.library.catalogue import read_catalogue
from nacomp.models.library.download import pull
from nacomp.models.library.store import Store, home

INSTRUCT = "smollm2-135m-instruct-q4_1"


def write_gguf(path: Path, seed: int = 0) -> Path:
    """A real, tiny GGUF file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name(f"tiny {seed}")
    writer.add_tensor("token_embd.weight", np.full((4, 32), seed, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    return write_gguf(tmp_path / "mine" / "My Model (v2).gguf")


def listed(store: Store) -> list[str]:
    return sorted(path.name for path in store.folder.iterdir())


def test_home_follows_the_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NACOMP_HOME", str(tmp_path))
    assert home() == tmp_path
    assert Store().folder == tmp_path / "models"
    monkeypatch.delenv("NACOMP_HOME")
    assert home().name == "nacomp"


def test_looking_creates_nothing(store: Store) -> None:
    store.list()
    assert not store.is_installed(INSTRUCT)
    assert not store.folder.exists()


@pytest.mark.parametrize("link", [False, True])
def test_an_added_model_is_found_by_id_and_by_hash(store: Store, mine: Path, link: bool) -> None:
    stored = store.add(mine, link=link)
    assert stored.id == "my-model-v2"
    assert stored.sha256 == hashlib.sha256(mine.read_bytes()).hexdigest()
    assert stored.path.read_bytes() == mine.read_bytes()
    assert stored.path.is_symlink() == link
    assert store.find(stored.id) == store.find_sha256(stored.sha256) == stored
    assert stored in list(Store(store.folder).stored())
    line = next(state for state in store.list() if state.id == stored.id)
    assert (line.installed, line.size, line.source) == (True, mine.stat().st_size, "file")


def test_the_same_model_is_not_taken_twice(store: Store, mine: Path, tmp_path: Path) -> None:
    first = store.add(mine)
    assert store.add(write_gguf(tmp_path / "other name.gguf")) == first
    assert listed(store) == ["my-model-v2.gguf", "my-model-v2.json"]


def test_another_model_of_the_same_name_gets_an_id_of_its_own(
    store: Store, mine: Path, tmp_path: Path
) -> None:
    first = store.add(mine)
    second = store.add(write_gguf(tmp_path / "elsewhere" / mine.name, seed=1))
    assert second.id == f"my-model-v2-{second.sha256[:8]}"
    assert store.find(first.id) == first


def test_a_users_file_cannot_take_a_catalogue_id(store: Store, tmp_path: Path) -> None:
    stored = store.add(write_gguf(tmp_path / f"{INSTRUCT}.gguf"))
    assert stored.id.startswith(f"{INSTRUCT}-")
    assert not store.is_installed(INSTRUCT)


@pytest.mark.parametrize("content", [b"", b"GGUF", b"no model at all" * 100])
@pytest.mark.parametrize("link", [False, True])
def test_what_is_no_gguf_is_refused(store: Store, tmp_path: Path, content: bytes, link: bool) -> None:
    file = tmp_path / "bad.gguf"
    file.write_bytes(content)
    with pytest.raises(ModelError):
        store.add(file, link=link)
    assert list(store.stored()) == [m for m in store.stored() if m.source == "embedded"]


def test_a_file_that_is_not_there_is_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        store.add(tmp_path / "none.gguf")


def test_removed_models_are_gone_and_linked_files_stay(store: Store, mine: Path) -> None:
    for link in (False, True):
        stored = store.add(mine, link=link)
        store.remove(stored.id)
        assert listed(store) == []
        assert mine.exists()
        with pytest.raises(ModelMissing):
            store.remove(stored.id)


def test_a_changed_file_is_hashed_again(store: Store, mine: Path, tmp_path: Path) -> None:
    old = store.add(mine)
    changed = write_gguf(tmp_path / "changed.gguf", seed=7).read_bytes()
    old.path.write_bytes(changed)
    os.utime(old.path, ns=(1, 1))
    assert store.find(old.id).sha256 == hashlib.sha256(changed).hexdigest()
    with pytest.raises(ModelMissing):
        store.find_sha256(old.sha256)


@pytest.mark.parametrize("note", ["", "{}", "[]", '{"sha256": "00"}'])
def test_a_broken_note_is_made_anew(store: Store, mine: Path, note: str) -> None:
    stored = store.add(mine)
    stored.path.with_suffix(".json").write_text(note)
    assert store.find(stored.id).sha256 == stored.sha256


def test_a_file_put_there_by_hand_counts(store: Store) -> None:
    path = write_gguf(store.folder / "by-hand.gguf")
    assert store.find("by-hand").sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_install_that_does_not_match_leaves_nothing(store: Store, mine: Path) -> None:
    def install(sha256: str | None) -> None:
        with mine.open("rb") as content:
            store.install("tiny", content, None, "package", sha256, lambda *_: None, lambda: None)

    with pytest.raises(HashMismatch, match="expected 0000"):
        install("0" * 64)
    assert listed(store) == []
    install(hashlib.sha256(mine.read_bytes()).hexdigest())
    assert store.find("tiny").source == "package"


def test_install_that_is_stopped_leaves_nothing(store: Store, mine: Path) -> None:
    class Stop(Exception):
        pass

    def stop() -> None:
        raise Stop

    with pytest.raises(Stop):
        store.add(mine, check=stop)
    assert listed(store) == []


def test_copying_reports_its_progress(store: Store, mine: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    store.add(mine, report=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (mine.stat().st_size, mine.stat().st_size)


@pytest.mark.parametrize("model", ["../secret", "a/b", "", "..", "C:\\x", "x" * 200])
def test_ids_cannot_leave_the_folder(store: Store, model: str) -> None:
    write_gguf(store.folder.parent / "secret.gguf")
    assert not store.is_installed(model)
    for attempt in (store.find, store.remove, partial(pull, store)):
        with pytest.raises(ModelMissing):
            attempt(model)


def test_a_missing_model_can_be_pulled_or_has_to_be_added(store: Store) -> None:
    with pytest.raises(ModelMissing, match=INSTRUCT) as missing:
        store.find(INSTRUCT)
    assert missing.value.remedy is Remedy.PULL_MODEL
    with pytest.raises(ModelMissing, match=INSTRUCT) as missing:
        store.find_sha256(str(read_catalogue()[INSTRUCT].sha256), "whatever")
    assert missing.value.remedy is Remedy.PULL_MODEL
    with pytest.raises(ModelMissing) as missing:
        store.find("unknown")
    assert missing.value.remedy is Remedy.ADD_MODEL
    with pytest.raises(ModelMissing, match="theirs with SHA-256 ab12") as missing:
        store.find_sha256("ab12", "theirs")
    assert missing.value.remedy is Remedy.ADD_MODEL


def test_the_embedded_model_is_there_and_stays(store: Store) -> None:
    stored = store.find("embedded")
    assert stored.source == "embedded"
    assert store.find_sha256(stored.sha256) == stored
    assert pull(store, "embedded") == stored
    assert not store.can_pull("embedded")
    with pytest.raises(ModelError, match="part of the application"):
        store.remove("embedded")
    assert stored.path.exists()
