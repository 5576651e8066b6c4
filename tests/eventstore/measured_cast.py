"""Generated histories in tables as reports read them, and each metric of them in plain Python."""

import json
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from leadline.analytics.periods import Period

Row = dict[str, Any]
CHANNELS = ("Direct", "Paid search", "E-mail")
CONVERSIONS = ("quote_requested", "opportunity", "won_deal")
EVENTS = ("Tool Used", "Content Started", "Content Completed", "Course Completed", "Quiz Completed", "Other")
STAGES = ("initial_engagement", "profile_development", "conversion_signals", "qualified", "customer", "recycled")
TABLES = {
    "people": "lead BIGINT, known BOOLEAN, known_at TIMESTAMP, first_seen_at TIMESTAMP, stage VARCHAR, "
    "stage_since TIMESTAMP, grade VARCHAR, country VARCHAR, channel VARCHAR, campaign VARCHAR, "
    "qualified_at TIMESTAMP, customer_at TIMESTAMP",
    "moves": "lead BIGINT, moved_at TIMESTAMP, from_stage VARCHAR, to_stage VARCHAR",
    "conversions": "name VARCHAR, lead BIGINT, converted_at TIMESTAMP, cancelled_at TIMESTAMP, value DECIMAL(18, 2)",
    "touches": "lead BIGINT, started_at TIMESTAMP, ended_at TIMESTAMP, channel VARCHAR, campaign VARCHAR, "
    "pages INTEGER, engaged_ms BIGINT",
    "events": "identity BIGINT, kind VARCHAR, name VARCHAR, day DATE, occurred_at TIMESTAMP, properties VARCHAR, "
    "bot BOOLEAN, internal BOOLEAN",
    "identity_lead": "identity BIGINT, lead BIGINT",
    "aged_totals": "batch BIGINT, moment TIMESTAMP, metric VARCHAR, value DOUBLE, cases BIGINT",
}


@dataclass
class History:
    """A generated history until `now`. Moments are aware UTC; people without a row in `people` do not count."""

    now: datetime
    tables: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in TABLES})

    def connect(self) -> duckdb.DuckDBPyConnection:
        """The tables where reports look for them."""
        connection = duckdb.connect()
        for name, columns in TABLES.items():
            connection.execute(f"CREATE TABLE memory.main.{name} ({columns})")
            rows = [{key: _stored(value) for key, value in row.items()} for row in self.tables[name]]
            if rows:
                connection.register("given", pa.Table.from_pylist(rows))
                connection.execute(f"INSERT INTO {name} BY NAME FROM given")
                connection.unregister("given")
        return connection

    def rows(self, table: str) -> list[Row]:
        return self.tables[table]


def _stored(value: object) -> object:
    return value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) else value


def history(seed: int, zone: str, around: date, people: int = 25) -> History:
    """Some 60 days around a date, dense at the midnights of the zone, where off-by-one errors live."""
    make = random.Random(seed)  # noqa: S311  # histories, not secrets
    start = datetime(around.year, around.month, around.day, tzinfo=ZoneInfo(zone)).astimezone(UTC) - timedelta(days=30)
    made = History(start + timedelta(days=60))
    for lead in range(1, people + 1):
        _person(make, made, lead, start, zone)
    return made


def _moment(make: random.Random, start: datetime, zone: str) -> datetime:
    any_time = start + timedelta(seconds=make.uniform(0, 60 * 86_400))
    if make.random() < 0.5:
        return any_time
    local = any_time.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    return local.astimezone(UTC) + make.choice((-1, 0, 1)) * timedelta(microseconds=1)


def _person(make: random.Random, made: History, lead: int, start: datetime, zone: str) -> None:
    def moment() -> datetime:
        return _moment(make, start, zone)

    made.tables["identity_lead"] += [{"identity": lead * 10 + i, "lead": lead} for i in range(2)]
    moves = _moves(make, made, lead, sorted(moment() for _ in range(make.randint(0, 4))))
    touches = sorted({moment() for _ in range(make.randint(0, 6))})
    made.tables["touches"] += [
        _touch(make, lead, at, after) for at, after in zip(touches, [*touches, None][1:], strict=True)
    ]
    made.tables["conversions"] += [_conversion(make, lead, touches, moment) for _ in range(make.randint(0, 4))]
    made.tables["events"] += [_event(make, lead, moment()) for _ in range(make.randint(0, 12))]
    if make.random() < 0.1:
        for table in ("moves", "touches", "conversions"):  # these three are of listed people only
            made.tables[table] = [row for row in made.tables[table] if row["lead"] != lead]
        return
    first, known = moment(), make.random() < 0.7
    entered = {stage: min((at for at, to in moves if to == stage), default=None) for stage in STAGES}
    known_at = _known_at(make, entered["qualified"], moment) if known else None
    made.tables["people"].append(
        {
            "lead": lead, "known": known, "known_at": known_at, "first_seen_at": first,
            "stage": moves[-1][1] if moves else None, "stage_since": moves[-1][0] if moves else None,
            "grade": make.choice("AB"), "country": None, "channel": make.choice(CHANNELS), "campaign": None,
            "qualified_at": entered["qualified"], "customer_at": entered["customer"],
        }
    )  # fmt: skip


def _known_at(make: random.Random, qualified_at: datetime | None, moment: Callable[[], datetime]) -> datetime:
    """Now and then exactly fourteen days before somebody qualified."""
    if qualified_at and make.random() < 0.4:
        return qualified_at - timedelta(days=14) + make.choice((-1, 0, 1)) * timedelta(microseconds=1)
    return moment()


def _moves(make: random.Random, made: History, lead: int, moments: Iterable[datetime]) -> list[tuple[datetime, str]]:
    before, found = STAGES[0], []
    for at in dict.fromkeys(moments):
        to = make.choice([stage for stage in STAGES if stage != before])
        made.tables["moves"].append({"lead": lead, "moved_at": at, "from_stage": before, "to_stage": to})
        found.append((at, to))
        before = to
    return found


def _touch(make: random.Random, lead: int, at: datetime, after: datetime | None) -> Row:
    ended = min(
        at + timedelta(minutes=make.randint(0, 30)), after - timedelta(microseconds=1) if after else at + timedelta(1)
    )
    engaged = make.choice((0, 9_999, 10_000, 90_000))
    return {"lead": lead, "started_at": at, "ended_at": ended, "channel": make.choice(CHANNELS), "campaign": None,
            "pages": make.randint(0, 2), "engaged_ms": engaged}  # fmt: skip


def _conversion(make: random.Random, lead: int, touches: list[datetime], moment: Callable[[], datetime]) -> Row:
    at = make.choice(touches) if touches and make.random() < 0.5 else moment()
    cancelled = at + timedelta(days=make.choice((1, 200))) if make.random() < 0.3 else None
    value = make.choice((None, make.randint(1, 90_000) / 100))
    return {
        "name": make.choice(CONVERSIONS),
        "lead": lead,
        "converted_at": at,
        "cancelled_at": cancelled,
        "value": value,
    }


def _event(make: random.Random, lead: int, at: datetime) -> Row:
    said = {
        "completed": make.random() < 0.5,
        "tool": make.choice("xy"),
        "content_id": make.choice("pq"),
        "kind": "guide",
    }
    return {"identity": lead * 10 + make.randint(0, 1), "kind": make.choice(("track", "track", "track", "page")),
            "name": make.choice(EVENTS), "day": at.date(), "occurred_at": at, "properties": json.dumps(said),
            "bot": make.random() < 0.1, "internal": make.random() < 0.1}  # fmt: skip


@dataclass
class Brute:
    """Each metric over one period, written down as its definition reads."""

    history: History
    period: Period
    keep: Callable[[Row], bool] = lambda person: True  # noqa: ARG005  # everybody

    def __post_init__(self) -> None:
        self.people = {row["lead"]: row for row in self.history.rows("people") if self.keep(row)}

    def inside(self, at: datetime | None) -> bool:
        return at is not None and self.period.start <= at < self.period.end and at <= self.history.now

    def of(self, column: str) -> list[Row]:
        return [row for row in self.people.values() if self.inside(row[column])]

    def visits(self) -> list[Row]:
        return [
            row for row in self.history.rows("touches") if row["lead"] in self.people and self.inside(row["started_at"])
        ]

    def engaged(self, visit: Row) -> bool:
        during = (row for row in self.history.rows("conversions") if row["lead"] == visit["lead"])
        made = any(visit["started_at"] <= row["converted_at"] <= visit["ended_at"] for row in during)
        return visit["engaged_ms"] >= 10_000 or visit["pages"] >= 2 or made

    def made(self, name: str = "") -> list[Row]:
        return [row for row in self.history.rows("conversions")
                if row["lead"] in self.people and self.inside(row["converted_at"]) and name in ("", row["name"])
                and (row["name"] == "opportunity" or not self.cancelled(row))]  # fmt: skip

    def cancelled(self, row: Row) -> bool:
        return row["cancelled_at"] is not None and row["cancelled_at"] <= self.history.now

    def events(self, name: str) -> list[Row]:
        return [row for row in self.history.rows("events")
                if row["identity"] // 10 in self.people and row["kind"] == "track" and row["name"] == name
                and not row["bot"] and not row["internal"] and self.inside(row["occurred_at"])]  # fmt: skip

    def value(self, name: str) -> float | None:
        """A metric's value."""
        kind, _, conversion = name.partition(":")
        return OF_CONVERSION[kind](self, conversion) if conversion else DEFINED[kind](self)

    @property
    def visitors(self) -> set[int]:
        return {visit["lead"] for visit in self.visits()}

    @property
    def engaged_visits(self) -> list[Row]:
        return [visit for visit in self.visits() if self.engaged(visit)]

    @property
    def attention(self) -> float:
        return sum(visit["engaged_ms"] for visit in self.visits()) / 1000

    @property
    def values(self) -> list[float]:
        return [float(row["value"]) for row in self.made("won_deal") if row["value"] is not None]

    def converted(self, name: str = "") -> float | None:
        return _share(len(self.visitors & {row["lead"] for row in self.made(name)}), len(self.visitors))

    def time_to_qualify(self) -> float | None:
        took = [self.took(row) for row in self.of("qualified_at")]
        return median(took) if took else None

    def qualification_rate(self) -> float | None:
        fortnight = timedelta(days=14)
        ripe = [row for row in self.of("known_at") if row["known_at"] <= self.history.now - fortnight]
        soon = [row for row in ripe if row["qualified_at"] and row["qualified_at"] <= row["known_at"] + fortnight]
        return _share(len(soon), len(ripe))

    def took(self, row: Row) -> float:
        since = row["known_at"] or row["first_seen_at"]
        return max(0.0, (row["qualified_at"] - since) / timedelta(seconds=1))


def _share(part: float, whole: int) -> float | None:
    return part / whole if whole else None


DEFINED: dict[str, Callable[[Brute], float | None]] = {
    "visitors": lambda told: len(told.visitors),
    "new-people": lambda told: len(told.of("first_seen_at")),
    "new-leads": lambda told: len(told.of("known_at")),
    "qualified-leads": lambda told: len(told.of("qualified_at")),
    "new-customers": lambda told: len(told.of("customer_at")),
    "qualification-rate": Brute.qualification_rate,
    "median-time-to-qualify": Brute.time_to_qualify,
    "sessions": lambda told: len(told.visits()),
    "engaged-sessions": lambda told: len(told.engaged_visits),
    "active-people": lambda told: len({visit["lead"] for visit in told.engaged_visits}),
    "engagement-rate": lambda told: _share(len(told.engaged_visits), len(told.visits())),
    "bounce-rate": lambda told: _share(len(told.visits()) - len(told.engaged_visits), len(told.visits())),
    "engaged-seconds": lambda told: told.attention,
    "engaged-seconds-per-session": lambda told: _share(told.attention, len(told.visits())),
    "tool-uses": lambda told: len(told.events("Tool Used")),
    "completed-tool-uses": lambda told: sum(
        json.loads(row["properties"])["completed"] for row in told.events("Tool Used")
    ),
    "content-starts": lambda told: len(told.events("Content Started")),
    "content-completions": lambda told: len(told.events("Content Completed")),
    "course-completions": lambda told: len(told.events("Course Completed")),
    "quiz-completions": lambda told: len(told.events("Quiz Completed")),
    "opportunities": lambda told: len(told.made("opportunity")),
    "deals": lambda told: len(told.made("won_deal")),
    "revenue": lambda told: sum(told.values),
    "average-deal": lambda told: _share(sum(told.values), len(told.values)),
    "conversion-rate": Brute.converted,
}
OF_CONVERSION: dict[str, Callable[[Brute, str], float | None]] = {
    "conversion": lambda told, name: len(told.made(name)),
    "conversion-people": lambda told, name: len({row["lead"] for row in told.made(name)}),
    "conversion-value": lambda told, name: sum(float(row["value"] or 0) for row in told.made(name)),
    "conversion-rate": Brute.converted,
}
