"""What is done to a value on its way into a field."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from mapping_cast import DOCUMENT, LEAD, lead, mapping_of, sent_value

from leadline.crm.mapping import read_mapping
from leadline.crm.records import LocalRecord, Value

STATUSES = """\
status:
  New: none
  Contacted: contacted
  Working: accepted
  Negotiating: accepted
  Unqualified: {rejected: too_small}
  Spam: {rejected: vendor}
"""


def test_a_lead_comes_out_as_the_document_says() -> None:
    assert read_mapping(DOCUMENT).outgoing(lead()) == {
        "email_from": "amelia@northgate.example",
        "name": "Amelia Hart, Northgate…",
        "x_score": 71,
        "x_stage": "Qualified",
        "phone": "+44 20 7946 0000",
        "title": "Practice manager",
        "x_since": "28.02.2026",
        "street": "Leeds / United Kingdom",
        "expected_revenue": 481,
        "lead_status": "Working",
        "x_quote": date(2026, 2, 27),
        "source": "Leadline",
    }


def test_somebody_of_whom_nothing_is_known_gets_what_is_always_there() -> None:
    values = read_mapping(DOCUMENT).outgoing(lead({}))
    assert {name: value for name, value in values.items() if value is not None} == {
        "name": "Unknown",
        "source": "Leadline",
    }


@pytest.mark.parametrize(
    ("template", "known", "text"),
    [
        ("{name}, {company}", {"name": "A", "company": "B"}, "A, B"),
        ("{name}, {company}", {"name": "A"}, "A"),
        ("{name}, {company}", {"company": "B"}, "B"),
        ("{name}, {company}", {}, None),
        ("Score {score}[ ({grade})]", {"score": 12}, "Score 12"),
        ("Score {score}[ ({grade})]", {"score": 12, "grade": "A"}, "Score 12 (A)"),
        ("{{{name}}} [[{score}]]", {"name": "A", "score": 0}, "{A} [0]"),
        ("{name}[ from {city}, {country}].", {"name": "A", "city": "Leeds"}, "A."),
        ("{ name }", {"name": "  A  "}, "A"),
        ("{yearly_value} {currency}", {"yearly_value": Decimal("1200.50"), "currency": "GBP"}, "1200.5 GBP"),
        (
            "since {qualified_at}",
            {"qualified_at": datetime(2026, 3, 1, 8, 5, tzinfo=UTC)},
            "since 2026-03-01 08:05 UTC",
        ),
    ],
)
def test_a_template_writes_names_and_leaves_no_separator_hanging(
    template: str, known: dict[str, Value], text: str | None
) -> None:
    assert sent_value(f"{{template: '{template}'}}", known) == text


def test_a_joined_field_leaves_empty_ones_out() -> None:
    entry = "{join: [city, postal_code, country], with: ' - '}"
    assert sent_value(entry, {"city": "Leeds", "country": "UK"}) == "Leeds - UK"
    assert sent_value(entry, {}) is None
    assert sent_value('{join: [reason_1, reason_2], with: "\\n"}', {"reason_1": "a", "reason_2": "b"}) == "a\nb"


def test_a_value_without_a_row_stays_unless_otherwise_says_what_it_becomes() -> None:
    assert sent_value("{from: grade, values: {A: Hot}}", {"grade": "B"}) == "B"
    assert sent_value("{from: grade, values: {A: Hot}, otherwise: Cold}", {"grade": "B"}) == "Cold"
    assert sent_value("{from: grade, values: {A: Hot}, otherwise: null}", {"grade": "B"}) is None
    assert sent_value("{from: grade, values: {A: Hot}, otherwise: Cold}", {}) is None
    assert sent_value("{from: fit, values: {1: true, 2: false}}", {"fit": 1}) is True
    assert sent_value("{from: grade, values: {A: null}}", {"grade": "A"}) is None


@pytest.mark.parametrize(
    ("entry", "given", "sent"),
    [
        ("{from: yearly_value, number: {round: 0}}", Decimal("2.5"), 3),
        ("{from: yearly_value, number: {round: 0}}", Decimal("-2.5"), -3),
        ("{from: yearly_value, number: {scale: 0.1, round: 2}}", Decimal("10.05"), Decimal("1.01")),
        ("{from: yearly_value, number: {scale: 12}}", Decimal("0.1"), Decimal("1.2")),
        ("{from: yearly_value, number: {}}", "48", 48),
        ("{from: name, number: {}}", "many", None),
        ("{from: yearly_value, number: {round: 2}}", Decimal("NaN"), None),
        ("{from: yearly_value, number: {round: 12}}", 10**59, None),
    ],
)
def test_numbers_are_scaled_and_rounded_half_up(entry: str, given: Value, sent: Value) -> None:
    field = "name" if "from: name" in entry else "yearly_value"
    assert sent_value(entry, {field: given}) == sent


def test_a_moment_is_written_in_the_time_zone_that_is_named() -> None:
    late = {"qualified_at": datetime(2026, 3, 1, 23, 30, tzinfo=UTC)}
    assert sent_value('{from: qualified_at, date: "%Y-%m-%d"}', late) == "2026-03-01"
    assert sent_value('{from: qualified_at, date: "%Y-%m-%d %H:%M", zone: Europe/Berlin}', late) == "2026-03-02 00:30"
    assert sent_value('{from: qualified_at, date: "%Y"}', {"qualified_at": datetime.max.replace(tzinfo=UTC)}) == "9999"


@pytest.mark.parametrize(
    ("type_", "given", "sent"),
    [
        ("integer", "12.5", 13),
        ("integer", "x", None),
        ("integer", True, 1),
        ("decimal", "12.50", Decimal("12.5")),
        ("decimal", 3.0, 3),
        ("text", 12, "12"),
        ("text", True, "yes"),
        ("text", datetime(2026, 3, 1, 8, 5, 9, tzinfo=UTC), "2026-03-01 08:05 UTC"),
        ("boolean", "yes", True),
        ("boolean", 0, False),
        ("boolean", "perhaps", None),
        ("date", datetime(2026, 3, 1, 23, tzinfo=timezone(timedelta(hours=-5))), date(2026, 3, 2)),
        ("date", "2026-03-01T08:00:00+00:00", date(2026, 3, 1)),
        ("date", "soon", None),
        ("moment", date(2026, 3, 1), datetime(2026, 3, 1, tzinfo=UTC)),
        ("moment", datetime(2026, 3, 1, 8, tzinfo=UTC).replace(tzinfo=None), datetime(2026, 3, 1, 8, tzinfo=UTC)),
    ],
)
def test_a_type_makes_a_value_what_the_field_holds(type_: str, given: Value, sent: Value) -> None:
    assert sent_value(f"{{from: website, type: {type_}}}", {"website": given}) == sent


@pytest.mark.parametrize(
    ("length", "cut"),
    [(20, "Northgate Dental"), (16, "Northgate Dental"), (11, "Northgate…"), (10, "Northgate…"), (3, "Nor")],
)
def test_a_text_is_cut_with_an_ellipsis_in_its_last_place(length: int, cut: str) -> None:
    assert sent_value(f"{{from: company, truncate: {length}}}", {"company": "Northgate Dental"}) == cut


def test_a_default_stands_for_nothing_and_for_nothing_else() -> None:
    assert sent_value("{from: score, default: 7}", {}) == 7
    assert sent_value("{from: score, default: 7}", {"score": 0}) == 0
    assert sent_value("{from: name, default: Unknown}", {"name": "   "}) == "Unknown"


def test_texts_come_out_such_that_json_and_databases_take_them() -> None:
    assert sent_value("name", {"name": " a\x00b\ud800c\x1b\n"}) == "abc"
    assert sent_value("reasons", {"reasons": "one\ntwo\tthree"}) == "one\ntwo\tthree"


@pytest.mark.parametrize(
    ("said", "reason", "word"),
    [
        ("contacted", "", "Contacted"),
        ("accepted", "", "Working"),
        ("rejected", "vendor", "Spam"),
        ("rejected", "not_hiring", "Unqualified"),
    ],
)
def test_what_sales_said_here_is_sent_in_the_words_of_the_crm(said: str, reason: str, word: str) -> None:
    assert sent_value("status", {"status": said, "rejection": reason}, STATUSES) == word


@pytest.mark.parametrize("said", [None, "requalified"])
def test_of_a_status_without_a_word_there_nothing_is_said(said: str | None) -> None:
    assert mapping_of("x: status", STATUSES).outgoing(lead({"status": said})) == {}


def test_a_status_with_values_of_its_own_is_sent_as_these_say() -> None:
    entry = "{from: status, values: {accepted: OPEN}, otherwise: null}"
    assert sent_value(entry, {"status": "accepted"}, STATUSES) == "OPEN"
    assert mapping_of(f"x: {entry}").outgoing(lead({"status": "contacted"})) == {"x": None}


def test_names_for_good_come_from_the_record_itself() -> None:
    record = LocalRecord(1, "ll-1", {"email": None}, True, LEAD["qualified_at"], "u1", "a@b.example")  # type: ignore[arg-type]  # a moment
    assert mapping_of("a: external_id\nb: user_id\nc: email").outgoing(record) == {
        "a": "ll-1",
        "b": "u1",
        "c": "a@b.example",
    }
