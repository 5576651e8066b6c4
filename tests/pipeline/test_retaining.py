"""What was kept for too long goes, and nothing else; a crash costs a batch at most; reports count what they counted."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from pipeline_cast import MONDAY, Installation, days, hours, identify, page, track, user, visitor

from leadline.accounts.audit import NOTHING, Who, record
from leadline.accounts.audit_verbs import CHANGED
from leadline.accounts.models import AuditEntry
from leadline.analytics.periods import Grain, Period
from leadline.eventstore.queries import count_events
from leadline.kernel.clock import midnight, utc_day
from leadline.kernel.errors import NotFoundError
from leadline.pipeline.models import PipelineMark
from leadline.pipeline.privacy import retaining, retention_batches
from leadline.pipeline.privacy.retention import periods_now, set_period, told_periods
from leadline.pipeline.privacy.retention_due import preview
from leadline.pipeline.reports.measuring import all_measures, measure_many
from leadline.pipeline.reports.moment import one_moment
from leadline.pipeline.reports.sources import Sources
from leadline.privacy.models import ErasedName, Erasure, RetentionRun, SubjectRequest
from leadline.privacy.retention_rules import RULES
from leadline.qualification.models import SalesAction
from leadline.tracking.models import EventSource, Identity, Lead, QuarantinedMessage, ViolationTally

pytestmark = pytest.mark.django_db(transaction=True)
LATER = MONDAY + days(181)
MUCH_LATER = MONDAY + days(731)


class Died(BaseException):
    """What the tests raise at a step."""


def pass_nights(now: datetime) -> None:
    """As if every midnight up to then had passed: evaluating people at hundreds of them is not the subject here."""
    PipelineMark.objects.update(evaluated_to=midnight(utc_day(now)))


def retain(place: Installation, now: datetime = LATER) -> RetentionRun:
    """One run."""
    pass_nights(now)
    return retaining.carry_out(place.engine, clock=lambda: now)


def coming(place: Installation, now: datetime = LATER) -> dict[tuple[str, int | None], int]:
    """What would go, by rule and source."""
    with place.engine.store.cursor() as cursor:
        return {(due.rule, due.source): due.count for due in preview(cursor, periods_now(), now)}


def went(run: RetentionRun) -> dict[tuple[str, int | None], int]:
    """What went."""
    return {(row["rule"], row["source"]): row["count"] for row in run.taken}


def names() -> set[str]:
    return {str(identity.value) for identity in Identity.objects.all()}


def cast(place: Installation) -> None:
    """Two visitors and two users; one of each comes again after 100 days."""
    for short in ("vera", "val"):
        place.receive(
            MONDAY + hours(1), page(visitor(short), MONDAY), page(visitor(short), MONDAY + hours(0.1), "/roles")
        )
    for short in ("ada", "ben"):
        place.receive(
            MONDAY + hours(2),
            page(visitor(short), MONDAY),
            identify(user(short, browser=short), MONDAY + hours(1), email=f"{short}@example.com", company="Works Ltd"),
            track(user(short), "Tool Used", MONDAY + hours(1.2), tool="quote_calculator", completed=True),
            track(user(short), "Quote Requested", MONDAY + hours(1.5), quote_id=f"q-{short}", team_size=5),
        )
    again = MONDAY + days(100)
    pass_nights(again)
    place.receive(again, page(visitor("val"), again), page(user("ben"), again))


def test_visitors_go_after_180_days_and_nobody_else_does(place: Installation) -> None:
    cast(place)
    assert coming(place) == {("visitors", place.source): 1}
    with place.engine.store.cursor() as cursor:
        before = count_events(cursor)
    total, stages = place.total("user-ada"), place.stages("user-ada")
    run = retain(place)
    assert went(run) == {("visitors", place.source): 1}
    assert run.rows["events.events"] == 2
    assert names() == {"browser-val", "user-ada", "browser-ada", "ada@example.com", "user-ben", "browser-ben",
                       "ben@example.com"}  # fmt: skip
    with place.engine.store.cursor() as cursor:
        assert count_events(cursor) == before - 2
    assert (place.total("user-ada"), place.stages("user-ada")) == (total, stages)
    assert coming(place) == {}


def test_known_people_go_two_years_after_the_last_that_was_heard_of_them(place: Installation) -> None:
    cast(place)
    assert coming(place, MUCH_LATER) == {("visitors", place.source): 2, ("known", place.source): 1}
    run = retain(place, MUCH_LATER)
    assert went(run) == {("visitors", place.source): 2, ("known", place.source): 1}
    assert names() == {"user-ben", "browser-ben", "ben@example.com"}
    assert not ErasedName.objects.exists()
    assert not Erasure.objects.exists()
    assert set(Lead.objects.values_list("pk", flat=True)) >= {place.lead("user-ben").pk}


def test_what_sales_did_counts_as_heard_of(place: Installation) -> None:
    cast(place)
    SalesAction.objects.create(lead=place.lead("user-ada"), kind="contact", at=MONDAY + days(300))
    assert ("known", place.source) not in coming(place, MUCH_LATER)
    assert ("known", place.source) in coming(place, MONDAY + days(300 + 730))


@pytest.mark.parametrize(
    ("kind", "state", "stays"),
    [
        ("access", "received", True),
        ("access", "done", False),
        ("erasure", "refused", False),
        ("restriction", "done", True),
        ("restriction", "refused", False),
    ],
)
def test_whoever_asked_something_stays_until_it_is_answered_or_as_long_as_they_want_to_be_kept(
    place: Installation, kind: str, state: str, stays: bool
) -> None:
    cast(place)
    lead = place.lead("browser-vera").pk
    SubjectRequest.objects.create(
        kind=kind, state=state, status_digest="x", lead=lead, received_at=MONDAY, due_at=MONDAY
    )
    assert (coming(place) == {}) is stays


def test_a_person_is_kept_for_the_longest_period_of_the_sources_that_saw_them(place: Installation) -> None:
    shop = EventSource.objects.create(name="shop")
    cast(place)
    place.use_source("shop")
    place.receive(MONDAY + hours(3), page(visitor("vera"), MONDAY + hours(2)), page(visitor("sam"), MONDAY))
    set_period("visitors", "30", "shop", MONDAY, "test")
    assert coming(place, MONDAY + days(31)) == {("visitors", shop.pk): 1}
    set_period("visitors", "forever", "shop", MONDAY, "test")
    assert coming(place) == {}
    set_period("visitors", "default", "shop", MONDAY, "test")
    assert coming(place) == {("visitors", shop.pk): 2}  # Vera's periods are equal: the shop saw her last
    assert [each["source"] for each in told_periods()] == [""] * len(RULES)
    with pytest.raises(NotFoundError):
        set_period("visitors", "30", "nowhere", MONDAY, "test")


def test_messages_that_were_put_aside_go_by_their_arrival(place: Installation) -> None:
    place.receive(MONDAY, b'{"type": "track", "userId": "user-ada"}')
    place.receive(MONDAY + days(20), b'{"type": "track", "userId": "user-ada"}')
    ViolationTally.objects.create(
        source_id=place.source, day=MONDAY.date(), event="x", kind="y", count=3, text="", example={"a": "Ada"},
        last_seen_at=MONDAY,
    )  # fmt: skip
    now = MONDAY + days(31)
    assert coming(place, now) == {("quarantine", None): 1}
    run = retain(place, now)
    assert went(run) == {("quarantine", None): 1}
    assert QuarantinedMessage.objects.count() == 1
    assert ViolationTally.objects.get(event="x").example == {"erased": True}
    assert run.rows["examples"] == 1
    assert retain(place, now).rows == {}


def test_answered_requests_go_after_three_years_and_open_ones_and_restrictions_stay(place: Installation) -> None:
    for number, (kind, state) in enumerate([("access", "done"), ("access", "received"), ("restriction", "done")]):
        over = MONDAY if state == "done" else None
        SubjectRequest.objects.create(
            kind=kind, state=state, status_digest=str(number), received_at=MONDAY, due_at=MONDAY, finished_at=over
        )
    now = MONDAY + days(1096)
    assert coming(place, now) == {("requests", None): 1}
    assert went(retain(place, now)) == {("requests", None): 1}
    assert set(SubjectRequest.objects.values_list("kind", "state")) == {("access", "received"), ("restriction", "done")}


def test_the_audit_trail_is_trimmed_and_still_verifies(place: Installation) -> None:
    for day in (0, 1, 2):
        record(Who(), CHANGED, NOTHING, {"n": day}, MONDAY + days(day))
    run = retain(place, MONDAY + days(1095 + 1.5))
    assert went(run) == {("audit", None): 2}
    assert [entry.verb for entry in AuditEntry.objects.order_by("number")] == [
        "changed",
        "audit.trimmed",
        "retention.ran",
    ]


def numbers(place: Installation, now: datetime) -> dict[str, list[float | None]]:
    """Every metric that adds up, day by day in a zone whose day begins at a quarter to."""
    period = Period(MONDAY.date() - days(2), now.date(), "Asia/Kathmandu")
    adding = [each.name for each in all_measures(place.engine.ruleset) if each.adds]
    with place.engine.store.cursor() as cursor, one_moment(place.engine, cursor):
        found = measure_many(Sources(cursor, place.engine.ruleset, now), adding, period.buckets(Grain.DAY))
    return {name: [each.value for each in some] for name, some in found.items()}


def test_what_reports_counted_day_by_day_they_count_still(place: Installation) -> None:
    cast(place)
    before = numbers(place, MUCH_LATER)
    told = {name for name, values in before.items() if any(values)}
    assert {
        "sessions",
        "new-people",
        "new-leads",
        "tool-uses",
        "completed-tool-uses",
        "conversion:quote_requested",
    } <= told
    run = retain(place, MUCH_LATER)
    assert sum(went(run).values()) == 3
    assert numbers(place, MUCH_LATER) == before
    place.restart()
    assert numbers(place, MUCH_LATER) == before


STEPS = ["begin_batch", "end_batch", "_take_rest", "recopy", "sweep", "_finished"]
WHERE: dict[str, Any] = {"begin_batch": retention_batches, "end_batch": retention_batches}


@pytest.mark.parametrize(("step", "when"), [*((step, "before") for step in STEPS), ("end_batch", "after")])
def test_a_process_that_dies_before_or_after_any_step_is_gone_on_with(
    place: Installation, monkeypatch: pytest.MonkeyPatch, step: str, when: str
) -> None:
    cast(place)
    before = numbers(place, MUCH_LATER)
    with monkeypatch.context() as patched:
        module = WHERE.get(step, retaining)
        patched.setattr(module, step, dying(getattr(module, step), when))
        with pytest.raises(Died):
            retain(place, MUCH_LATER)
    place.restart()
    run = retain(place, MUCH_LATER)
    assert run.state == "done"
    taken = {row["rule"]: 0 for each in RetentionRun.objects.all() for row in each.taken}
    for each in RetentionRun.objects.all():
        for row in each.taken:
            taken[row["rule"]] += row["count"]
    assert taken == {"visitors": 2, "known": 1}
    assert names() == {"user-ben", "browser-ben", "ben@example.com"}
    assert not RetentionRun.objects.filter(copy_due=True).exists()
    assert not RetentionRun.objects.filter(sweep_due=True).exists()
    assert not RetentionRun.objects.filter(work__isnull=False).exists()
    assert numbers(place, MUCH_LATER) == before
    with place.engine.store.cursor() as cursor:
        assert cursor.execute("SELECT count(*) FROM aged_totals WHERE batch <> 0").fetchall() == [(0,)]


def dying(step: Callable[..., Any], when: str) -> Callable[..., Any]:
    def died(*arguments: Any, **named: Any) -> None:
        if when == "after":
            step(*arguments, **named)
        raise Died

    return died


def test_many_batches_cost_one_copy(place: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retaining, "AT_ONCE", 1)
    cast(place)
    run = retain(place, MUCH_LATER)
    assert run.batches == 3
    assert place.engine.store.path.name == "events.2.duckdb"
    assert retain(place, MUCH_LATER + timedelta(hours=1)).batches == 0
    assert place.engine.store.path.name == "events.2.duckdb"


def test_a_lead_in_which_somebody_elses_browser_began_is_not_due_for_ever(place: Installation) -> None:
    """The shared browser belongs to whoever signs in first; the other one's lead stays, empty."""
    place.receive(MONDAY, page(visitor("shared"), MONDAY), page(visitor("own"), MONDAY))
    place.receive(MONDAY + hours(1), identify(user("ada", browser="shared"), MONDAY + hours(1)))
    retain(place)
    assert names() == {"user-ada", "browser-shared"}
    assert coming(place) == {}
    assert retain(place, LATER + days(1)).taken == []
