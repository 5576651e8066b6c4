"""One tree of errors. Each says whether trying again can help, and what a person should do.

    LeadlineError
    ├── TerminalError              trying again cannot help
    │   ├── ConfigurationError     a setting, a key or a file is missing or wrong
    │   ├── DocumentError          a ruleset or tracking plan is invalid
    │   ├── AlreadyRunningError    another process owns the data folder
    │   ├── LeakError              a ruleset reads what its outcome makes
    │   ├── NotFoundError          no such lead, source, segment
    │   └── CorruptFrameError      a record of the spool does not decrypt
    └── TransientError             trying again can help
        ├── SpoolUnavailableError  the spool cannot take more now (full disk, backlog)
        └── ServerUnreachableError a server should answer and does not

HTTP surfaces show `code`, the message and `advice` as ``{"code", "message", "detail"}``.
"""

from typing import ClassVar


class LeadlineError(Exception):
    """Base of every error Leadline raises on purpose."""

    code: ClassVar[str] = "error"
    transient: ClassVar[bool] = False

    def __init__(self, message: str, *, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.message} {self.advice}".strip()


class TerminalError(LeadlineError):
    """Trying again cannot help."""


class TransientError(LeadlineError):
    """Trying again can help."""

    transient: ClassVar[bool] = True


class ConfigurationError(TerminalError):
    """A setting, a key or a file is missing or wrong."""

    code: ClassVar[str] = "configuration"


class DocumentError(TerminalError):
    """A ruleset or a tracking plan is invalid; the message names the path inside the document."""

    code: ClassVar[str] = "invalid_document"


class AlreadyRunningError(TerminalError):
    """Another process owns the data folder."""

    code: ClassVar[str] = "already_running"


class LeakError(TerminalError):
    """A ruleset can't be judged by an outcome, because it reads what happens because of it."""

    code: ClassVar[str] = "leak"


class NotFoundError(TerminalError):
    """There is no such thing."""

    code: ClassVar[str] = "not_found"


class CorruptFrameError(TerminalError):
    """A record of the spool does not decrypt or has an impossible header."""

    code: ClassVar[str] = "corrupt_frame"


class SpoolUnavailableError(TransientError):
    """The spool cannot take more at the moment."""

    code: ClassVar[str] = "spool_unavailable"


class ServerUnreachableError(TransientError):
    """A server that should answer does not."""

    code: ClassVar[str] = "server_unreachable"
