"""Consent in the record store: leads are marked as it was said last, and each change leaves proof."""

import itertools
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tracking_cast import NOON, SOURCE, Office, at, batch, lead_of, message, new_desk, record

from leadline.tracking.consent import Purpose
from leadline.tracking.consent_book import by_hand, keep
from leadline.tracking.leads import renew_cards
from leadline.tracking.merging import merge, root_of, unmerge
from leadline.tracking.models import ConsentStatement, ConsentTimes, EventSource, Identity, Lead

Story = tuple[tuple[str, int, bool], ...]


def speaking(given_: bool, minutes: float, number: str, who: str = "v1", version: str = "a") -> dict[str, Any]:
    """A page view so many minutes after 10:20, whose consent says this of analytics."""
    consent = {"categoryPreferences": {"analytics": given_}, "version": version}
    context = {"consent": consent, "page": {"path": "/terms", "url": "https://a.example/terms?email=x@y.example"}}
    return message("page", anonymousId=who, timestamp=at(minutes - 100), messageId=number, context=context)


def flags(who: str = "v1") -> tuple[bool, bool, bool]:
    lead = Lead.objects.get(pk=lead_of("anonymous_id", who))
    return lead.profiling_allowed, lead.marketing_allowed, lead.sharing_allowed


def proof(purpose: str = "profiling") -> list[tuple[bool, str]]:
    rows = ConsentStatement.objects.filter(purpose=purpose).order_by("said_at", "pk")
    return list(rows.values_list("given", "version"))


def test_a_refusal_marks_the_lead_and_leaves_proof(office: Office) -> None:
    EventSource.objects.create(pk=SOURCE, name="website")
    office.take(speaking(False, 95, "m1"))
    assert flags() == (False, True, True)
    (row,) = ConsentStatement.objects.all()
    assert (row.purpose, row.given, row.how, row.version, row.path) == ("profiling", False, "banner", "a", "/terms")
    assert row.said_at == NOON - timedelta(minutes=5)
    assert row.received_at == NOON
    assert row.source_id == SOURCE


def test_who_said_nothing_is_allowed_everything(office: Office) -> None:
    office.take(message())
    assert flags() == (True, True, True)
    assert not ConsentTimes.objects.exists()


def test_only_a_change_or_another_text_leaves_proof(office: Office) -> None:
    said = [(True, "a"), (True, "a"), (True, "b"), (False, "b"), (False, "b"), (True, "b")]
    office.take(*(speaking(each, n, f"m{n}", version=version) for n, (each, version) in enumerate(said)))
    assert proof() == [(True, "a"), (True, "b"), (False, "b"), (True, "b")]
    assert flags()[0] is True


def test_a_segment_taken_again_changes_nothing(office: Office) -> None:
    office.take(speaking(True, 1, "m1"), speaking(False, 2, "m2"), speaking(False, 3, "m3"))
    before = list(ConsentStatement.objects.values_list()), list(ConsentTimes.objects.values_list())
    office.again(office.segments[0])
    assert (list(ConsentStatement.objects.values_list()), list(ConsentTimes.objects.values_list())) == before


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_messages_that_come_late_change_only_what_they_are_the_last_word_on(
    office: Office, order: tuple[int, ...]
) -> None:
    said = [speaking(False, 1, "m1"), speaking(True, 2, "m2"), speaking(False, 3, "m3")]
    for place in order:
        office.take(said[place])
    assert flags()[0] is False


def test_global_privacy_control_in_the_request_marks_sharing(office: Office) -> None:
    office.take_records([replace(record(message()), headers={"sec-gpc": "1"})])
    assert flags() == (True, True, False)


def test_unsubscribing_marks_marketing(office: Office) -> None:
    office.take(message("identify", anonymousId="v1", traits={"unsubscribed": True}))
    assert flags() == (True, False, True)


def test_what_a_visitor_refused_counts_for_the_user_they_become(office: Office) -> None:
    office.take(speaking(False, 1, "m1"))
    office.take(message("identify", userId="u1", anonymousId="v1", timestamp=at(-98), messageId="m2"))
    assert flags()[0] is False
    office.take(speaking(True, 3, "m3") | {"userId": "u1"})
    assert flags()[0] is True


def test_a_merge_by_hand_joins_consent_and_taking_it_back_parts_it(office: Office) -> None:
    office.take(speaking(True, 1, "m1", "v1"), speaking(False, 2, "m2", "v2"))
    one, other = (Lead.objects.get(pk=lead_of("anonymous_id", who)) for who in ("v1", "v2"))
    identity, owner = root_of(other).pk, root_of(one).pk
    merge(other, one, NOON)
    assert flags("v1")[0] is False
    unmerge(identity, owner, NOON)
    assert (flags("v1")[0], flags("v2")[0]) == (True, False)


def test_what_was_said_by_hand_outweighs_later_pages_until_it_is_said_otherwise_by_hand(office: Office) -> None:
    office.take(message(messageId="m0"))
    identity = Identity.objects.get().pk
    lead = Identity.objects.get().lead_id
    keep([by_hand(identity, Purpose.PROFILING, False, NOON - timedelta(hours=3), b"k" * 16, "Ann", "She rang.")])
    renew_cards([lead or 0])
    assert flags()[0] is False
    office.take(speaking(True, 60, "m1"))
    assert flags()[0] is False
    keep([by_hand(identity, Purpose.PROFILING, True, NOON, b"l" * 16, "Ann", "She rang again.")])
    renew_cards([lead or 0])
    assert flags()[0] is True
    assert [row.because for row in ConsentStatement.objects.filter(how="hand")] == ["She rang.", "She rang again."]


SAYINGS = st.lists(
    st.tuples(st.sampled_from(("v1", "v2")), st.integers(0, 4), st.booleans()), min_size=1, max_size=6
).map(tuple)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=SAYINGS, data=st.data())
def test_leads_are_marked_the_same_whatever_the_order_and_the_segments(
    office: Office, story: Story, data: st.DataObject
) -> None:
    messages = [speaking(given_, minute, f"m{n}", who) for n, (who, minute, given_) in enumerate(story)]
    joint = message("identify", userId="u1", anonymousId="v1", timestamp=at(-109), messageId="j1")
    again = message("identify", userId="u1", anonymousId="v2", timestamp=at(-108), messageId="j2")
    shuffled = data.draw(st.permutations([joint, again, *messages]))
    cut = data.draw(st.integers(0, len(shuffled)))
    for part in (shuffled[:cut], shuffled[cut:]):
        if part:
            office.take_records([batch(*part)])
    last = max(minute for _, minute, _ in story)
    assert flags()[0] is all(given_ for _, minute, given_ in story if minute == last)
    Lead.objects.update(profiling_allowed=True)
    renew_cards(list(Lead.objects.filter(merged_into=None).values_list("pk", flat=True)))
    assert flags()[0] is all(given_ for _, minute, given_ in story if minute == last)
    _empty(office)


def _empty(office: Office) -> None:
    """Hypothesis tells the next story to the same office."""
    Identity.objects.update(home=None, lead=None)
    for model in (ConsentStatement, ConsentTimes, Identity, Lead):
        model.objects.all().delete()
    office.desk = new_desk()
