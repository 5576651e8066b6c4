"""Between the event store's tables and the dataclasses of scoring and qualification."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import pyarrow as pa

from leadline.eventstore.current import forget_current, week_ago_totals
from leadline.eventstore.database import Cursor
from leadline.eventstore.scores import record_scores
from leadline.eventstore.scoring import score_into_table, with_amounts
from leadline.qualification.scored import ScoredLead
from leadline.qualification.standings import Judgement
from leadline.scoring.ruleset import Ruleset

COLUMNS = (
    *("lead", "total", "engagement", "readiness", "conversion", "grade", "fit", "fit_points"),
    *("factors", "disqualifications", "amounts"),
)
ROW = pa.schema(
    [
        ("lead", pa.int64()),
        ("engagement", pa.int64()),
        ("readiness", pa.int64()),
        ("conversion", pa.int64()),
        ("total", pa.int64()),
        ("grade", pa.string()),
        ("stage", pa.string()),
        ("factors", pa.list_(pa.int64())),
        ("fit", pa.int16()),
        ("fit_points", pa.int64()),
    ]
)


def score(cursor: Cursor, ruleset: Ruleset, as_of: date, leads: Sequence[int]) -> list[ScoredLead]:
    """The scores of these leads as of the end of a UTC day. Writes nothing."""
    score_into_table(cursor, ruleset, as_of, leads)
    table = cursor.execute(with_amounts(ruleset)).to_arrow_table()
    return scored_leads(ruleset, table, week_ago_totals(cursor, leads))


def scored_leads(ruleset: Ruleset, table: pa.Table, week_ago: Mapping[int, int]) -> list[ScoredLead]:
    """The rows of a table of scores with amounts. Column by column: a row as a dictionary costs three times as much."""
    names = [factor.name for factor in ruleset.factors]
    gates = [gate.name for gate in ruleset.disqualifications]
    columns = (table.column(name).to_pylist() for name in COLUMNS)
    return [
        ScoredLead(
            lead=lead,
            total=total,
            engagement=engagement,
            readiness=readiness,
            conversion=conversion,
            grade=grade,
            factors=dict(zip(names, factors, strict=True)),
            disqualifications=tuple(gate for gate, is_open in zip(gates, opens, strict=True) if is_open),
            amounts=dict(zip(names, amounts, strict=True)),
            week_ago=week_ago.get(lead, 0),
            fit=fit,
            fit_points=fit_points,
        )
        for lead, total, engagement, readiness, conversion, grade, fit, fit_points, factors, opens, amounts in zip(
            *columns, strict=True
        )
    ]


def record(
    cursor: Cursor,
    ruleset: Ruleset,
    scored: Sequence[ScoredLead],
    judgements: Sequence[Judgement],
    at: datetime,
    load_seq: int,
) -> int:
    """Append the score rows that changed. A lead that was scored but not judged was merged into another one."""
    judged = {judgement.scored.lead for judgement in judgements}
    forget_current(cursor, [each.lead for each in scored if each.lead not in judged])
    return record_scores(cursor, _table(judgements), at, load_seq, ruleset.number)


def _table(judgements: Sequence[Judgement]) -> pa.Table:
    rows = [
        {
            "lead": judgement.scored.lead,
            "engagement": judgement.scored.engagement,
            "readiness": judgement.scored.readiness,
            "conversion": judgement.scored.conversion,
            "total": judgement.scored.total,
            "grade": judgement.scored.grade,
            "stage": judgement.stage,
            "factors": list(judgement.scored.factors.values()),
            "fit": judgement.scored.fit,
            "fit_points": judgement.scored.fit_points,
        }
        for judgement in judgements
    ]
    return pa.Table.from_pylist(rows, schema=ROW)
