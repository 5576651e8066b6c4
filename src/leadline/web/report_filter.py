"""A report's filters as words in one line, made from what can be asked of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.http import QueryDict

from leadline.analytics.channel_rules import read_rules
from leadline.analytics.metrics import Measure, measures
from leadline.analytics.parameters import SEGMENT, Parameter, ParameterKind
from leadline.analytics.periods import AGO, RANGE
from leadline.eventstore.known_names import offered
from leadline.pipeline.engine import Engine
from leadline.pipeline.reports.catalogue import ReportKind
from leadline.qualification.stages import Stage
from leadline.web.sealed_search import opened

PERIODS = (
    ("7d", "7 days"),
    ("30d", "30 days"),
    ("90d", "90 days"),
    ("12w", "12 weeks"),
    ("6m", "6 months"),
    ("12m", "12 months"),
)
UNITS = {"d": "day", "w": "week", "m": "month"}
SEPARATORS = {ParameterKind.LIST: ",", ParameterKind.STEPS: ">"}
MOST_PAGES = 50
EVERYBODY = "everybody"
FIRST_DAY, LAST_DAY = "first", "last"
"""Two days chosen by hand; together they are the period."""


@dataclass(frozen=True, slots=True)
class Control:
    """One thing to choose.

    Attributes:
        kind: the parameter's.
        text: what is chosen.
        parts: of a list or steps, with an empty one to add to.
        choices: (value, words).
        suggested: the id of the datalist that it draws on.
        empty: what stands in the control while nothing is chosen.
    """

    name: str
    kind: str
    label: str
    help: str
    text: str
    default: str
    choices: tuple[tuple[str, str], ...] = ()
    parts: tuple[str, ...] = ()
    suggested: str = ""
    first: str = ""
    last: str = ""
    empty: str = ""


def given_of(kind: ReportKind, query: QueryDict) -> dict[str, str]:
    """What an address or a form asks of a report; anything else in it is left to others."""
    given = {}
    for parameter in kind.all_parameters:
        texts = map(opened, query.getlist(parameter.name)) if parameter is SEGMENT else query.getlist(parameter.name)
        parts = [text.strip() for text in texts if text.strip()]
        if parts:
            given[parameter.name] = SEPARATORS.get(parameter.kind, "\n").join(parts)
        elif parameter.cleared and parameter.name in query:
            given[parameter.name] = parameter.cleared
    if (first := query.get(FIRST_DAY)) and (last := query.get(LAST_DAY)):
        given["period"] = f"{first}..{last}"
    return given


def controls(kind: ReportKind, texts: Mapping[str, str]) -> list[Control]:
    """In the order of the parameters, the zone last."""
    return [_control(parameter, texts.get(parameter.name, parameter.default)) for parameter in kind.all_parameters]


def period_words(text: str) -> str:
    """ "30 days", "1 Oct 2026 to 31 Oct 2026"."""
    if found := AGO.fullmatch(text):
        return f"{found[1]} {UNITS[found[2]]}{'' if found[1] == '1' else 's'}"
    return text.replace("..", " to ")


def suggestions(engine: Engine, kind: ReportKind) -> dict[str, list[tuple[str, str]]]:
    """What each datalist offers: (value, words). Only what this report's parameters suggest."""
    wanted = {parameter.suggests for parameter in kind.parameters if parameter.suggests}
    return {name: list(_offered(engine, name)) for name in sorted(wanted)}


def _control(parameter: Parameter, text: str) -> Control:
    days = RANGE.fullmatch(text) if parameter.kind is ParameterKind.PERIOD else None
    return Control(
        parameter.name,
        parameter.kind.value,
        parameter.label or parameter.name,
        parameter.help,
        "" if parameter.cleared and text == parameter.cleared else text,
        parameter.default,
        _choices(parameter, text),
        _parts(parameter, text),
        f"offer-{parameter.suggests}" if parameter.suggests else "",
        days[1] if days else "",
        days[2] if days else "",
        EVERYBODY if parameter.kind is ParameterKind.SEGMENT else parameter.cleared,
    )


def _choices(parameter: Parameter, text: str) -> tuple[tuple[str, str], ...]:
    if parameter.kind is not ParameterKind.PERIOD:
        return parameter.choices
    return PERIODS if text in dict(PERIODS) else (*PERIODS, (text, period_words(text)))


def _parts(parameter: Parameter, text: str) -> tuple[str, ...]:
    separator = SEPARATORS.get(parameter.kind)
    return (*(part.strip() for part in text.split(separator) if part.strip()), "") if separator else ()


def _offered(engine: Engine, name: str) -> Iterable[tuple[str, str]]:
    if name == "events":
        return ((step, step) for step in _steps(engine))
    if name == "conversions":
        return ((rule.name, rule.name.replace("_", " ")) for rule in engine.ruleset.conversions)
    if name == "channels":
        return ((channel, channel) for channel in _channels(engine))
    return ((measure.name, measure.label) for measure in _measures(engine)) if name == "metrics" else ()


def _steps(engine: Engine) -> list[str]:
    """What is planned and what came in, then pages, conversions and stages."""
    with engine.store.cursor() as cursor:
        came, paths = offered(cursor, MOST_PAGES)
    conversions = [f"conversion:{rule.name}" for rule in engine.ruleset.conversions]
    pages = [f"Page {path}" for path in paths]
    return [*sorted({*engine.plan.events, *came}), "Page", *pages, *conversions, *(f"stage:{each}" for each in Stage)]


def _channels(engine: Engine) -> list[str]:
    rules = read_rules(engine.ruleset.domains.own)
    return sorted({rule.channel for rule in rules.rules} | {rules.rest})


def _measures(engine: Engine) -> tuple[Measure, ...]:
    return measures(rule.name for rule in engine.ruleset.conversions)
