"""What qualification holds about people: where they stand, how they came there, what sales said; and who sells."""

from collections.abc import Iterator

from django.db.models import QuerySet

from leadline.privacy.among import Among
from leadline.privacy.kinds import Record, Subject, Whose, not_personal
from leadline.privacy.rows import Rows, of_leads, register_rows, shown
from leadline.qualification.models import (
    AccountStanding,
    QualificationEvent,
    SalesAction,
    Seller,
    Standing,
    Territory,
    Transition,
)
from leadline.scoring.arithmetic import points

INTEREST = "legitimate interest (GDPR art. 6(1)(f)); profiling may be objected to (art. 21)"
SCORES = ("total", "engagement", "readiness", "conversion", "gain_week", "fit_points")
COLLEAGUES = ("by", "user", "owner_user")
"""Who of the sales team said something is told by their role, not by name: that is their own data."""


def _companies(subject: Subject) -> "QuerySet[AccountStanding]":
    """Scores of companies that are made of this one person."""
    alone = AccountStanding.objects.filter(people=1)
    numbers = Standing.objects.filter(lead__in=Among(subject.leads), counted_in__isnull=False).values("counted_in")
    return alone.filter(best__in=Among(subject.leads)) | alone.filter(account__in=numbers)


def _standing(subject: Subject) -> Iterator[Record]:
    """Scores as points."""
    for row in Standing.objects.filter(lead__in=Among(subject.leads)).order_by("pk"):
        scores = {name: points(getattr(row, name)) for name in SCORES}
        yield {"what": "where they stand", **shown(row, (*COLLEAGUES, "state", "counted_in")), **scores}


def _transitions(subject: Subject) -> Iterator[Record]:
    """The reasons in words."""
    for row in Transition.objects.filter(lead__in=Among(subject.leads)).order_by("at"):
        because = [reason["sentence"] for reason in row.reasons if "sentence" in reason]
        said = {**shown(row, ("reasons",)), "total": points(row.total)}
        yield {"what": "change of stage", **said, "because": because}


register_rows(
    "qualification.companies",
    Rows(AccountStanding, _companies, "score of a company", ("best",)),
    title="Score of a company of one person",
    holds="Total and grade of a company of which no other person is known.",
    purpose="To tell which companies want to buy.",
    basis=INTEREST,
)
register_rows(
    "qualification.events",
    Rows(QualificationEvent, of_leads(QualificationEvent), "what happened", ("key", "detail")),
    title="What happened to a lead",
    holds="Changes of stage, assignments, late contacts and what sales said, each with its moment.",
    purpose="To tell the CRM, colleagues and reports what happened, once.",
    basis=INTEREST,
    retention="known",
)
register_rows(
    "qualification.sales",
    Rows(SalesAction, of_leads(SalesAction), "what sales said", COLLEAGUES),
    title="What sales said",
    holds="Acceptances, rejections with their reasons, contacts, snoozes, overrides and notes about a lead.",
    purpose="To know whom sales works with, and to correct the scores by it.",
    basis=INTEREST,
    retention="known",
)
register_rows(
    "qualification.standings",
    Rows(Standing, of_leads(Standing), "where they stand"),
    title="Stage and scores",
    holds="Stage, total, grade, the three scores, forecast, owner, and when sales was in contact.",
    purpose="To decide whom sales calls first: profiling.",
    basis=INTEREST,
    retention="known",
    export=_standing,
)
register_rows(
    "qualification.transitions",
    Rows(Transition, of_leads(Transition), "change of stage"),
    title="Changes of stage",
    holds="Each stage that a lead entered, when, and the reasons.",
    purpose="To explain why somebody is where they are.",
    basis=INTEREST,
    retention="known",
    export=_transitions,
)
register_rows(
    "qualification.team",
    Rows(Seller, lambda subject: Seller.objects.filter(user__in=subject.users), "seller"),
    title="Sales team",
    holds="Who sells, how many leads they take, whether they are there, and in which territories.",
    purpose="To give each lead an owner.",
    basis="legitimate interest of the employer (GDPR art. 6(1)(f), art. 88)",
    whose=Whose.USERS,
)
not_personal("countries and their order", Territory._meta.label)
not_personal("which sellers have a territory: goes with the seller", Territory.sellers.through._meta.label)
