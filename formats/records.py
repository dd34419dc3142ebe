"""Dataclasses that are finished when the first of their kind is made: the standard decorator, only later.

It writes six functions as text for each class and compiles them, 0.3 ms; the modules of a job that compresses a note have
140 such classes and make something of a third of them. Named tuples, which take as long, and classes by hand lost to one
line here: a class reads as it always did.
"""

import dataclasses
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass

__all__ = ["dataclass"]

_lock = threading.RLock()


class _Unfinished:
    """Stands for a class's `__dataclass_fields__`: who asks for them gets those of the finished class."""

    def __init__(self, cls: type, options: dict[str, Any]) -> None:
        self._cls = cls
        self._options = options

    def __get__(self, instance: object, owner: type) -> Any:
        self.finish()
        return self._cls.__dict__["__dataclass_fields__"]

    def finish(self) -> None:
        """What the standard decorator does, once; who makes another one meanwhile waits in `__new__`."""
        with _lock:
            if self._cls.__dict__["__dataclass_fields__"] is self:
                dataclasses.dataclass(self._cls, **self._options)
                self._cls.__new__ = _new


def _new(cls: type, *_values: object, **_named: object) -> object:
    """Of finished classes: one whose `__new__` was replaced once cannot have `object`'s again."""
    return object.__new__(cls)


def _finishing(unfinished: _Unfinished) -> Callable[..., object]:
    """The `__new__` of a class before its first instance."""

    def new(cls: type, *_values: object, **_named: object) -> object:
        unfinished.finish()
        return object.__new__(cls)

    return new


def _later(cls: type, options: dict[str, Any]) -> type:
    owner = next(each for each in cls.__mro__ if "__new__" in each.__dict__)
    if options.get("slots") or (owner is not object and not dataclasses.is_dataclass(owner)):
        return dataclasses.dataclass(**options)(cls)
    unfinished = _Unfinished(cls, options)
    cls.__new__ = _finishing(unfinished)  # type: ignore[assignment]
    cls.__dataclass_fields__ = unfinished  # type: ignore[attr-defined]
    return cls


if not TYPE_CHECKING:

    def dataclass(cls: type | None = None, /, **options: object) -> type | Callable[[type], type]:
        """As `dataclasses.dataclass`, which type checkers see in its place."""
        return _later(cls, options) if cls is not None else lambda each: _later(each, options)
