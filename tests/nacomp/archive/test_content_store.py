"""Contents between their uses: the last ones in memory, announced ones on the disk, and nothing else anywhere."""

from collections.abc import Iterator

import pytest

from nacomp.archive import content_store
from nacomp.archive.content_store import ContentStore
from nacomp.formats.extent import Extent


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[ContentStore]:
    """A store with memory for two contents of a thousand bytes."""
    monkeypatch.setattr(content_store, "CACHE_BYTES", 2000)
    store = ContentStore()
    yield store
    store.close()


def fill(store: ContentStore, count: int) -> None:
    """Put in and use the first part of contents of a thousand bytes, one after the other."""
    for number in range(count):
        store.use(Extent(number, 0, 10))
        store.put(number, bytes([number]) * 1000)


def test_what_will_be_used_again_is_kept_on_the_disk(store: ContentStore) -> None:
    store.expect({0: 2, 1: 1, 2: 2, 3: 1, 4: 1}, 0)
    fill(store, 5)
    assert [number in store for number in range(5)] == [True, False, True, True, True]
    assert store.get(0) is None
    assert store.use(Extent(0, 990, 10)) == bytes(10)
    assert store.use(Extent(2, 0, 1000)) == b"\2" * 1000
    assert store.get(4) == b"\4" * 1000
    store.close()
    assert 0 not in store


def test_the_one_used_longest_ago_goes_first(store: ContentStore) -> None:
    fill(store, 2)
    assert store.get(0) is not None
    store.put(2, bytes(1000))
    assert [number in store for number in range(3)] == [True, False, True]


def test_one_content_stays_however_large(store: ContentStore) -> None:
    store.put(7, bytes(5000))
    assert store.get(7) == bytes(5000)


def test_the_disk_is_not_filled(store: ContentStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content_store, "LEAST_ROOM", 1500)
    store.expect(dict.fromkeys(range(5), 2), 100)
    fill(store, 5)
    assert [number in store for number in range(5)] == [True, False, False, True, True]
    assert store.use(Extent(1, 0, 10)) is None


def test_a_file_that_is_gone_is_no_content(store: ContentStore) -> None:
    store.expect(dict.fromkeys(range(5), 9), 0)
    fill(store, 5)
    assert store._file is not None
    store._file.truncate(500)
    assert store.use(Extent(0, 0, 10)) == bytes(10)
    assert store.use(Extent(0, 600, 10)) is None
    assert 0 not in store
