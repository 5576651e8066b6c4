"""Which fields are written when both sides have a say."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mapping_cast import mapping_of

from leadline.crm.conflicts import WRITTEN, Both, Reason, decide, settled, to_send
from leadline.crm.hashing import Plain, alike, is_empty, plain
from leadline.crm.records import Value

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
STATUSES = "status: {New: none, Contacted: contacted, Working: accepted, Negotiating: accepted}\n"
MAPPING = mapping_of(
    "ours: name\n"
    "theirs: {from: phone, owner: theirs}\n"
    "newest: {from: title, owner: newest}\n"
    "stage: {from: stage, values: {low: Low, mid: Mid, high: High}, order: [low, mid, high]}\n"
    "step: {from: grade, owner: newest, order: [low, mid, high]}\n"
    "filled: {from: city, default: Unknown}\n"
    "status: status",
    STATUSES,
)


def reason(field: str, wanted: Value, **known: object) -> Reason:
    """Why one field is written or not. `sent` and `seen`: of that field; left out, it never was."""
    both = _both(field, known)
    return decide(MAPPING, {field: wanted}, both)[field].reason


def _both(field: str, known: Mapping[str, object]) -> Both:
    sent, seen = ({field: known[side]} if side in known else {} for side in ("sent", "seen"))
    return Both(
        {"other": "x", **sent},  # type: ignore[dict-item]  # plain values
        seen,  # type: ignore[arg-type]  # plain values
        known.get("here", NOON),  # type: ignore[arg-type]  # a moment
        known.get("there", NOON),  # type: ignore[arg-type]  # a moment
        known.get("sent_at", NOON - HOUR),  # type: ignore[arg-type]  # a moment
    )


@pytest.mark.parametrize(
    ("wanted", "known", "why"),
    [
        ("A", {}, Reason.NEW),
        ("A", {"seen": None}, Reason.NEW),
        ("A", {"seen": "B"}, Reason.CHANGED),
        ("A", {"seen": "A"}, Reason.UNCHANGED),
        ("A", {"sent": "A"}, Reason.UNCHANGED),
        ("B", {"sent": "A", "seen": "A"}, Reason.CHANGED),
        ("B", {"sent": "A", "seen": "B"}, Reason.UNCHANGED),
        ("A", {"sent": "A", "seen": "B"}, Reason.PUT_BACK),
        ("A", {"sent": "A", "seen": None}, Reason.PUT_BACK),
        ("A", {"sent": "A", "seen": "a", "there": NOON - HOUR + timedelta(seconds=30)}, Reason.AS_SENT),
        ("A", {"sent": "B", "seen": "A", "there": NOON - 2 * HOUR}, Reason.CHANGED),
        (None, {}, Reason.EMPTY),
        (None, {"seen": "B"}, Reason.EMPTY),
        (None, {"sent": "A"}, Reason.CHANGED),
        (None, {"sent": "A", "seen": "B"}, Reason.EMPTY),
        (None, {"sent": None, "seen": "B"}, Reason.EMPTY),
        ("", {"sent": None}, Reason.EMPTY),
    ],
)
def test_ours_is_what_is_known_here_and_put_back(wanted: Value, known: dict[str, object], why: Reason) -> None:
    assert reason("ours", wanted, **known) is why


@pytest.mark.parametrize(
    ("wanted", "known", "why"),
    [
        ("A", {}, Reason.THEIRS),
        ("A", {"seen": None}, Reason.NEW),
        ("A", {"seen": "B"}, Reason.THEIRS),
        ("A", {"seen": "A"}, Reason.UNCHANGED),
        ("B", {"sent": "A"}, Reason.THEIRS),
        ("B", {"sent": "A", "seen": None}, Reason.THEIRS),
        (None, {"sent": "A", "seen": "A"}, Reason.THEIRS),
        (None, {}, Reason.EMPTY),
    ],
)
def test_theirs_is_written_once_where_nothing_stands(wanted: Value, known: dict[str, object], why: Reason) -> None:
    assert reason("theirs", wanted, **known) is why


@pytest.mark.parametrize(
    ("wanted", "known", "why"),
    [
        ("Unknown", {}, Reason.NEW),
        ("Unknown", {"seen": "Leeds"}, Reason.EMPTY),
        ("Unknown", {"sent": "Unknown", "seen": "Leeds"}, Reason.EMPTY),
        ("Unknown", {"sent": "Unknown", "seen": None}, Reason.PUT_BACK),
        ("Unknown", {"sent": "York", "seen": "York"}, Reason.CHANGED),
        ("Unknown", {"sent": "York", "seen": "Leeds"}, Reason.EMPTY),
        ("York", {"sent": "Unknown", "seen": "Leeds"}, Reason.CHANGED),
    ],
)
def test_a_default_does_not_displace_what_somebody_wrote(wanted: Value, known: dict[str, object], why: Reason) -> None:
    assert reason("filled", wanted, **known) is why


def test_theirs_is_written_with_a_record_that_is_made() -> None:
    assert to_send(MAPPING, {"theirs": "A"}, {}, {}, NOON, None) == {"theirs": "A"}


def test_nor_over_what_may_stand_in_a_record_that_nothing_is_known_of() -> None:
    wanted: dict[str, Value] = {"theirs": "A", "ours": "A"}
    assert to_send(MAPPING, wanted, {}, {}, NOON, None, is_linked=True) == {"ours": "A"}
    assert to_send(MAPPING, wanted, {}, {"theirs": None}, NOON, NOON, is_linked=True) == wanted


@pytest.mark.parametrize(
    ("wanted", "known", "why"),
    [
        ("A", {}, Reason.NEW),
        ("B", {"sent": "A", "seen": "A"}, Reason.CHANGED),
        ("A", {"sent": "A", "seen": "B"}, Reason.NEWEST_THERE),
        ("B", {"sent": "A", "seen": "C", "here": NOON + HOUR}, Reason.NEWEST_HERE),
        ("B", {"sent": "A", "seen": "C", "here": NOON - HOUR}, Reason.NEWEST_THERE),
        ("B", {"sent": "A", "seen": "C", "here": NOON}, Reason.NEWEST_THERE),
        ("B", {"seen": "C", "here": NOON + HOUR}, Reason.NEWEST_HERE),
        ("B", {"seen": "C", "here": NOON - HOUR}, Reason.NEWEST_THERE),
        ("B", {"sent": "A", "seen": "C", "there": NOON - 2 * HOUR}, Reason.CHANGED),
    ],
)
def test_of_the_newest_the_one_that_changed_last_stands(wanted: Value, known: dict[str, object], why: Reason) -> None:
    assert reason("newest", wanted, **known) is why


def test_what_lost_to_a_newer_value_is_not_argued_about_when_something_else_changes_here() -> None:
    sent: dict[str, Plain] = {"newest": "A", "ours": "x"}
    seen: dict[str, Plain] = {"newest": "C"}
    wanted: dict[str, Value] = {"newest": "B", "ours": "x"}
    assert to_send(MAPPING, wanted, sent, seen, NOON - HOUR, NOON, NOON - 2 * HOUR) == {}
    sent = settled(MAPPING, wanted, sent, seen, NOON - HOUR, NOON, NOON - 2 * HOUR)
    wanted = {"newest": "B", "ours": "y"}
    assert to_send(MAPPING, wanted, sent, seen, NOON + HOUR, NOON, NOON - 2 * HOUR) == {"ours": "y"}
    wanted = {"newest": "D", "ours": "y"}
    assert to_send(MAPPING, wanted, sent, seen, NOON + HOUR, NOON, NOON - 2 * HOUR) == {"newest": "D", "ours": "y"}


@pytest.mark.parametrize(
    ("wanted", "known", "why"),
    [
        ("Mid", {"sent": "Low", "seen": "Low"}, Reason.CHANGED),
        ("Low", {"sent": "Mid", "seen": "Mid"}, Reason.WOULD_REGRESS),
        ("Mid", {"sent": "Low", "seen": "High"}, Reason.WOULD_REGRESS),
        ("Mid", {"sent": "Low", "seen": "high", "there": NOON - 2 * HOUR}, Reason.WOULD_REGRESS),
        ("High", {"sent": "High", "seen": "Mid"}, Reason.PUT_BACK),
        ("Mid", {"sent": "High", "seen": "Low"}, Reason.WOULD_REGRESS),
        (None, {"sent": "Mid", "seen": "Mid"}, Reason.WOULD_REGRESS),
        ("Out", {"sent": "Mid", "seen": "Mid"}, Reason.CHANGED),
        ("Low", {"sent": "Out", "seen": "Out"}, Reason.CHANGED),
        ("High", {"sent": "Mid", "seen": "Negotiation"}, Reason.WOULD_REGRESS),
        ("High", {"seen": "Negotiation"}, Reason.WOULD_REGRESS),
    ],
)
def test_a_field_with_an_order_never_goes_back(wanted: Value, known: dict[str, object], why: Reason) -> None:
    assert reason("stage", wanted, **known) is why


def test_it_goes_back_where_that_is_asked_for() -> None:
    mapping = mapping_of("stage: {from: stage, order: [low, high], regress: true}")
    assert to_send(mapping, {"stage": "low"}, {"stage": "high"}, {}, NOON, None, NOON) == {"stage": "low"}


@pytest.mark.parametrize(
    ("wanted", "known", "why"),
    [
        ("Working", {"sent": "Contacted", "seen": "Contacted"}, Reason.CHANGED),
        ("Working", {"sent": "Contacted", "seen": "Negotiating"}, Reason.UNCHANGED),
        ("Working", {"sent": "Working", "seen": "Negotiating"}, Reason.UNCHANGED),
        ("Contacted", {"sent": "Contacted", "seen": "Negotiating"}, Reason.NEWEST_THERE),
    ],
)
def test_a_status_of_the_same_meaning_is_left_as_it_is(wanted: Value, known: dict[str, object], why: Reason) -> None:
    assert reason("status", wanted, **known) is why


def test_a_field_that_nothing_is_said_about_is_not_written() -> None:
    assert to_send(MAPPING, {"ours": "A"}, {"status": "Working"}, {}, NOON, None, NOON) == {"ours": "A"}


TIMES = st.sampled_from([NOON + step * HOUR for step in range(-3, 4)])
WORDS: st.SearchStrategy[Plain] = st.sampled_from(
    [None, "", "Low", "Mid", "High", "low", "Out", "Working", "Negotiating", "Unknown"]
)
SIDE = st.dictionaries(st.sampled_from([*MAPPING.fields]), WORDS, max_size=6)
WANTED = st.fixed_dictionaries(dict.fromkeys(MAPPING.fields, WORDS))
LATER = NOON + 5 * HOUR
States = tuple[dict[str, Value], dict[str, Plain], dict[str, Plain], datetime, datetime | None, datetime | None, bool]
STATES = st.tuples(WANTED, SIDE, SIDE, TIMES, st.none() | TIMES, st.none() | TIMES, st.booleans())


@settings(max_examples=300)
@given(STATES, st.booleans(), st.sampled_from([str.upper, str.lower, "{}!".format]))
def test_sent_twice_nothing_is_sent_the_second_time(state: States, is_seen: bool, rendition: object) -> None:
    wanted, _, seen, here, there, sent_at, is_linked = state
    out = to_send(MAPPING, *state)
    kept = settled(MAPPING, *state)
    if not out:
        assert to_send(MAPPING, wanted, kept, seen, here, there, sent_at, is_linked) == {}
        return
    assert to_send(MAPPING, wanted, kept, seen, here, there, LATER, True) == {}
    assert callable(rendition)
    made = {name: value and rendition(value) for name, value in plain(out).items()}
    shown = {**seen, **(made if is_seen else plain(out))}
    assert to_send(MAPPING, wanted, kept, shown, here, LATER + timedelta(seconds=40), LATER, True) == {}


@settings(max_examples=300)
@given(STATES)
def test_theirs_never_overwrites(state: States) -> None:
    _, sent, seen, *_, is_linked = state
    if "theirs" in to_send(MAPPING, *state):
        assert "theirs" not in sent
        assert is_empty(seen.get("theirs"))
        assert "theirs" in seen or not (sent or seen or is_linked)


@settings(max_examples=300)
@given(STATES)
def test_a_regress_never_happens(state: States) -> None:
    _, sent, seen, *_ = state
    for field, value in to_send(MAPPING, *state).items():
        rule = MAPPING.fields[field]
        ranks = [rank for side in (sent, seen) if (rank := rule.rank(side.get(field))) is not None]
        now = rule.rank(value)
        assert not rule.order or now is None or now >= max(ranks, default=0)
        assert not (rule.order and is_empty(value))


@settings(max_examples=300)
@given(STATES)
def test_only_what_we_wrote_is_ever_emptied(state: States) -> None:
    _, sent, *_ = state
    for field, value in to_send(MAPPING, *state).items():
        assert not is_empty(value) or not is_empty(sent.get(field))


@settings(max_examples=300)
@given(STATES)
def test_a_default_is_written_where_nothing_stands_or_over_what_we_wrote(state: States) -> None:
    _, sent, seen, _, there, sent_at, _ = state
    shown = seen.get("filled")
    if to_send(MAPPING, *state).get("filled") == "Unknown" and not is_empty(shown):
        assert "filled" in sent
        assert alike(shown, sent["filled"]) or there is None or (sent_at is not None and there <= sent_at)


@settings(max_examples=300)
@given(STATES)
def test_what_is_ours_stands_there_afterwards_unless_nothing_is_known(state: States) -> None:
    wanted, sent, seen, here, there, sent_at, _ = state
    after = {**Both(sent, seen, here, there, sent_at).seen, **plain(to_send(MAPPING, *state))}
    if there is not None and (sent_at is None or there > sent_at) and not is_empty(wanted["ours"]) and seen:
        assert alike(after.get("ours", wanted["ours"]), wanted["ours"])


@settings(max_examples=300)
@given(STATES)
def test_what_is_sent_and_why_say_the_same(state: States) -> None:
    wanted, *rest = state
    decisions = decide(MAPPING, wanted, Both(*rest))
    assert set(decisions) == set(wanted)
    assert to_send(MAPPING, *state) == {
        field: wanted[field] for field, each in decisions.items() if each.reason in WRITTEN
    }
