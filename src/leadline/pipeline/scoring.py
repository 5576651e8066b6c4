"""Between the event store's tables and the dataclasses of scoring and qualification."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from leadline.eventstore.current import forget_current, week_ago_totals
from leadline.eventstore.database import Cursor
from leadline.eventstore.scores import record_scores
from leadline.eventstore.scoring import Scope, score_leads
from leadline.qualification.scored import ScoredLead
from leadline.qualification.standings import Judgement
from leadline.scoring.ruleset import Ruleset

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
    ]
)


def score(cursor: Cursor, ruleset: Ruleset, as_of: date, leads: Scope) -> list[ScoredLead]:
    """The scores of these leads as of the end of a UTC day. Writes nothing."""
    table = score_leads(cursor, ruleset, as_of, leads, detail=True)
    week_ago = week_ago_totals(cursor, None if leads == "all" else leads)
    return [scored_lead(ruleset, row, week_ago) for row in table.to_pylist()]


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
        }
        for judgement in judgements
    ]
    return pa.Table.from_pylist(rows, schema=ROW)


def scored_lead(ruleset: Ruleset, row: dict[str, Any], week_ago: dict[int, int]) -> ScoredLead:
    gates = zip(ruleset.disqualifications, row["disqualifications"], strict=True)
    return ScoredLead(
        lead=row["lead"],
        total=row["total"],
        engagement=row["engagement"],
        readiness=row["readiness"],
        conversion=row["conversion"],
        grade=row["grade"],
        factors=dict(zip((factor.name for factor in ruleset.factors), row["factors"], strict=True)),
        disqualifications=tuple(gate.name for gate, is_open in gates if is_open),
        raws=tuple(int(raw) for raw in row["raws"]),
        week_ago=week_ago.get(row["lead"], 0),
    )
