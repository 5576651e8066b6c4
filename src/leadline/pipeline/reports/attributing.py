"""What reports of credit share: what can be asked, the paths for it, and what a reader must know of the money."""

from collections.abc import Sequence
from datetime import timedelta

from leadline.analytics.attribution import LABELS, Credits, Model, Options, read_shares
from leadline.analytics.parameters import Parameter, ParameterKind, Wanted
from leadline.analytics.segments import parse_segment
from leadline.eventstore.paths import BECOMING_KNOWN, STAGE, Dimension, PathsFound, PathsWanted, read_paths
from leadline.eventstore.unconverted import unconverted
from leadline.kernel.errors import NotFoundError
from leadline.pipeline.reports.measuring import who_is_in
from leadline.pipeline.reports.sources import Sources, channel_rules
from leadline.qualification.stages import Stage

WON = "won_deal"
OPPORTUNITY = "opportunity"
NOBODY = "(none)"
NOUNS = {WON: ("deal", "deals"), OPPORTUNITY: ("opportunity", "opportunities")}
DAY = timedelta(days=1)

CONVERSION = Parameter(
    "conversion",
    ParameterKind.TEXT,
    "",
    "of",
    "A conversion of the ruleset, stage:qualified, or lead (becoming known); won_deal when left out.",
    suggests="conversions",
)
LOOKBACK = Parameter(
    "lookback", ParameterKind.DURATION, "90d", "looking back", "How long before it touches count: 90d."
)
HALF_LIFE = Parameter("half_life", ParameterKind.DURATION, "7d", "half-life", "Of time decay: 7d.")
POSITION = Parameter("position", ParameterKind.TEXT, "40,20,40", "position", "Percent for first, middle, last touches.")
ORDER = Parameter(
    "order", ParameterKind.CHOICE, "1", "order", "How many touches Markov's chain remembers: 1 to 3.",
    (("1", "1 touch"), ("2", "2 touches"), ("3", "3 touches")),
)  # fmt: skip
DIMENSION = Parameter(
    "dimension", ParameterKind.CHOICE, "channel", "by", "channel, source, campaign, landing or content.",
    (("channel", "channel"), ("source", "source"), ("campaign", "campaign"), ("landing", "landing page"),
     ("content", "content")),
)  # fmt: skip


def model_parameter(default: Model, models: Sequence[Model] = tuple(Model)) -> Parameter:
    """Which model, of these."""
    choices = tuple((model.value, LABELS[model]) for model in models)
    help_line = f"How credit is shared: {', '.join(models)}."
    return Parameter("model", ParameterKind.CHOICE, default.value, "credited to", help_line, choices)


def goal_of(sources: Sources, given: str) -> str:
    """What was asked for, checked; without it a won deal, or the ruleset's last conversion where there are no deals.

    Raises:
        NotFoundError: there is no such conversion.
    """
    names = [rule.name for rule in sources.ruleset.conversions]
    if not given:
        return WON if WON in names or not names else names[-1]
    stages = [f"{STAGE}{stage.value}" for stage in Stage]
    if given not in (*names, *stages, BECOMING_KNOWN):
        advice = f"There are: {', '.join((*names, *stages, BECOMING_KNOWN))}."
        raise NotFoundError(f"There is no conversion {given!r}.", advice=advice)
    return given


def goal_label(goal: str) -> str:
    """In words: "won deal", "qualified lead", "new lead"."""
    if goal == BECOMING_KNOWN:
        return "new lead"
    words = goal.removeprefix(STAGE).replace("_", " ")
    return f"{words} lead" if goal.startswith(STAGE) else words


def options_of(wanted: Wanted) -> Options:
    """What the models take.

    Raises:
        TerminalError: the position can't be read.
    """
    days = wanted.duration("half_life") / DAY
    order = wanted.values.get("order", ORDER.default)  # not asked where Markov's chain is not offered
    return Options(days, read_shares(wanted.text("position")), int(order))


def paths_of(sources: Sources, wanted: Wanted, goal: str, dimension: Dimension) -> PathsFound:
    """The paths to a goal, of whom and over what was asked."""
    period = wanted.period
    segment = parse_segment(wanted.texts.get("segment", ""), sources.zone)
    lookback, direct = wanted.duration("lookback"), channel_rules(sources).direct
    asked = PathsWanted(goal, period.start, period.end, sources.now, lookback, dimension, segment, direct)
    return read_paths(sources.cursor, asked)


def credit_rows(
    names: Sequence[str], given_credits: Credits, total: float
) -> list[tuple[str, float, float | None, float]]:
    """(key, conversions, share, value), the most first; NOBODY last when there is something without touches."""
    rows = list(zip(names, given_credits.conversions.tolist(), given_credits.value.tolist(), strict=True))
    rows.sort(key=lambda row: (-row[1], -row[2], row[0]))
    nobody = [(NOBODY, given_credits.nobody, given_credits.nobody_value)] if given_credits.nobody else []
    return [(key, count, count / total if total else None, value) for key, count, value in [*rows, *nobody]]


def money_notes(sources: Sources, wanted: Wanted, goal: str) -> tuple[str, ...]:
    """What has no value and so is missing from sums of money."""
    period = wanted.period
    who = who_is_in(sources, wanted.texts.get("segment", ""))
    rows = unconverted(sources.cursor, goal, period.start, period.end, sources.now, who)
    return tuple(_missing(goal, currency, count) for currency, count in rows)


def _missing(goal: str, currency: str, count: int) -> str:
    one, many = NOUNS.get(goal, ("conversion", "conversions"))
    label = one if count == 1 else many
    why = f"in {currency} has no rate" if count == 1 else f"in {currency} have no rate"
    if not currency:
        why = "names no currency" if count == 1 else "name no currency"
    return f"{count:,} {label} {why}; the money of {'it' if count == 1 else 'them'} is left out."


def ratio(part: float, whole: float) -> float | None:
    """None when there is nothing to divide by."""
    return part / whole if whole else None
