"""The job queue: order, what runs next, what waits for a person, and totals. No clock, no process, no widget."""

from collections import Counter
from collections.abc import Collection, Container, Iterator, Sequence
from pathlib import Path

from nacomp.gui.logic.jobs import ACTIVE, Hold, Job, Kind, State
from nacomp.gui.logic.progress import Total, total_of


class JobQueue:
    """Jobs in the order they will run.

    `slots` is the number of jobs that may run at the same time; a paused job keeps its slot, because its process
    still holds the model in memory.
    """

    def __init__(self, slots: int = 1) -> None:
        self.slots = slots
        self._jobs: list[Job] = []
        self._by_id: dict[int, Job] = {}
        self._rows: dict[int, int] = {}
        """Row by id; empty after a change of the order, until somebody asks."""
        self._next_id = 1

    def __len__(self) -> int:
        return len(self._jobs)

    def __iter__(self) -> Iterator[Job]:
        return iter(self._jobs)

    def at(self, row: int) -> Job:
        """The job in a row."""
        return self._jobs[row]

    def row(self, job_id: int) -> int:
        """The row of a job. Raises KeyError if it is gone."""
        if not self._rows:
            self._rows = {job.id: row for row, job in enumerate(self._jobs)}
        return self._rows[job_id]

    def find(self, job_id: int) -> Job | None:
        """The job, or None if it was removed."""
        return self._by_id.get(job_id)

    def add(self, kind: Kind, inputs: Sequence[Path], **options: object) -> Job:
        """Append a job; `options` are further fields of `Job`."""
        job = Job(self._next_id, kind, tuple(inputs), **options)  # type: ignore[arg-type]
        self._next_id += 1
        self.insert(len(self._jobs), job)
        return job

    def insert(self, row: int, job: Job) -> None:
        """Put a job that was removed back, as near to its row as the list still reaches."""
        self._jobs.insert(row, job)
        self._by_id[job.id] = job
        self._rows.clear()

    def remove(self, job_id: int) -> None:
        """Take a job out. Raises ValueError while its process lives."""
        self.row(job_id)
        self.remove_all({job_id})

    def remove_all(self, ids: Collection[int]) -> None:
        """Take jobs out. Raises ValueError while the process of one of them lives."""
        if any(job.state in ACTIVE and job.id in ids for job in self._jobs):
            raise ValueError("a job that runs is cancelled first, then removed")
        self._jobs = [job for job in self._jobs if job.id not in ids]
        self._by_id = {job.id: job for job in self._jobs}
        self._rows.clear()

    def move(self, job_id: int, to: int) -> int:
        """Put a job into another row (cut to the valid range); returns the row it came to."""
        job = self._jobs.pop(self.row(job_id))
        to = max(0, min(to, len(self._jobs)))
        self._jobs.insert(to, job)
        self._rows.clear()
        return to

    def next_to_start(self) -> Job | None:
        """The next waiting job that is not held back, if a slot is free."""
        if sum(job.state in ACTIVE for job in self._jobs) >= self.slots:
            return None
        return next((job for job in self._jobs if job.state is State.WAITING and not job.held), None)

    def counts(self) -> Counter[State]:
        """How many jobs are in each state."""
        return Counter(job.state for job in self._jobs)

    def held(self) -> list[Job]:
        """Jobs that would be long and wait until a person has chosen."""
        return [job for job in self._jobs if job.state is State.WAITING and job.held is Hold.CHOICE]

    def next_question(self, closed: Container[int]) -> Job | None:
        """The first held job, without those whose question a person has `closed`.

        None while a job in front of it may still turn out to be long: questions come in the order of the queue,
        not in the one in which sizes and estimates happen to be known.
        """
        for job in self._jobs:
            if job.state is not State.WAITING:
                continue
            if job.size is None or job.held is Hold.ESTIMATING:
                return None
            if job.held is Hold.CHOICE and job.id not in closed:
                return job
        return None

    @property
    def at_rest(self) -> bool:
        """Whether nothing will happen any more unless a person does something."""
        return not self.busy and all(
            job.state is not State.WAITING or job.held is Hold.CHOICE for job in self._jobs
        )

    @property
    def busy(self) -> bool:
        """Whether any worker process belongs to this queue."""
        return any(job.state in ACTIVE for job in self._jobs)

    def saved(self) -> int:
        """Bytes that the finished compressions are smaller than what went in."""
        sizes = [sizes for job in self._jobs if job.state is State.DONE and (sizes := job.sizes())]
        return sum(original - compressed for original, compressed in sizes)

    def total(self) -> Total:
        """Progress over all jobs that count."""
        return total_of((job.share() for job in self._jobs), self.slots)
