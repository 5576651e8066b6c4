"""Reports of credit and revenue on a small installation: against plain Python over the same rows, and what they say."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from pipeline_cast import MONDAY, Installation, days, hours, page, track, user

from leadline.analytics.attribution import Model
from leadline.analytics.channel_rules import replace_rules
from leadline.analytics.models import ExchangeRate, Spend
from leadline.analytics.parameter_error import ParameterError
from leadline.analytics.report import Report
from leadline.eventstore.paths import Dimension, PathsWanted, read_paths
from leadline.kernel.errors import DocumentError, NotFoundError
from leadline.pipeline.channels import channels_set, channels_show
from leadline.pipeline.money import rates_import, rates_remove, spend_import
from leadline.pipeline.projections import bring_up_to_date
from leadline.pipeline.reports.running import run_report

pytestmark = pytest.mark.django_db(transaction=True)
NOW = MONDAY + days(70)
PERIOD = "2026-05-01..2026-07-31"
LOOKBACK = timedelta(days=20)
WAYS = (("google", "cpc"), ("linkedin", "paid-social"), ("newsletter", "email"), (None, None))


def visit(name: str, at: datetime, source: str | None, medium: str | None) -> dict[str, Any]:
    message = page(user(name), at)
    if source:
        message["context"]["campaign"] = {"source": source, "medium": medium, "name": f"{source}-spring"}
    return message


def won(name: str, at: datetime, amount: int = 1000, currency: str = "USD") -> dict[str, Any]:
    return track(user(name), "Deal Won", at, deal_id=f"{name}-{at:%d%H}", amount=amount, currency=currency)


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    made = Installation(tmp_path)
    yield made
    made.engine.close()


def report(installation: Installation, kind: str, **wanted: str) -> Report:
    return run_report(installation.engine, kind, {"period": PERIOD, **wanted}, NOW, fresh=True)


def filled(installation: Installation) -> None:
    """Thirty people with up to six visits each, and deals for half of them."""
    random = Random(5)  # noqa: S311  # a simulation
    messages = []
    for number in range(30):
        name = f"person{number}"
        begun = MONDAY + days(random.randint(0, 20))
        visits = range(random.randint(0, 6))
        messages += [visit(name, begun + hours(random.randint(0, 900)), *random.choice(WAYS)) for _ in visits]
        if number % 2:
            messages.append(won(name, begun + hours(random.randint(0, 900)), random.randint(1, 90) * 100))
    installation.receive(NOW, *messages)


@dataclass(frozen=True)
class Row:
    value: float
    touches: list[tuple[datetime, str]]


def plain_rows(installation: Installation) -> list[Row]:
    """Every deal with its touches, joined by hand."""
    with installation.engine.store.cursor() as cursor:
        deals = cursor.execute("SELECT lead, converted_at, value FROM memory.main.conversions WHERE name = 'won_deal'")
        found = deals.fetchall()
        touches = cursor.execute("SELECT lead, started_at, channel FROM memory.main.touches WHERE pages > 0").fetchall()
    return [
        Row(float(value), sorted((at, channel) for owner, at, channel in touches
                                 if owner == lead and converted_at - LOOKBACK < at <= converted_at))
        for lead, converted_at, value in found
    ]  # fmt: skip


def test_paths_are_those_that_a_person_would_join_by_hand(installation: Installation) -> None:
    filled(installation)
    bring_up_to_date(installation.engine)
    wanted = PathsWanted("won_deal", MONDAY - days(30), NOW, NOW, LOOKBACK, Dimension.CHANNEL)
    with installation.engine.store.cursor() as cursor:
        found = read_paths(cursor, wanted)
    rows = plain_rows(installation)
    reached = found.reached
    told = sorted(
        (value, [reached.names[key] for key in reached.keys[begin:end]])
        for value, begin, end in zip(reached.value, reached.starts, reached.starts[1:], strict=False)
    )
    assert told == sorted((row.value, [channel for _, channel in row.touches]) for row in rows)
    assert sum(not row.touches for row in rows) == int((reached.lengths == 0).sum()) > 0
    with installation.engine.store.cursor() as cursor:
        buyers = "SELECT lead FROM memory.main.conversions WHERE name = 'won_deal'"
        sold = {lead for (lead,) in cursor.execute(buyers).fetchall()}
        seen = cursor.execute("SELECT lead FROM memory.main.touches WHERE pages > 0").fetchall()
    assert len(found.lost.keys) == sum(lead not in sold for (lead,) in seen)


def test_every_model_of_the_report_sums_to_the_deals_and_their_money(installation: Installation) -> None:
    filled(installation)
    for by, figure in (("count", "conversions"), ("value", "revenue")):
        made = report(installation, "attribution", lookback="20d", by=by)
        whole = made.figure(figure).value
        sums = dict.fromkeys(made.table("models").column("model"), 0.0)
        for record in made.table("models").records():
            sums[record["model"]] += float(record["credit"])
        assert sums == pytest.approx(dict.fromkeys(sums, whole))
        assert len(sums) == len(Model)


def test_linear_credit_is_what_plain_python_gives(installation: Installation) -> None:
    filled(installation)
    made = report(installation, "attribution", lookback="20d", model="linear")
    expected: dict[str, float] = {}
    for row in plain_rows(installation):
        for channel in [each for _, each in row.touches] or ["(none)"]:
            expected[channel] = expected.get(channel, 0) + 1 / max(len(row.touches), 1)
    given_credits = dict(
        zip(made.table("credits").column("key"), made.table("credits").column("conversions"), strict=True)
    )
    assert {key: value for key, value in given_credits.items() if value} == pytest.approx(expected)


def test_a_touch_after_the_deal_never_counts(installation: Installation) -> None:
    at = MONDAY + days(3)
    installation.receive(
        NOW,
        visit("ann", at - hours(2), "google", "cpc"),
        won("ann", at),
        visit("ann", at + hours(2), "newsletter", "email"),
    )
    made = report(installation, "attribution", model="last")
    assert made.table("credits").rows[0][:2] == ("Paid search", 1.0)
    paths = report(installation, "conversion-paths").table("paths")
    assert [row[:2] for row in paths.rows] == [("Paid search", 1)]


def test_revenue_tables_add_up_and_agree_with_the_metric(installation: Installation) -> None:
    filled(installation)
    made = report(installation, "revenue", model="time-decay")
    whole = made.figure("revenue").value
    for name in ("channels", "campaigns", "contents"):
        assert sum(made.table(name).column("revenue")) == pytest.approx(whole)
    assert sum(made.table("months").column("revenue")) == pytest.approx(whole)
    cohorts = report(installation, "cohorts-revenue").table("cohorts")
    seen = sum(row.value for row in plain_rows(installation))
    assert 0 < sum(cohorts.column("revenue")) <= seen


def test_deals_in_another_currency_count_at_the_rate_of_their_day_and_are_told_apart_without_one(
    installation: Installation,
) -> None:
    at = MONDAY + days(3)
    installation.receive(NOW, won("ann", at, 1000, "SEK"), won("bo", at, 10), won("cy", at + days(9), 1000, "SEK"))
    before = report(installation, "revenue")
    assert (before.figure("revenue").value, before.notes) == (
        10.0, ("2 deals in SEK have no rate; the money of them is left out.",),
    )  # fmt: skip
    rates_import(installation.engine, f"currency,day,rate\nSEK,{at:%Y-%m-%d},0.1\nSEK,{at + days(5):%Y-%m-%d},0.2\n")
    after = report(installation, "revenue")
    assert (after.figure("revenue").value, after.notes) == (310.0, ())
    rates_remove(installation.engine, "SEK", f"{at:%Y-%m-%d}")
    assert report(installation, "revenue").figure("revenue").value == 210.0
    with pytest.raises(NotFoundError):
        rates_remove(installation.engine, "SEK", "2020-01-01")


def test_spend_gives_costs_by_channel_and_campaign_and_the_return(installation: Installation) -> None:
    at = MONDAY + days(3)
    installation.receive(NOW, visit("ann", at, "google", "cpc"), won("ann", at + days(1), 900))
    text = f"day,channel,campaign,amount,currency\n{at:%Y-%m-%d},paid search,Google-Spring,100,USD\n"
    kept = spend_import(installation.engine, text + f"{at:%Y-%m-%d},Fair,,50,USD\n")
    assert (kept["rows"], kept["days"], kept["replaced"], kept["unknown_channels"]) == (2, 1, 0, ["Fair"])
    made = report(installation, "channel-costs")
    (search,) = [row for row in made.table("campaigns").records() if row["channel"] == "Paid search"]
    assert (search["campaign"], search["visits"], search["deals"], search["spend"]) == ("google-spring", 1, 1.0, 100.0)
    assert (search["per_deal"], search["return"]) == (100.0, 9.0)
    assert made.figure("return").value == pytest.approx(6.0)
    assert made.figure("return").label == "Return on spend, blended"  # of paid and unpaid channels together
    assert [row["per_deal"] for row in made.table("channels").records() if row["channel"] == "Fair"] == [None]


def test_spend_again_replaces_the_days_and_a_wrong_line_writes_nothing(installation: Installation) -> None:
    head = "day,channel,amount\n"
    spend_import(installation.engine, f"{head}2026-05-01,A,1\n2026-05-02,A,2\n")
    kept = spend_import(installation.engine, f"{head}2026-05-02,B,3\n")
    assert kept["replaced"] == 1
    rows = Spend.objects.order_by("day").values_list("day", "channel", "amount")
    assert list(rows) == [(date(2026, 5, 1), "A", Decimal(1)), (date(2026, 5, 2), "B", Decimal(3))]
    with pytest.raises(DocumentError, match="Line 3"):
        spend_import(installation.engine, f"{head}2026-05-02,C,3\n2026-05-03,C,three\n")
    assert Spend.objects.filter(channel="C").count() == 0
    assert ExchangeRate.objects.count() == 0


def test_other_rules_sort_the_visits_of_the_past_anew(installation: Installation) -> None:
    at = datetime.now(UTC).replace(microsecond=0) - days(2)
    installation.receive(at + hours(1), visit("ann", at, "google", "cpc"))
    assert channels_show(installation.engine)["channels"]["Paid search"] == 1
    told = channels_set(
        installation.engine, [{"channel": "Ads", "conditions": [{"field": "medium", "is": "cpc"}]}, {"channel": "Rest"}]
    )
    assert (told["bundled"], told["channels"]) == (False, {"Ads": 1, "Rest": 0})
    with installation.engine.store.cursor() as cursor:
        bring_up_to_date(installation.engine)
        assert cursor.execute("SELECT channel FROM memory.main.touches").fetchall() == [("Ads",)]
    with pytest.raises(DocumentError):
        replace_rules([{"channel": ""}])
    assert channels_show(installation.engine)["rest"]["channel"] == "Rest"
    assert channels_set(installation.engine, [])["bundled"]


def test_direct_is_the_channel_of_visits_that_nothing_brought_whatever_it_is_called(installation: Installation) -> None:
    rules = [
        {"channel": "Ads", "conditions": [{"field": "medium", "is": "cpc"}]},
        {"channel": "Came by themselves", "conditions": [{"field": "medium", "empty": True}]},
        {"channel": "Rest"},
    ]
    channels_set(installation.engine, rules)
    at = MONDAY + days(3)
    installation.receive(
        NOW,
        visit("ann", at, "google", "cpc"),
        visit("ann", at + hours(9), None, None),
        won("ann", at + days(1)),
        won("bo", at),
    )
    made = report(installation, "attribution", model="last-non-direct")
    assert [row[:2] for row in made.table("credits").rows if row[1]] == [("Ads", 1.0), ("(none)", 1.0)]
    with installation.engine.store.cursor() as cursor:
        found = cursor.execute("SELECT DISTINCT channel FROM memory.main.people ORDER BY 1").fetchall()
    assert found == [("Ads",), ("Came by themselves",)]


def test_a_segments_days_are_those_of_the_report(installation: Installation) -> None:
    evening = MONDAY.replace(hour=20)  # the next morning in Manila
    installation.receive(NOW, visit("ann", evening, "google", "cpc"), won("ann", evening + hours(1)))
    asked = {"segment": f"last_seen>={evening + days(1):%Y-%m-%d}"}
    for kind in ("attribution", "conversion-paths"):
        found = {zone: report(installation, kind, **asked, zone=zone).figure("conversions").value
                 for zone in ("UTC", "Asia/Manila")}  # fmt: skip
        assert found == {"UTC": 0, "Asia/Manila": 1}, kind
    for kind, figure in (("overview", "new-leads"), ("funnel", "entered")):
        wanted = asked if kind == "overview" else {**asked, "steps": "any"}
        found = {zone: report(installation, kind, **wanted, zone=zone).figure(figure).value
                 for zone in ("UTC", "Asia/Manila")}  # fmt: skip
        assert found == {"UTC": 0, "Asia/Manila": 1}, kind


def test_deals_from_before_the_first_visit_are_counted_in_a_note(installation: Installation) -> None:
    first = datetime(2026, 6, 10, 9, tzinfo=UTC)
    installation.receive(NOW, won("ann", first - days(20), 700), won("ann", first - days(60), 500),
                         visit("ann", first, "google", "cpc"), won("ann", first + hours(1), 90))  # fmt: skip
    made = report(installation, "cohorts-revenue")
    assert [row[3:5] for row in made.table("cohorts").rows] == [(1, 90.0), (0, 0.0)]
    assert made.notes == ("2 deals were won before the month of the first visit, for $1,200, and are in no row.",)
    assert report(installation, "cohorts-revenue", period="2026-05-01..2026-05-31").notes == ()


def test_costs_are_not_asked_what_only_markovs_chain_takes(installation: Installation) -> None:
    with pytest.raises(ParameterError, match="There is no parameter 'order'"):
        report(installation, "channel-costs", order="2")


def test_an_unknown_conversion_is_refused_with_those_that_there_are(installation: Installation) -> None:
    with pytest.raises(NotFoundError, match="stage:qualified"):
        report(installation, "attribution", conversion="sold_out")


@pytest.mark.parametrize("dimension", ["channel", "source", "campaign", "landing", "content"])
@pytest.mark.parametrize("conversion", ["won_deal", "stage:qualified", "lead", "quote_requested"])
def test_every_dimension_and_conversion_can_be_asked(
    installation: Installation, dimension: str, conversion: str
) -> None:
    at = MONDAY + days(3)
    started = track(user("ann"), "Content Started", at, content_id="guide")
    installation.receive(NOW, visit("ann", at, "google", "cpc"), started, won("ann", at + days(1)))
    made = report(installation, "attribution", dimension=dimension, conversion=conversion, model="markov", order="2")
    given_credits = [row[1] for row in made.table("credits").rows]
    assert sum(given_credits) == pytest.approx(made.figure("conversions").value)
