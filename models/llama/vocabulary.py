"""The id->bytes table of a GGUF that llama.cpp runs."""

from pathlib import Path
from typing import Any

from nacomp.models.gguf_file import open_gguf
from nacomp.models.token_table import read_vocabulary as read_listed_vocabulary
from nacomp.models.vocabulary import Vocabulary


def read_vocabulary(path: Path, _model: Any) -> Vocabulary:
    """The table, from the file's own lists. Raises ModelError."""
    with open_gguf(path) as file:
        return read_listed_vocabulary(file.metadata)
