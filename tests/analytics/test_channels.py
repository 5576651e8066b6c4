"""Channel rules: the executor over one visit and the SQL over many say the same; documents tell every fault."""

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.analytics.bundled_channels import BUNDLED
from leadline.analytics.channel_document import read_rules_document, rules_document
from leadline.analytics.channels import FIELDS, ChannelRule, ChannelRules, Condition, Test, Visit, channel_of, place_of
from leadline.eventstore.channel_sql import (
    COLUMNS,
    NO_RULE,
    channel_case,
    folded_columns,
    place_case,
    referrer_case,
)
from leadline.kernel.errors import DocumentError

texts = st.one_of(
    st.sampled_from(["", "google", "Google", "www.google.com", "mail.google.com", "cpc", " CPC ", "own.example",
                     "www.own.example", "notown.example", "it's", "ÜBER", "über", "%", "_", "a.b"]),
    st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=6),
)  # fmt: skip
values = st.lists(texts, min_size=1, max_size=3).map(tuple)
plain = texts.map(str.strip).filter(lambda text: text != "" and text.isprintable())
plain_values = st.lists(plain, min_size=1, max_size=3, unique=True).map(tuple)
"""As documents may have them."""


@st.composite
def conditions(draw: st.DrawFn, values: st.SearchStrategy[tuple[str, ...]] = values) -> Condition:
    test = draw(st.sampled_from(Test))
    own = () if test is Test.EMPTY else draw(values)
    return Condition(draw(st.sampled_from(FIELDS)), test, own, draw(st.booleans()))


rules = st.builds(
    ChannelRules,
    st.lists(st.builds(ChannelRule, st.sampled_from(["A", "B's", "C"]), st.lists(conditions(), max_size=3).map(tuple)))
    .map(tuple),
    st.sampled_from(["Other", "The rest"]),
    st.sampled_from([(), ("own.example",), ("own.example", "Two.example")]),
)  # fmt: skip
plain_rules = st.builds(
    ChannelRule, st.sampled_from(["A", "B's", "C"]), st.lists(conditions(plain_values), min_size=1).map(tuple)
)
visits = st.builds(Visit, *[st.none() | texts for _ in FIELDS])


@given(some=rules, seen=st.lists(visits, min_size=1, max_size=5))
def test_both_executors_say_the_same(some: ChannelRules, seen: list[Visit]) -> None:
    table = pa.table(
        {COLUMNS[field]: pa.array([getattr(each, field) for each in seen], pa.string()) for field in FIELDS}
    )
    with duckdb.connect() as connection:
        connection.register("sessions", table)
        folded = f"(SELECT {folded_columns(some)} FROM sessions)"  # noqa: S608  # under test
        found = connection.execute(f"SELECT {channel_case(some)}, {place_case(some)} FROM {folded}").fetchall()  # noqa: S608  # under test
    places = [place_of(some, each) for each in seen]
    assert found == [
        (channel_of(some, each), NO_RULE if place is None else place) for each, place in zip(seen, places, strict=True)
    ]


@pytest.mark.parametrize(
    ("channel", "visit"),
    [
        ("Paid search", Visit("google", "cpc", "brand", "www.google.com")),
        ("Paid search", Visit(None, "CPC", None, "www.bing.com")),
        ("Paid social", Visit("linkedin", "paid-social")),
        ("Paid social", Visit("facebook", "cpc")),
        ("Paid other", Visit("bargain-clicks", "cpc", None, "deals.bargain-clicks.example")),
        ("Display", Visit("some-network", "banner")),
        ("E-mail", Visit("newsletter", "email", None, "own.example")),
        ("Partner", Visit("ledgerlane", "referral", None, "partners.ledgerlane.example")),
        ("AI assistants", Visit("chatgpt.com", None, None, None)),
        ("AI assistants", Visit(None, None, None, "gemini.google.com")),
        ("Organic search", Visit(None, None, None, "www.google.co.uk")),
        ("Organic search", Visit(None, None, None, "duckduckgo.com")),
        ("Organic social", Visit(None, None, None, "lnkd.in")),
        ("Referral", Visit(None, None, None, "mail.google.com")),
        ("Referral", Visit(None, None, None, "www.comparestaffing.example")),
        ("Direct", Visit()),
        ("Direct", Visit(None, None, None, "www.own.example")),
        ("Other", Visit("somebody")),
        ("Other", Visit("somebody", "podcast")),
    ],
)
def test_the_bundled_rules_sort_visits_as_one_expects(channel: str, visit: Visit) -> None:
    assert channel_of(ChannelRules(BUNDLED, own=("own.example",)), visit) == channel


def test_an_own_referrer_is_none_also_as_a_source() -> None:
    own = ChannelRules(BUNDLED, own=("own.example",))
    with duckdb.connect() as connection:
        hosts = "(VALUES ('WWW.own.example'), ('notown.example'), (NULL)) AS hosts(referrer_domain)"
        seen = connection.execute(f"SELECT {referrer_case(own)} FROM {hosts}").fetchall()  # noqa: S608  # under test
    assert seen == [(None,), ("notown.example",), (None,)]


@given(st.lists(plain_rules, min_size=1).map(tuple), st.sampled_from(["Other", "The rest"]))
def test_what_was_written_reads_back(some: tuple[ChannelRule, ...], rest: str) -> None:
    assert read_rules_document(rules_document(ChannelRules(some, rest))) == ChannelRules(some, rest)


def test_the_bundled_rules_are_a_good_document() -> None:
    assert read_rules_document(rules_document(ChannelRules(BUNDLED))) == ChannelRules(BUNDLED)


def test_a_last_rule_without_conditions_names_the_rest() -> None:
    read = read_rules_document(
        [{"channel": "Search", "conditions": [{"field": "medium", "is": "cpc"}]}, {"channel": "All"}]
    )
    assert (read.rest, len(read.rules)) == ("All", 1)


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"channel": "", "conditions": []}, "needs a name"),
        ({"channel": "A", "conditions": [{"field": "colour", "is": ["x"]}]}, "a condition has a field"),
        ({"channel": "A", "conditions": [{"field": "medium"}]}, "a condition has a field"),
        ({"channel": "A", "conditions": [{"field": "medium", "is": []}]}, "needs texts"),
        ({"channel": "A", "conditions": [{"field": "medium", "contains": [""]}]}, "use empty"),
        ({"channel": "A", "conditions": [{"field": "medium", "empty": False}]}, "must be true"),
        ({"channel": "A", "conditions": [{"field": "medium", "is": "x", "not": "yes"}]}, "true or false"),
        ({"channel": "A", "when": 1}, "'when' means nothing"),
        ("no rule", "it is no rule"),
    ],
)
def test_faults_are_told_with_their_rule(entry: object, told: str) -> None:
    good = {"channel": "B", "conditions": [{"field": "medium", "is": ["x"]}]}
    with pytest.raises(DocumentError, match=f"rule 2: .*{told}"):
        read_rules_document([good, entry, good])


def test_a_rule_that_takes_everything_must_be_the_last() -> None:
    with pytest.raises(DocumentError, match=r"rule 1: .*must be the last"):
        read_rules_document([{"channel": "All"}, {"channel": "B", "conditions": [{"field": "medium", "is": "x"}]}])
