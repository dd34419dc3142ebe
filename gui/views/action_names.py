"""The actions on jobs as buttons and menus show them: one name and one picture each."""

from PySide6.QtCore import QCoreApplication

from nacomp.gui.logic.actions import Action
from nacomp.gui.logic.jobs import Conflict

ACTION_PICTURES = {
    Action.START: "play",
    Action.PAUSE: "pause",
    Action.RESUME: "play",
    Action.CANCEL: "cancel",
    Action.RETRY: "retry",
    Action.REMOVE: "cancel",  # to leave the list is no bin: no file is deleted by it
    Action.REPAIR: "repair",
    Action.SALVAGE: "salvage",
    Action.DOWNLOAD: "download",
    Action.SHOW: "open",
}


def action_name(action: Action) -> str:
    """What a button for it says."""
    match action:
        case Action.START:
            return QCoreApplication.translate("Actions", "Start anyway")
        case Action.PAUSE:
            return QCoreApplication.translate("Actions", "Pause")
        case Action.RESUME:
            return QCoreApplication.translate("Actions", "Resume")
        case Action.CANCEL:
            return QCoreApplication.translate("Actions", "Cancel")
        case Action.RETRY:
            return QCoreApplication.translate("Actions", "Try again")
        case Action.REMOVE:
            return QCoreApplication.translate("Actions", "Remove")
        case Action.REPAIR:
            return QCoreApplication.translate("Actions", "Repair")
        case Action.SALVAGE:
            return QCoreApplication.translate("Actions", "Salvage")
        case Action.DOWNLOAD:
            return QCoreApplication.translate("Actions", "Download")
        case Action.SHOW:
            return QCoreApplication.translate("Actions", "Show in folder")


def conflict_name(policy: Conflict) -> str:
    """What happens where a name is taken, in a word or two."""
    match policy:
        case Conflict.RENAME:
            return QCoreApplication.translate("Actions", "Keep both")
        case Conflict.REPLACE:
            return QCoreApplication.translate("Actions", "Replace")
        case Conflict.SKIP:
            return QCoreApplication.translate("Actions", "Skip")


def full_action_name(action: Action) -> str:
    """What menus and tips say, where there is room for what it is done to."""
    match action:
        case Action.CANCEL:
            return QCoreApplication.translate("Actions", "Cancel the job")
        case Action.REMOVE:
            return QCoreApplication.translate("Actions", "Remove from the list")
        case Action.REPAIR:
            return QCoreApplication.translate("Actions", "Repair the archive")
        case Action.SALVAGE:
            return QCoreApplication.translate("Actions", "Salvage what is intact")
        case Action.DOWNLOAD:
            return QCoreApplication.translate("Actions", "Download the model it needs")
    return action_name(action)
