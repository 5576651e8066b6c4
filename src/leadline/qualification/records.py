"""What the record store says of leads: all that the stage machine needs beside the scores."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from leadline.qualification.models import Standing
from leadline.qualification.sales_history import said_of
from leadline.qualification.sales_words import SalesState, SalesWord, Word, known_by, sales_state
from leadline.qualification.scored import ScoredLead
from leadline.qualification.stages import LeadFacts, StageState, Trigger
from leadline.scoring.ruleset import Ruleset
from leadline.scoring.sentences import conversion_sentence
from leadline.tracking.models import Conversion, Lead
from leadline.tracking.set_aside import SCORED

CHUNK = 5_000
OPPORTUNITY = "opportunity"
WON_DEAL = "won_deal"
SALES_CONTACT = "sales_contact"
"""Not a conversion of the ruleset: the reserved event `Lead Contacted {owner, channel}` that a CRM or a platform sends
when somebody from sales has spoken to a person."""


@dataclass(frozen=True, slots=True)
class LeadRow:
    """The columns of a lead that decisions look at: plain, because a load may judge thousands of leads."""

    pk: int
    known: bool
    reachable: bool
    permitted: bool
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class StandingRow:
    """The columns of a standing that decisions and rewrites look at. `stage` is empty while it rests."""

    stage: str
    state: StageState
    grade: str
    total: int
    gain_week: int
    fit: int
    fit_points: int
    trigger_at: datetime | None
    owner: str
    contact_due_at: datetime | None
    breached_at: datetime | None
    sales: SalesState


@dataclass(frozen=True, slots=True)
class LeadRecord:
    """One lead's rows.

    Attributes:
        standing: None before the first evaluation.
        conversions: not cancelled, the latest first; the reserved sales contacts stand apart.
        contacts: when somebody from sales spoke to the person, the latest first.
        words: all that was said, contacts among them.
    """

    lead: LeadRow
    standing: StandingRow | None
    conversions: Sequence[Conversion]
    contacts: Sequence[Conversion]
    words: Sequence[SalesWord] = ()

    def state(self, at: datetime) -> StageState:
        """What the stage machine remembers."""
        return self.standing.state if self.standing else StageState.beginning(at)

    def sales(self, ruleset: Ruleset, at: datetime, more: Sequence[SalesWord] = ()) -> SalesState:
        """What stands of all that sales said, and of `more`."""
        words = [*self.words, *more]
        return sales_state(words, known_by(words, at), ruleset)

    def facts(self, scored: ScoredLead, ruleset: Ruleset, at: datetime) -> LeadFacts:
        """All that a decision at `at` needs to know."""
        past = [conversion for conversion in self.conversions if _when(conversion) <= at]
        won = [_when(conversion) for conversion in past if conversion.name == WON_DEAL]
        sales = self.sales(ruleset, at)
        return LeadFacts(
            factors=scored.factors,
            total_micro=scored.total,
            known=self.lead.known,
            reachable=self.lead.reachable,
            permitted=self.lead.permitted,
            disqualifications=scored.disqualifications,
            triggers=tuple(triggers(past, ruleset)),
            won_at=max(won, default=None),
            last_seen_at=self.lead.last_seen_at,
            accepted=sales.accepted_at is not None,
            accepted_at=sales.accepted_at,
            open_opportunity=_open_opportunity(past, won),
            rejection=sales.rejection,
            rejected_at=sales.rejected_at,
            override_stage=sales.override_stage,
            override_until=sales.override_until,
        )


def records_of(leads: Iterable[int]) -> dict[int, LeadRecord]:
    """The rows of these leads; those who stand nowhere are left out: merged ones, robots, our own people, and who
    refused profiling."""
    wanted = list(leads)
    found: dict[int, LeadRecord] = {}
    for start in range(0, len(wanted), CHUNK):
        found |= _some(wanted[start : start + CHUNK])
    return found


def triggers(conversions: Iterable[Conversion], ruleset: Ruleset) -> Iterable[Trigger]:
    """The conversions that fast-track, as the stage machine takes them."""
    rules = {rule.name: rule for rule in ruleset.conversions if rule.triggers}
    for conversion in conversions:
        rule = rules.get(conversion.name)
        if rule and all(condition.holds(conversion.facts) for condition in rule.trigger_where):
            yield Trigger(rule.name, _when(conversion), rule.triggers, conversion_sentence(rule, conversion.facts))


def _some(leads: list[int]) -> dict[int, LeadRecord]:
    columns = ("pk", "known", "reachable", "profiling_allowed", "last_seen_at")
    rows = Lead.objects.filter(SCORED, pk__in=leads, merged_into=None).values_list(*columns)
    standings, conversions = standings_of(leads), _conversions(leads)
    contacted = [pk for pk, each in conversions.items() if any(row.name == SALES_CONTACT for row in each)]
    said = said_of(leads, contacted)
    return {
        row[0]: _record(LeadRow(*row), standings, conversions.get(row[0], []), said.get(row[0], [])) for row in rows
    }


def standings_of(leads: list[int]) -> dict[int, StandingRow]:
    """The standings of those leads that have one."""
    columns = (
        "stage",
        "state",
        "grade",
        "total",
        "gain_week",
        "fit",
        "fit_points",
        "trigger_at",
        "owner",
        "contact_due_at",
        "breached_at",
    )
    sales = [field.name for field in fields(SalesState)]
    rows = Standing.objects.filter(pk__in=leads).values_list("pk", *columns, *sales)
    return {pk: _standing_row(rest[: len(columns)], rest[len(columns) :]) for pk, *rest in rows}


def _standing_row(own: Sequence[Any], sales: Sequence[Any]) -> StandingRow:
    stage, state, *rest = own
    row: list[Any] = [stage, StageState.from_dict(state), *rest, SalesState(*sales)]
    return StandingRow(*row)


def _record(
    lead: LeadRow, standings: Mapping[int, StandingRow], conversions: list[Conversion], said: list[SalesWord]
) -> LeadRecord:
    contacts = [conversion for conversion in conversions if conversion.name == SALES_CONTACT]
    return LeadRecord(
        lead,
        standings.get(lead.pk),
        [conversion for conversion in conversions if conversion.name != SALES_CONTACT],
        contacts,
        [*(SalesWord(Word.CONTACT, _when(contact)) for contact in contacts), *said],
    )


def _conversions(leads: list[int]) -> dict[int, list[Conversion]]:
    rows = Conversion.objects.filter(
        identity__lead__in=leads, occurred_at__isnull=False, cancelled_at=None
    ).select_related("identity")
    grouped: dict[int, list[Conversion]] = {}
    for row in rows.order_by("-occurred_at", "-pk"):
        if row.identity is not None and row.identity.lead_id is not None:
            grouped.setdefault(row.identity.lead_id, []).append(row)
    return grouped


def _when(conversion: Conversion) -> datetime:
    moment = conversion.occurred_at
    if moment is None:  # a cancellation that came before what it cancels is filtered out by the query
        raise ValueError(f"Conversion {conversion.pk} has not occurred.")
    return moment


def _open_opportunity(conversions: Sequence[Conversion], won: Sequence[datetime]) -> bool:
    """Whether one was opened after the latest deal; a lost one counts as cancelled and is not among them."""
    opened = max((_when(conversion) for conversion in conversions if conversion.name == OPPORTUNITY), default=None)
    return opened is not None and all(deal < opened for deal in won)
