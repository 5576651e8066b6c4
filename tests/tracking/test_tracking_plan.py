"""The tracking plan: what an event must carry, and what is said when it does not."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tracking_cast import PLAN, SOURCE, draft_of, message, normalised, record, rejection_of

from leadline.kernel.errors import ConfigurationError, DocumentError
from leadline.tracking.normalise import Draft, Rejection
from leadline.tracking.plan import (
    EXTRA,
    MISSING,
    UNPLANNED,
    WRONG_TYPE,
    WRONG_VALUE,
    SourcePolicy,
    TrackingPlan,
    _judge,
)
from leadline.tracking.plan_document import bundled_plan, load_plan, read_plan

Found = list[tuple[str, str]]
LIBRARY = """
name: library
events:
  Book Lent: {properties: {book_id: {type: string, required: true}}}
  Book Lost: {}
"""
STRICT = load_plan("""
name: strict
unplanned: block
extra_properties: block
events: {Book Lent: {properties: {book_id: {type: string, required: true}}}}
""")


def kinds(**properties: object) -> Found:
    return named(PLAN, "Quote Requested", properties)


def named(plan: TrackingPlan, event: str, properties: Mapping[str, object]) -> Found:
    return [(each.kind, each.property) for each in plan.violations(event, properties)]


def judged(plan: TrackingPlan, event: str, mode: str, **properties: object) -> Draft | Rejection:
    """What a source in a mode makes of a track event."""
    policies = {SOURCE: SourcePolicy(mode)}
    (result,) = normalised(record(message(event=event, properties=properties)), plan=plan, policies=policies)
    return result


def test_an_event_that_keeps_to_the_plan_has_no_violations() -> None:
    assert kinds(quote_id="q1", amount=1.5, seats=2, tier="small", roles=[1], extra={"a": 1}, agreed=True) == []


def test_a_required_property_that_is_missing_or_null() -> None:
    assert kinds() == kinds(quote_id=None) == [("Required-Missing", "quote_id")]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("amount", "1.5"),
        ("amount", True),
        ("seats", 1.5),
        ("seats", "2"),
        ("tier", 1),
        ("roles", {"a": 1}),
        ("extra", [1]),
        ("agreed", 1),
        ("agreed", "true"),
    ],
)
def test_a_property_of_another_type(name: str, value: object) -> None:
    assert kinds(quote_id="q1", **{name: value}) == [("Datatype-Mismatch", name)]


def test_whole_numbers_are_numbers_and_round_ones_are_whole() -> None:
    assert kinds(quote_id="q1", amount=2, seats=3.0) == []


def test_a_value_outside_the_enumeration() -> None:
    assert kinds(quote_id="q1", tier="huge") == [("Value-Not-Planned", "tier")]


def test_an_enumeration_writes_booleans_as_json_does() -> None:
    plan = load_plan("name: x\nevents: {A: {properties: {ready: {values: ['true', '1']}}}}")
    assert named(plan, "A", {"ready": True}) == named(plan, "A", {"ready": 1}) == []
    assert named(plan, "A", {"ready": False}) == [(WRONG_VALUE, "ready")]


def test_properties_that_are_not_planned_unless_they_are_null() -> None:
    assert kinds(quote_id="q1", other="x", nothing=None) == [(EXTRA, "other")]


def test_the_name_of_an_extra_property_is_not_told_when_it_is_personal() -> None:
    (found,) = PLAN.violations("Quote Requested", {"quote_id": "q1", "ann@firm.example": 1})
    assert found.property == "(personal)"
    assert "ann" not in found.text


def test_an_event_that_is_not_planned() -> None:
    assert named(PLAN, "Something Else", {"quote_id": 7}) == [(UNPLANNED, "")]


def test_nothing_breaks_a_plan_without_events() -> None:
    assert named(TrackingPlan("none"), "Something Else", {"quote_id": 7}) == []


def test_all_violations_are_named_and_the_first_gives_the_code() -> None:
    rejection = rejection_of(message(event="Quote Requested", properties={"seats": "2", "other": 1}))
    assert rejection.code == "Required-Missing"
    assert rejection.reason == "quote_id is missing; seats is string, planned is integer"
    assert [each.kind for each in rejection.violations] == [MISSING, WRONG_TYPE, EXTRA]


def test_by_default_what_is_not_planned_is_let_through_with_a_warning() -> None:
    draft = draft_of(message(event="Something Else", properties={"other": "x"}))
    assert draft.properties == {"other": "x"}
    assert [each.kind for each in draft.violations] == [UNPLANNED]


@pytest.mark.parametrize(
    ("event", "properties", "kind"),
    [
        ("Book Lent", {}, MISSING),
        ("Book Lent", {"book_id": 1}, WRONG_TYPE),
        ("Book Lent", {"book_id": "b", "shelf": 1}, EXTRA),
        ("Book Eaten", {}, UNPLANNED),
    ],
)
def test_the_mode_of_the_source_decides(event: str, properties: dict[str, object], kind: str) -> None:
    allowed = judged(STRICT, event, "allow", **properties)
    assert isinstance(allowed, Draft)
    assert allowed.violations == ()
    warned = judged(STRICT, event, "warn", **properties)
    assert isinstance(warned, Draft)
    assert [each.kind for each in warned.violations] == [kind]
    blocked = judged(STRICT, event, "block", **properties)
    assert isinstance(blocked, Rejection)
    assert blocked.code == kind


def test_a_message_that_is_no_event_is_rejected_in_every_mode() -> None:
    for mode in ("allow", "warn", "block"):
        rejected = judged(STRICT, "", mode)
        assert isinstance(rejected, Rejection)
        assert (rejected.code, rejected.violations) == ("no_event", ())


def test_only_track_messages_are_judged() -> None:
    page = draft_of(message("page", name="Quote Requested"))
    assert (page.name, page.violations) == ("Quote Requested", ())


def test_listed_properties_keep_free_text_and_personal_ones_go() -> None:
    properties = {"quote_id": "q 1", "note": "two words", "owner_name": "Jane", "other": "two words"}
    draft = draft_of(message(event="Quote Requested", properties=properties))
    assert draft.properties == {"quote_id": "q 1", "note": "two words"}
    assert PLAN.personal("Quote Requested") == {"owner_name"}
    assert PLAN.listed("Something Else") == PLAN.personal("Something Else") == frozenset()


VALUES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.sampled_from(["small", "q1", ""])
ANY = VALUES | st.lists(VALUES, max_size=2) | st.dictionaries(st.sampled_from("ab"), VALUES, max_size=2)


@given(st.dictionaries(st.sampled_from([*PLAN.events["Quote Requested"].properties, "other"]), ANY))
def test_the_quick_check_says_what_the_slow_one_finds(properties: dict[str, object]) -> None:
    rules = PLAN.events["Quote Requested"].properties
    slow = [found.kind for name, rule in rules.items() if (found := _judge(name, rule, properties.get(name)))]
    extra = [EXTRA] if properties.get("other") is not None else []
    assert [each.kind for each in PLAN.violations("Quote Requested", properties)] == [*slow, *extra]


def test_a_plan_includes_others_and_its_own_events_win() -> None:
    plan = load_plan(
        "name: mine\nversion: 2026-05\nincludes: [library]\nevents: {Book Lost: {description: Gone}}",
        {"library": LIBRARY}.__getitem__,
    )
    assert set(plan.events) == {"Book Lent", "Book Lost"}
    assert plan.events["Book Lost"].description == "Gone"
    assert (plan.version, plan.includes) == ("2026-05", ("library",))


def test_of_two_included_plans_the_later_one_wins() -> None:
    texts = {"library": LIBRARY, "other": "name: other\nevents: {Book Lost: {description: Later}}"}
    assert load_plan("name: x\nincludes: [library, other]", texts.__getitem__).events["Book Lost"].description


@pytest.mark.parametrize("name", ["nowhere", "../plans/learning", "/etc/passwd", ""])
def test_only_plans_that_come_with_leadline_are_included(name: str) -> None:
    with pytest.raises(DocumentError, match="none of the plans that come with Leadline"):
        load_plan(f"name: x\nincludes: ['{name}']")


def test_plans_that_include_each_other_are_refused() -> None:
    texts = {"a": "name: a\nincludes: [b]", "b": "name: b\nincludes: [a]"}
    with pytest.raises(DocumentError, match="a includes b includes a"):
        load_plan(texts["a"], texts.__getitem__)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name: x",
        "name: x\nevents: [a]",
        "name: x\nevents: {A: {properties: {a: {type: text}}}}",
        "name: x\nevents: {A: {properties: {a: {typ: string}}}}",
        "name: x\nevents: {A: {properties: {a: {values: [1]}}}}",
        "name: x\nevents: {}\nother: 1",
        "name: x\nevents: {}\nunplanned: allow",
        "name: x\nevents: {}\nversion: [1]",
        "name: 2026-13-45\nevents: {}",
        "name: [",
        "[" * 5_000,
    ],
)
def test_an_invalid_plan_is_refused_with_the_place(text: str) -> None:
    with pytest.raises(DocumentError, match="tracking plan is invalid"):
        load_plan(text)


def test_the_message_names_the_path_inside_the_plan() -> None:
    with pytest.raises(DocumentError, match=r"events.*properties.*type"):
        load_plan("name: x\nevents: {A: {properties: {a: {type: text}}}}")


def test_the_bundled_plan_is_valid_and_another_is_not_there() -> None:
    assert read_plan(bundled_plan("offshore-staffing")).events["Tool Used"].properties["tool"].required
    with pytest.raises(ConfigurationError, match="no tracking plan 'nowhere'"):
        bundled_plan("nowhere")
