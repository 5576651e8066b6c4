"""What people allow: for programs that ask, and that write down what was said elsewhere."""

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema

from leadline.accounts.permissions import Permission
from leadline.web.api.addresses import LeadName
from leadline.web.api.asking import ask
from leadline.web.api.bodies import Body
from leadline.web.api.permissions import caller_of

consent = Router(tags=["consent"])
PurposeName = Literal["profiling", "marketing", "sharing"]
Verdict = Literal["given", "refused"]


class Saying(Body):
    """What a person said. `because` is how it is known."""

    purpose: PurposeName
    said: Verdict
    because: str


class Standing(Schema):
    """Whether one purpose is allowed, what was said of it last ("" for nothing), and whether by hand."""

    allowed: bool
    said: str
    by_hand: bool


class Statement(Schema):
    """One statement: when it was said, when it came, how, where, and to which text."""

    purpose: str
    said: str
    said_at: str
    received_at: str
    how: str
    source: str
    version: str
    path: str
    by: str
    because: str


class Consents(Schema):
    """By purpose, and the statements, the latest first."""

    lead: int
    consent: dict[str, Standing]
    statements: list[Statement]


@consent.get("/leads/{path:lead}/consent", summary="What a person allows, with proof", response=Consents)
def lead_consents(request: HttpRequest, lead: LeadName) -> Any:
    """Nothing said allows everything."""
    caller_of(request, Permission.READ_LEADS)
    return ask("lead_consents", lead=lead)


@consent.post("/leads/{path:lead}/consent", summary="Write down what a person said", response=Consents)
def lead_consent(request: HttpRequest, lead: LeadName, saying: Saying) -> Any:
    """It counts before what pages say, until something else is written down."""
    user = caller_of(request, Permission.SELL)
    said: dict[str, str] = {"purpose": saying.purpose, "said": saying.said, "because": saying.because}
    return ask("lead_consent", lead=lead, by=str(user), via="api", **said)
