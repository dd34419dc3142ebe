"""One file from the Hugging Face hub, through its own library.

The library resumes partial downloads and honours the user's token, mirror and cache settings. It comes with `tokenizers`
anyway; it takes a second to load, hence it is imported only here and only when it is used.
"""

import inspect
import logging
from pathlib import Path
from typing import Any

from nacomp.formats.errors import NacompError
from nacomp.models.errors import DownloadFailed
from nacomp.models.library.catalogue import HubSource
from nacomp.models.library.store import Check, Report


def download_from_hub(model: str, source: HubSource, folder: Path, report: Report, check: Check) -> Path:
    """The file, inside `folder`. Raises DownloadFailed, and what `check` raises."""
    # The modules by name: the package's own front finds them at run time, which the built application cannot follow.
    from huggingface_hub.errors import LocalEntryNotFoundError
    from huggingface_hub.file_download import hf_hub_download
    from huggingface_hub.utils import logging as hub_logging

    options: dict[str, Any] = {}
    if "tqdm_class" in inspect.signature(hf_hub_download).parameters:
        options["tqdm_class"] = _progress_class(report, check)
    check()
    hub_logging.set_verbosity(logging.ERROR)  # its retries are its own affair
    try:
        path = hf_hub_download(
            source.repository, source.file, revision=source.revision, local_dir=folder, **options
        )
    except NacompError:  # from `check`
        raise
    except LocalEntryNotFoundError as error:
        raise DownloadFailed(
            model=model, reason="the hub cannot be reached (is this machine online?)"
        ) from error
    except Exception as error:  # the library, its transport and its storage each raise kinds of their own
        raise DownloadFailed(model=model, reason=_first_sentence(error)) from error
    return Path(path)


def _progress_class(report: Report, check: Check) -> type:
    """A progress bar that shows nothing and tells `report`."""
    from tqdm.auto import tqdm

    class Progress(tqdm):  # type: ignore[misc]
        def __init__(self, *args: Any, **settings: Any) -> None:
            settings.pop("name", None)  # the hub's own subclass takes it
            super().__init__(*args, **(settings | {"disable": False, "delay": 1e9}))

        def update(self, n: float | None = 1) -> bool | None:
            check()
            shown: bool | None = super().update(n)
            report(int(self.n), int(self.total) if self.total else None)
            return shown

        def display(self, *_args: Any, **_settings: Any) -> bool:
            return True

    return Progress


def _first_sentence(error: Exception) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return text.split(". ")[0][:200]
