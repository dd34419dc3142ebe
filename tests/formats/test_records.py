"""Dataclasses that are finished late are what the standard decorator makes."""

import dataclasses
import importlib
import pickle
import pkgutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError, asdict, field, fields, replace

import pytest

import nacomp.formats
from nacomp.formats.records import dataclass


@dataclass(frozen=True)
class Point:
    x: int
    names: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Named(Point):
    name: str = "none"


class Plain(Named):
    """No dataclass itself."""


def test_what_is_made_is_frozen_and_equal_and_shown() -> None:
    one = Plain(1, name="a")
    assert one == Plain(1, [], "a") != replace(one, x=2)
    assert repr(one) == "Plain(x=1, names=[], name='a')"
    assert asdict(one) == {"x": 1, "names": [], "name": "a"}
    with pytest.raises(FrozenInstanceError):
        one.x = 3  # type: ignore[misc]
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        Point()  # type: ignore[call-arg]


def test_fields_are_known_before_anything_is_made() -> None:
    @dataclass
    class Fresh(Point.__base__):  # type: ignore[name-defined,misc]
        width: int = 3

    assert [entry.name for entry in fields(Fresh)] == ["width"]
    assert Fresh().width == Fresh.width == 3
    assert dataclasses.is_dataclass(Fresh)


def test_what_was_pickled_is_equal_before_another_is_made() -> None:
    text = pickle.dumps(Named(1, ["b"], "c"))
    assert pickle.loads(text) == Named(1, ["b"], "c")


def test_threads_that_make_the_first_together_wait_for_the_class() -> None:
    for _ in range(50):

        @dataclass(frozen=True)
        class Fresh:
            x: int
            y: int = 2

        with ThreadPoolExecutor(8) as pool:
            made = list(pool.map(Fresh, range(8)))
        assert [one.x + one.y for one in made] == list(range(2, 10))


def test_every_class_of_the_formats_can_be_finished() -> None:
    """As mistakes in one are found late too."""
    finished = 0
    for module in pkgutil.walk_packages(nacomp.formats.__path__, "nacomp.formats."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, type) and dataclasses.is_dataclass(value):
                finished += len(fields(value)) > 0
    assert finished > 20
