"""The audit trail for programs: a security system that keeps its own copy."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from leadline.accounts.audit import fields_of
from leadline.accounts.audit_find import AuditFilter
from leadline.accounts.audit_notes import note
from leadline.accounts.permissions import Permission
from leadline.analytics.parameter_error import ParameterError
from leadline.kernel.errors import TerminalError
from leadline.web.api.permissions import caller_of

audit = Router(tags=["audit"])
MOST = 1_000


class AuditQuery(Schema):
    """Which entries. Days are of UTC; `user` and `number` are numbers."""

    verb: str = ""
    via: str = ""
    user: str = ""
    about: str = ""
    number: str = ""
    since: str = ""
    until: str = ""


class Entry(Schema):
    """One entry; its hash is over the one before it. See docs/reference/audit.md."""

    number: int
    at: str
    user: int | None
    via: str
    verb: str
    about: str
    about_number: int | None
    numbers: dict[str, Any]
    request: str
    previous: str
    hash: str


@audit.get("/audit", summary="Who saw, changed, exported or erased what", response=list[Entry])
def list_audit(
    request: HttpRequest,
    asked: Query[AuditQuery],
    after: Annotated[int, Field(ge=0, lt=2**63)] = 0,
    limit: Annotated[int, Field(ge=1, le=MOST)] = 100,
) -> Any:
    """The oldest first. Ask again with the last number you saw."""
    caller_of(request, Permission.READ_AUDIT)
    try:
        wanted = AuditFilter.of(asked.model_dump())
    except TerminalError as error:
        raise ParameterError(error.message, advice=error.advice) from error
    found = wanted.entries().filter(number__gt=after).order_by("number")[:limit]
    entries = [fields_of(entry) for entry in found]
    note(request, rows=len(entries))
    return entries
