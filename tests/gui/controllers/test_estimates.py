"""What a job is said to take before it starts."""

import random
from pathlib import Path

from pytestqt.qtbot import QtBot

from nacomp.gui.application import Application
from nacomp.gui.logic.jobs import Kind


def test_what_is_dense_is_not_promised_to_shrink(
    application: Application, qtbot: QtBot, tmp_path: Path
) -> None:
    services = application.services
    services.store.value.start_at_once = False
    picture = tmp_path / "holiday.jpg"
    picture.write_bytes(bytes.fromhex("ffd8ffe000104a46494600") + random.Random(5).randbytes(250_000))
    job = services.runner.add(Kind.COMPRESS, [picture])[0]
    qtbot.waitUntil(lambda: job.estimate is not None)
    assert job.estimate is not None
    assert job.estimate.size > 0.97 * picture.stat().st_size
