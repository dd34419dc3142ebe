"""File systems that the system makes up as they are read: /proc, /sys and their kin, wherever they are mounted.

    walk, where a folder lies on another device than the one above it -> here

Nobody who archives a tree means them: their files have no sizes, some never end (/proc/kmsg), one claims 128 TiB
(/proc/kcore), and none can be put back.
"""

import os
from pathlib import Path

_KINDS = frozenset(
    (
        *("proc", "sysfs", "cgroup", "cgroup2", "debugfs", "tracefs", "securityfs", "selinuxfs"),
        *("binfmt_misc", "bpf", "configfs", "efivarfs", "fusectl", "mqueue", "pstore"),
    )
)
_MOUNTS = Path("/proc/self/mountinfo")
"""Linux's table of what is mounted where: proc(5). Other systems have no such file systems below their folders."""


def is_made_up(device: int) -> bool:
    """Whether the device of a folder (`st_dev`) is one of these file systems."""
    try:
        lines = _MOUNTS.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return False
    return any(_device_of(line) == device for line in lines if _kind_of(line) in _KINDS)


def _kind_of(line: str) -> str:
    """The type stands behind a dash of its own, since the number of fields in front of it varies."""
    return line.rpartition(" - ")[2].split(" ", 1)[0]


def _device_of(line: str) -> int:
    major, _, minor = line.split(" ")[2].partition(":")
    return os.makedev(int(major), int(minor))
