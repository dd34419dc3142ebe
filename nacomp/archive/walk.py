"""Inputs to sources: everything below them, with the names it gets in the archive.

the command's inputs -> walk -> Source, folders before what they hold
"""

import os
import stat
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from nacomp.archive.holes import HoleFinder
from nacomp.archive.left_out import TellLeftOut, unreadable
from nacomp.archive.mounts import is_made_up
from nacomp.archive.patterns import CACHE_TAG, Filter, IgnoreFiles, Patterns, is_cache
from nacomp.archive.sources import Source
from nacomp.errors import FileProblem, file_problem
from nacomp.formats.entry import EntryKind
from nacomp.formats.records import dataclass
from nacomp.runtime.file_properties import Keep, PropertyReader

ReadSpecial = Callable[[Path, str], Source]
"""Reads what is no plain file, a pipe or a device, as a source of this name."""


EVERYTHING, NOTHING_MORE = Patterns(), Keep()


@dataclass(frozen=True)
class Taken:
    """What a walk takes of its inputs.

    Attributes:
        one_file_system: folders on which another file system is mounted are taken empty.
        patterns: what is left out. keep: what is read of owners and attributes.
        full_paths: names begin with the inputs' paths as they are given; else with their own names.
        directory: the folder that the paths are given from, if it is not the current one.
    """

    one_file_system: bool = False
    patterns: Patterns = EVERYTHING
    keep: Keep = NOTHING_MORE
    full_paths: bool = False
    directory: Path | None = None


ALL = Taken()


class _Rules:
    """How a walk goes: see `walk`."""

    def __init__(
        self, special: ReadSpecial | None, follow: bool, taken: Taken, left_out: TellLeftOut | None
    ) -> None:
        """Raises UsageError."""
        self.special = special
        self.follow = follow
        self.taken = taken
        self.left_out = left_out
        self.filter = Filter(taken.patterns)
        self.holes = HoleFinder()
        self.properties = PropertyReader(taken.keep)


def walk(
    inputs: Iterable[Path],
    special: ReadSpecial | None = None,
    *,
    follow: bool = True,
    taken: Taken = ALL,
    left_out: TellLeftOut | None = None,
) -> list[Source]:
    """Everything under the inputs that is taken, folders before what they hold.

    Links that are inputs themselves are followed, those found below are not. `special` reads inputs that are neither files
    nor folders, and files whose size is not known before they are read. What is found below an input and cannot be read is
    told to `left_out`, if that is given.

    Names begin with each input's own name, or with its path as it is given, without what no archive may hold in front: if
    that is asked for, and for inputs that would get the same name.

    Raises FileProblem for what cannot be read, and for inputs that would get the same name in any case; UsageError.
    """
    rules = _Rules(special, follow, taken, left_out)
    sources: dict[str, Source] = {}
    for path, name in _named(list(inputs), taken):
        for source in _walk_input(path, name, rules):
            if source.name in sources:
                raise FileProblem(path=path, reason=f"two inputs would both be called {source.name!r}")
            sources[source.name] = source
    _check_folders(sources)
    return rules.filter.included(list(sources.values()))


def _named(inputs: list[Path], taken: Taken) -> list[tuple[Path, str]]:
    """The inputs with their names."""
    # The name of "." or "folder/.." is only known once it is made absolute.
    own = [path.name if path.name not in ("", "..") else path.resolve().name for path in inputs]
    count = Counter(own)
    return [
        (path, full_name(path, taken.directory) or name if taken.full_paths or count[name] > 1 else name)
        for path, name in zip(inputs, own, strict=True)
    ]


def full_name(path: Path, directory: Path | None = None) -> str:
    """A path as it is given from a folder, without what tar takes away too: the root, and all up to the last `..`."""
    if directory is not None and path.is_relative_to(directory):
        path = path.relative_to(directory)
    parts = path.parts[1:] if path.anchor else path.parts
    return "/".join(parts[len(parts) - parts[::-1].index("..") :] if ".." in parts else parts)


def _check_folders(sources: Mapping[str, Source]) -> None:
    """Raise FileProblem where one input would lie below another that is no folder."""
    for source in sources.values():
        name = source.name
        while "/" in name:
            name = name.rpartition("/")[0]
            above = sources.get(name)
            if above is None:
                continue
            if above.kind is EntryKind.FOLDER:
                break
            reason = f"would lie below {name!r}, which is another input and no folder"
            raise FileProblem(path=source.path, reason=reason)


def _walk_input(path: Path, name: str, rules: _Rules) -> Iterator[Source]:
    try:
        found = path.stat() if rules.follow else path.lstat()
    except OSError as problem:
        raise file_problem(path, problem) from problem
    if rules.special is not None and _is_special(found):
        if not rules.filter.leaves_out(name):
            yield rules.special(path, name)
    else:
        generated = rules.special if _is_generated(path) else None
        yield from _walk_one(path, name, found, generated, rules)


def _is_special(found: os.stat_result) -> bool:
    """Whether it is neither file nor folder nor link, and can perhaps be read."""
    return any(kind(found.st_mode) for kind in (stat.S_ISFIFO, stat.S_ISCHR, stat.S_ISBLK))


def _is_generated(path: Path) -> bool:
    """Whether files there are made by the system as they are read, so that their sizes say nothing."""
    return os.path.realpath(path).startswith(("/proc/", "/sys/"))


def _walk_one(
    top: Path, name: str, found: os.stat_result, generated: ReadSpecial | None, rules: _Rules
) -> Iterator[Source]:
    """What is at a path and below it. A stack of our own, because folders can lie deeper than calls may."""
    ignored = IgnoreFiles()
    if rules.taken.patterns.gitignore:
        ignored = ignored.with_repository(top, name)
    waiting = [(top, name, found.st_dev, ignored)]
    while waiting:
        path, name, device_above, ignored = waiting.pop()
        try:
            here = found if path is top else path.lstat()
            is_folder = stat.S_ISDIR(here.st_mode)
            if rules.filter.leaves_out(name, is_folder=is_folder):
                continue
            if path is not top and ignored.leave_out(name, is_folder=is_folder):
                continue
            source = _source_at(path, name, here, generated, rules)
            # The root of a file system has no name; what lies in it does.
            if name:
                yield source
            if is_folder and (here.st_dev == device_above or _is_entered(path, here, rules)):
                if rules.taken.patterns.gitignore:
                    ignored = ignored.with_folder(path, name)
                below = f"{name}/" if name else ""
                waiting += [
                    (child, below + child.name, here.st_dev, ignored) for child in _children(path, rules)
                ]
        except OSError as problem:
            unreadable(file_problem(path, problem), rules.left_out, among_others=path is not top)
        except FileProblem as problem:
            unreadable(problem, rules.left_out, among_others=path is not top)


def _children(folder: Path, rules: _Rules) -> list[Path]:
    """What lies in a folder and is taken of it, the last first. Raises OSError."""
    if rules.taken.patterns.caches and is_cache(folder):
        return [folder / CACHE_TAG]
    return sorted(folder.iterdir(), key=lambda path: path.name, reverse=True)


def _source_at(
    path: Path, name: str, found: os.stat_result, generated: ReadSpecial | None, rules: _Rules
) -> Source:
    """A path as a source. Raises OSError, FileProblem for what is none."""
    source = _bare_source(path, name, found, generated, rules.holes)
    owner, attributes = rules.properties.owner(found), rules.properties.attributes(path, source.kind)
    return replace(source, owner=owner, attributes=attributes) if owner or attributes else source


def _bare_source(
    path: Path, name: str, found: os.stat_result, generated: ReadSpecial | None, holes: HoleFinder
) -> Source:
    """What a source always has of a path."""
    mode, mtime = stat.S_IMODE(found.st_mode), found.st_mtime_ns
    if stat.S_ISLNK(found.st_mode):
        target = os.readlink(path)  # noqa: PTH115
        return Source(name, EntryKind.SYMLINK, 0, mode, mtime, path, link_target=target)
    if stat.S_ISDIR(found.st_mode):
        return Source(name, EntryKind.FOLDER, 0, mode, mtime, path)
    if not stat.S_ISREG(found.st_mode):
        raise FileProblem(path=path, reason="is neither a file, a folder nor a link")
    if generated:
        return generated(path, name)
    gaps = holes.find(path, found)
    size = found.st_size - sum(hole.length for hole in gaps)
    inode = (found.st_dev, found.st_ino) if found.st_nlink > 1 else None
    return Source(name, EntryKind.FILE, size, mode, mtime, path, holes=gaps, inode=inode)


def _is_entered(path: Path, found: os.stat_result, rules: _Rules) -> bool:
    """Whether a walk goes into a folder on which another file system is mounted. Raises FileProblem."""
    if not rules.taken.one_file_system and is_made_up(found.st_dev):
        raise FileProblem(path=path, reason="holds what the system makes up as it is read, and no files")
    return not rules.taken.one_file_system
