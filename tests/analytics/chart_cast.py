"""One report for each mark, with numbers that a drawing must show."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from leadline.analytics.report import ChartWish, Column, Report, Table, Value, ValueKind

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
MONDAY = date(2026, 9, 7)
WEEKS = [MONDAY + timedelta(weeks=number) for number in range(8)]
CHANNELS = ("Direct", "Paid search", "E-mail")


def report(wish: ChartWish, columns: Sequence[Column], rows: Sequence[tuple[Value, ...]]) -> Report:
    table = Table("numbers", "People", tuple(columns), tuple(rows))
    return Report("cast", "What happened?", "As it was.", {}, NOW, tables=(table,), charts=(wish,), currency="USD")


def wish(mark: str, x: str, *y: str, series: str = "", **options: str) -> ChartWish:
    return ChartWish(mark, "numbers", x, y, series, f"The {mark}", options)


DAY = Column("day", "Week", ValueKind.DAY)
COUNT = Column("people", "People", ValueKind.COUNT)
CHANNEL = Column("channel", "Channel")
BY_WEEK = [(week, channel, 100 + 7 * at + 31 * place) for at, week in enumerate(WEEKS)
           for place, channel in enumerate(CHANNELS)]  # fmt: skip
FUNNEL = [("Visitors", 12_480), ("Known", 3214), ("Qualified", 241), ("Customers", 0)]
FLOWS = [
    ("1 Home", "2 Pricing", 100),
    ("1 Home", "2 Blog", 60),
    ("1 Blog", "2 Pricing", 40),
    ("2 Pricing", "3 Quote", 80),
]
COHORTS = [(week, f"Week {after}", max(1 - after / 12 - at / 50, 0.04)) for at, week in enumerate(
    MONDAY + timedelta(weeks=number) for number in range(12)) for after in range(12 - at)]  # fmt: skip
MODELS = ("First touch", "Last touch", "Last touch that is not direct", "Linear", "Time decay", "U-shaped", "W-shaped",
          "Position", "Markov removal effect", "Shapley value")  # fmt: skip
CREDITS = [(f"{channel} of a partner", model, 10.03 * at + 1.25 * place) for place, channel in enumerate(CHANNELS)
           for at, model in enumerate(MODELS)]  # fmt: skip
GRID = [(week, at, max(1 - week / 8 - at / 50, 0)) for at in range(4) for week in range(8 - at)]

REPORTS: Mapping[str, Report] = {
    "bars": report(
        wish("bars", "channel", "people"), (CHANNEL, COUNT), [(each, 123 + at) for at, each in enumerate(CHANNELS)]
    ),
    "bars by week": report(
        wish("bars", "day", "people", series="channel", stacked="1"), (DAY, CHANNEL, COUNT), BY_WEEK
    ),
    "bars side by side": report(
        wish("bars", "channel", "first", "last"),
        (CHANNEL, Column("first", "First touch", ValueKind.MONEY), Column("last", "Last touch", ValueKind.MONEY)),
        [(each, 1000 * at, 700) for at, each in enumerate(CHANNELS, 1)],
    ),
    "many bars": report(
        wish("bars", "channel", "people"), (CHANNEL, COUNT), [(f"Campaign {at}", at) for at in range(60)]
    ),
    "lines": report(wish("lines", "day", "people", series="channel"), (DAY, CHANNEL, COUNT), BY_WEEK),
    "lines with gaps": report(
        wish("lines", "day", "time"),
        (DAY, Column("time", "Median time to qualify", ValueKind.SECONDS)),
        [(week, None if at == 3 else 86_400 * (5 + at)) for at, week in enumerate(WEEKS)],
    ),
    "lines of shares": report(
        wish("lines", "month", "rate"),
        (Column("month", "Month after", ValueKind.COUNT), Column("rate", "Came back", ValueKind.SHARE)),
        [(number, 1 / (number + 1)) for number in range(6)],
    ),
    "funnel": report(wish("funnel", "step", "people"), (Column("step", "Step"), COUNT), FUNNEL),
    "grid": report(
        wish("grid", "week", "cohort", "share"),
        (
            Column("week", "Week", ValueKind.COUNT),
            Column("cohort", "Cohort", ValueKind.COUNT),
            Column("share", "Came back", ValueKind.SHARE),
        ),
        GRID,
    ),
    "grid of cohorts": report(
        wish("grid", "after", "cohort", "share"),
        (
            Column("cohort", "Began", ValueKind.DAY),
            Column("after", "After"),
            Column("share", "Came back", ValueKind.SHARE),
        ),
        COHORTS,
    ),
    "grid of models": report(
        wish("grid", "model", "channel", "credit"),
        (CHANNEL, Column("model", "Model"), Column("credit", "Credit", ValueKind.NUMBER)),
        CREDITS,
    ),
    "sankey": report(
        wish("sankey", "from", "to", "people"), (Column("from", "From"), Column("to", "To"), COUNT), FLOWS
    ),
    "histogram": report(
        wish("histogram", "edge", "people"),
        (Column("edge", "Time to convert", ValueKind.SECONDS), COUNT),
        [(86_400 * number, 200 // (number + 1)) for number in range(6)],
    ),
}
EMPTY: Mapping[str, Report] = {
    name: report(each.charts[0], each.tables[0].columns, ()) for name, each in REPORTS.items()
}
