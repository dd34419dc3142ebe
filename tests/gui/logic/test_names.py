"""Output names and conflicts."""

from pathlib import Path

import pytest

from nacomp.gui.logic.jobs import Conflict
from nacomp.gui.logic.names import (
    Target,
    archive_name,
    by_name,
    extract_places,
    extracted_name,
    free_name,
    group_inputs,
    is_archive,
    paths_in_text,
    settle,
    typed_name,
    with_ending,
)


def taken(*names: str) -> set[Path]:
    return {Path("d", name) for name in names}


def test_one_input_keeps_its_whole_name() -> None:
    assert archive_name([Path("d/report.final.txt")]) == "report.final.txt.nac"
    assert archive_name([Path("d/photos")]) == "photos.nac"


def test_several_inputs_are_named_for_their_folder() -> None:
    assert archive_name([Path("d/a"), Path("d/b")]) == "d.nac"
    assert archive_name([Path("d/a"), Path("e/b")]) == "archive.nac"


def test_extracted_name_never_equals_the_archive() -> None:
    assert extracted_name(Path("a.txt.nac")) == "a.txt"
    assert extracted_name(Path("renamed")) == "renamed.out"
    assert extracted_name(Path(".nac")) == ".nac.out"


def test_a_number_is_put_before_both_suffixes() -> None:
    names = taken("a.txt.nac", "a (2).txt.nac")
    assert free_name(Path("d/a.txt.nac"), names.__contains__) == Path("d/a (3).txt.nac")


def test_conflict_policies() -> None:
    names = taken("a.nac")
    path = Path("d/a.nac")
    assert settle(path, Conflict.RENAME, names.__contains__) == Target(Path("d/a (2).nac"), overwrite=False)
    assert settle(path, Conflict.REPLACE, names.__contains__) == Target(path, overwrite=True)
    assert settle(path, Conflict.SKIP, names.__contains__) is None


@pytest.mark.parametrize("policy", list(Conflict))
def test_without_conflict_nothing_is_ever_overwritten(policy: Conflict) -> None:
    assert settle(Path("d/b.nac"), policy, set[Path]().__contains__) == Target(
        Path("d/b.nac"), overwrite=False
    )


def test_an_archive_of_its_own_folder_is_not_nested_twice() -> None:
    entries = ["photos", "photos/a.jpg"]
    assert extract_places(Path("x/photos.nac"), Path("out"), entries) == (Path("out/photos"), Path("out"))


def test_loose_entries_get_a_folder() -> None:
    entries = ["a.jpg", "b.jpg"]
    assert extract_places(Path("x/photos.nac"), Path("out"), entries) == (
        Path("out/photos"),
        Path("out/photos"),
    )


def test_a_lone_file_goes_to_exactly_its_name() -> None:
    assert extract_places(Path("x/a.txt.nac"), Path("out"), ["a.txt"]) == (
        Path("out/a.txt"),
        Path("out/a.txt"),
    )


def test_grouping() -> None:
    paths = [Path("a"), Path("b"), Path("a")]
    assert group_inputs(paths, together=False) == [(Path("a"),), (Path("b"),)]
    assert group_inputs(paths, together=True) == [(Path("a"), Path("b"))]
    assert group_inputs([], together=True) == []


def test_a_folder_called_nac_is_no_archive(tmp_path: Path) -> None:
    folder = tmp_path / "old.nac"
    folder.mkdir()
    assert not is_archive(folder)
    assert is_archive(Path("a.NAC"))


def test_a_text_is_a_list_of_paths_only_if_every_line_is_one(tmp_path: Path) -> None:
    there = tmp_path / "a file"
    there.write_text("x")
    assert paths_in_text(f'"{there}"\n\n{there.as_uri()}\n') == [there, there]
    assert paths_in_text(f"{there}\nand more") == []
    assert paths_in_text(str(tmp_path / "gone")) == []
    assert paths_in_text("/" + 5000 * "x") == []
    assert paths_in_text("") == []


def test_typed_names_are_file_names_with_the_ending() -> None:
    assert typed_name(" my notes ") == "my notes.nac"
    assert typed_name("Notes.NAC") == "Notes.NAC"
    assert [typed_name(text) for text in ("", "  ", "..", "a/b", "a\\b", "a\0b")] == [None] * 6


def test_an_ending_is_there_whether_it_was_typed_or_not() -> None:
    assert with_ending(Path("/x/map"), ".html") == Path("/x/map.html")
    assert with_ending(Path("/x/map.HTML"), ".html") == Path("/x/map.HTML")
    assert with_ending(Path("/x/v1.2"), ".png") == Path("/x/v1.2.png")


def test_files_beside_the_job_are_called_by_their_names(tmp_path: Path) -> None:
    inside = f"{tmp_path}/my notes/a.txt"
    assert by_name(f"{inside}: no such file.", [tmp_path / "my notes"]) == "my notes/a.txt: no such file."
    assert by_name(f'It is in "{inside}" now.', [Path(inside)]) == 'It is in "a.txt" now.'
    assert by_name(f"{tmp_path} is full.", [tmp_path / "x"]) == f"{tmp_path} is full."
    assert by_name(f"/other{inside} is gone.", [Path(inside)]) == f"/other{inside} is gone."
    assert by_name("Nothing at /.", [Path("/x")]) == "Nothing at /."
