"""The pages of the window."""

from enum import Enum


class Page(Enum):
    """A page, in the order of the buttons at the left."""

    QUEUE = "queue"
    ARCHIVE = "archive"
    SURPRISE_MAP = "surprise-map"
    MODELS = "models"
    SETTINGS = "settings"
