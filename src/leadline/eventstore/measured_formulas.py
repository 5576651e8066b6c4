"""How each metric is computed: from which facts, by which aggregate. The words are in `analytics/metrics.py`."""

from collections.abc import Mapping
from dataclasses import dataclass

from leadline.analytics.metrics import CONVERSION, CONVERSION_PEOPLE, CONVERSION_RATE, CONVERSION_VALUE, RIPENING

RIPE = f"known_at <= $now - INTERVAL {RIPENING.days} DAY"
SOON = f"qualified_at <= known_at + INTERVAL {RIPENING.days} DAY"
TOOK = "greatest(0, epoch_us(qualified_at) - epoch_us(coalesce(known_at, first_seen_at)))"
ALL = "count(*)"
PEOPLE = "count(DISTINCT lead)"


@dataclass(frozen=True, slots=True)
class Formula:
    """One metric in SQL.

    Attributes:
        facts: the file `measured_<facts>.sql`, with the moment of people after a colon: "people:known_at".
        value, cases: aggregates over the facts' columns.
        empty: the value where there are no facts.
        event: the one event that it reads, of facts that are events.
    """

    facts: str
    value: str
    cases: str
    empty: float | None = 0.0
    event: str = ""


def _counted(facts: str, what: str = ALL) -> Formula:
    return Formula(facts, what, what)


def _events(event: str, condition: str = "true") -> Formula:
    found = f"count(*) FILTER (WHERE name = {literal(event)} AND {condition})"
    return Formula("events", found, found, event=event)


def literal(text: str) -> str:
    """A text as SQL has it."""
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


WON = "name = 'won_deal'"
DEALS = f"count(*) FILTER (WHERE {WON})"
VALUED = f"count(*) FILTER (WHERE {WON} AND value IS NOT NULL)"
FORMULAS: Mapping[str, Formula] = {
    "visitors": _counted("visits", PEOPLE),
    "new-people": _counted("people:first_seen_at"),
    "new-leads": _counted("people:known_at"),
    "qualified-leads": _counted("people:qualified_at"),
    "new-customers": _counted("people:customer_at"),
    "qualification-rate": Formula(
        "people:known_at",
        f"avg(coalesce({SOON}, false)::INTEGER) FILTER ({RIPE})",
        f"count(*) FILTER (WHERE {RIPE})",
        None,
    ),
    "median-time-to-qualify": Formula("people:qualified_at", f"median({TOOK}) / 1e6", ALL, None),
    "sessions": _counted("visits"),
    "engaged-sessions": Formula("engaged", "count(*) FILTER (WHERE engaged)", ALL),
    "active-people": _counted("engaged", f"{PEOPLE} FILTER (engaged)"),
    "engagement-rate": Formula("engaged", "avg(engaged::INTEGER)", ALL, None),
    "bounce-rate": Formula("engaged", "avg((NOT engaged)::INTEGER)", ALL, None),
    "engaged-seconds": Formula("visits", "sum(engaged_ms) / 1e3", ALL),
    "engaged-seconds-per-session": Formula("visits", "avg(engaged_ms) / 1e3", ALL, None),
    "tool-uses": _events("Tool Used"),
    "completed-tool-uses": _events("Tool Used", "json_extract_string(properties, '/completed') = 'true'"),
    "content-starts": _events("Content Started"),
    "content-completions": _events("Content Completed"),
    "course-completions": _events("Course Completed"),
    "quiz-completions": _events("Quiz Completed"),
    "opportunities": _counted("conversions", "count(*) FILTER (WHERE name = 'opportunity')"),
    "deals": _counted("conversions", DEALS),
    "revenue": Formula("conversions", f"coalesce(sum(value) FILTER ({WON}), 0)", DEALS),
    "average-deal": Formula("conversions", f"sum(value) FILTER ({WON})::DOUBLE / nullif({VALUED}, 0)", VALUED, None),
    "conversion-rate": Formula("chances", "avg((names IS NOT NULL)::INTEGER)", ALL, None),
}


def formula_of(name: str) -> Formula:
    """How a metric is computed.

    Raises:
        KeyError: there is no such metric.
    """
    prefix, _, conversion = name.partition(":")
    return FORMULAS[name] if not conversion else _of_conversion(f"{prefix}:", literal(conversion))


def _of_conversion(prefix: str, name: str) -> Formula:
    these = f"FILTER (name = {name})"
    count = f"count(*) {these}"
    return {
        CONVERSION: _counted("conversions", count),
        CONVERSION_PEOPLE: _counted("conversions", f"{PEOPLE} {these}"),
        CONVERSION_VALUE: Formula("conversions", f"coalesce(sum(value) {these}, 0)", count),
        CONVERSION_RATE: Formula("chances", f"avg(coalesce(list_contains(names, {name}), false)::INTEGER)", ALL, None),
    }[prefix]
