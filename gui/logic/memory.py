"""The queue across a restart: its jobs as plain values, written beside the settings and read again.

What waited, waits again; what ran when the application closed begins anew, since its output was removed. No job is kept that
a password belongs to: the password is never written, and without it the archive would not be sealed.
"""

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from nacomp.gui.logic.jobs import FINISHED, Conflict, Job, Kind, State
from nacomp.gui.logic.levels import Level

MOST_JOBS = 1000
"""Of the finished ones the last are kept: a list that nobody clears must not grow for ever."""
RESULT = ("original_size", "compressed_size", "bits_per_byte", "model_id", "size", "left_out")
"""What is kept of a result: all that cards and details show."""


def kept(job: Job) -> bool:
    """Whether a job is there again after a restart."""
    return job.password is None


def _row(job: Job) -> dict[str, Any]:
    state = job.state if job.state in FINISHED else State.WAITING
    row: dict[str, Any] = {
        "kind": job.kind.value,
        "inputs": [str(path) for path in job.inputs],
        "destination": str(job.destination) if job.destination else None,
        "level": job.level.value,
        "model": job.model,
        "select": list(job.select),
        "conflict": job.conflict.value if job.conflict else None,
        "archive_name": job.archive_name,
        "state": state.value,
    }
    if state is not State.WAITING:
        row |= {"output": str(job.output) if job.output else None, "size": job.size, "files": job.files}
        row |= {"failure": job.failure, "took": job.took, "notices": job.notices, "damaged": job.damaged}
        row |= {"hopeless": job.hopeless, "technical": job.technical, "needs_model": job.needs_model}
        row["result"] = (
            {name: job.result[name] for name in RESULT if name in job.result} if job.result else None
        )
    return row


def _fields(row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a job, as `Job` takes them. Raises KeyError, TypeError, ValueError for what is none."""
    found = dict(row)
    found["kind"], found["level"] = Kind(row["kind"]), Level(row["level"])
    found["inputs"] = tuple(Path(path) for path in row["inputs"])
    found["select"], found["state"] = tuple(map(str, row["select"])), State(row["state"])
    if found.get("conflict") is not None:
        found["conflict"] = Conflict(row["conflict"])
    for name in ("destination", "output"):
        found[name] = Path(row[name]) if row.get(name) else None
    if not found["inputs"] or found["state"] not in FINISHED | {State.WAITING}:
        raise ValueError("no job")
    Job(0, **found)  # all names are fields
    return found


def save(path: Path, jobs: Iterable[Job], rows: dict[int, str]) -> None:
    """Write the queue, whole or not at all. `rows` has what jobs that have not changed looked like, by their ids, and gets
    those that are missing. Raises OSError.
    """
    worth = [job for job in jobs if kept(job)]
    old = frozenset([job.id for job in worth if job.state in FINISHED][:-MOST_JOBS])
    now = {job.id: job for job in worth if job.id not in old}
    for gone in rows.keys() - now.keys():
        del rows[gone]
    for new in now.keys() - rows.keys():
        rows[new] = json.dumps(
            _row(now[new])
        )  # without an indent: with one, Python writes JSON ten times slower
    written = ",\n".join(rows[job_id] for job_id in now)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".json.part")
    draft.write_text(f"[{written}]\n", "utf-8")
    draft.replace(path)


def load(path: Path) -> list[dict[str, Any]]:
    """What was written, as fields of jobs; whatever is none is passed over."""
    found = []
    try:
        rows = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return []
    for row in rows if isinstance(rows, list) else []:
        with suppress(AttributeError, KeyError, TypeError, ValueError):
            found.append(_fields(row))
    return found
