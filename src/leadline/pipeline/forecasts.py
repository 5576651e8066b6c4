"""What becomes of leads if nothing happens: asked for one lead, and kept for those past profile_development.

A kept forecast belongs to what was known at `forecast_made_at`: the later of the standing's own evaluation and the
lead's last event. Whoever has news since then is forecast again, a few at a time, after ticks.
"""

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from leadline.kernel.clock import utc_now
from leadline.kernel.errors import NotFoundError
from leadline.pipeline.engine import Engine
from leadline.pipeline.finding import find_lead
from leadline.pipeline.leads_now import LeadNow, lead_now, midnights
from leadline.qualification.counterfactuals import Counterfactual, counterfactuals
from leadline.qualification.forecasting import FORECAST_STAGES, Forecast
from leadline.qualification.forecasting import forecast as foretell
from leadline.qualification.models import Standing
from leadline.scoring.arithmetic import points

BUDGET_SECONDS = 0.1
AT_ONCE = 20
FORGOTTEN = {"forecast_on": None, "forecast": "", "forecast_made_at": None}


def forecast_of(engine: Engine, lead: int, at: datetime, *, most: int | None = None) -> Forecast:
    """The changes of grade and stage that silence brings to a lead from `at` on.

    Args:
        most: the first so many only, which is quicker.

    Raises:
        NotFoundError: there is no such lead, or it has no stage.
    """
    return _forecast(lead_now(engine, lead, at), most)


def ahead_of(engine: Engine, lead: int, at: datetime) -> tuple[list[Counterfactual], Forecast]:
    """What each next step would do, and what silence brings, of one reading of the lead's events.

    Raises:
        NotFoundError: there is no such lead, or it has no stage.
    """
    known = lead_now(engine, lead, at)
    return counterfactuals(known.ruleset, known.now), _forecast(known, None)


def forecast(engine: Engine, lead: str) -> dict[str, Any]:
    """The same as plain data."""
    known = lead_now(engine, find_lead(lead).pk, utc_now())
    told = _forecast(known, None)
    return {
        "lead": known.lead,
        "made_at": told.made_at.isoformat(),
        "days": told.days,
        "ruleset": known.ruleset.number,
        "total": points(known.now.score.total_micro),
        "grade": known.now.score.grade,
        "stage": known.now.state.stage.value,
        "sentence": told.sentence,
        "changes": [change.as_dict() for change in told.changes],
    }


def _forecast(known: LeadNow, most: int | None) -> Forecast:
    now = known.now
    return foretell(known.ruleset, now.state, now.score.grade, midnights(known), now.at, most=most)


class ForecastKeeper:
    """Fills in the forecasts of standings that have news, for as long as a budget lasts."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._ruleset = engine.ruleset.number

    def keep_up(self, now: datetime, budget_seconds: float = BUDGET_SECONDS) -> int:
        """Forecast whom the budget allows, whoever waits longest first. Returns how many."""
        self._start_over_with_another_ruleset()
        _stale_elsewhere().update(**FORGOTTEN)
        until, count = time.monotonic() + budget_seconds, 0
        for standing in _waiting(now):
            _keep(self._engine, standing, now)
            count += 1
            if time.monotonic() >= until:
                break
        return count

    def _start_over_with_another_ruleset(self) -> None:
        if self._engine.ruleset.number != self._ruleset:
            self._ruleset = self._engine.ruleset.number
            Standing.objects.exclude(forecast_made_at=None).update(forecast_made_at=None)


def _stale_elsewhere() -> "QuerySet[Standing]":
    """Forecasts of people who left the stages that have one."""
    return Standing.objects.exclude(stage__in=FORECAST_STAGES).exclude(forecast_made_at=None)


def _waiting(now: datetime) -> Iterator[Standing]:
    heard = Q(lead__last_seen_at__gt=F("forecast_made_at"), lead__last_seen_at__lte=now)
    news = Q(forecast_made_at=None) | Q(scored_at__gt=F("forecast_made_at")) | heard
    found = Standing.objects.filter(news, stage__in=FORECAST_STAGES).select_related("lead").defer("state")
    yield from found.order_by(F("forecast_made_at").asc(nulls_first=True), "pk")[:AT_ONCE]


def _keep(engine: Engine, standing: Standing, now: datetime) -> None:
    """The mark comes first: a lead that cannot be forecast must not be asked for at every tick."""
    row = Standing.objects.filter(pk=standing.pk)
    row.update(forecast_made_at=max(standing.scored_at, min(standing.lead.last_seen_at, now)))
    try:
        told = forecast_of(engine, standing.pk, now, most=1)
    except NotFoundError:  # merged since it was asked for
        return
    first = told.changes[0] if told.changes else None
    row.update(forecast_on=first.on if first else None, forecast=first.brief if first else "")
