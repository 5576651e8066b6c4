"""One lead's rows as the fields that a mapping may use (`crm/local_fields.py` says what each means). Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from leadline.crm.local_fields import CONVERSION, REASONS
from leadline.crm.records import LocalRecord, Value, Withheld
from leadline.eventstore.crm import Touch
from leadline.kernel.clock import from_micros, midnight, utc_day
from leadline.pipeline.crm.known import Known
from leadline.pipeline.crm.next_steps import next_step
from leadline.pipeline.crm.reasons import reasons
from leadline.qualification.countries import country_code, country_name, is_country
from leadline.qualification.models import Standing
from leadline.scoring.ruleset import Ruleset

PREFIX = "ll-"
MICRO = 1_000_000
MONTHS = 12
MOMENTS = ("accepted_at", "contacted_at", "rejected_at", "contact_due_at", "stage_since")


def record_of(
    known: Known, ruleset: Ruleset, address: str, *, wanted: bool, withheld: Withheld = Withheld.NOTHING
) -> LocalRecord:
    """A lead as it is before mapping.

    Args:
        address: of Leadline's pages, without a slash at the end.
        wanted: whether the who-is-synced rule takes it.
        withheld: what they refused to let the CRM know.
    """
    person = dict(_person(known))
    fields: dict[str, Value] = {
        **person,
        **dict(_stands(known.standing)),
        **dict(_words(known, ruleset)),
        **dict(_touches(known)),
        **{f"{CONVERSION}{made.name}": made.at for made in known.conversions},
        "external_id": external_id(known.home),
        "qualified_at": known.qualified_at,
        "lead_url": f"{address}/leads/{known.lead.pk}",
        "first_seen_at": known.lead.first_seen_at,
        "last_seen_at": midnight(utc_day(known.lead.last_seen_at)),
    }
    return LocalRecord(
        lead=known.lead.pk,
        external_id=external_id(known.home),
        fields={name: value if value != "" else None for name, value in fields.items()},
        wanted=wanted,
        changed_at=_changed_at(known),
        user_id=str(person["user_id"] or ""),
        email=str(person["email"] or ""),
        withheld=withheld,
    )


def external_id(home: bytes) -> str:
    """How a lead is named for good, by the digest of the identity that it was made with."""
    return f"{PREFIX}{home.hex()}"


def _changed_at(known: Known) -> datetime:
    """When a person last changed something that a CRM may know too: a trait, or what sales says. Fading scores are no
    such change."""
    moments = [known.lead.first_seen_at, *([known.said_at] if known.said_at else [])]
    return max(*moments, from_micros(known.traits_at))


def _person(known: Known) -> Iterator[tuple[str, Value]]:
    card, traits, account = known.lead.card or {}, known.traits, known.lead.account
    first, last = _names(card)
    country = card.get("country") or (account.country if account else "")
    yield from ((name, card.get(name)) for name in ("user_id", "name", "email", "phone", "title", "city"))
    yield from (("first_name", first), ("last_name", last))
    yield "company", account.name if account else None
    yield "domain", account.domain if account else None
    yield "employees", account.employees if account else None
    yield "industry", _text(traits.get("industry")) or (account.industry if account else None)
    yield "website", _text(traits.get("website"))
    yield "postal_code", _text(traits.get("postal_code"))
    yield "unsubscribed", None if known.lead.marketing_allowed else True
    yield "country", country_name(country) if country else None
    yield "country_code", country_code(country).upper() if country and is_country(country) else None


def _names(card: Mapping[str, str]) -> tuple[str | None, str | None]:
    words = card.get("name", "").split()
    first = card.get("first_name") or (words[0] if len(words) > 1 else None)
    return first, card.get("last_name") or (words[-1] if words else None)


def _stands(row: Standing | None) -> Iterator[tuple[str, Value]]:
    if row is None or not row.stage:
        return
    yield "score", row.total // MICRO
    yield from ((name, getattr(row, name) // MICRO) for name in ("engagement", "readiness", "conversion"))
    yield from (("grade", row.grade), ("fit", row.fit or None), ("stage", row.stage))
    yield from ((name, getattr(row, name)) for name in MOMENTS)
    yield "owner", row.owner_user.email if row.owner_user else row.owner
    yield "rejection", row.rejection
    yield from (("seats", row.seats), ("monthly_value", row.monthly_value), ("currency", row.currency))
    yield "yearly_value", None if row.monthly_value is None else row.monthly_value * MONTHS


def _words(known: Known, ruleset: Ruleset) -> Iterator[tuple[str, Value]]:
    row = known.standing
    if row is None or not row.stage:
        return
    same = known.factors is not None and known.factors.ruleset == ruleset.number
    factors = known.factors.micro if known.factors is not None and same else ()
    told = reasons(ruleset, row.reason, known.conversions, factors, row.scored_at)
    yield from ((f"reason_{place}", told[place - 1] if place <= len(told) else None) for place in range(1, REASONS + 1))
    yield "reasons", "\n".join(told)
    yield "status", known.said or ("contacted" if row.contacted_at else None)
    yield (
        "next_step",
        next_step(
            row.stage,
            rejection=_label(ruleset, row.rejection),
            accepted_at=row.accepted_at,
            contacted_at=row.contacted_at,
            due_at=row.contact_due_at,
        ),
    )


def _label(ruleset: Ruleset, rejection: str) -> str:
    labels = {each.name: each.label for each in ruleset.rejections}
    return labels.get(rejection) or rejection.replace("_", " ").capitalize()


def _touches(known: Known) -> Iterator[tuple[str, Value]]:
    if known.touches is not None:
        yield from _touch("first", known.touches.first)
        yield from _touch("last", known.touches.last)


def _touch(which: str, touch: Touch) -> Iterator[tuple[str, Value]]:
    for name in ("at", "channel", "source", "campaign", "landing"):
        yield f"{which}_touch_{name}", getattr(touch, name)


def _text(value: Any) -> str | None:
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else None
