"""Channel costs: what visits, leads, qualified leads and deals cost by channel and campaign, and what came back."""

from collections import defaultdict
from collections.abc import Callable, Mapping

from leadline.analytics.attribution import Model
from leadline.analytics.channels import folded
from leadline.analytics.crediting import credits_of
from leadline.analytics.currencies import current_rates
from leadline.analytics.parameters import PERIOD, SEGMENT, Wanted
from leadline.analytics.report import ChartWish, Column, Figure, Report, Table, Value, ValueKind
from leadline.analytics.spending import Spent, spent
from leadline.eventstore.paths import BECOMING_KNOWN, SEPARATOR, Dimension
from leadline.eventstore.visit_counts import visits_by_campaign
from leadline.pipeline.reports.attributing import (
    HALF_LIFE,
    LOOKBACK,
    NOBODY,
    OPPORTUNITY,
    POSITION,
    WON,
    model_parameter,
    money_notes,
    options_of,
    paths_of,
    ratio,
)
from leadline.pipeline.reports.catalogue import ReportKind
from leadline.pipeline.reports.measuring import who_is_in
from leadline.pipeline.reports.sources import Sources

QUESTION = "What do leads and deals cost, and what comes back?"
DEFINITION = (
    "Visits that began in the period, people who became known, qualified for the first time, had an opportunity or "
    "were won in it, each credited to the channel and campaign of their visits by the model that is named, beside what "
    "was spent in the period. Return is revenue divided by spend: above 1, more came in than went out."
)
VISITS, SPEND, REVENUE = "visits", "spend", "revenue"
GOALS = (("leads", BECOMING_KNOWN), ("qualified", "stage:qualified"), ("opportunities", OPPORTUNITY), ("deals", WON))
MODELS = (
    Model.FIRST,
    Model.LAST,
    Model.LAST_NON_DIRECT,
    Model.LINEAR,
    Model.TIME_DECAY,
    Model.U_SHAPED,
    Model.POSITION,
)
NUMBERS = (
    Column("visits", "Visits", ValueKind.COUNT),
    Column("leads", "New leads", ValueKind.NUMBER),
    Column("qualified", "Qualified leads", ValueKind.NUMBER),
    Column("opportunities", "Opportunities", ValueKind.NUMBER),
    Column("deals", "Deals", ValueKind.NUMBER),
    Column("revenue", "Revenue", ValueKind.MONEY),
    Column("spend", "Spend", ValueKind.MONEY),
    Column("per_visit", "Cost per visit", ValueKind.MONEY),
    Column("per_lead", "Cost per lead", ValueKind.MONEY),
    Column("per_qualified", "Cost per qualified lead", ValueKind.MONEY),
    Column("per_deal", "Cost per deal", ValueKind.MONEY),
    Column("return", "Return", ValueKind.NUMBER),
)
BLENDED = "those of channels that cost nothing included. What a paid channel alone costs and returns stands in its row."
CAMPAIGN_OF = tuple[str, str]
Tally = dict[str, float]
Tallies = dict[CAMPAIGN_OF, Tally]


def compute(sources: Sources, wanted: Wanted) -> Report:
    """By channel, and by channel and campaign."""
    period = wanted.period
    money = spent(period.first, period.last, current_rates())
    tallies, written = _tallies(sources, wanted, money)
    channels = _rows(tallies, lambda key: (key[0],))
    campaigns = _rows(tallies, lambda key: (key[0], written.get(key, key[1])))
    tables = (
        Table("channels", "By channel", (Column("channel", "Channel"), *NUMBERS), channels),
        Table("campaigns", "By campaign", (Column("channel", "Channel"), Column("campaign", "Campaign"), *NUMBERS),
              tuple(row for row in campaigns if row[1] or row[8])),
    )  # fmt: skip
    charts = tuple(
        ChartWish("bars", "channels", "channel", (name,), title=title, options={"horizontal": "1"})
        for name, title in (("per_qualified", "Cost per qualified lead"), ("return", "Return on spend"))
    )
    notes = (*money_notes(sources, wanted, WON), *_rateless(money), *_no_spend(money), *_of_all(wanted, money))
    return Report(KIND.name, QUESTION, DEFINITION, wanted.texts, sources.now, _figures(tallies), tables, charts, notes,
                  sources.currency)  # fmt: skip


def _tallies(sources: Sources, wanted: Wanted, money: Spent) -> tuple[Tallies, dict[CAMPAIGN_OF, str]]:
    """Every number by channel and campaign in lower case, and how campaigns are written."""
    found: Tallies = defaultdict(lambda: defaultdict(float))
    written: dict[CAMPAIGN_OF, str] = {}
    period = wanted.period
    who, chosen = who_is_in(sources, wanted.text("segment"))
    for channel, campaign, count in visits_by_campaign(
        sources.cursor, period.start, period.end, sources.now, who, chosen
    ):
        key = (channel, folded(campaign))
        written.setdefault(key, campaign)
        found[key][VISITS] += count
    for name, goal in GOALS:
        _credit(sources, wanted, name, goal, found)
    for key, amount in money.amounts.items():
        found[key][SPEND] += float(amount)
    return found, written


def _credit(sources: Sources, wanted: Wanted, name: str, goal: str, found: Tallies) -> None:
    paths = paths_of(sources, wanted, goal, Dimension.CHANNEL_CAMPAIGN)
    given_credits = credits_of(Model(wanted.text("model")), paths.reached, paths.lost, options_of(wanted))
    for key, count, value in zip(paths.reached.names, given_credits.conversions, given_credits.value, strict=True):
        channel, _, campaign = key.partition(SEPARATOR)
        _add(found[channel, folded(campaign)], name, float(count), float(value))
    if given_credits.nobody:
        _add(found[NOBODY, ""], name, given_credits.nobody, given_credits.nobody_value)


def _add(tally: Tally, name: str, count: float, value: float) -> None:
    tally[name] += count
    if name == "deals":
        tally[REVENUE] += value


def _rows(
    tallies: Mapping[CAMPAIGN_OF, Tally], label: Callable[[CAMPAIGN_OF], tuple[str, ...]]
) -> tuple[tuple[Value, ...], ...]:
    """Tallies with the same label as one row, the dearest first, then by visits."""
    summed: dict[tuple[str, ...], Tally] = defaultdict(lambda: defaultdict(float))
    for key, tally in tallies.items():
        for name, number in tally.items():
            summed[label(key)][name] += number
    kept = [(key, tally) for key, tally in summed.items() if any(tally.values())]
    kept.sort(key=lambda row: (-row[1][SPEND], -row[1][VISITS], row[0]))
    return tuple((*key, *_numbers(tally)) for key, tally in kept)


def _numbers(tally: Tally) -> tuple[Value, ...]:
    counts = [tally[name] for name, _ in GOALS]
    spend = tally[SPEND]
    costs = [_cost(spend, tally[name]) for name in (VISITS, "leads", "qualified", "deals")]
    back = ratio(tally[REVENUE], spend)
    return (int(tally[VISITS]), *counts, tally[REVENUE], spend or None, *costs, back)


def _cost(spend: float, count: float) -> float | None:
    """Nothing was spent: there is no cost to tell, which is not the same as nothing."""
    return ratio(spend, count) if spend else None


def _figures(tallies: Tallies) -> tuple[Figure, ...]:
    total: Tally = defaultdict(float)
    for tally in tallies.values():
        for name, number in tally.items():
            total[name] += number
    money = ValueKind.MONEY
    return (
        Figure("spend", "Spend", total[SPEND], money, better=""),
        Figure("per_qualified", "Cost per qualified lead, blended", _cost(total[SPEND], total["qualified"]), money,
               f"Spend divided by all qualified leads, {BLENDED}", better="down"),
        Figure("per_deal", "Cost per deal, blended", _cost(total[SPEND], total["deals"]), money,
               f"Spend divided by all deals, {BLENDED}", better="down"),
        Figure("return", "Return on spend, blended", ratio(total[REVENUE], total[SPEND]), ValueKind.NUMBER,
               f"All revenue divided by spend, {BLENDED}"),
    )  # fmt: skip


def _rateless(money: Spent) -> list[str]:
    return [
        f"{count:,} {'row' if count == 1 else 'rows'} of spend in {currency} {'has' if count == 1 else 'have'} no rate "
        "and count as nothing."
        for currency, count in sorted(money.without_rate.items())
    ]


def _no_spend(money: Spent) -> list[str]:
    known = money.amounts or money.without_rate
    return [] if known else ["No spend is known for these days: upload it under Conversions, Spend and rates."]


def _of_all(wanted: Wanted, money: Spent) -> list[str]:
    if not (wanted.text("segment") and money.amounts):
        return []
    return ["Spend is that for everybody, not only for these people: costs and return are not theirs alone."]


KIND = ReportKind(
    "channel-costs",
    "Channel costs",
    QUESTION,
    DEFINITION,
    compute,
    (PERIOD, model_parameter(Model.FIRST, MODELS), LOOKBACK, HALF_LIFE, POSITION, SEGMENT),
)
