"""Mapping documents: what is read, and how faults are told."""

import pytest
from mapping_cast import DOCUMENT, lead, mapping_of

from leadline.crm.desired import WhoRule
from leadline.crm.local_fields import FIELDS
from leadline.crm.mapping import (
    InvalidMappingError,
    Owner,
    StatusMeaning,
    StatusWord,
    faults,
    read_mapping,
)
from leadline.crm.records import FieldType, RemoteField

SMALL = "fields:\n  a: email\n"

FAULTS = [
    ("object: crm.lead", "objekt: crm.lead", "objekt", "'object'"),
    ("[qualified, customer]", "[qualified, custmer]", "who.stages[1]", "'customer'"),
    ("[qualified, customer], grades", "[], grades", "who.stages", "may not be empty"),
    ("[Germany, gb]", "[Germany, Atlantis]", "who.countries[1]", "two letters"),
    ("email_from: email", "email_from: emial", "fields.email_from.from", "'email'"),
    ("email_from: email", "email_from: [email]", "fields.email_from", "got a list"),
    ("email_from: email", "email_from: {}", "fields.email_from", "one of from, template, join, constant"),
    ("email_from: email", "email_from: {from: email, constant: x}", "fields.email_from", "from and constant"),
    ("email_from: email", "email_from: {from: email, owner: me}", "fields.email_from.owner", "Use one of: newest"),
    ("email_from: email", "' ': email", "fields. ", "blanks"),
    ("{name}[, {company}]", "{name}[, {compny}]", "fields.name.template", "'company'"),
    ("{name}[, {company}]", "{name", "fields.name.template", "no other half"),
    ("{name}[, {company}]", "{name}]", "fields.name.template", "no other half"),
    ("{name}[, {company}]", "[{name}[, {company}]]", "fields.name.template", "Write [["),
    ("{name}[, {company}]", "[{name} [{company}", "fields.name.template", "within brackets"),
    ("{name}[, {company}]", "{name!r}", "fields.name.template", "nothing but a name"),
    ("{name}[, {company}]", "{qualified_at:%Y}", "fields.name.template", "use date"),
    ("{name}[, {company}]", "Lead", "fields.name.template", "Use constant"),
    ("truncate: 24", "truncate: 0", "fields.name.truncate", "1 or more"),
    ("truncate: 24", "truncte: 24", "fields.name.truncte", "'truncate'"),
    ("type: integer", "type: number", "fields.x_score.type", "Use one of"),
    ("order: [profile_development, ", "order: [customer, ", "fields.x_stage.order", "the same in the CRM"),
    ("    order: [profile_development, conversion_signals, qualified, customer]\n    regress: false",
     "    regress: true", "fields.x_stage.regress", "without order"),
    ("from: qualified_at, date", "from: score, date", "fields.x_since.date", "qualified_at"),
    ('"%d.%m.%Y"', "day", "fields.x_since.date", "no part that varies"),
    ("Asia/Tokyo", "Asia/Tokio", "fields.x_since.zone", "no time zone"),
    ('date: "%d.%m.%Y", zone', "zone", "fields.x_since.zone", "without date"),
    ("[city, country]", "[city, contry]", "fields.street.join[1]", "'country'"),
    ("[city, country]", "[]", "fields.street.join", "may not be empty"),
    ("{join: [city, country], with", "{from: city, with", "fields.street.with", "without join"),
    ("scale: 0.01", "scale: 0", "fields.expected_revenue.number.scale", "leaves nothing"),
    ("scale: 0.01", "scale: .inf", "fields.expected_revenue.number.scale", "leaves nothing"),
    ("scale: 0.01", "scale: much", "fields.expected_revenue.number.scale", "expected a number"),
    ("round: 0", "round: -1", "fields.expected_revenue.number.round", "0 or more"),
    ("conversions.quote_requested,", "conversions.,", "fields.x_quote.from", "no local field"),
    ("{constant: Leadline}", "{constant: Leadline, otherwise: x}", "fields.source.otherwise", "without values"),
    ("{constant: Leadline}", "{constant: Leadline, choices: {a: A}}", "fields.source.choices", "without type: choice"),
    ("{constant: Leadline}", "{from: name, type: choice, label: Name}", "fields.source.type", "Give choices"),
    ("Working: accepted", "Working: acepted", "status.Working", "'accepted'"),
    ("Working: accepted", "new: accepted", "status.new", "written otherwise"),
    ("{rejected: vendor}", "{rejcted: vendor}", "status.Spam.rejcted", "'rejected'"),
    ("{rejected: vendor}", "{rejected: ''}", "status.Spam.rejected", "may not be empty"),
    ("back: {owner: true", "back: {owner: maybe", "back.owner", "true or false"),
    ("events: [quote_requested]", "events: some", "events", "all, none"),
    ("  source: {", "  phone: {", "", "repeated"),
    ("events: [", "events: [[", "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("written", "instead", "path", "told"), FAULTS)
def test_a_fault_is_told_with_its_path_and_what_to_write(written: str, instead: str, path: str, told: str) -> None:
    assert written in DOCUMENT
    found = faults(DOCUMENT.replace(written, instead, 1))
    assert [each.path for each in found][:1] == [path]
    assert told in str(found[0])


def test_the_document_that_the_faults_are_made_from_has_none() -> None:
    assert faults(DOCUMENT) == []


def test_every_fault_is_told_at_once_by_line() -> None:
    text = "who: {stages: [qualifed]}\nfields:\n  a: emial\n  b: {template: '{'}\n  c: name\nevnts: all\n"
    assert [(each.line, each.path) for each in faults(text)] == [
        (1, "who.stages[0]"),
        (3, "fields.a.from"),
        (4, "fields.b.template"),
        (6, "evnts"),
    ]


def test_the_error_says_the_first_fault_and_how_many_more() -> None:
    with pytest.raises(InvalidMappingError, match=r"line 2, fields\.a\.from: .*emial.*Did you mean 'email'\?") as told:
        read_mapping("fields:\n  a: emial\n  b: nmae\n  c: phnoe\n")
    assert "(2 more.)" in str(told.value)
    assert len(told.value.faults) == 3


@pytest.mark.parametrize("text", ["", "[]", "3", "who: {}", "fields: {}", "fields: [a]", "fields:\n\t- x", "a: *b"])
def test_what_is_no_mapping_is_a_fault_and_nothing_else(text: str) -> None:
    assert faults(text)


def test_a_status_with_a_fault_is_not_blamed_on_the_field_that_sends_it() -> None:
    assert [each.path for each in faults("fields:\n  s: status\nstatus: {New: noen}\n")] == ["status.New"]


def test_the_field_status_needs_words_of_the_crm() -> None:
    (found,) = faults("fields:\n  s: status\nstatus: {New: none}\n")
    assert (found.path, found.advice) == (
        "fields.s.from",
        "Say under status what the CRM's words mean, or give values.",
    )


def test_unless_it_says_otherwise_a_mapping_takes_qualified_leads_and_everything_comes_back() -> None:
    mapping = read_mapping(SMALL)
    assert mapping.who == WhoRule(("qualified", "customer"), (), ())
    assert (mapping.back_owner, mapping.back_deals, mapping.object_name) == (True, True, "")
    assert mapping.events.takes("anything")
    assert mapping.fields["a"].owner is Owner.OURS


def test_who_is_read_with_countries_as_people_write_them() -> None:
    assert read_mapping(DOCUMENT).who == WhoRule(("qualified", "customer"), ("A", "B"), ("DE", "GB"))


def test_events_are_all_none_or_those_that_are_named() -> None:
    assert read_mapping(DOCUMENT).events.takes("quote_requested")
    assert not read_mapping(DOCUMENT).events.takes("strategy_call")
    assert not read_mapping(SMALL + "events: none").events.takes("quote_requested")


def test_a_status_of_the_crm_means_what_the_document_says_however_it_is_capitalised() -> None:
    mapping = read_mapping(DOCUMENT)
    assert mapping.meaning_of("New") == StatusMeaning(StatusWord.NONE)
    assert mapping.meaning_of(" working ") == StatusMeaning(StatusWord.ACCEPTED)
    assert mapping.meaning_of("Spam") == StatusMeaning(StatusWord.REJECTED, "vendor")
    assert mapping.meaning_of("Lunch") is None
    assert read_mapping(SMALL + "status: {New: null}").meaning_of("New") == StatusMeaning(StatusWord.NONE)


def test_fields_with_a_label_are_our_own_with_type_and_choices() -> None:
    score, stage = read_mapping(DOCUMENT).our_fields
    assert score == RemoteField("x_score", "Leadline score", FieldType.INTEGER, ours=True)
    assert (stage.type, stage.ours) == (FieldType.CHOICE, True)
    assert ("Qualified", "Qualified") in stage.choices
    assert ("customer", "Customer") in stage.choices
    assert "qualified" not in dict(stage.choices)


def test_choices_may_be_given_and_a_length_is_that_of_truncate() -> None:
    mapping = mapping_of(
        "a: {from: grade, label: Grade, type: choice, choices: {A: Best, B: Good}}\n"
        "b: {from: reason_1, label: Why, truncate: 80}"
    )
    grade, why = mapping.our_fields
    assert grade.choices == (("A", "Best"), ("B", "Good"))
    assert (why.type, why.length) == (FieldType.TEXT, 80)


def test_a_pull_asks_for_every_field_that_is_mapped() -> None:
    mapping = read_mapping(DOCUMENT)
    assert mapping.remote_fields == tuple(mapping.fields)
    assert {"name", "company", "city", "stage", "status", "rejection"} <= mapping.local_names


def test_keys_that_yaml_reads_as_something_else_stay_text() -> None:
    mapping = mapping_of("on: {from: stage, values: {no: 1, yes: 0}, type: text}\n2: email")
    assert set(mapping.fields) == {"on", "2"}
    assert mapping.outgoing(lead(stage="no"))["on"] == "1"


@pytest.mark.parametrize("name", FIELDS)
def test_every_local_field_can_be_mapped_and_is_described(name: str) -> None:
    field = FIELDS[name]
    assert field.name == name
    assert field.definition.endswith(".")
    assert mapping_of(f"x: {name}", "status: {W: accepted}").fields["x"].type is field.type
