"""Leads: the list, a score of any day, every point of it, what would move it, and what silence will do."""

from typing import Annotated, Any, Self

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field, model_validator

from leadline.accounts.audit_notes import note
from leadline.accounts.permissions import Permission
from leadline.analytics.parameter_error import ParameterError
from leadline.kernel.errors import TerminalError
from leadline.qualification.account_wishes import AccountWish
from leadline.scoring.scorer import LeadScorer
from leadline.scoring.service import ruleset_of
from leadline.web.api.addresses import LeadName
from leadline.web.api.asking import ask
from leadline.web.api.bodies import Body
from leadline.web.api.permissions import caller_of

leads = Router(tags=["leads"])
MOST = 1_000
Limit = Annotated[int, Field(ge=1, le=MOST)]
Typed = Annotated[str, Field(max_length=500)]


class LeadRow(Schema):
    """A lead in a list. Scores are points, 0 to 100."""

    model_config = ConfigDict(extra="allow")

    id: int
    user_id: str | None
    engagement: float
    readiness: float
    conversion: float
    total: float
    grade: str
    stage: str
    scored_at: str
    ruleset: int


class FoundLead(Schema):
    """A lead that was looked for. Who has no score, such as somebody who allows none, has null in its place."""

    model_config = ConfigDict(extra="allow")

    id: int
    user_id: str | None
    engagement: float | None
    readiness: float | None
    conversion: float | None
    total: float | None
    grade: str | None
    stage: str | None
    scored_at: str | None
    ruleset: int | None


class LeadSearch(Body):
    """Whom to find: all that is given applies. `named`: each word of it begins one of their names; three letters and
    more, or a whole word of two."""

    named: Typed = ""
    email: Typed = ""
    user_id: Typed = ""
    limit: Limit = 20

    @model_validator(mode="after")
    def _says_whom(self) -> Self:
        """Asked for nobody, it must not answer with somebody."""
        if not self.asked:
            raise ValueError("Say whom: named, email or user_id.")
        return self

    @property
    def asked(self) -> dict[str, str]:
        """What is looked for, by field."""
        given = {"named": self.named, "email": self.email, "user_id": self.user_id}
        return {name: text.strip() for name, text in given.items() if text.strip()}


class Explanation(Schema):
    """A score and its ledger, whose points sum to the total."""

    model_config = ConfigDict(extra="allow")

    lead: int
    as_of: str
    ruleset: int
    total: float
    grade: str
    ledger: list[dict[str, Any]]


class UserHistory(Body):
    """Somebody to score who is not in this installation: Segment messages and traits."""

    events: list[dict[str, Any]] = []
    traits: dict[str, Any] = {}
    as_of: str | None = None
    ruleset: str = ""


@leads.get("/leads", summary="The leads with the highest totals", response=list[LeadRow])
def list_leads(request: HttpRequest, limit: Limit = 20) -> Any:
    """Highest total first."""
    caller_of(request, Permission.READ_LEADS)
    found = ask("leads", limit=limit)
    note(request, rows=len(found))
    return found


@leads.post("/leads/search", summary="The leads with a name, an e-mail address or a user id", response=list[FoundLead])
def search_leads(request: HttpRequest, wanted: LeadSearch) -> Any:
    """Highest total first. Whoever may not see who people are finds nobody."""
    caller_of(request, Permission.READ_LEADS)
    found = ask("leads_found", limit=wanted.limit, **wanted.asked)
    note(request, rows=len(found), asked=",".join(wanted.asked))
    return found


@leads.get("/leads/{path:lead}/score", summary="The score of a day, as known at a moment, under a ruleset")
def score_lead(request: HttpRequest, lead: LeadName, as_of: str = "", known_at: str = "", ruleset: str = "") -> Any:
    """`ruleset`: a number or `draft:7`; else the one in force."""
    caller_of(request, Permission.READ_LEADS)
    _check_reference(request, ruleset)
    return ask("score_lead", lead=lead, as_of=as_of, known_at=known_at, ruleset=ruleset)


@leads.get("/leads/{path:lead}/history", summary="Every stored score, oldest first")
def score_history(request: HttpRequest, lead: LeadName) -> Any:
    """Each with its stamp: what was known and which ruleset."""
    caller_of(request, Permission.READ_LEADS)
    return ask("score_history", lead=lead)


@leads.get("/leads/{path:lead}/explain", summary="Every point of a score", response=Explanation)
def explain_lead(request: HttpRequest, lead: LeadName, as_of: str = "", known_at: str = "", ruleset: str = "") -> Any:
    """The points of the ledger sum to the total."""
    caller_of(request, Permission.READ_LEADS)
    _check_reference(request, ruleset)
    return ask("explain", lead=lead, as_of=as_of, known_at=known_at, ruleset=ruleset)


@leads.get("/leads/{path:lead}/forecast", summary="What changes by silence alone")
def forecast_lead(request: HttpRequest, lead: LeadName) -> Any:
    """The days on which grade or stage change if nothing happens."""
    caller_of(request, Permission.READ_LEADS)
    return ask("forecast", lead=lead)


@leads.get("/leads/{path:lead}/whatif", summary="What would move the score")
def what_if(request: HttpRequest, lead: LeadName) -> Any:
    """The smallest next steps, each with the total, grade and stage that it would lead to."""
    caller_of(request, Permission.READ_LEADS)
    return ask("whatif", lead=lead)


@leads.post("/score", summary="Score somebody who is not here")
def score_history_given(request: HttpRequest, given: UserHistory) -> Any:
    """Nothing is stored."""
    caller_of(request, Permission.READ_LEADS)
    _check_reference(request, given.ruleset)
    user_data = {"events": given.events, "traits": given.traits, "as_of": given.as_of}
    return LeadScorer(ruleset_of(given.ruleset)).score_lead(user_data).as_dict()


class AccountQuery(Schema):
    """Which companies, in which order, as the page of accounts has them in its address."""

    sort: str = ""
    grade: str = ""
    qualified: str = ""
    industry: str = ""
    country: str = ""
    total_min: str = Field("", alias="total.min")
    people_min: str = Field("", alias="people.min")
    employees_min: str = Field("", alias="employees.min")
    employees_max: str = Field("", alias="employees.max")


class AccountSearch(Body, AccountQuery):
    """The same, of the companies whose name or domain contains `q`: a sole trader's is called as they are."""

    q: Typed
    limit: Limit = 20


@leads.get("/accounts", summary="Companies by the score of their people")
def list_accounts(request: HttpRequest, asked: Query[AccountQuery], limit: Limit = 20) -> Any:
    """Highest total first, or by `sort`: total, people, qualified, employees, name."""
    caller_of(request, Permission.READ_LEADS)
    return _accounts(limit, asked.model_dump(by_alias=True))


@leads.post("/accounts/search", summary="Companies by a part of their name or domain")
def search_accounts(request: HttpRequest, wanted: AccountSearch) -> Any:
    """As the list has them."""
    caller_of(request, Permission.READ_LEADS)
    return _accounts(wanted.limit, wanted.model_dump(by_alias=True, exclude={"limit"}))


def _accounts(limit: int, words: dict[str, str]) -> Any:
    try:
        AccountWish.of(words)
    except TerminalError as error:
        raise ParameterError(error.message, advice=error.advice) from error
    return ask("accounts", limit=limit, words=words)


def _check_reference(request: HttpRequest, ruleset: str) -> None:
    """What was never in force is for those who write rules: a draft, a document."""
    if ruleset.strip() and not ruleset.strip().isdecimal():
        caller_of(request, Permission.READ_RULES)
