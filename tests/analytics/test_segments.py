"""Segments: texts that say whom a list or a report is about."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from segment_texts import segments

from leadline.analytics.segment_fields import FIELDS, FieldKind
from leadline.analytics.segments import EVERYBODY, Operator, Segment, SegmentError, condition, faults, parse_segment


@given(segments())
def test_a_segment_reads_as_it_is_written(segment: Segment) -> None:
    assert parse_segment(segment.text) == segment
    assert faults(segment.text) == []


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("", ""),
        (" , ,", ""),
        ("channel = Paid search | Direct , total>=055.50", "channel=Paid search|Direct,total>=55.5"),
        ("stage=Qualified", "stage=qualified"),
        ("country=de", "country=Germany"),
        ("known=YES", "known=yes"),
        ("owner=", "owner="),
        ("qualified_at!=", "qualified_at!="),
        (r"company=Acme\, Inc|a\|b|c\\d", r"company=Acme\, Inc|a\|b|c\\d"),
        ("total>=55,total>=55", "total>=55"),
        ("gain_week>=-3", "gain_week>=-3"),
        ("last_seen<007d", "last_seen<7d"),
    ],
)
def test_texts_have_one_form(text: str, canonical: str) -> None:
    assert parse_segment(text).text == canonical


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("colour=red", "There is no field 'colour'. There are: lead, stage,"),
        ("stage=winning", "It is one of initial_engagement, profile_development"),
        ("total=lots", "It is a number such as 55 or 54.5."),
        ("total>=5|6", "Write total=5|6."),
        ("known>=yes", "known can't be compared by >=."),
        ("known=", "Give yes or no."),
        ("last_seen=7d", "last_seen>=2026-05-01"),
        ("last_seen<soon", "how long ago: 12h, 7d, 4w"),
        ("last_seen<2026-02-30", "It is a day such as"),
        ("last_seen<=9999-12-31", "It is a day such as"),
        ("fit>=", "fit>= needs a value."),
        ("anything", "'anything' is no condition."),
    ],
)
def test_what_cannot_be_read_says_what_could(text: str, said: str) -> None:
    with pytest.raises(SegmentError) as caught:
        parse_segment(text)
    assert said in str(caught.value)
    assert [said in fault for fault in faults(f"stage=qualified,{text}")] == [True]


def test_values_mean_what_the_store_has() -> None:
    found = parse_segment("total>=54.5,last_seen<2w,qualified_at>=2026-05-01,owner=|Ann,fit=2")
    assert [each.meant for each in found.conditions] == [
        (54_500_000,),
        (timedelta(weeks=2),),
        (date(2026, 5, 1),),
        (None, "Ann"),
        (2,),
    ]


def test_conditions_are_added_once_and_taken_out() -> None:
    mine = condition("owner", Operator.IS, ["Ann"])
    found = parse_segment("stage=qualified").also(mine).also(mine)
    assert found.text == "stage=qualified,owner=Ann"
    assert found.without("stage", "owner") == EVERYBODY
    assert not EVERYBODY


def test_every_kind_of_field_is_there() -> None:
    assert {field.kind for field in FIELDS.values()} == set(FieldKind)


def test_every_field_is_in_the_reference_with_its_words() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "segments.md").read_text(encoding="utf-8")
    missing = [name for name, field in FIELDS.items() if f"| `{name}` | {field.help}" not in page]
    assert missing == []
