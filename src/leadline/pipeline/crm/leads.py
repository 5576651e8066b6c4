"""What should be in the CRM (`LocalLeads`): stamps of everybody, and the records of a few, from rows and visits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.conf import settings

from leadline.crm.desired import WhoRule
from leadline.crm.records import LocalRecord, Withheld
from leadline.eventstore.crm import factors_at, leads_from, touch_stamps, touches_of
from leadline.pipeline.crm.known import Known, known_of
from leadline.pipeline.crm.record import record_of
from leadline.pipeline.crm.reported import reported_by
from leadline.pipeline.crm.stamps import stamps_of
from leadline.pipeline.engine import Engine
from leadline.pipeline.projections import bring_up_to_date
from leadline.tracking.chunks import chunks
from leadline.tracking.models import Conversion, Lead


class EngineLeads:
    """`LocalLeads` of an open installation.

    Args:
        advertising: whether it is for a CRM that is for advertising: who refused sale or sharing is not told of.
    """

    def __init__(self, engine: Engine, *, advertising: bool = False) -> None:
        self._engine, self._advertising = engine, advertising

    def stamps(self, who: WhoRule, linked: Iterable[int]) -> Mapping[int, int]:
        """{lead: stamp} of everybody the rule takes now, and of the linked ones. A stamp changes whenever a row that a
        record is made of changes; 63 bits."""
        already = set(linked)
        bring_up_to_date(self._engine)
        with self._engine.store.cursor() as cursor:
            touches = touch_stamps(cursor)
            there = leads_from(cursor, who.countries) if who.countries else None
        found = stamps_of(who, already, self._words(), touches)
        return found if there is None else {lead: found[lead] for lead in found if lead in already or lead in there}

    def records(self, who: WhoRule, leads: Sequence[int]) -> Sequence[LocalRecord]:
        """What is known of leads; those that exist no more are left out."""
        if leads:
            bring_up_to_date(self._engine)
        return [record for some in chunks(leads) for record in self._some(who, some)]

    def survivors(self, leads: Sequence[int]) -> Mapping[int, int]:
        """{lead: the one it was merged into} of those that were merged here."""
        return survivors_of(leads)

    def tellable(self, connection: str, conversions: Sequence[int]) -> Mapping[int, str]:
        """{conversion: what people call it}, without those that this very connection reported (its deals)."""
        own = reported_by(self._engine.ruleset, connection, conversions)
        labels = {rule.name: rule.name.replace("_", " ").capitalize() for rule in self._engine.ruleset.conversions}
        rows = Conversion.objects.filter(pk__in=conversions, name__in=labels, occurred_at__isnull=False)
        return {pk: labels[name] for pk, name in rows.values_list("pk", "name") if pk not in own}

    def _words(self) -> str:
        return f"{self._engine.ruleset.number}{' advertising' if self._advertising else ''}"

    def _some(self, who: WhoRule, leads: Sequence[int]) -> Iterable[LocalRecord]:
        rows = known_of(leads)
        with self._engine.store.cursor() as cursor:
            touches = touches_of(cursor, leads)
            factors = factors_at(cursor, _judged_at(rows))
            there = leads_from(cursor, who.countries) if who.countries else None
        for row in rows:
            lead = row.lead.pk
            whole = replace(row, touches=touches.get(lead), factors=factors.get(lead))
            withheld = withheld_of(row.lead, advertising=self._advertising)
            wanted = not withheld and is_wanted(who, row) and (there is None or lead in there)
            yield record_of(whole, self._engine.ruleset, settings.PUBLIC_URL, wanted=wanted, withheld=withheld)


def survivors_of(leads: Iterable[int]) -> dict[int, int]:
    """{lead: the one it was merged into in the end} of those that were merged."""
    wanted = list(leads)
    into = _merged(wanted)
    while more := _merged([lead for lead in into.values() if lead not in into]):
        into |= more
    return {lead: _last(lead, into) for lead in wanted if lead in into}


def withheld_of(lead: Lead, *, advertising: bool) -> Withheld:
    """What a CRM is not told of a lead."""
    if advertising and not lead.sharing_allowed:
        return Withheld.EVERYTHING
    return Withheld.NOTHING if lead.profiling_allowed else Withheld.SCORES


def is_wanted(who: WhoRule, known: Known) -> bool:
    """Whether stages and grades of the rule take somebody who counts."""
    lead, row = known.lead, known.standing
    if row is None or not lead.known or lead.merged_into_id is not None or lead.internal or lead.bot:
        return False
    return row.stage in who.stages and (not who.grades or row.grade in who.grades)


def _judged_at(rows: Iterable[Known]) -> dict[int, datetime]:
    return {row.lead.pk: row.standing.scored_at for row in rows if row.standing is not None}


def _merged(leads: Iterable[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for some in chunks(leads):
        rows = Lead.objects.filter(pk__in=some, merged_into__isnull=False).values_list("pk", "merged_into")
        found |= {lead: into for lead, into in rows if into is not None}
    return found


def _last(lead: int, into: Mapping[int, int]) -> int:
    """Where a chain of merges ends; one that runs in a circle ends where it began."""
    seen = {lead}
    while lead in into and into[lead] not in seen:
        lead = into[lead]
        seen.add(lead)
    return lead
