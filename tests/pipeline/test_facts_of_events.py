"""Facts derived from plain events are those that the record store's rows give."""

from typing import Any

import pytest
from pipeline_cast import Installation
from year_cast import Arrival, life, live

from leadline.eventstore import queries
from leadline.eventstore.database import Cursor
from leadline.kernel.clock import to_micros
from leadline.qualification.facts import conversions_of, is_known, is_reachable
from leadline.qualification.records import SALES_CONTACT
from leadline.tracking.models import Conversion, Identity, Lead


def always(at: Any) -> bool:  # noqa: ARG001
    return True


def rows() -> list[tuple[Any, ...]]:
    found = Conversion.objects.exclude(name=SALES_CONTACT).exclude(occurred_at=None)
    return sorted(
        (
            c.name,
            to_micros(c.occurred_at),
            c.identity_id,
            c.cancelled_at is not None,
            c.amount,
            c.currency,
            str(c.facts),
        )
        for c in found
        if c.occurred_at
    )


def test_conversions_and_who_is_known_and_reachable(place: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    story = life(5, 25, rate=3)
    story.happenings = [each for each in story.happenings if isinstance(each, Arrival)]
    live(place, story, monkeypatch, always)
    with place.engine.store.cursor() as cursor:
        events = queries.events_of(cursor, list(Identity.objects.values_list("pk", flat=True)))
        found = conversions_of(place.engine.ruleset, events)
        assert rows() == sorted(
            (c.name, c.occurred_micros, c.identity, c.cancelled, c.amount, c.currency, str(dict(c.facts)))
            for c in found
        )
        assert len(found) >= 10
        for lead in Lead.objects.all():
            assert_person(cursor, lead)


def assert_person(cursor: Cursor, lead: Lead) -> None:
    identities = Identity.objects.filter(lead=lead)
    if not identities:
        return
    traits = queries.traits_of(cursor, [identity.pk for identity in identities])
    assert is_known(identity.kind for identity in identities) is lead.known
    assert is_reachable(traits) is lead.reachable
