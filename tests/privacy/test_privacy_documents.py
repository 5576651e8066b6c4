"""Documents follow the registered kinds: each kind is in each, whatever it is called."""

from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.pipeline.privacy.documents import Responsible, data_map, documents, record_of_processing, retention_table
from leadline.pipeline.privacy.registry import all_kinds, kinds_of
from leadline.privacy.document_parts import Bullets, Document, Grid, Heading, Paragraph
from leadline.privacy.kinds import Whose
from leadline.privacy.retention_rules import RULES, Periods, kept

DAY = date(2026, 11, 23)
ACME = Responsible("Acme Ltd", "privacy@acme.example", "Dr. Key", ("hub (hubspot)",), ("Slack",))
BY_NAME = {document.name: document for document in documents(ACME, DAY)}
ANYTHING = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=40)


class Shown(HTMLParser):
    """Texts of cells and paragraphs, and tags."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  # the parser's signature
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.mark.parametrize("name", ["record-of-processing", "data-map"])
def test_every_kind_stands_in_the_documents_for_the_authority(name: str) -> None:
    text = BY_NAME[name].html()
    assert [kind.name for kind in all_kinds() if f">{kind.title}</td>" not in text] == []


@pytest.mark.parametrize("name", ["privacy-notice", "dpia"])
def test_what_visitors_are_told_is_about_them_alone(name: str) -> None:
    text = BY_NAME[name].html()
    assert [kind.name for kind in kinds_of(Whose.LEADS) if kind.holds not in text.replace("&#x27;", "'")] == []
    assert not any(kind.holds in text for kind in kinds_of(Whose.USERS) if kind.name != "accounts.trail_of_users")


def test_every_table_stands_in_the_data_map() -> None:
    text = data_map(all_kinds(), DAY).html()
    assert [label for kind in all_kinds() for label in kind.covers if label not in text] == []


def test_every_rule_of_retention_stands_in_its_table_with_the_kinds_it_is_for() -> None:
    (grid,) = (part for part in retention_table(all_kinds(), ACME, DAY).parts if isinstance(part, Grid))
    assert len(grid.rows) == len(RULES)
    told = {row[0]: row[3] for row in grid.rows}
    for rule in RULES.values():
        for kind in (each for each in all_kinds() if each.retention == rule.name):
            assert kind.title in told[rule.title]


def test_recipients_are_those_that_are_connected() -> None:
    (_, _, _, grid) = record_of_processing(all_kinds(), ACME, DAY).parts
    assert isinstance(grid, Grid)
    told = {row[0]: row[5] for row in grid.rows}
    assert (told["Records in the CRM"], told["Messages to colleagues"], told["Names"]) == (
        "hub (hubspot)",
        "Slack",
        "nobody",
    )
    assert "Nobody outside" not in BY_NAME["privacy-notice"].html()


def test_what_only_the_controller_knows_is_theirs_or_is_left_to_fill_in() -> None:
    assert "Acme Ltd" in BY_NAME["privacy-notice"].markdown()
    assert "privacy@acme.example" in BY_NAME["record-of-processing"].markdown()
    assert all("[fill in]" in document.html() for document in documents(Responsible(), DAY) if "dpia" in document.name)


def test_a_kind_without_a_rule_goes_with_its_person() -> None:
    assert kept("") == "as long as the person is held"
    assert kept("quarantine") == "30 days after their arrival"


@given(text=ANYTHING)
def test_no_text_becomes_markup(text: str) -> None:
    parts = (Heading(text), Paragraph(text), Bullets((text,)), Grid((text,), ((text,),)))
    document = Document("x", text, "", parts)
    shown = Shown(document.html())
    assert shown.tags == ["h2", "p", "ul", "li", "div", "table", "thead", "tr", "th", "tbody", "tr", "td"]
    assert "".join(shown.texts).replace("\n", "") == text * 5
    rows = [line for line in document.markdown().splitlines() if line.startswith("| ")]
    assert len(rows) == 3
    assert all(line.replace("\\|", "").replace("\\\\", "").count("|") == 2 for line in rows)


def test_the_periods_in_force_are_told_and_visitors_of_the_platform_are_told_the_longest() -> None:
    periods = Periods({("visitors", None): 90, ("visitors", 7): 365, ("known", None): None})
    found = {each.name: each for each in documents(replace(ACME, periods=periods, sources={7: "shop"}), DAY)}
    (grid,) = (part for part in found["retention"].parts if isinstance(part, Grid))
    rows = {row[0]: row[1] for row in grid.rows}
    assert rows["Visitors who never said who they are"] == "90 days"
    assert rows["Visitors who never said who they are, from shop"] == "365 days"
    assert rows["Known people"] == "kept until somebody takes it away"
    assert "365 days after their last visit" in found["privacy-notice"].html()
    assert "90 days" not in found["privacy-notice"].html()
    assert "90 days after their last visit" in found["record-of-processing"].html()
