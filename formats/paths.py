"""Which paths and links an archive may hold: one judge for the writer and the reader (SPEC.md, section 8).

Refusing beats cleaning up: a path that is silently changed extracts over the wrong file. The rules are the
same on every system, so that an archive is never safe here and hostile there; what only some systems cannot
hold (Windows' reserved names, names differing in case) is reported by `windows_problem` and `case_collisions`
for whoever extracts.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from itertools import dropwhile

from nacomp.formats.errors import UnsafePath

MAX_PATH = 4_096
MAX_COMPONENT = 255
_DRIVE = re.compile(rb"[A-Za-z]:")
_WINDOWS_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\..*)?")
_WINDOWS_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f]')


def encode_path(path: str) -> bytes:
    """The bytes an archive keeps of a path. Raises UnsafePath for lone surrogates that stand for no byte."""
    try:
        return path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        raise UnsafePath(path=display_name(path), reason="it holds a lone surrogate") from error


def decode_path(raw: bytes) -> str:
    """The path as Python's file functions take it; `encode_path` gives the same bytes back."""
    return raw.decode("utf-8", "surrogateescape")


def check_path(raw: bytes) -> None:
    """Raise UnsafePath unless these bytes are a path that an archive may hold."""
    reason = _path_fault(raw)
    if reason:
        raise UnsafePath(path=display_name(decode_path(raw)), reason=reason)


def check_link(raw_path: bytes, target: bytes) -> None:
    """Raise UnsafePath unless the link at `raw_path` stays in the extracted tree (proof in SPEC.md)."""
    reason = _link_fault(raw_path.count(b"/"), target)
    if reason:
        shown = f"{display_name(decode_path(raw_path))} -> {display_name(decode_path(target))}"
        raise UnsafePath(path=shown, reason=reason)


def sort_key(raw: bytes) -> bytes:
    """Orders paths so that whatever lies below a folder follows it at once; no name holds NUL."""
    return raw.replace(b"/", b"\0")


def parents(raw: bytes) -> Iterable[bytes]:
    """Every folder above a path, the nearest first, the root left out."""
    while b"/" in raw:
        raw = raw.rpartition(b"/")[0]
        yield raw


def _path_fault(raw: bytes) -> str | None:
    if not raw:
        return "it is empty"
    if len(raw) > MAX_PATH:
        return f"it has {len(raw):,} bytes, more than {MAX_PATH:,}"
    if b"\0" in raw or b"\\" in raw:
        return "it holds NUL or a backslash"
    if raw.startswith(b"/"):
        return "it is absolute"
    if _DRIVE.match(raw):
        return "it starts with a drive letter"
    return next(filter(None, map(_component_fault, raw.split(b"/"))), None)


def _component_fault(component: bytes) -> str | None:
    if component in (b"", b".", b".."):
        return f"its component {component.decode()!r} is not a name"
    if len(component) > MAX_COMPONENT:
        return f"a component has {len(component):,} bytes, more than {MAX_COMPONENT}"
    return None


def _link_fault(depth: int, target: bytes) -> str | None:
    """`depth`: how many folders of the tree the link lies in."""
    components = target.split(b"/")
    names = list(dropwhile(b"..".__eq__, components))
    if len(components) - len(names) > depth:
        return "the target lies outside the archive"
    if not names or target == b".":
        return None
    fault = _path_fault(b"/".join(names))
    return f"its target is no safe path ({fault})" if fault else None


def windows_problem(path: str) -> str | None:
    """Why Windows cannot hold this path as it is, or None."""
    for name in path.split("/"):
        if _WINDOWS_RESERVED.fullmatch(name):
            return f"{display_name(name)} is a reserved name"
        if _WINDOWS_FORBIDDEN.search(name):
            return f"{display_name(name)} holds a character that is not allowed"
        if name.endswith((".", " ")):
            return f"{display_name(name)} ends with a dot or a space"
    return None


def case_collisions(paths: Iterable[str]) -> list[tuple[str, ...]]:
    """Groups of paths that a file system blind to case or normalisation takes for one."""
    groups: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        folded = unicodedata.normalize("NFC", unicodedata.normalize("NFD", path).casefold())
        groups[folded].append(path)
    return [tuple(group) for group in groups.values() if len(group) > 1]


def display_name(path: str) -> str:
    """A path that is safe to print: control, format and undecodable characters are spelled out."""
    # Nearly all names are printable; an index full of others (30,000 paths of 4,096 bytes) takes 97 s character by character
    # and 6 s by this table.
    return path if path.isprintable() and "\\" not in path else path.translate(_SHOWN)


class _Shown(dict[int, str | int]):
    """Each character by its code as `display_name` shows it, found out when it is first met."""

    def __missing__(self, code: int) -> str | int:
        shown = self[code] = _display(code)
        return shown


_SHOWN = _Shown()


def _display(code: int) -> str | int:
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    # Control, format (also the bidirectional overrides that make names lie), surrogates, line ends.
    if unicodedata.category(chr(code)) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    return "\\\\" if code == ord("\\") else code
