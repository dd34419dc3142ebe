"""What the command line says behind an error: the switch or the command that helps. Errors themselves name none."""

from nacomp.errors import NacompError, Remedy

HINTS = {
    Remedy.REPLACE_OUTPUT: "use -f to replace it.",
    Remedy.NAME_OUTPUT: "give -o OUTPUT, or -c for standard output.",
    Remedy.NAME_FOLDER: "give -o FOLDER.",
    Remedy.GIVE_PASSWORD: "give it with --password-file FILE, in NACOMP_PASSWORD, or on a terminal.",
    Remedy.LEAVE_OUT_UNSAFE: "--skip-unsafe leaves such files out.",
    Remedy.LEAVE_OUT_UNREADABLE: "--skip-unreadable leaves such files out.",
    Remedy.ALLOW_OUTPUT: "if you trust it: --max-output {size}",
    Remedy.DELETE: "--no-trash deletes instead.",
    Remedy.GO_ON: "run the same command again to go on.",
    Remedy.LIST_MODELS: "see: nacomp models list",
    Remedy.PULL_MODEL: "get it with: nacomp models pull {model}",
    Remedy.GET_MODELS: "get each with: nacomp models pull MODEL, or nacomp models add FILE.gguf",
    Remedy.ADD_MODEL: "get it with: nacomp models add FILE.gguf",
    Remedy.FETCH_BY_HAND: "get the file by hand and run: nacomp models add FILE.gguf",
}
"""Each with the fields of its errors open, as their own sentences are."""


def hint(error: NacompError) -> str | None:
    """What would help, or None."""
    return None if error.remedy is None else HINTS[error.remedy].format(**error.fields)


def in_words(error: NacompError) -> str:
    """An error as people read it: its sentence, and what would help."""
    more = hint(error)
    return str(error) if more is None else f"{str(error).removesuffix('.')}; {more}"
