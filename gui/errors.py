"""What can keep the application from starting."""

from nacomp.formats.errors import ExitCode, NacompError


class DisplayUnavailable(NacompError):
    """The desktop application cannot start: {reason}."""

    exit_code = ExitCode.IO
