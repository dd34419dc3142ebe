"""Owners and extended attributes of files, on their way in and out: what is asked for is kept, or told to be impossible.

    walk -> PropertyReader -> Source;    TreeWriter -> Restorer -> the system's calls, on an open handle

Access lists are extended attributes too, on Linux: `system.posix_acl_access` and `system.posix_acl_default`. Only Linux has
calls for them in Python; a text form of our own for the lists lost: it takes a library that has to be built, and means the
same. Owners go by name first, as tar's do, since numbers differ between machines.
"""

import os
import sys
from enum import Enum
from functools import cache
from pathlib import Path

from nacomp.errors import FileProblem, UsageError
from nacomp.formats.entry import Attributes, Entry, EntryKind, Owner
from nacomp.formats.paths import display_name
from nacomp.formats.properties import (
    MAX_ATTRIBUTE_NAME,
    MAX_ATTRIBUTE_VALUE,
    MAX_ATTRIBUTES,
    MAX_OWNER_NAME,
    MAX_SET,
)
from nacomp.formats.records import dataclass

ACCESS_LISTS = ("system.posix_acl_access", "system.posix_acl_default")
HAS_ATTRIBUTES = sys.platform == "linux"


@dataclass(frozen=True)
class AttributeChoice:
    """Which extended attributes are meant.

    Attributes:
        user: those of `user.`. access_lists: POSIX access lists.
        system: those of `security.` and `trusted.`: capabilities, labels, what only root may read or set.
    """

    user: bool = False
    access_lists: bool = False
    system: bool = False

    def __contains__(self, name: str) -> bool:
        if name in ACCESS_LISTS:
            return self.access_lists
        return (self.user and name.startswith("user.")) or (
            self.system and name.startswith(("security.", "trusted."))
        )

    def __bool__(self) -> bool:
        return self.user or self.access_lists or self.system

    def check(self) -> None:
        """Raise UsageError where this system cannot do what is asked."""
        if self and not HAS_ATTRIBUTES:
            raise UsageError(reason="extended attributes and access lists are kept on Linux only")


@dataclass(frozen=True)
class Keep:
    """What of a file's properties goes into an archive, besides those that always do."""

    owners: bool = False
    attributes: AttributeChoice = AttributeChoice()


class OwnerRule(Enum):
    """Whether extraction sets owners."""

    NEVER = "never"
    IF_POSSIBLE = "if possible"
    ALWAYS = "always"


@dataclass(frozen=True)
class Restore:
    """What of a file's properties is set on extraction, besides those that always are.

    Attributes:
        numeric: owners by number, whoever has their names here.
    """

    owners: OwnerRule = OwnerRule.NEVER
    numeric: bool = False
    attributes: AttributeChoice = AttributeChoice()

    @classmethod
    def of(
        cls,
        *,
        same_owner: bool | None = None,
        numeric: bool = False,
        attributes: AttributeChoice | None = None,
    ) -> "Restore":
        """Where nobody says, root sets owners and others do not, as with tar. Raises UsageError."""
        if same_owner is None:
            is_root = hasattr(os, "geteuid") and os.geteuid() == 0
            rule = OwnerRule.IF_POSSIBLE if is_root else OwnerRule.NEVER
        else:
            rule = OwnerRule.ALWAYS if same_owner else OwnerRule.NEVER
        chosen = attributes or AttributeChoice()
        chosen.check()
        return cls(rule, numeric, chosen)

    def to(self, file: int, entry: Entry) -> None:
        """Set what is asked for on an open file or folder, before its mode and its time. Raises OSError.

        The owner comes first: a change of it takes away capabilities.
        """
        if entry.owner is not None and hasattr(os, "fchown"):
            self._give_away(file, entry.owner)
        for raw, value in entry.attributes:
            name = os.fsdecode(raw)
            if name not in self.attributes:
                continue
            try:
                os.setxattr(file, name, value)
            except OSError as problem:
                what = f"its attribute {display_name(name)} cannot be set ({problem.strerror})"
                raise OSError(problem.errno, what) from problem

    def to_link(self, name: str, folder: int | None, entry: Entry) -> None:
        """The owner of a symbolic link in an open folder. Raises OSError."""
        if entry.owner is not None and self.owners is not OwnerRule.NEVER and hasattr(os, "lchown"):
            uid, gid = self._numbers(entry.owner)
            self._chown(name, uid, gid, folder)

    def _give_away(self, file: int, owner: Owner) -> None:
        if self.owners is not OwnerRule.NEVER:
            self._chown(file, *self._numbers(owner), None)

    def _chown(self, file: int | str, uid: int, gid: int, folder: int | None) -> None:
        try:
            if isinstance(file, int):
                os.fchown(file, uid, gid)
            else:
                os.chown(file, uid, gid, dir_fd=folder, follow_symlinks=False)
        except OSError as problem:
            if self.owners is OwnerRule.ALWAYS:
                raise OSError(problem.errno, f"its owner cannot be set ({problem.strerror})") from problem

    def _numbers(self, owner: Owner) -> tuple[int, int]:
        return (owner.uid, owner.gid) if self.numeric else owner_here(owner)


class PropertyReader:
    """Reads what is kept of files, of all of them together no more than an archive may hold."""

    def __init__(self, keep: Keep) -> None:
        """Raises UsageError."""
        keep.attributes.check()
        self._keep = keep
        self._sets: dict[Attributes, Attributes] = {(): ()}
        self._bytes = 0

    def owner(self, found: os.stat_result) -> Owner | None:
        """Whose it is, where that is kept."""
        if not self._keep.owners:
            return None
        return Owner(found.st_uid, found.st_gid, _user_of(found.st_uid), _group_of(found.st_gid))

    def attributes(self, path: Path, kind: EntryKind) -> Attributes:
        """The attributes of a file or folder that are kept. Raises OSError, FileProblem for more than may be."""
        if not self._keep.attributes or kind is EntryKind.SYMLINK:
            return ()
        try:
            names = sorted(
                name for name in os.listxattr(path, follow_symlinks=False) if name in self._keep.attributes
            )
        except OSError as problem:
            if problem.errno in _NO_ATTRIBUTES:
                return ()
            raise
        found = tuple((os.fsencode(name), os.getxattr(path, name, follow_symlinks=False)) for name in names)
        if found not in self._sets:
            self._bytes += sum(len(name) + len(value) for name, value in found)
            self._check(path, found)
            self._sets[found] = found
        return self._sets[found]

    def _check(self, path: Path, found: Attributes) -> None:
        too_large = any(
            len(name) > MAX_ATTRIBUTE_NAME or len(value) > MAX_ATTRIBUTE_VALUE for name, value in found
        )
        if too_large or len(found) > MAX_SET:
            raise FileProblem(path=path, reason="has more or larger attributes than an archive may hold")
        if self._bytes > MAX_ATTRIBUTES:
            reason = f"with its attributes, those of all files have more than {MAX_ATTRIBUTES:,} bytes"
            raise FileProblem(path=path, reason=reason)


def _no_attributes() -> frozenset[int]:
    import errno

    return frozenset((errno.ENOTSUP, errno.ENODATA)) if HAS_ATTRIBUTES else frozenset()


_NO_ATTRIBUTES = _no_attributes()


@cache
def _user_of(uid: int) -> str:
    try:
        import pwd

        return _kept(pwd.getpwuid(uid).pw_name)
    except (ImportError, KeyError):
        return ""


@cache
def _group_of(gid: int) -> str:
    try:
        import grp

        return _kept(grp.getgrgid(gid).gr_name)
    except (ImportError, KeyError):
        return ""


def _kept(name: str) -> str:
    """A name that an archive may hold, or none: the number is there in any case."""
    raw = os.fsencode(name)
    return "" if len(raw) > MAX_OWNER_NAME or set(raw) & set(b"\0/:\r\n") else name


def owner_here(owner: Owner) -> tuple[int, int]:
    """The numbers of user and group on this machine: those of the names where there are such, or the archive's own."""
    return _uid_of(owner.user, owner.uid), _gid_of(owner.group, owner.gid)


@cache
def _uid_of(name: str, otherwise: int) -> int:
    try:
        import pwd

        return pwd.getpwnam(name).pw_uid if name else otherwise
    except (ImportError, KeyError, ValueError):
        return otherwise


@cache
def _gid_of(name: str, otherwise: int) -> int:
    try:
        import grp

        return grp.getgrnam(name).gr_gid if name else otherwise
    except (ImportError, KeyError, ValueError):
        return otherwise
