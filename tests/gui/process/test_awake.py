"""The lock that keeps the machine awake."""

from nacomp.gui.process.awake import inhibitor


def test_sleep_lock_ends_with_the_process_that_asked_for_it() -> None:
    assert inhibitor("darwin", 7) == ["caffeinate", "-i", "-w", "7"]
    linux = inhibitor("linux", 7)
    assert linux is not None
    assert "--pid=7" in linux
    assert inhibitor("plan9", 7) is None
