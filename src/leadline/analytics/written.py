"""Values as people read them: counts with separators, shares, durations in words, money, days. Pure.

Pages, drawings, PDF and mail write the same value the same way.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal

from leadline.analytics.report import Figure, Value, ValueKind
from leadline.analytics.steps import PropertyCondition, Step, StepSource
from leadline.kernel.figures import grouped, localised
from leadline.qualification.stages import Stage

STAGE_NAMES: Mapping[str, str] = {
    Stage.INITIAL_ENGAGEMENT: "Initial engagement",
    Stage.PROFILE_DEVELOPMENT: "Profile development",
    Stage.CONVERSION_SIGNALS: "Conversion signals",
    Stage.QUALIFIED: "Qualified",
    Stage.CUSTOMER: "Customer",
    Stage.DISQUALIFIED: "Disqualified",
    Stage.RECYCLED: "Recycled",
}
CURRENCY_SIGNS: Mapping[str, str] = {"USD": "$", "EUR": "€", "GBP": "£", "AUD": "A$", "CAD": "C$", "NZD": "NZ$"}
NOTHING, MINUS = "\N{EN DASH}", "\N{MINUS SIGN}"
MINUTE, HOUR, DAY = 60, 3600, 86_400
TWO_DAYS = 2 * DAY
WHOLE_MONEY = 1000
"""From here on hundredths of money say nothing."""


def write(value: Value, kind: ValueKind, currency: str = "", zone: tzinfo = UTC) -> str:
    """A value in words; a dash for none.

    Args:
        currency: of MONEY, an ISO 4217 code.
        zone: that a MOMENT is told in.
    """
    if value is None:
        return NOTHING
    if kind is ValueKind.MONEY:
        return _money(value, currency)
    if kind is ValueKind.MOMENT:
        return _moment(value, zone)
    return WRITERS.get(kind, str)(value)


def money(amount: Decimal | None, currency: str) -> str:
    """An amount without empty decimals: "$9,600", "9,600.50 SEK"; nothing without an amount."""
    if amount is None:
        return ""
    number = grouped(abs(amount), 0 if amount == amount.to_integral_value() else 2)
    sign, minus = CURRENCY_SIGNS.get(currency), MINUS if amount < 0 else ""
    return f"{minus}{sign}{number}" if sign else f"{minus}{number} {currency}".strip()


def stage_name(stage: str) -> str:
    """A stage as people say it; one that is not known is shown as it is, in words."""
    return STAGE_NAMES.get(stage, stage.replace("_", " ").capitalize())


def step_words(step: Step) -> str:
    """A step as people say it: "Quote requested", "Stage Customer", "Page /pricing", "Tool Used, tool quiz or game"."""
    match step.source:
        case StepSource.CONVERSION:
            return step.name.replace("_", " ").capitalize()
        case StepSource.STAGE:
            return f"Stage {stage_name(step.name)}"
        case StepSource.ANY:
            named = "Anything"
        case StepSource.PAGE:
            named = f"Page {step.name}".strip()
        case StepSource.EVENT:
            named = step.name
    return ", ".join([named, *map(_condition, step.where)])


def _condition(condition: PropertyCondition) -> str:
    values = " or ".join(value or "empty" for value in condition.values)
    return f"{condition.key} {'not ' if condition.negated else ''}{values}"


def span_words(seconds: float) -> str:
    """A length of time: "40 s", "12 min", "3.4 hours", "6.2 days"."""
    if seconds < 0:
        return f"{MINUS}{span_words(-seconds)}"
    if seconds < MINUTE:
        return f"{_trimmed(seconds, 1 if seconds < 10 else 0)} s"  # seconds with one digit
    if seconds < HOUR:
        return f"{seconds / MINUTE:.0f} min"
    if seconds < TWO_DAYS:
        return f"{_trimmed(seconds / HOUR, 1)} hours"
    return f"{_trimmed(seconds / DAY, 1)} days"


def change_words(figure: Figure) -> str:
    """What changed against the period before: "+12%", "+1.4 points", "+0.8 days"; empty where nothing is known."""
    now, then = _number(figure.value), _number(figure.before)
    if now is None or then is None:
        return ""
    if figure.kind in {ValueKind.SHARE, ValueKind.POINTS}:
        return _points(now - then, 100 if figure.kind is ValueKind.SHARE else 1)
    if figure.kind is ValueKind.SECONDS:
        return "no change" if now == then else _signed(now - then, span_words(abs(now - then)))
    if now == then:
        return "no change"
    return f"from {write(figure.before, figure.kind)}" if then == 0 else _relative(now / then - 1)


def tone(figure: Figure) -> str:
    """Whether the change is "good" or "bad"; empty when it is neither, or not known."""
    now, then = _number(figure.value), _number(figure.before)
    if now is None or then is None or now == then or not figure.better:
        return ""
    return "good" if (now > then) == (figure.better == "up") else "bad"


def _points(difference: float, scale: float) -> str:
    shown = round(difference * scale, 1)
    if shown == 0:
        return "no change"
    return _signed(shown, f"{_trimmed(abs(shown), 1)} {'point' if abs(shown) == 1 else 'points'}")


def _relative(change: float) -> str:
    percent = abs(change) * 100
    words = f"{grouped(percent)}%" if percent >= 1 else f"{_trimmed(percent, 1)}%"
    return "no change" if words == "0%" else _signed(change, words)


def _signed(number: float, words: str) -> str:
    return f"+{words}" if number > 0 else f"{MINUS}{words}"


def _number(value: Value) -> float | None:
    return float(value) if isinstance(value, int | float | Decimal) else None


def _count(value: Value) -> str:
    number = _number(value)
    return str(value) if number is None else _trimmed(number, 1)


def _decimal(value: Value) -> str:
    number = _number(value)
    return str(value) if number is None else _trimmed(number, 2)


def _share(value: Value) -> str:
    number = _number(value)
    if number is None:
        return str(value)
    percent = number * 100
    return f"{grouped(percent, 2 if 0 < abs(percent) < 1 else 1)}%"


def _seconds(value: Value) -> str:
    number = _number(value)
    return str(value) if number is None else span_words(number)


def _trimmed(number: float, places: int) -> str:
    """With separators, without empty decimals, with a true minus."""
    text = f"{number:,.{places}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return localised(text).replace("-", "" if text == "-0" else MINUS)


def _money(value: Value, currency: str) -> str:
    number = _number(value)
    if number is None:
        return str(value)
    return money(Decimal(f"{number:.0f}" if abs(number) >= WHOLE_MONEY else f"{number:.2f}"), currency)


def _moment(value: Value, zone: tzinfo) -> str:
    if not isinstance(value, datetime):
        return _day(value)
    local = (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(zone)
    return f"{local.day} {local:%b %Y, %H:%M}"


def _day(value: Value) -> str:
    return f"{value.day} {value:%b %Y}" if isinstance(value, date) else str(value)


def _stage(value: Value) -> str:
    return stage_name(str(value))


WRITERS: Mapping[ValueKind, Callable[[Value], str]] = {
    ValueKind.COUNT: _count,
    ValueKind.NUMBER: _decimal,
    ValueKind.POINTS: _decimal,
    ValueKind.SHARE: _share,
    ValueKind.SECONDS: _seconds,
    ValueKind.DAY: _day,
    ValueKind.STAGE: _stage,
    ValueKind.LEAD: lambda value: f"Lead {value}",
    ValueKind.ACCOUNT: lambda value: f"Account {value}",
}
NUMBERS = frozenset(
    {ValueKind.COUNT, ValueKind.NUMBER, ValueKind.SHARE, ValueKind.MONEY, ValueKind.SECONDS, ValueKind.POINTS}
)
"""What is aligned right and can be drawn as a length."""
