"""The tracking plan: what an event must carry, and what is said when it does not."""

import pytest
from tracking_cast import PLAN, draft_of, message, rejection_of

from leadline.kernel.errors import ConfigurationError, DocumentError
from leadline.tracking.plan import bundled_plan, load_plan, read_plan


def kinds(**properties: object) -> list[tuple[str, str]]:
    return [(each.kind, each.property) for each in PLAN.violations("Quote Requested", properties)]


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


def test_all_violations_are_named_and_the_first_gives_the_code() -> None:
    rejection = rejection_of(message(event="Quote Requested", properties={"seats": "2"}))
    assert rejection.code == "Required-Missing"
    assert rejection.reason == "quote_id is missing; seats is string, planned is integer"


def test_events_and_properties_that_are_not_planned_are_let_through() -> None:
    assert PLAN.violations("Something Else", {"quote_id": 7}) == []
    assert kinds(quote_id="q1", other="x") == []
    assert draft_of(message(event="Something Else", properties={"other": "x"})).properties == {"other": "x"}


def test_only_track_messages_are_judged() -> None:
    assert draft_of(message("page", name="Quote Requested")).name == "Quote Requested"


def test_listed_properties_keep_free_text_and_personal_ones_go() -> None:
    properties = {"quote_id": "q 1", "note": "two words", "owner_name": "Jane", "other": "two words"}
    draft = draft_of(message(event="Quote Requested", properties=properties))
    assert draft.properties == {"quote_id": "q 1", "note": "two words"}
    assert PLAN.personal("Quote Requested") == {"owner_name"}
    assert PLAN.listed("Something Else") == PLAN.personal("Something Else") == frozenset()


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
