"""What a start of the application is asked to do, and how one start tells another: a line of JSON on a local socket."""

import getpass
import hashlib
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nacomp.gui.logic.jobs import Kind
from nacomp.gui.logic.settings import config_folder

ACTIONS = {kind.value: kind for kind in (Kind.COMPRESS, Kind.EXTRACT)}
"""What other programs may ask for, by the option for it."""
MAX_BYTES = 4_000_000


@dataclass(frozen=True)
class Request:
    """What is to be done (None: whatever fits the files), and absolute paths."""

    kind: Kind | None
    paths: tuple[str, ...]


def parse_arguments(arguments: Sequence[str], folder: Path) -> Request:
    """`[--compress | --extract] PATH...`, paths relative to `folder`; `file:` URLs are left to the file manager."""
    words = list(arguments)
    kind = None
    if words and words[0].startswith("--") and words[0][2:] in ACTIONS:
        kind = ACTIONS[words.pop(0)[2:]]
    if words and words[0] == "--":
        words.pop(0)
    return Request(kind, tuple(str(folder / word) for word in words))


def instance_name() -> str:
    """The socket's name: one per user and settings folder, so that tests and users never meet.

    By the user's number, where there is one: it may have no name, as where a container runs for `--user 1234`.
    """
    user = getpass.getuser() if sys.platform == "win32" else os.getuid()
    mark = hashlib.sha256(str(config_folder().absolute()).encode()).hexdigest()[:12]
    return f"nacomp-{user}-{mark}"


def pack(request: Request) -> bytes:
    """A request as one line."""
    action = request.kind.value if request.kind else ""
    return json.dumps({"action": action, "paths": list(request.paths)}).encode() + b"\n"


def unpack(data: bytes) -> Request | None:
    """A request from another start; None if it is not one."""
    if len(data) > MAX_BYTES:
        return None
    try:
        fields = json.loads(data)
        action, paths = fields["action"], fields["paths"]
    except (ValueError, KeyError, TypeError):
        return None
    if action not in ("", *ACTIONS) or not isinstance(paths, list):
        return None
    if not all(isinstance(path, str) for path in paths):
        return None
    return Request(ACTIONS.get(action), tuple(paths))
