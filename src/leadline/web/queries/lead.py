"""One lead's page: who it is, where it stands, why, and what happened."""

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404

from leadline.kernel.errors import TransientError
from leadline.pipeline import reading
from leadline.pipeline.finding import is_seen, survivor
from leadline.qualification.countries import country_name
from leadline.qualification.models import Standing, Transition
from leadline.qualification.resting import RESTING
from leadline.qualification.sla import ContactDue
from leadline.qualification.stages import Stage
from leadline.tracking.models import Account, Lead
from leadline.web.ledger_table import LedgerTable, ledger_table
from leadline.web.next_step import Situation
from leadline.web.sales_rules import due_of, rejection_label
from leadline.web.sounding import Sounding, sounding
from leadline.web.weights import dimension_weights
from leadline.web.words import person_name

CLOSED_STAGES = frozenset({Stage.CUSTOMER, Stage.DISQUALIFIED})


@dataclass(frozen=True, slots=True)
class Person:
    """Who it is, and where they stand (None before the first evaluation, and for robots and our own people)."""

    lead: Lead
    standing: Standing | None

    @property
    def name(self) -> str:
        """What they are called."""
        return person_name(self.lead.card, self.lead.pk, self.lead.known)

    @property
    def card(self) -> dict[str, str]:
        """What is known of them."""
        return self.lead.card or {}

    @property
    def account(self) -> Account | None:
        """Their company."""
        return self.lead.account

    @property
    def place(self) -> str:
        """City and country."""
        country = self.card.get("country") or (self.account.country if self.account else "")
        return ", ".join(filter(None, (self.card.get("city"), country_name(country or ""))))

    @property
    def sounding(self) -> Sounding | None:
        """The bar of the standing."""
        return sounding(self.standing, dimension_weights(self.standing.ruleset)) if self.standing else None

    @property
    def leading_dimension(self) -> str:
        """The dimension that gave most; with a trigger, the one that triggers belong to."""
        if self.standing and self.standing.trigger_at and self.standing.reason_at == self.standing.trigger_at:
            return "conversion"
        bar = self.sounding
        return max(bar.parts, key=lambda part: part.micro).dimension if bar and bar.total_micro else ""

    @property
    def due(self) -> ContactDue | None:
        """When first contact is due, for a qualified lead that nobody has contacted."""
        return due_of(self.standing) if self.standing else None

    @property
    def situation(self) -> Situation:
        """What the next step depends on."""
        row = self.standing
        if row is None:
            return Situation("", self.lead.known, "", None, None, None)
        said = (row.accepted_at, row.contacted_at, self.due, row.snoozed_until, rejection_label(row))
        return Situation(row.stage, self.lead.known, row.owner, *said, self._disqualified_for(row))

    def _disqualified_for(self, row: Standing) -> str:
        """Why nobody is to contact them, in words; empty when that is not so."""
        if row.stage != Stage.DISQUALIFIED:
            return ""
        last = Transition.objects.filter(lead=self.lead, to_stage=Stage.DISQUALIFIED).order_by("-at").first()
        return "; ".join(reason["sentence"] for reason in last.reasons) if last else ""

    @property
    def may_be_contacted(self) -> bool:
        """Whether the page offers to call and to write: neither where they refused marketing."""
        return self.lead.marketing_allowed and (self.standing is None or self.standing.stage != Stage.DISQUALIFIED)

    @property
    def can_be_sold_to(self) -> bool:
        """Whether sales can say anything of it: known and scored."""
        return self.lead.known and self.standing is not None

    @property
    def is_open(self) -> bool:
        """Whether accepting and contacting make sense: neither customer nor disqualified nor rejected."""
        row = self.standing
        return self.can_be_sold_to and row is not None and row.stage not in CLOSED_STAGES and not row.rejection


@dataclass(frozen=True, slots=True)
class Why:
    """The explanation, or what kept it from being made."""

    table: LedgerTable | None
    ruleset: int
    as_of: datetime
    trouble: str = ""
    fit: LedgerTable | None = None

    @property
    def whole(self) -> str:
        """The total in whole points, cut."""
        return self.table.total.partition(".")[0] if self.table else ""


def find_person(number: int) -> Person:
    """The lead with this number, or the one that it was merged into.

    Raises:
        Http404: there is none, or not for whoever asks.
    """
    lead = Lead.objects.select_related("account", "merged_into__account").filter(pk=number).first()
    if lead is None:
        raise Http404(f"There is no lead {number}.")
    found = survivor(lead)
    if not is_seen(found):
        raise Http404(f"There is no lead {number}.")
    standing = Standing.objects.filter(lead=found).exclude(stage=RESTING).first()
    return Person(found, standing)


def why(person: Person, now: datetime) -> Why:
    """Every point of the score, as of now."""
    try:
        told = reading.explain(person.lead.pk, now)
    except TransientError as error:
        return Why(None, 0, now, str(error))
    fit = ledger_table(told.fit, told.sentences) if told.fit else None
    return Why(ledger_table(told.ledger, told.sentences, told.behind, told.told), told.ruleset, told.as_of, fit=fit)


def stage_history(person: Person) -> list[Transition]:
    """The stages that were entered, the latest first."""
    return list(Transition.objects.filter(lead=person.lead).order_by("-at"))
