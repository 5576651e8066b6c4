"""What sales says about a lead, and what became of leads for programs to follow."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from leadline.accounts.audit import What
from leadline.accounts.audit_notes import note
from leadline.accounts.models import User
from leadline.accounts.permissions import Permission
from leadline.pipeline.sales import user_named
from leadline.web.api.addresses import LeadName
from leadline.web.api.asking import ask
from leadline.web.api.bodies import Body
from leadline.web.api.permissions import caller_of

sales = Router(tags=["sales"])
MOST = 1_000


class Note(Body):
    """A word without more to it."""

    note: str = ""


class Rejecting(Note):
    """A rejection; `reason` is one of the ruleset's."""

    reason: str


class Snoozing(Note):
    """`until`: 3d, 2w, a day or a moment."""

    until: str


class Overriding(Body):
    """A stage by hand, with its reason and its end."""

    stage: str
    reason: str
    until: str


class Assigning(Note):
    """`owner`: a user's e-mail address, empty for nobody, or auto for the assignment rules."""

    owner: str


class Seller(Body):
    """What somebody takes on. `user`: their e-mail address; `capacity`: open leads at most, -1 for any number."""

    user: str
    capacity: int | None = None
    available: bool | None = None


class Happened(Schema):
    """One thing that happened to a lead."""

    number: int
    lead: int
    kind: str
    at: str
    detail: dict[str, Any]


def _say(request: HttpRequest, command: str, lead: str, **said: Any) -> Any:
    user: User = caller_of(request, Permission.SELL)
    return ask(command, lead=lead, by=str(user), via="api", user=user.email, **said)


@sales.post("/leads/{path:lead}/accept", summary="Take a lead")
def accept(request: HttpRequest, lead: LeadName, said: Note) -> Any:
    """From now on nothing demotes it by itself."""
    return _say(request, "lead_accept", lead, note=said.note)


@sales.post("/leads/{path:lead}/reject", summary="Turn a lead down")
def reject(request: HttpRequest, lead: LeadName, said: Rejecting) -> Any:
    """The reason says whether it may come back."""
    return _say(request, "lead_reject", lead, reason=said.reason, note=said.note)


@sales.post("/leads/{path:lead}/requalify", summary="Take a rejection back")
def requalify(request: HttpRequest, lead: LeadName, said: Note) -> Any:
    """The rules place the lead."""
    return _say(request, "lead_requalify", lead, note=said.note)


@sales.post("/leads/{path:lead}/snooze", summary="Leave a lead for later")
def snooze(request: HttpRequest, lead: LeadName, said: Snoozing) -> Any:
    """It is not in Call next until then."""
    return _say(request, "lead_snooze", lead, until=said.until, note=said.note)


@sales.post("/leads/{path:lead}/wake", summary="End a snooze")
def wake(request: HttpRequest, lead: LeadName, said: Note) -> Any:
    """It is in Call next again."""
    return _say(request, "lead_wake", lead, note=said.note)


@sales.post("/leads/{path:lead}/contact", summary="Log a contact")
def contact(request: HttpRequest, lead: LeadName, said: Note) -> Any:
    """Somebody spoke to the person."""
    return _say(request, "lead_contact", lead, note=said.note)


@sales.post("/leads/{path:lead}/override", summary="Set a stage by hand")
def override(request: HttpRequest, lead: LeadName, said: Overriding) -> Any:
    """It holds until it ends or is released, whatever the rules say."""
    return _say(request, "lead_override", lead, stage=said.stage, reason=said.reason, until=said.until)


@sales.post("/leads/{path:lead}/release", summary="End an override")
def release(request: HttpRequest, lead: LeadName, said: Note) -> Any:
    """The rules place the lead."""
    return _say(request, "lead_release", lead, note=said.note)


@sales.post("/leads/{path:lead}/assign", summary="Give a lead to somebody")
def assign(request: HttpRequest, lead: LeadName, said: Assigning) -> Any:
    """Or to nobody, or to whom the assignment rules choose."""
    return _say(request, "lead_assign", lead, owner=said.owner, note=said.note)


@sales.get("/qualification-events", summary="What happened to leads, in order", response=list[Happened])
def qualification_events(
    request: HttpRequest, after: Annotated[int, Field(ge=0)] = 0, limit: Annotated[int, Field(ge=1, le=MOST)] = 100
) -> Any:
    """Ask again with the last number you saw."""
    caller_of(request, Permission.READ_LEADS)
    return ask("qualification_events", after=after, limit=limit)


@sales.get("/contact-promises", summary="How fast qualified leads were contacted")
def contact_promises(request: HttpRequest, days: Annotated[int, Field(ge=1, le=3650)] = 30) -> Any:
    """Of the leads that qualified in the last days."""
    caller_of(request, Permission.READ_LEADS)
    return ask("contact_promises", days=days)


@sales.get("/team", summary="Sellers and territories")
def team(request: HttpRequest) -> Any:
    """With capacities and open leads."""
    caller_of(request, Permission.READ_TEAM)
    return ask("team_list")


@sales.put("/team", summary="Change what a seller takes on")
def team_set(request: HttpRequest, seller: Seller) -> Any:
    """Makes them a seller when they are none."""
    caller_of(request, Permission.SET_TEAM)
    told = ask("team_set", **seller.dict())
    note(request, what=What("user", user_named(seller.user).pk))
    return told
