"""The explanation of a lead as plain data, for the command line and the API."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from leadline.kernel.clock import from_micros
from leadline.pipeline.engine import Engine
from leadline.pipeline.explaining import Explanation
from leadline.pipeline.explaining import explain as explain_lead
from leadline.pipeline.finding import find_lead
from leadline.pipeline.replay import moment_of
from leadline.scoring.arithmetic import points
from leadline.scoring.contributions import Contribution
from leadline.scoring.ledger import LedgerLine
from leadline.tracking.models import Lead
from leadline.tracking.noise import BOT, INTERNAL

THOUSANDTHS = 1000


def explain(engine: Engine, lead: str, as_of: str = "", known_at: str = "", ruleset: str = "") -> dict[str, Any]:
    """Every point of a lead's score, with the days, values or traits behind each and what decay took.

    Args:
        lead: its number, a user id or an e-mail address.
        as_of: a day (its end) or a moment; nothing is now, or `known_at`.
        known_at: a day (its end) or a moment: only with what was known then.
        ruleset: a reference; nothing is the one in force, or that was in force at `known_at`.
    """
    moment, known = (moment_of(text) if text else None for text in (as_of, known_at))
    return explain_found(engine, find_lead(lead), moment, known, ruleset)


def explain_found(
    engine: Engine, found: Lead, moment: datetime | None = None, known: datetime | None = None, ruleset: str = ""
) -> dict[str, Any]:
    """The same of a lead that was found."""
    told = explain_lead(engine, found.pk, moment, known_at=known, ruleset=ruleset)
    return {
        "lead": told.lead,
        "as_of": told.as_of.isoformat(),
        "known_at": told.known_at.isoformat() if told.known_at else None,
        "ruleset": told.ruleset,
        "total": told.score.total,
        "grade": told.score.grade,
        "noise": INTERNAL if found.internal else BOT if found.bot else "",
        "permitted": told.permitted,
        "ledger": _lines(told, told.ledger),
        "fit": {"fit": told.score.fit, "points": told.score.fit_points, "ledger": _lines(told, told.fit)},
    }


def _lines(told: Explanation, lines: Sequence[LedgerLine]) -> list[dict[str, Any]]:
    return [
        {
            **line.as_dict(),
            "sentence": told.sentences.get(line.factor, ""),
            "contributions": [_contribution(told, each) for each in told.behind.get(line.factor, ())],
        }
        for line in lines
    ]


def _contribution(told: Explanation, each: Contribution) -> Mapping[str, Any]:
    return {
        "day": each.day.isoformat() if each.day else None,
        "key": each.key,
        "count": each.count,
        "events": [
            {
                "occurred_at": from_micros(event.occurred_micros).isoformat(),
                "name": event.name,
                "sentence": told.told[event.message_hash],
            }
            for event in each.events
        ],
        "raw": each.raw,
        "capped": each.capped / THOUSANDTHS,
        "weight": each.weight,
        "points": each.points,
        "points_micro": each.points_micro,
        "decay": points(each.decay_micro),
        "decay_micro": each.decay_micro,
    }
