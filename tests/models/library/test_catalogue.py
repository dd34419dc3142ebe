"""The packaged catalogue is sound, and what is not is refused."""

import re

import pytest

from nacomp.models.library.catalogue import (
    HubSource,
    PackageSource,
    PartsSource,
    parse_catalogue,
    read_catalogue,
)

ROW = """
[[model]]
id = "tiny"
name = "Tiny"
family = "test"
licence = "CC0-1.0"
note = ""
source = [{ kind = "hub", repository = "a/b", revision = "c", file = "d.gguf" }]
"""


def test_every_entry_can_be_checked_or_pinned() -> None:
    """A hash before the download, or a source that cannot change under us."""
    for entry in read_catalogue().values():
        pinned = all(
            isinstance(source, HubSource) and re.fullmatch("[0-9a-f]{40}", source.revision)
            for source in entry.sources
        )
        assert entry.is_embedded or entry.sha256 or pinned
        assert entry.licence


def test_every_entry_has_a_hash_or_says_why_not() -> None:
    assert all((entry.sha256 is None) == bool(entry.no_sha256) for entry in read_catalogue().values())


def test_packages_are_pinned_to_a_version() -> None:
    sources = [source for entry in read_catalogue().values() for source in entry.sources]
    packages = [source for source in sources if isinstance(source, PackageSource)]
    packages += [part for source in sources if isinstance(source, PartsSource) for part in source.parts]
    assert packages
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9.]+", source.requirement) for source in packages)


def test_levels_name_known_models() -> None:
    from nacomp.codecs.levels import LEVELS

    assert {model for level in LEVELS.values() for model in level.models} <= set(read_catalogue())


def test_a_sound_row_is_read() -> None:
    entry = parse_catalogue(ROW)["tiny"]
    assert entry.sources == (HubSource("a/b", "c", "d.gguf"),)
    assert (entry.size, entry.sha256, entry.is_embedded) == (None, None, False)


def test_a_model_in_parts_names_a_package_for_each() -> None:
    parts = 'parts = [{ requirement = "a==1", member = "b" }, { requirement = "c==2", member = "d" }]'
    row = ROW.replace('"hub", repository = "a/b", revision = "c", file = "d.gguf"', f'"parts", {parts}')
    (source,) = parse_catalogue(row)["tiny"].sources
    assert source == PartsSource((PackageSource("a==1", "b"), PackageSource("c==2", "d")))


@pytest.mark.parametrize(
    ("find", "replace"),
    [
        ('kind = "hub", repository = "a/b", revision = "c", file = "d.gguf"', 'kind = "parts"'),
        ('kind = "hub", repository = "a/b", revision = "c", file = "d.gguf"', 'kind = "parts", parts = [{}]'),
        ('id = "tiny"', 'id = "../tiny"'),
        ('id = "tiny"', 'id = "Tiny"'),
        ('id = "tiny"', ""),
        ('note = ""', 'note = ""\nsha256 = "12"'),
        ('note = ""', 'note = ""\ncolour = "red"'),
        ('kind = "hub"', 'kind = "torrent"'),
        ('revision = "c", ', ""),
        ('source = [{ kind = "hub", repository = "a/b", revision = "c", file = "d.gguf" }]', "source = []"),
    ],
)
def test_unsound_rows_are_refused(find: str, replace: str) -> None:
    assert find in ROW
    with pytest.raises(ValueError, match=r"."):
        parse_catalogue(ROW.replace(find, replace))


def test_an_id_given_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        parse_catalogue(ROW + ROW)
