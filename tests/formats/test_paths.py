"""The rules for paths and links, and what is reported to whoever extracts."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nacomp.formats.errors import UnsafePath
from nacomp.formats.paths import (
    case_collisions,
    check_link,
    check_path,
    decode_path,
    display_name,
    encode_path,
    parents,
    sort_key,
    windows_problem,
)

components = st.binary(min_size=1, max_size=4).filter(lambda b: not set(b) & set(b"/\0\\") and b.strip(b"."))
paths = st.lists(components, min_size=1, max_size=4).map(b"/".join).filter(lambda raw: raw[1:2] != b":")


@given(st.binary(max_size=20))
def test_any_bytes_of_a_name_survive(raw: bytes) -> None:
    assert encode_path(decode_path(raw)) == raw


@given(paths)
def test_ordinary_paths_are_accepted(raw: bytes) -> None:
    check_path(raw)


@given(st.text(alphabet="ab./\\\0:", max_size=12))
def test_an_accepted_path_stays_below_its_root(path: str) -> None:
    try:
        check_path(path.encode())
    except UnsafePath:
        return
    assert os.path.normpath(f"/root/{path}") == f"/root/{path}"
    assert "\\" not in path


def test_a_lone_surrogate_that_is_no_byte_is_refused() -> None:
    with pytest.raises(UnsafePath, match=r"ud800.* lone surrogate"):
        encode_path("a\ud800")


@pytest.mark.parametrize(
    ("path", "target"),
    [
        (b"a", b"b"),
        (b"a", b"."),
        (b"a", b"b/c"),
        (b"d/a", b".."),
        (b"d/a", b"../b"),
        (b"d/e/a", b"../../b/c"),
        (b"d/e/a", b"../.."),
        (b"a", b"\xff"),
    ],
)
def test_links_that_stay_inside_are_accepted(path: bytes, target: bytes) -> None:
    check_link(path, target)


@pytest.mark.parametrize(
    ("path", "target"),
    [
        (b"a", b""),
        (b"a", b".."),
        (b"a", b"../b"),
        (b"d/a", b"../.."),
        (b"d/a", b"../../b"),
        (b"a", b"/etc"),
        (b"d/a", b"..//etc"),
        (b"d/a", b"../"),
        (b"a", b"b/../.."),
        (b"a", b"b/.."),
        (b"a", b"./b"),
        (b"a", b"C:/b"),
        (b"d/a", b"../C:b"),
        (b"d/a", b"..\\b"),
        (b"a", b"b\0"),
        (b"a", b"a/" * 2048 + b"a"),
    ],
)
def test_links_that_escape_are_refused(path: bytes, target: bytes) -> None:
    with pytest.raises(UnsafePath):
        check_link(path, target)


names = st.sampled_from(["a", "b", "c"])
link_paths = st.lists(names, min_size=1, max_size=3).map("/".join)
targets = st.lists(st.sampled_from(["a", "b", "c", "..", "."]), min_size=1, max_size=4).map("/".join)


@given(st.dictionaries(link_paths, targets, max_size=6), st.lists(names, max_size=5))
def test_no_chain_of_accepted_links_leaves_the_tree(links: dict[str, str], walk: list[str]) -> None:
    """Follow links by hand, as a file system would, in a tree where nothing lies below a link."""
    accepted: dict[str, str] = {}
    for path, target in links.items():
        if any(str(up) in links for up in Path(path).parents) or any(p.startswith(f"{path}/") for p in links):
            continue
        try:
            check_link(path.encode(), target.encode())
        except UnsafePath:
            continue
        accepted[path] = target
    at: list[str] = []
    todo, followed = walk[::-1], 0
    while todo and followed < 40:
        step = todo.pop()
        if step == "..":
            assert at, f"left the tree through {accepted}"
            at.pop()
        elif step != ".":
            at.append(step)
        if "/".join(at) in accepted:
            followed += 1
            todo += accepted["/".join(at)].split("/")[::-1]
            at.pop()


def test_parents_nearest_first() -> None:
    assert list(parents(b"a/b/c")) == [b"a/b", b"a"]
    assert list(parents(b"a")) == []


def test_what_lies_below_a_folder_follows_it_at_once() -> None:
    raw = [b"a", b"a-b", b"a/b", b"a/b/c", b"a/b-c", b"a0", b"a\x01"]
    assert sorted(raw, key=sort_key) == [b"a", b"a/b", b"a/b/c", b"a/b-c", b"a\x01", b"a-b", b"a0"]


@pytest.mark.parametrize(
    "path",
    ["con", "a/NUL.txt", "com1", "LPT9.x.y", "aux .c", "a?", "a:b", "a|b/c", "a.", "b /c", "a\x01", "COM¹"],
)
def test_names_windows_cannot_hold_are_reported(path: str) -> None:
    assert windows_problem(path)


@pytest.mark.parametrize("path", ["console", "a/b.con", "com", "com10", "ä", ".a", "a b"])
def test_names_windows_can_hold_are_not(path: str) -> None:
    assert windows_problem(path) is None


def test_case_collisions_are_reported() -> None:
    found = case_collisions(["README", "readme", "a/b", "A/b", "straße", "STRASSE", "\u00e9", "e\u0301", "z"])
    assert found == [("README", "readme"), ("a/b", "A/b"), ("straße", "STRASSE"), ("\u00e9", "e\u0301")]


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("plain/ä 漢.txt", "plain/ä 漢.txt"),
        ("a\x1b[31m\n", "a\\x1b[31m\\x0a"),
        ("cod\u202etxt.exe", "cod\\u202etxt.exe"),
        ("\udcff", "\\xff"),
        ("a\\x1b", "a\\\\x1b"),
        ("\U000e0001", "\\U000e0001"),
        ("\u2028", "\\u2028"),
    ],
)
def test_names_are_shown_safely(path: str, shown: str) -> None:
    assert display_name(path) == shown
