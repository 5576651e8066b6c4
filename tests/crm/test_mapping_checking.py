"""Whether a mapping fits the CRM that it is for."""

import pytest
from mapping_cast import DOCUMENT, REMOTE, mapping_of

from leadline.crm.checking import Level, missing, problems
from leadline.crm.mapping import read_mapping
from leadline.crm.records import FieldType, RemoteField
from leadline.scoring.document import bundled_ruleset, load_ruleset

RULESET = load_ruleset(bundled_ruleset("offshore-staffing").read_text())
STAGES = (("qualified", "Qualified"), ("customer", "Customer"))


def told(entry: str, *fields: RemoteField, rest: str = "") -> list[str]:
    """What is wrong with a mapping of one field `x` to these of a CRM."""
    return [str(each) for each in problems(mapping_of(f"x: {entry}", rest), fields)]


def field(type_: FieldType = FieldType.TEXT, **more: object) -> RemoteField:
    """The field `x`."""
    return RemoteField("x", "Field", type_, **more)  # type: ignore[arg-type]  # whatever a test says


def test_the_document_of_these_tests_fits_but_for_a_choice() -> None:
    (found,) = problems(read_mapping(DOCUMENT), REMOTE)
    assert str(found) == (
        "fields.source: 'Leadline' can't be chosen in Source. Did you mean 'leadline'? Translate it with values."
    )


def test_fields_of_our_own_that_are_not_there_are_missing_and_no_problem() -> None:
    mapping = read_mapping(DOCUMENT)
    assert [each.name for each in missing(mapping, REMOTE)] == ["x_score", "x_stage"]
    assert missing(mapping, [*REMOTE, *mapping.our_fields]) == ()


def test_an_unknown_field_is_an_error_with_the_nearest_one() -> None:
    (found,) = problems(mapping_of("phon: phone"), REMOTE[2:])
    assert found.path == "fields.phon"
    assert found.level is Level.ERROR
    assert found.advice == "Did you mean 'phone'? Or give it a label: then it is made there."


def test_a_crm_that_does_not_say_what_it_has_is_not_checked() -> None:
    assert problems(mapping_of("anything: phone"), ()) == ()


def test_fields_of_the_deal_are_not_looked_for_among_those_of_the_lead() -> None:
    assert problems(mapping_of("deal.amount: yearly_value"), REMOTE[4:5]) == ()


def test_a_field_that_can_only_be_read_is_an_error() -> None:
    assert told("name", field(writable=False)) == [
        "fields.x: Field can only be read. Leave it out, or write to another field."
    ]


@pytest.mark.parametrize(
    ("entry", "type_", "advice"),
    [
        ("name", FieldType.INTEGER, "and text would be sent. Round it with number"),
        ("yearly_value", FieldType.INTEGER, "holds a whole number, and a number would be sent"),
        ("score", FieldType.DATE, "holds a date, and a whole number would be sent. Set type: date"),
        ("qualified_at", FieldType.DATE, "holds a date, and a moment would be sent. Set type: date"),
        ("name", FieldType.BOOLEAN, "Set type: boolean"),
        ("score", FieldType.CHOICE, "Set type: choice"),
    ],
)
def test_a_value_of_the_wrong_type_is_an_error(entry: str, type_: FieldType, advice: str) -> None:
    (found,) = told(entry, field(type_))
    assert advice in found


@pytest.mark.parametrize(
    ("entry", "type_"),
    [
        ("score", FieldType.DECIMAL),
        ("score", FieldType.TEXT),
        ("qualified_at", FieldType.TEXT),
        ("{from: qualified_at, type: date}", FieldType.DATE),
        ("{from: yearly_value, number: {round: 0}}", FieldType.INTEGER),
        ("{from: score, values: {1: true}, type: boolean}", FieldType.BOOLEAN),
        ("lead_url", FieldType.TEXT),
        ("website", FieldType.LINK),
    ],
)
def test_a_value_of_the_right_type_is_fine(entry: str, type_: FieldType) -> None:
    assert told(entry, field(type_)) == []


def test_each_value_that_cant_be_chosen_is_an_error_with_the_nearest() -> None:
    found = told("{from: stage, otherwise: none, values: {qualified: Qualified, customer: customer}}",
                 field(FieldType.CHOICE, choices=STAGES))  # fmt: skip
    end = "Translate it with values"
    assert found == [
        f"fields.x: 'none' can't be chosen in Field. {end}: qualified (Qualified), customer (Customer).",
        f"fields.x: 'Qualified' can't be chosen in Field. Did you mean 'qualified'? {end}.",
    ]


def test_words_of_a_status_are_checked_as_well() -> None:
    rest = "status: {Open: accepted, New: none}"
    assert told("status", field(FieldType.CHOICE, choices=(("open", "Open"),)), rest=rest) == [
        "fields.x: 'Open' can't be chosen in Field. Did you mean 'open'? Translate it with values."
    ]


def test_any_text_for_a_choice_is_warned_of() -> None:
    (found,) = problems(mapping_of("x: country"), [field(FieldType.CHOICE, choices=(("DE", "Germany"),))])
    assert found.level is Level.WARNING
    assert found.advice == "Translate them with values: DE (Germany)."


@pytest.mark.parametrize(
    ("entry", "told_", "level"),
    [
        ("{template: '{name}', truncate: 90}", "90 may be sent", Level.ERROR),
        ("{template: '{name}'}", "a longer text would be refused", Level.WARNING),
        ("reasons", "a longer text would be refused", Level.WARNING),
        ("{constant: a text that is too long for it}", "30 would be sent", Level.ERROR),
    ],
)
def test_a_text_that_may_be_too_long_is_told(entry: str, told_: str, level: Level) -> None:
    (found,) = problems(mapping_of(f"x: {entry}"), [field(length=20)])
    assert told_ in found.message
    assert (found.advice, found.level) == ("Set truncate: 20.", level)


@pytest.mark.parametrize("entry", ["name", "{template: '{name}', truncate: 20}", "{constant: short}", "score"])
def test_a_text_that_fits_is_not(entry: str) -> None:
    assert told(entry, field(length=20)) == []


def test_a_required_field_must_be_mapped_and_have_a_default() -> None:
    fields = [field(required=True), RemoteField("y", "Name", FieldType.TEXT, required=True)]
    assert [(each.path, each.level, each.advice) for each in problems(mapping_of("x: name"), fields)] == [
        ("fields.y", Level.ERROR, "Map it, with a default for leads of whom nothing is known."),
        ("fields.x", Level.WARNING, "Give it a default."),
    ]
    assert problems(mapping_of("x: {from: name, default: -}\ny: {constant: z}"), fields) == ()


def test_names_that_the_ruleset_does_not_have_are_errors() -> None:
    mapping = mapping_of(
        "x: conversions.quote_request\ny: {template: '{conversions.won_deal}'}",
        "who: {grades: [A, E]}\nevents: [strategy_call, stratgy]\nstatus: {Lost: {rejected: to_small}}\n",
    )
    assert [(each.path, each.advice) for each in problems(mapping, (), RULESET)] == [
        ("who.grades", "Use one of: A, B, C, D."),
        ("events", "Did you mean 'strategy_call'?"),
        ("fields.x", "Did you mean 'quote_requested'?"),
        ("status.Lost", "Did you mean 'too_small'?"),
    ]


def test_statuses_that_the_crm_does_not_have_and_those_without_a_meaning_are_warned_of() -> None:
    mapping = mapping_of("x: name", "status: {new: none, Contcted: contacted}")
    found = problems(mapping, (), statuses=("New", "Contacted"))
    assert [(each.path, each.level) for each in found] == [
        ("status.Contcted", Level.WARNING),
        ("status.Contacted", Level.WARNING),
    ]
    assert found[0].advice == "Did you mean 'Contacted'?"
    assert found[1].advice == "Say Contacted: none when that is meant."
    assert problems(mapping_of("x: name"), (), statuses=("New",)) == ()


def test_a_problem_is_plain_data() -> None:
    (found,) = problems(mapping_of("phon: phone"), REMOTE[2:])
    assert found.as_dict()["level"] == "error"
    assert set(found.as_dict()) == {"path", "message", "advice", "level"}
