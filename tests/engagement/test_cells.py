"""Events become daily cells."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.engagement.cells import (
    MICROS_PER_DAY,
    Cell,
    daily_cells,
    day_of,
    filled_by,
    in_thousandths,
    key_text,
    lead_cells,
)
from leadline.engagement.metrics import CELL_LIMIT, Condition, Metric, MetricKind
from leadline.tracking.events import Event

DAY = 20_000
NOON = DAY * MICROS_PER_DAY + MICROS_PER_DAY // 2


def event(
    name: str, /, *, kind: str = "track", identity: int = 1, at: int = NOON, seq: int = 1, **given: object
) -> Event:
    return Event(seq, kind, name, identity, at, given)


def metric(kind: MetricKind, *events: str, **fields: object) -> Metric:
    return Metric("m", kind, events, **fields)


def values(measured: Metric, *events: Event) -> list[int]:
    return [cell.value for cell in daily_cells(events, [measured])]


def test_count_is_1000_for_each_event_of_a_name() -> None:
    done = metric(MetricKind.COUNT, "Done", "Finished")
    assert values(done, event("Done"), event("Finished"), event("Other")) == [2000]


def test_each_identity_and_day_has_its_own_cell() -> None:
    tomorrow = event("Done", at=NOON + MICROS_PER_DAY)
    cells = daily_cells([event("Done"), event("Done", identity=2), tomorrow], [metric(MetricKind.COUNT, "Done")])
    days = {(cell.identity, cell.day) for cell in cells}
    assert days == {(1, day_of(NOON)), (2, day_of(NOON)), (1, day_of(NOON + MICROS_PER_DAY))}


def test_where_filters_by_type_and_value() -> None:
    completed = metric(MetricKind.COUNT, "Used", where=(Condition("completed", (True,)),))
    assert values(completed, event("Used", completed=True)) == [1000]
    for other in (False, 1, "true", None):
        assert values(completed, event("Used", completed=other)) == []


def test_numbers_compare_as_doubles_and_booleans_are_no_numbers() -> None:
    four = Condition("seats", (4,))
    assert four.holds({"seats": 4.0})
    assert not four.holds({"seats": "4"})
    assert not Condition("seats", (1,)).holds({"seats": True})


def test_at_least_needs_a_number() -> None:
    some = Condition("seats", at_least=1)
    assert some.holds({"seats": 1})
    for other in (0.9, "5", True, None, 10**400):
        assert not some.holds({"seats": other})


def test_sum_rounds_each_value_to_thousandths() -> None:
    paid = metric(MetricKind.SUM, "Paid", property="amount")
    assert values(paid, event("Paid", amount=0.1), event("Paid", amount=0.0005), event("Paid", amount=-1)) == [-899]


def test_values_that_are_no_numbers_are_skipped() -> None:
    paid = metric(MetricKind.SUM, "Paid", property="amount")
    assert values(paid, *(event("Paid", amount=bad) for bad in ("5", True, None, [1], float("nan"), 10**400))) == []


def test_max_is_the_greatest_of_the_day() -> None:
    assert values(metric(MetricKind.MAX, "P", property="v"), event("P", v=3), event("P", v=9), event("P", v=4)) == [
        9000
    ]


def test_last_is_the_latest_and_ties_go_by_message() -> None:
    scored = metric(MetricKind.LAST, "P", property="v")
    assert values(scored, event("P", v=3, at=NOON + 1), event("P", v=9)) == [3000]
    (cell,) = daily_cells([event("P", v=3, seq=2), event("P", v=9, seq=1)], [scored])
    assert (cell.value, cell.order) == (3000, (NOON, 2))


def test_distinct_has_a_cell_for_each_value_of_any_simple_type() -> None:
    seen = metric(MetricKind.DISTINCT, "Seen", property="id")
    cells = daily_cells([event("Seen", id=value) for value in ("a", "a", 4, True, "", None, {}, [])], [seen])
    assert sorted(cell.key for cell in cells) == ["4", "a", "true"]
    assert {cell.value for cell in cells} == {1000}


def test_unless_cancels_a_key_whatever_its_other_properties() -> None:
    booked = metric(
        MetricKind.DISTINCT, "Booked", property="id", unless=("Cancelled",), where=(Condition("kind", ("call",)),)
    )
    cells = daily_cells([event("Booked", id="a", kind_="x"), event("Cancelled", id="a")], [booked])
    assert [(cell.key, cell.value) for cell in cells] == [("a", -1000)]


def test_active_days_are_days_of_track_page_or_screen() -> None:
    days = metric(MetricKind.ACTIVE_DAYS)
    assert values(days, *(event("x", kind=kind) for kind in ("track", "page", "screen"))) == [1000]
    assert values(days, *(event("x", kind=kind) for kind in ("identify", "group", "alias"))) == []


def test_engaged_milliseconds_are_thousandths_of_a_second() -> None:
    spent = metric(MetricKind.ENGAGED_SECONDS, "Page Engaged", property="engaged_ms")
    events = [event("Page Engaged", engaged_ms=ms) for ms in (600_000, 1500.4, -5, 86_400_001, "7")]
    assert values(spent, *events) == [601_500]


def test_cells_stay_within_their_limit() -> None:
    paid = metric(MetricKind.SUM, "Paid", property="amount")
    assert values(paid, event("Paid", amount=1e300)) == [CELL_LIMIT]
    assert values(paid, *(event("Paid", amount=-8e6) for _ in range(2))) == [-CELL_LIMIT]


def test_trait_metrics_have_no_cells() -> None:
    assert daily_cells([event("x")], [metric(MetricKind.COMPLETENESS, traits=("title",))]) == []


def test_the_cells_of_a_leads_identities_combine() -> None:
    done, best = metric(MetricKind.COUNT, "D"), metric(MetricKind.MAX, "D", property="v")
    both = daily_cells([event("D", v=1), event("D", identity=2, v=5)], [done, best])
    combined = {cell.metric: cell.value for cell in lead_cells(both, [done, best])}
    assert combined == {done.digest: 2000, best.digest: 5000}


def test_days_are_utc_also_before_1970() -> None:
    assert (day_of(0), day_of(-1)) == (date(1970, 1, 1), date(1969, 12, 31))


def test_keys_are_json_text() -> None:
    assert [key_text(value) for value in ("a b", 4, 4.5, False, None)] == ["a b", "4", "4.5", "false", ""]


@settings(deadline=None)  # shared cores
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_thousandths_are_near_and_within_the_limit(number: float) -> None:
    found = in_thousandths(number)
    assert abs(found) <= CELL_LIMIT
    if abs(number) < 1e6:
        assert abs(found - number * 1000) <= 0.500001


events = st.builds(
    event,
    st.sampled_from(["D", "U", "other"]),
    kind=st.sampled_from(["track", "page", "identify"]),
    identity=st.integers(1, 2),
    at=st.integers(NOON, NOON + 2 * MICROS_PER_DAY),
    seq=st.integers(1, 10**6),
    v=st.one_of(st.integers(-5, 5), st.floats(-5, 5), st.text(max_size=2), st.booleans(), st.none()),
)
ALL = [
    metric(kind, "D", property="v", unless=("U",) if kind is MetricKind.DISTINCT else ())
    for kind in (MetricKind.COUNT, MetricKind.SUM, MetricKind.MAX, MetricKind.LAST, MetricKind.DISTINCT)
]


@settings(deadline=None)  # shared cores
@given(st.lists(events, max_size=8, unique_by=lambda each: each.message_hash), st.randoms())
def test_cells_do_not_depend_on_the_order_of_events(given_events: list[Event], random: object) -> None:
    shuffled = list(given_events)
    random.shuffle(shuffled)
    assert _as_set(daily_cells(shuffled, ALL)) == _as_set(daily_cells(given_events, ALL))


@settings(deadline=None)  # shared cores
@given(st.lists(events, max_size=8, unique_by=lambda each: each.message_hash))
def test_each_event_is_behind_the_cells_that_it_alone_would_fill(given_events: list[Event]) -> None:
    metrics = [*ALL, metric(MetricKind.ACTIVE_DAYS), metric(MetricKind.ACTIVE_SECONDS)]
    alone = {(each.message_hash, c.metric, c.key) for each in given_events for c in daily_cells([each], metrics)}
    found = [(each.message_hash, digest, key) for each, digest, key in filled_by(given_events, metrics)]
    assert len(set(found)) == len(found)
    assert set(found) == alone


def _as_set(cells: list[Cell]) -> set[Cell]:
    assert len(set(cells)) == len(cells)
    return set(cells)


def test_attention_is_that_of_the_visits_of_a_day() -> None:
    minutes = (0, 1, 10, 60, 61)
    visited = [event("Seen", at=minute * 60_000_000) for minute in minutes]
    beat = event("Page Engaged", at=61 * 60_000_000, engaged_ms=30_000)
    (cell,) = daily_cells([*visited, beat], [metric(MetricKind.ACTIVE_SECONDS)])
    assert cell.value == 60_000 + 120_000 + 30_000
