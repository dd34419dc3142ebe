"""What one start of the application tells another."""

import os
import sys
from pathlib import Path

import pytest

from nacomp.gui.logic.handover import Request, instance_name, pack, parse_arguments, unpack
from nacomp.gui.logic.jobs import Kind


@pytest.mark.parametrize(
    ("words", "kind", "names"),
    [
        ([], None, []),
        (["a.nac"], None, ["a.nac"]),
        (["--compress", "a", "b"], Kind.COMPRESS, ["a", "b"]),
        (["--extract", "--", "--odd"], Kind.EXTRACT, ["--odd"]),
    ],
)
def test_start_arguments(words: list[str], kind: Kind | None, names: list[str], tmp_path: Path) -> None:
    request = parse_arguments(words, tmp_path)
    assert request == Request(kind, tuple(str(tmp_path / name) for name in names))


def test_a_request_survives_the_way_to_the_other_instance() -> None:
    for kind in (Kind.COMPRESS, None):
        request = Request(kind, ("/a b/ü",))
        assert unpack(pack(request)) == request


@pytest.mark.parametrize(
    "data", [b"", b"{}", b'{"action": "format", "paths": []}', b'{"action": "", "paths": [1]}']
)
def test_anything_else_on_the_socket_is_ignored(data: bytes) -> None:
    assert unpack(data) is None


@pytest.mark.skipif(sys.platform == "win32", reason="users have no numbers there")
def test_users_without_a_name_have_a_socket_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a container that runs for some number the system knows no name, and the environment need not say one."""
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(variable, raising=False)
    names = set()
    for number in (2_000_000_001, 2_000_000_002):
        monkeypatch.setattr(os, "getuid", lambda number=number: number)
        names.add(instance_name())
    assert len(names) == 2
