"""What a program sends to `nacomp worker`: one command line as one line of JSON."""

import json

from nacomp.errors import UsageError
from nacomp.formats.records import dataclass


@dataclass(frozen=True)
class SentJob:
    """A command line, and the password that it is given in the environment's place."""

    arguments: tuple[str, ...]
    password: str | None


def read_job(line: str) -> SentJob:
    """A line as a job. Raises UsageError."""
    try:
        sent = json.loads(line)
    except ValueError:
        raise UsageError(reason="a worker reads JSON objects, one per line") from None
    arguments, password = sent.get("arguments"), sent.get("password")
    if not isinstance(arguments, list) or not all(isinstance(word, str) for word in arguments):
        raise UsageError(reason="a job for a worker has `arguments`, a list of strings")
    if password is not None and not isinstance(password, str):
        raise UsageError(reason="the `password` of a job for a worker is a string")
    return SentJob(tuple(arguments), password)
