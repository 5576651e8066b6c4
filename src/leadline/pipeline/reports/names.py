"""Names in what a report is asked that nothing has: a closed list is refused, of what comes in it is noted.

Without that, a slip of the pen is a funnel of zeros that looks like an answer.
"""

from collections.abc import Iterable, Iterator

from leadline.analytics.parameter_error import ParameterError
from leadline.analytics.parameters import Parameter, ParameterKind, Wanted
from leadline.analytics.segment_fields import FieldKind
from leadline.analytics.segments import EQUALITY, Condition, parse_segment
from leadline.analytics.steps import Step, StepSource, listed, parse_steps
from leadline.analytics.unknown_names import unknown_note
from leadline.eventstore import known_names
from leadline.pipeline.reports.sources import Sources, channel_rules

NAMED = frozenset({FieldKind.TEXT, FieldKind.COUNTRY})
PERSONAL = frozenset({"company", "owner"})
"""What is near is not named: it may be somebody's name."""


def step_notes(sources: Sources, parameters: Iterable[Parameter], wanted: Wanted) -> tuple[str, ...]:
    """What to say of events and pages that never came in. The doings are up to date.

    Raises:
        ParameterError: a step is a conversion that there is not.
    """
    steps = dict.fromkeys(step for parameter in parameters for step in _steps(parameter, wanted))
    return tuple(filter(None, (_step_note(sources, step) for step in steps)))


def segment_notes(sources: Sources, text: str) -> tuple[str, ...]:
    """What to say of values that nobody has. They may name people."""
    return tuple(_segment_notes(sources, parse_segment(text).conditions))


def _steps(parameter: Parameter, wanted: Wanted) -> tuple[Step, ...]:
    if parameter.suggests != "events":
        return ()
    if parameter.kind is ParameterKind.STEPS:
        return parse_steps(wanted.list(parameter.name))
    text = wanted.text(parameter.name)
    return () if text == parameter.default else parse_steps(listed(text))


def _step_note(sources: Sources, step: Step) -> str:
    match step.source:
        case StepSource.EVENT:
            came = known_names.events_done(sources.cursor)
            return "" if step.name in came else unknown_note(_never("event named", step.name), step.name, came)
        case StepSource.PAGE if step.name and not known_names.page_came(sources.cursor, step.name):
            near = known_names.near_pages(sources.cursor, step.name)
            return unknown_note(_never("page", step.name), step.name, near)
        case StepSource.CONVERSION:
            _check_conversion(sources, step.name)
    return ""


def _never(what: str, name: str) -> str:
    return f"No {what} {name!r} has ever come in"


def _check_conversion(sources: Sources, name: str) -> None:
    names = [rule.name for rule in sources.ruleset.conversions]
    if name not in names and name not in known_names.conversions_made(sources.cursor):
        raise ParameterError(f"There is no conversion {name!r}.", advice=f"There are: {', '.join(names)}.")


def _segment_notes(sources: Sources, conditions: Iterable[Condition]) -> Iterator[str]:
    for condition in conditions:
        field = condition.field
        if field.kind not in NAMED or condition.operator not in EQUALITY:
            continue
        defined = _defined(sources, field.name)
        for value in filter(None, condition.values):
            if value.casefold() in map(str.casefold, defined):
                continue
            if not known_names.has_somebody(sources.cursor, field.column, value):
                near = [] if field.name in PERSONAL else known_names.near_values(sources.cursor, field.column, value)
                yield unknown_note(f"Nobody has the {field.label.lower()} {value!r}", value, [*defined, *near])


def _defined(sources: Sources, field: str) -> tuple[str, ...]:
    """Values that mean something although nobody may have them now."""
    if field == "channel":
        return channel_rules(sources).channels
    if field == "grade":
        return (*(band.grade for band in sources.ruleset.grades), sources.ruleset.lowest_grade)
    return ()
