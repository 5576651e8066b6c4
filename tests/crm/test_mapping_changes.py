"""What one mapping says otherwise than another, in words."""

import pytest
from mapping_cast import DOCUMENT

from leadline.crm.mapping import read_mapping
from leadline.crm.mapping_changes import changes
from leadline.crm.mapping_words import rule_words

OLD = "“{name}[, {company}]”, cut to 24 characters, “Unknown” when empty"
CHANGES = [
    ("object: crm.lead", "object: contact", "Leads go to contact instead of crm.lead"),
    ("object: crm.lead\n", "", "Leads go to what the connector says instead of crm.lead"),
    ("[qualified, customer], grades: [A, B]", "[conversion_signals], grades: [A, B]",
     "Synced are leads of conversion signals instead of qualified, customer"),
    (", grades: [A, B]", "", "Synced are leads of any grade instead of A, B"),
    (", countries: [Germany, gb]", "", "Synced are leads of any country instead of DE, GB"),
    ("  email_from: email\n", "", "email_from is not written any more; what stands there stays"),
    ("  email_from: email\n", "  email_from: email\n  mobile: phone\n", "mobile is new: it gets phone"),
    ("email_from: email", "email_from: {from: email, truncate: 9}",
     "email_from gets email, cut to 9 characters instead of email"),
    ("{name}[, {company}]", "{name}", f"name gets {OLD.replace('[, {company}]', '')} instead of {OLD}"),
    ("owner: theirs", "owner: newest",
     "Of phone the newer value stands; before, written once, then the CRM's value stands"),
    ("regress: false", "regress: true", "x_stage may go back"),
    ("customer]\n    regress", "customer, recycled]\n    regress",
     "x_stage does not go back in profile_development → conversion_signals → Qualified → customer → recycled"),
    ("label: Leadline score", "label: Score", "x_score is made there as “Score”, integer"),
    (", label: Leadline score", "", "x_score is a field that the CRM has"),
    ("{scale: 0.01, round: 0}", "{scale: 2}",
     "expected_revenue gets yearly_value, times 2 instead of yearly_value, times 0.01, rounded to 0 decimals"),
    ("zone: Asia/Tokyo", "zone: UTC",
     "x_since gets qualified_at, written as %d.%m.%Y instead of qualified_at, written as %d.%m.%Y in Asia/Tokyo"),
    ("{constant: Leadline}", "{constant: Web}", "source gets always “Web” instead of always “Leadline”"),
    ("  Working: accepted\n", "", "The status Working means nothing any more"),
    ("Working: accepted", "Working: contacted", "The status Working means contacted instead of accepted"),
    ("{rejected: vendor}", "{rejected: too_small}",
     "The status Spam means rejected (too_small) instead of rejected (vendor)"),
    ("  New: none\n", "  New: none\n  Hot: requalified\n", "The status Hot means requalified"),
    ("owner: true, deals: false", "owner: false, deals: true", "The owner comes back no more"),
    ("events: [quote_requested]", "events: all", "The CRM is told of all conversions, not quote_requested"),
    ("events: [quote_requested]", "events: none", "The CRM is told of no conversions, not quote_requested"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "instead", "sentence"), CHANGES)
def test_a_change_is_told_in_a_sentence(written: str, instead: str, sentence: str) -> None:
    assert written in DOCUMENT
    found = changes(read_mapping(DOCUMENT), read_mapping(DOCUMENT.replace(written, instead, 1)))
    assert str(found[0]) == sentence


def test_documents_that_come_to_the_same_have_no_changes() -> None:
    other = DOCUMENT.replace("email_from: email", "email_from: {from: email, owner: ours}").replace("gb]", "GB]")
    assert changes(read_mapping(DOCUMENT), read_mapping(other)) == []


def test_a_change_says_where_it_is() -> None:
    after = read_mapping(DOCUMENT.replace("owner: theirs", "owner: ours"))
    (found,) = changes(read_mapping(DOCUMENT), after)
    assert found.as_dict() == {"path": "fields.phone.owner", "sentence": found.sentence}


def test_a_rule_is_described_with_all_that_is_done_to_the_value() -> None:
    mapping = read_mapping("fields:\n  a: {from: stage, values: {qualified: Hot, recycled: null}, otherwise: Cold}\n"
                           "  b: {join: [city, country], type: long_text}\n")  # fmt: skip
    assert rule_words(mapping.fields["a"]) == "stage, (qualified → Hot; recycled → nothing; else Cold)"
    assert rule_words(mapping.fields["b"]) == "city and country, as long text"
