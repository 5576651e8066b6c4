"""The rows that records are made of, read for a few leads at once. Whatever is read here stands in `stamps.py` too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Min

from leadline.eventstore.crm import Factors, Touches
from leadline.pipeline.crm.reasons import Made
from leadline.qualification.models import SalesAction, Standing, Transition
from leadline.qualification.records import SALES_CONTACT
from leadline.qualification.sales_words import Word
from leadline.qualification.stages import Stage
from leadline.tracking.models import Conversion, Identity, Lead, Profile
from leadline.tracking.profiles import present_values

SAID: Mapping[str, str] = {
    Word.ACCEPT: "accepted",
    Word.REJECT: "rejected",
    Word.REQUALIFY: "requalified",
    Word.CONTACT: "contacted",
}


@dataclass(frozen=True)
class Known:
    """All that is known of one lead.

    Attributes:
        home: the digest of the identity that the lead was made with.
        traits: the latest value of each, from all identities; `traits_at` is when one was last said, microseconds.
        said: what sales last said: accepted, rejected, requalified or contacted; and when.
    """

    lead: Lead
    standing: Standing | None
    home: bytes
    traits: Mapping[str, Any]
    traits_at: int
    conversions: Sequence[Made]
    qualified_at: datetime | None
    said: str
    said_at: datetime | None
    touches: Touches | None = None
    factors: Factors | None = None


def known_of(leads: Sequence[int]) -> list[Known]:
    """The rows of these leads, in their order; those that exist no more are left out."""
    rows = {lead.pk: lead for lead in Lead.objects.filter(pk__in=leads).select_related("account")}
    standings = Standing.objects.select_related("owner_user").in_bulk(list(rows))
    homes = dict(Identity.objects.filter(home__in=rows).values_list("home", "digest"))
    profiles, made = _profiles(list(rows)), _conversions(list(rows))
    qualified, said = _qualified(list(rows)), _said(list(rows))
    return [
        Known(
            lead=rows[lead],
            standing=standings.get(lead),
            home=bytes(homes[lead]),
            traits=present_values(profiles.get(lead, ())),
            traits_at=max((stamp[1] for each in profiles.get(lead, ()) for stamp in each.values()), default=0),
            conversions=made.get(lead, ()),
            qualified_at=qualified.get(lead),
            said=said[lead][0] if lead in said else "",
            said_at=said[lead][1] if lead in said else None,
        )
        for lead in leads
        if lead in rows and lead in homes
    ]


def _profiles(leads: Sequence[int]) -> dict[int, list[Mapping[str, Any]]]:
    found: dict[int, list[Mapping[str, Any]]] = {}
    for row in Profile.objects.filter(identity__lead__in=leads).select_related("identity"):
        if row.identity.lead_id is not None:
            found.setdefault(row.identity.lead_id, []).append(row.traits)
    return found


def _conversions(leads: Sequence[int]) -> dict[int, list[Made]]:
    """Those that stand, the oldest first."""
    rows = Conversion.objects.filter(identity__lead__in=leads, occurred_at__isnull=False, cancelled_at=None)
    rows = rows.exclude(name=SALES_CONTACT).order_by("occurred_at", "pk")
    found: dict[int, list[Made]] = {}
    for lead, name, at, facts in rows.values_list("identity__lead", "name", "occurred_at", "facts"):
        if lead is not None and at is not None:
            found.setdefault(lead, []).append(Made(name, at, facts))
    return found


def _qualified(leads: Sequence[int]) -> dict[int, datetime]:
    rows = Transition.objects.filter(lead__in=leads, to_stage=Stage.QUALIFIED).values_list("lead")
    return dict(rows.annotate(first=Min("at")).order_by())


def _said(leads: Sequence[int]) -> dict[int, tuple[str, datetime]]:
    """The last word of each."""
    rows = SalesAction.objects.filter(lead__in=leads, kind__in=SAID).order_by("at", "pk")
    return {lead: (SAID[kind], at) for lead, kind, at in rows.values_list("lead", "kind", "at")}
