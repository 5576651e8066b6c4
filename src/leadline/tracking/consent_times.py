"""When each purpose was last given and last refused: kept by identity, and counted for the leads that these make up."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from leadline.kernel.clock import from_micros, to_micros
from leadline.tracking.chunks import CHUNK, chunks
from leadline.tracking.consent import Purpose, Times
from leadline.tracking.models import ConsentTimes, Identity, Lead

COLUMNS = ("given_at", "refused_at", "given_by_hand_at", "refused_by_hand_at")
FLAGS: Mapping[Purpose, str] = {purpose: f"{purpose.value}_allowed" for purpose in Purpose}
"""The column of a lead that says whether a purpose is allowed."""


def store_times(news: Mapping[tuple[int, str], Times]) -> set[int]:
    """Join times to what is stored, by (identity, purpose). Returns the identities of which any moved."""
    moved: set[int] = set()
    for some in chunks({identity for identity, _ in news}):
        wanted = set(some)
        rows = ConsentTimes.objects.filter(identity__in=some)
        stored = {(row.identity_id, row.purpose): times_of(row) for row in rows}
        fresh = {place: stored.get(place, Times()).joined(each) for place, each in news.items() if place[0] in wanted}
        changed = {place: each for place, each in fresh.items() if each != stored.get(place)}
        ConsentTimes.objects.bulk_create(
            [_row(*place, each) for place, each in changed.items()],
            update_conflicts=True,
            unique_fields=["identity", "purpose"],
            update_fields=COLUMNS,
            batch_size=CHUNK,
        )
        moved |= {identity for identity, _ in changed}
    return moved


def times_of(row: ConsentTimes) -> Times:
    """A row's times."""
    return Times(*(_micros(getattr(row, column)) for column in COLUMNS))


def consent_of(identities: Iterable[int]) -> dict[int, dict[Purpose, Times]]:
    """What is known of each of these identities of which anything is."""
    found: dict[int, dict[Purpose, Times]] = {}
    for some in chunks(identities):
        for row in ConsentTimes.objects.filter(identity__in=some):
            found.setdefault(row.identity_id, {})[Purpose(row.purpose)] = times_of(row)
    return found


def allowed(every: Iterable[Mapping[Purpose, Times]]) -> dict[Purpose, bool]:
    """What the identities of one person allow: each purpose that was not refused, as all their times together say."""
    told = list(every)
    return {purpose: not _joined(told, purpose).is_refused for purpose in Purpose}


def turned(identities: Collection[int]) -> set[int]:
    """Those of these identities whose lead is not yet marked as they say."""
    found: set[int] = set()
    for some in chunks(identities):
        leads = dict(Identity.objects.filter(pk__in=some, lead__isnull=False).values_list("pk", "lead_id"))
        verdicts = allowed_by_leads(set(leads.values()))
        marked = Lead.objects.in_bulk(list(verdicts))
        wrong = {lead for lead, verdict in verdicts.items() if not is_marked(marked[lead], verdict)}
        found |= {identity for identity, lead in leads.items() if lead in wrong}
    return found


def allowed_by_leads(leads: Collection[int]) -> dict[int, dict[Purpose, bool]]:
    """What each of these leads allows."""
    owners = dict(Identity.objects.filter(lead__in=leads).values_list("pk", "lead_id"))
    told = consent_of(owners)
    by_lead: dict[int, list[Mapping[Purpose, Times]]] = {lead: [] for lead in leads}
    for identity, times in told.items():
        by_lead[owners[identity] or 0].append(times)
    return {lead: allowed(every) for lead, every in by_lead.items()}


def is_marked(lead: Lead, verdict: Mapping[Purpose, bool]) -> bool:
    """Whether a lead's flags say it already."""
    return all(getattr(lead, FLAGS[purpose]) == value for purpose, value in verdict.items())


def mark(lead: Lead, verdict: Mapping[Purpose, bool]) -> None:
    """Set a lead's flags; nothing is saved."""
    for purpose, value in verdict.items():
        setattr(lead, FLAGS[purpose], value)


def _joined(told: Iterable[Mapping[Purpose, Times]], purpose: Purpose) -> Times:
    found = Times()
    for times in told:
        found = found.joined(times.get(purpose, Times()))
    return found


def _row(identity: int, purpose: str, times: Times) -> ConsentTimes:
    moments = (times.given, times.refused, times.given_by_hand, times.refused_by_hand)
    values = dict(zip(COLUMNS, (_moment(each) for each in moments), strict=True))
    return ConsentTimes(identity_id=identity, purpose=purpose, **values)


def _micros(moment: datetime | None) -> int | None:
    return None if moment is None else to_micros(moment)


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None else from_micros(micros)
