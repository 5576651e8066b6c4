"""What can go wrong between Leadline and a CRM. Each says what the vendor said and what a person should do.

CRMError
├── RemoteTransientError     trying again can help
│   ├── UnreachableError     no answer: down, a timeout (it may have acted), a gateway's 5xx
│   └── RateLimitedError     too many calls; `retry_after` seconds when the vendor says so
└── RemoteTerminalError      trying again can't help
    ├── CredentialsError     a key was refused, has expired or may not do this: stops the connection
    ├── SetupError           a field, object or setting is missing there: stops the connection
    └── RejectedError        something about these rows was refused: of a batch, `syncing` finds out which
"""

from typing import ClassVar

from leadline.kernel.errors import LeadlineError


class CRMError(LeadlineError):
    """Base of what connectors raise.

    Args:
        code: the vendor's own code for it ("DUPLICATES_DETECTED", "422"), kept beside a failed row.
    """

    code: ClassVar[str] = "crm"

    def __init__(self, message: str, *, advice: str = "", vendor_code: str = "") -> None:
        super().__init__(message, advice=advice)
        self.vendor_code = vendor_code


class RemoteTransientError(CRMError):
    """Trying again can help."""

    transient: ClassVar[bool] = True


class RemoteTerminalError(CRMError):
    """Trying again can't help."""


class UnreachableError(RemoteTransientError):
    """No answer. What was asked for may have been done all the same."""

    code: ClassVar[str] = "crm_unreachable"


class RateLimitedError(RemoteTransientError):
    """Too many calls.

    Args:
        retry_after: seconds to wait, when the vendor said; None when not.
    """

    code: ClassVar[str] = "crm_rate_limited"

    def __init__(
        self, message: str, *, advice: str = "", vendor_code: str = "", retry_after: float | None = None
    ) -> None:
        super().__init__(message, advice=advice, vendor_code=vendor_code)
        self.retry_after = retry_after


class CredentialsError(RemoteTerminalError):
    """The CRM does not let us in, or not do this."""

    code: ClassVar[str] = "crm_credentials"


class SetupError(RemoteTerminalError):
    """Something that the mapping names is not there, or not as the mapping says."""

    code: ClassVar[str] = "crm_setup"


class RejectedError(RemoteTerminalError):
    """The rows of a call were refused; nothing of them was kept unless `Sent` says so."""

    code: ClassVar[str] = "crm_rejected"
