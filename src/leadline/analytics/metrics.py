"""What can be told over time: each metric with its name, its definition in words, and which way is good. Pure.

How they are computed from the store is in `eventstore/measured.py`, and asked through `pipeline/reports/measuring.py`.
Pages, alerts, boards, exports and commands all ask there, so that a number is the same wherever it stands.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from leadline.analytics.report import Value, ValueKind
from leadline.kernel.errors import NotFoundError

RIPENING = timedelta(days=14)
"""How long a new lead is given to qualify before the qualification rate counts them."""
ENGAGED = timedelta(seconds=10)
"""So long a visit holds attention to count as engaged."""
CONVERSION = "conversion:"
CONVERSION_PEOPLE = "conversion-people:"
CONVERSION_VALUE = "conversion-value:"
CONVERSION_RATE = "conversion-rate:"


@dataclass(frozen=True, slots=True)
class Measure:
    """One metric.

    Attributes:
        definition: what is counted and how, in words.
        cases: what it rests on, in words: "visits". A number that rests on few cases says little.
        better: which way is good: "up", "down", or "" when neither is.
        adds: whether its values over parts of a period add up to its value over the whole.
    """

    name: str
    label: str
    definition: str
    kind: ValueKind
    cases: str
    better: str = "up"
    adds: bool = True


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric's value over one period. `value` is None when there is nothing to tell it from; `cases` is how many
    people, visits or conversions it rests on."""

    value: float | None
    cases: int


def told(measure: Measure, found: Measured) -> Value:
    """A value as tables and figures have it: counts are whole."""
    return int(found.value) if measure.kind is ValueKind.COUNT and found.value is not None else found.value


ENGAGED_VISIT = (
    f"A visit is engaged when it held attention for {ENGAGED.seconds} seconds, had two pages, or a conversion was made "
    "during it."
)
STANDING = "Those cancelled since are left out."
PEOPLE = (
    Measure(
        "visitors",
        "Visitors",
        "People with a visit that began in the period. A person counts once, on however many devices.",
        ValueKind.COUNT,
        "people",
        adds=False,
    ),
    Measure("new-people", "New people", "People who were first seen in the period.", ValueKind.COUNT, "people"),
    Measure(
        "new-leads",
        "New leads",
        "People who became known in the period: first seen under a user id or an e-mail address.",
        ValueKind.COUNT,
        "people",
    ),
    Measure(
        "qualified-leads",
        "Qualified leads",
        "People who entered the stage qualified for the first time in the period. Coming back to it does not count.",
        ValueKind.COUNT,
        "people",
    ),
    Measure(
        "new-customers",
        "New customers",
        "People who entered the stage customer for the first time in the period.",
        ValueKind.COUNT,
        "people",
    ),
    Measure(
        "qualification-rate",
        "Qualification rate",
        f"Of the people who became known in the period, the share that qualified within {RIPENING.days} days of it. "
        f"Those who became known less than {RIPENING.days} days ago are not counted yet, so a period that is younger "
        "has no rate.",
        ValueKind.SHARE,
        "people",
        adds=False,
    ),
    Measure(
        "median-time-to-qualify",
        "Median time to qualify",
        "Of the people who qualified for the first time in the period, the median time since they became known (since "
        "they were first seen, where they never were). Who qualified before counts as no time at all.",
        ValueKind.SECONDS,
        "people",
        better="down",
        adds=False,
    ),
)
VISITS = (
    Measure("sessions", "Visits", "Visits that began in the period.", ValueKind.COUNT, "visits"),
    Measure(
        "engaged-sessions",
        "Engaged visits",
        f"Visits that began in the period and were engaged. {ENGAGED_VISIT}",
        ValueKind.COUNT,
        "visits",
    ),
    Measure(
        "active-people",
        "Active people",
        f"People with an engaged visit that began in the period. {ENGAGED_VISIT}",
        ValueKind.COUNT,
        "people",
        adds=False,
    ),
    Measure(
        "engagement-rate",
        "Engagement rate",
        f"The share of visits begun in the period that were engaged. {ENGAGED_VISIT}",
        ValueKind.SHARE,
        "visits",
        adds=False,
    ),
    Measure(
        "bounce-rate",
        "Bounce rate",
        f"The share of visits begun in the period that were not engaged. {ENGAGED_VISIT}",
        ValueKind.SHARE,
        "visits",
        better="down",
        adds=False,
    ),
    Measure(
        "engaged-seconds",
        "Engaged time",
        "The time that visits begun in the period held attention: from heartbeats where there are any, else from the "
        "gaps between events, two minutes of each at most.",
        ValueKind.SECONDS,
        "visits",
    ),
    Measure(
        "engaged-seconds-per-session",
        "Engaged time a visit",
        "Engaged time of the visits begun in the period, divided by how many they are.",
        ValueKind.SECONDS,
        "visits",
        adds=False,
    ),
)
USE = (
    Measure("tool-uses", "Tool uses", "Tool Used events in the period.", ValueKind.COUNT, "events"),
    Measure(
        "completed-tool-uses",
        "Completed tool uses",
        "Tool Used events in the period that say that the use was completed.",
        ValueKind.COUNT,
        "events",
    ),
    Measure("content-starts", "Content begun", "Content Started events in the period.", ValueKind.COUNT, "events"),
    Measure(
        "content-completions", "Content completed", "Content Completed events in the period.", ValueKind.COUNT, "events"
    ),
    Measure(
        "course-completions", "Courses completed", "Course Completed events in the period.", ValueKind.COUNT, "events"
    ),
    Measure("quiz-completions", "Quizzes completed", "Quiz Completed events in the period.", ValueKind.COUNT, "events"),
)
MONEY = (
    Measure(
        "opportunities",
        "Opportunities",
        "Opportunities opened in the period, those lost since included: a lost one was one.",
        ValueKind.COUNT,
        "opportunities",
    ),
    Measure("deals", "Deals won", f"Deals won in the period. {STANDING}", ValueKind.COUNT, "deals"),
    Measure(
        "revenue",
        "Revenue",
        "The value of the deals won in the period, in the reporting currency at the rate of the day. "
        f"{STANDING} Deals without an amount or a rate add nothing, and are told apart.",
        ValueKind.MONEY,
        "deals",
    ),
    Measure(
        "average-deal",
        "Average deal",
        f"Revenue divided by the deals that have a value. {STANDING}",
        ValueKind.MONEY,
        "deals",
        adds=False,
    ),
    Measure(
        "conversion-rate",
        "Conversion rate",
        f"Of the people with a visit in the period, the share that made any conversion in it. {STANDING}",
        ValueKind.SHARE,
        "people",
        adds=False,
    ),
)
FIXED = (*PEOPLE, *VISITS, *USE, *MONEY)
"""The metrics that there are under every ruleset."""


_FIXED_NAMES = frozenset(measure.name for measure in FIXED)


def measures(conversions: Iterable[str] = ()) -> tuple[Measure, ...]:
    """Every metric; last those of the ruleset's conversions: how many, of how many people, their value, the rate."""
    names = tuple(conversions)
    return (*FIXED, *map(_count, names), *map(_people, names), *map(_value, names), *map(_rate, names))


def measure_of(name: str, conversions: Iterable[str] = ()) -> Measure:
    """A metric by its name.

    Raises:
        NotFoundError: there is none of that name.
    """
    known = {measure.name: measure for measure in measures(conversions)}
    if (found := known.get(name)) is None:
        raise NotFoundError(f"There is no metric {name!r}.", advice=f"There are: {', '.join(known)}.")
    return found


def is_metric(name: str) -> bool:
    """Whether a figure's name is a metric's; of conversions by its form."""
    return name in _FIXED_NAMES or name.startswith((CONVERSION, CONVERSION_PEOPLE, CONVERSION_VALUE, CONVERSION_RATE))


def conversion_label(name: str) -> str:
    """A conversion's name in words: "Quote requested"."""
    return name.replace("_", " ").capitalize()


def _count(name: str) -> Measure:
    label = conversion_label(name)
    definition = f"Conversions {name} made in the period. {_kept(name)}"
    return Measure(f"{CONVERSION}{name}", label, definition, ValueKind.COUNT, "conversions")


def _people(name: str) -> Measure:
    label = f"{conversion_label(name)} (people)"
    definition = f"People who made the conversion {name} in the period, each once. {_kept(name)}"
    return Measure(f"{CONVERSION_PEOPLE}{name}", label, definition, ValueKind.COUNT, "people", adds=False)


def _value(name: str) -> Measure:
    label = f"{conversion_label(name)} (value)"
    definition = (
        f"The value of conversions {name} made in the period, in the reporting currency at the rate of the day. "
        f"{_kept(name)} Those without an amount or a rate add nothing."
    )
    return Measure(f"{CONVERSION_VALUE}{name}", label, definition, ValueKind.MONEY, "conversions")


def _rate(name: str) -> Measure:
    visited = "Of the people with a visit in the period, the share that made the conversion"
    definition = f"{visited} {name} in it. {_kept(name)}"
    label = f"{conversion_label(name)} (rate)"
    return Measure(f"{CONVERSION_RATE}{name}", label, definition, ValueKind.SHARE, "people", adds=False)


def _kept(name: str) -> str:
    return "Those lost since are included: a lost one was one." if name == "opportunity" else STANDING
