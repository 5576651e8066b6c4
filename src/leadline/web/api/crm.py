"""CRM connections for programs: the commands of `leadline crm`. Secrets go in and never come out."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from leadline.accounts.permissions import Permission
from leadline.web.api.addresses import LeadName
from leadline.web.api.asking import ask
from leadline.web.api.bodies import Body
from leadline.web.api.permissions import caller_of

crm = Router(tags=["crm"])
Limit = Annotated[int, Field(ge=1, le=1_000)]
Offset = Annotated[int, Field(ge=0, le=10_000_000)]
State = Literal["", "sent", "waiting", "failed", "left_out"]


class ConnectionBody(Body):
    """A connection to be made. `mapping`: a YAML document; the kind's own without one."""

    name: str
    kind: str
    settings: dict[str, str] = {}
    secrets: dict[str, str] = {}
    mapping: str = ""
    enabled: bool = True
    every_seconds: int | None = None


class ConnectionChange(Body):
    """What is to be another; what is left out stays."""

    settings: dict[str, str] = {}
    secrets: dict[str, str] = {}
    enabled: bool | None = None
    every_seconds: int | None = None


class RetryBody(Body):
    """Which leads; none: all that failed. `left_out`: also those deleted or merged away there."""

    leads: list[str] = []
    left_out: bool = False


class MappingBody(Body):
    """A mapping. `version`: that it was made from; refused when it is another by now."""

    text: str
    version: int = 0


class TriedMapping(Body):
    """A mapping to look at; empty: the one that is kept."""

    text: str = ""


class LeadBody(Body):
    """One connection; empty: all that are on."""

    connection: str = ""


@crm.get("/crm/kinds", summary="What can be connected")
def kinds(request: HttpRequest) -> Any:
    """With what each needs to know."""
    caller_of(request, Permission.READ_CRM)
    return ask("crm_kinds")


@crm.get("/crm/status", summary="How connections are")
def status(request: HttpRequest) -> Any:
    """`ok` is false when one is stopped, in trouble or waiting."""
    caller_of(request, Permission.READ_CRM)
    return ask("crm_status")


@crm.post("/crm/connections", summary="Connect a CRM")
def connect(request: HttpRequest, connection: ConnectionBody) -> Any:
    """It is not tested by this."""
    return ask("crm_connect", by=str(caller_of(request, Permission.SET_CRM)), **connection.dict())


@crm.get("/crm/connections/{name}", summary="One connection")
def connection(request: HttpRequest, name: str) -> Any:
    """With how it is and its last run; of its secrets only the names."""
    caller_of(request, Permission.READ_CRM)
    return ask("crm_connection", name=name)


@crm.patch("/crm/connections/{name}", summary="Change a connection, or switch it on or off")
def change(request: HttpRequest, name: str, connection: ConnectionChange) -> Any:
    """What is left out stays. One that was stopped may run again by itself."""
    return ask("crm_change", name=name, by=str(caller_of(request, Permission.SET_CRM)), **connection.dict())


@crm.delete("/crm/connections/{name}", summary="Remove a connection")
def remove(request: HttpRequest, name: str) -> Any:
    """With all that is known of its records. In the CRM everything stays as it is."""
    return ask("crm_remove", name=name, by=str(caller_of(request, Permission.SET_CRM)))


@crm.post("/crm/connections/{name}/test", summary="Test a connection")
def tested(request: HttpRequest, name: str) -> Any:
    """Signs in and writes nothing. `ok` says whether it works."""
    caller_of(request, Permission.SET_CRM)
    return ask("crm_test", name=name)


@crm.post("/crm/connections/{name}/sync", summary="Run a connection now")
def sync(request: HttpRequest, name: str) -> Any:
    """Answers when the run has ended; what went wrong stands in it."""
    return ask("crm_sync", name=name, by=str(caller_of(request, Permission.SET_CRM)))[0]


@crm.post("/crm/connections/{name}/backfill", summary="Send everybody again")
def backfill(request: HttpRequest, name: str) -> Any:
    """Answers with the job that does it: see /api/v1/jobs."""
    return ask("crm_backfill", name=name, by=str(caller_of(request, Permission.SET_CRM)))


@crm.post("/crm/connections/{name}/retry", summary="Let what failed be sent again")
def retry(request: HttpRequest, name: str, wanted: RetryBody) -> Any:
    """By the next run."""
    return ask("crm_retry", name=name, by=str(caller_of(request, Permission.SET_CRM)), **wanted.dict())


@crm.get("/crm/connections/{name}/diff", summary="What a run would write now")
def diff(request: HttpRequest, name: str, leads: Query[list[str]] = [], limit: Limit = 20) -> Any:  # noqa: B006  # Ninja reads it, nobody changes it
    """Field by field, and why not the rest. Reads only."""
    caller_of(request, Permission.SET_CRM)
    return ask("crm_diff", name=name, leads=leads, limit=limit)


@crm.get("/crm/connections/{name}/links", summary="Leads and their records in the CRM")
def links(request: HttpRequest, name: str, state: State = "", limit: Limit = 50, offset: Offset = 0) -> Any:
    """The newest first."""
    caller_of(request, Permission.READ_CRM)
    return ask("crm_links", name=name, state=state, limit=limit, offset=offset)


@crm.get("/crm/connections/{name}/mapping", summary="The mapping of a connection")
def mapping(request: HttpRequest, name: str) -> Any:
    """With what is wrong with the document; it is not compared with the CRM."""
    caller_of(request, Permission.READ_CRM)
    return ask("crm_mapping", name=name)


@crm.put("/crm/connections/{name}/mapping", summary="Keep another mapping")
def mapping_set(request: HttpRequest, name: str, mapping: MappingBody) -> Any:
    """The next run looks at everybody once."""
    return ask("crm_mapping_set", name=name, by=str(caller_of(request, Permission.SET_CRM)), **mapping.dict())


@crm.post("/crm/connections/{name}/mapping/check", summary="Compare a mapping with the CRM's fields")
def mapping_check(request: HttpRequest, name: str, mapping: TriedMapping) -> Any:
    """Reads only."""
    caller_of(request, Permission.SET_CRM)
    return ask("crm_mapping_check", name=name, text=mapping.text)


@crm.post("/crm/connections/{name}/mapping/make", summary="Make missing fields in the CRM")
def mapping_make(request: HttpRequest, name: str) -> Any:
    """Those that the mapping names as ours."""
    return ask("crm_mapping_make", name=name, by=str(caller_of(request, Permission.SET_CRM)))


@crm.post("/crm/connections/{name}/mapping/preview/{lead}", summary="What a mapping would write of one lead")
def mapping_preview(request: HttpRequest, name: str, lead: LeadName, mapping: TriedMapping) -> Any:
    """Reads only."""
    caller_of(request, Permission.SET_CRM)
    return ask("crm_mapping_preview", name=name, lead=lead, text=mapping.text)


@crm.get("/crm/mapping-schema", summary="The JSON Schema of a mapping")
def mapping_schema(request: HttpRequest) -> Any:
    """For editors."""
    caller_of(request, Permission.READ_CRM)
    return ask("crm_mapping_schema")


@crm.get("/crm/runs", summary="Runs, the newest first")
def runs(request: HttpRequest, connection: str = "", limit: Limit = 20, offset: Offset = 0) -> Any:
    """Of one connection, or of all."""
    caller_of(request, Permission.READ_CRM)
    return ask("crm_runs", name=connection, limit=limit, offset=offset)


@crm.get("/crm/failed", summary="Leads that a CRM refused")
def failed(request: HttpRequest, connection: str = "", limit: Limit = 50, offset: Offset = 0) -> Any:
    """With its words and what to do."""
    caller_of(request, Permission.READ_CRM)
    return ask("crm_failed", name=connection, limit=limit, offset=offset)


@crm.get("/leads/{lead}/crm", summary="What each CRM has of a lead")
def lead_links(request: HttpRequest, lead: LeadName) -> Any:
    """The state is "never" where it was told nothing."""
    caller_of(request, Permission.READ_LEADS)
    return ask("crm_lead", lead=lead)


@crm.get("/leads/{lead}/crm/{name}", summary="What one CRM knows of a lead")
def lead_knows(request: HttpRequest, lead: LeadName, name: str) -> Any:
    """Field by field: what it was last sent, and what was last seen there."""
    caller_of(request, Permission.READ_LEADS)
    return ask("crm_lead_knows", lead=lead, name=name)


@crm.post("/leads/{lead}/crm", summary="Send one lead now")
def lead_sync(request: HttpRequest, lead: LeadName, wanted: LeadBody) -> Any:
    """Answers with what each CRM has of it then."""
    return ask("crm_sync_lead", lead=lead, name=wanted.connection, by=str(caller_of(request, Permission.SELL)))
