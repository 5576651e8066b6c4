"""Attribution: which channels, campaigns, pages or contents conversions are credited to, under every model."""

from leadline.analytics.attribution import LABELS, Credits, Model
from leadline.analytics.crediting import credits_of
from leadline.analytics.parameters import PERIOD, SEGMENT, Parameter, ParameterKind, Wanted
from leadline.analytics.report import ChartWish, Column, Figure, Report, Table, Value, ValueKind
from leadline.eventstore.paths import Dimension, PathsFound
from leadline.pipeline.reports.attributing import (
    CONVERSION,
    DIMENSION,
    HALF_LIFE,
    LOOKBACK,
    NOBODY,
    ORDER,
    POSITION,
    credit_rows,
    goal_label,
    goal_of,
    model_parameter,
    money_notes,
    options_of,
    paths_of,
)
from leadline.pipeline.reports.catalogue import ReportKind
from leadline.pipeline.reports.sources import Sources

QUESTION = "What brought the conversions?"
DEFINITION = (
    "Every conversion of the period is shared among the visits that began before it, no longer ago than the lookback; "
    "what came after it never counts. Credits sum to the conversions, and by value to their revenue; conversions "
    "without a visit are (none). A conversion that was cancelled is left out, but a lost opportunity was one."
)
BY = Parameter(
    "by", ParameterKind.CHOICE, "count", "counting", "count or value: which the chart and the models table show.",
    (("count", "conversions"), ("value", "revenue")),
)  # fmt: skip


def compute(sources: Sources, wanted: Wanted) -> Report:
    """The table of one model, and all models beside each other."""
    goal, dimension = goal_of(sources, wanted.text("conversion")), Dimension(wanted.text("dimension"))
    options = options_of(wanted)
    found = paths_of(sources, wanted, goal, dimension)
    by_model = {model: credits_of(model, found.reached, found.lost, options) for model in Model}
    model = Model(wanted.text("model"))
    label = goal_label(goal)
    main = _credits(dimension, found, by_model[model], LABELS[model])
    by_value = wanted.text("by") == "value"
    models = _models(dimension, found, by_model, by_value=by_value)
    y = "revenue" if by_value else "conversions"
    return Report(
        KIND.name,
        f"What brought each {label}?",
        DEFINITION,
        wanted.texts,
        sources.now,
        _figures(found),
        (main, models),
        (ChartWish("bars", "credits", "key", (y,), title=main.title, options={"horizontal": "1"}),
         ChartWish("grid", "models", "model", ("key", "credit"), title=models.title)),
        money_notes(sources, wanted, goal),
        sources.currency,
    )  # fmt: skip


def _figures(found: PathsFound) -> tuple[Figure, ...]:
    paths = found.reached
    touched = int((paths.lengths > 0).sum())
    touches = float(paths.lengths[paths.lengths > 0].mean()) if touched else None
    return (
        Figure("conversions", "Conversions", paths.count, ValueKind.COUNT),
        Figure("revenue", "Their value", float(paths.value.sum()), ValueKind.MONEY),
        Figure("touches", "Touches before one", touches, ValueKind.NUMBER, "The mean, of those with any.", better=""),
    )


def _credits(dimension: Dimension, found: PathsFound, given_credits: Credits, model: str) -> Table:
    rows = credit_rows(found.reached.names, given_credits, found.reached.count)
    columns = (
        Column("key", _key_label(dimension)),
        Column("conversions", "Credited conversions", ValueKind.NUMBER),
        Column("share", "Share", ValueKind.SHARE),
        Column("revenue", "Credited revenue", ValueKind.MONEY),
    )
    return Table("credits", f"Credited by {model[0].lower() + model[1:]}", columns, tuple(rows))


def _models(dimension: Dimension, found: PathsFound, by_model: dict[Model, Credits], *, by_value: bool) -> Table:
    """One row for a key and a model, so that a chart can tell them apart."""
    kind = ValueKind.MONEY if by_value else ValueKind.NUMBER
    columns = (
        Column("key", _key_label(dimension)),
        Column("model", "Model"),
        Column("credit", "Credited revenue" if by_value else "Credited conversions", kind),
    )
    rows: list[tuple[Value, ...]] = []
    for model, given_credits in by_model.items():
        given = given_credits.value if by_value else given_credits.conversions
        nobody = given_credits.nobody_value if by_value else given_credits.nobody
        rows += [(name, LABELS[model], float(credit)) for name, credit in zip(found.reached.names, given, strict=True)]
        rows += [(NOBODY, LABELS[model], nobody)] if given_credits.nobody else []
    return Table("models", "All models beside each other", columns, tuple(rows))


def _key_label(dimension: Dimension) -> str:
    return {"landing": "Landing page"}.get(dimension.value, dimension.value.capitalize())


KIND = ReportKind(
    "attribution",
    "Attribution",
    QUESTION,
    DEFINITION,
    compute,
    (PERIOD, CONVERSION, model_parameter(Model.LINEAR), DIMENSION, LOOKBACK, BY, HALF_LIFE, POSITION, ORDER, SEGMENT),
)
