"""Archives that only a password opens: what is wrong when one stays shut, and how that is said."""

from enum import Enum

from nacomp.gui.logic.wording import Translate, english


class Lock(Enum):
    """Why an archive stayed shut. The value is the class of the worker's error."""

    NO_PASSWORD = "PasswordNeeded"
    WRONG_PASSWORD = "WrongPassword"


def locked_sentence(lock: Lock, translate: Translate = english) -> str:
    """The reason, for someone who has a window and no command line."""
    match lock:
        case Lock.NO_PASSWORD:
            return translate("status", "This archive is sealed with a password.")
        case Lock.WRONG_PASSWORD:
            return translate("status", "That password does not open it.")
