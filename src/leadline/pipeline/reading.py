"""What pages ask about one lead or company, of the engine that runs in this process."""

from datetime import datetime

from leadline.eventstore.lead_timeline import Wanted
from leadline.pipeline import explaining, lead_journey, replay, runtime, timelines
from leadline.pipeline.accounts import account_now
from leadline.pipeline.counterfactuals import counterfactuals_of
from leadline.pipeline.explaining import Explanation as Explanation
from leadline.pipeline.explaining import TimelineEntry as TimelineEntry
from leadline.pipeline.forecasts import ahead_of, forecast_of
from leadline.pipeline.lead_journey import JourneyStep
from leadline.pipeline.replay import HistoryPoint
from leadline.qualification.accounts import AccountScore
from leadline.qualification.counterfactuals import Counterfactual
from leadline.qualification.forecasting import Forecast
from leadline.scoring.ruleset import Ruleset


def explain(lead_id: int, as_of: datetime | None = None) -> Explanation:
    """The score of a lead at `as_of` (default: now) with every point of it.

    Raises:
        NotFoundError: there is no such lead.
    """
    return explaining.explain(runtime.running().engine, lead_id, as_of)


def account_score(account: int) -> AccountScore:
    """A company's score as it is now, with everybody's part."""
    engine = runtime.running().engine
    with engine.store.cursor() as cursor:
        return account_now(cursor, engine.ruleset, account)


def counterfactuals(lead_id: int, at: datetime) -> list[Counterfactual]:
    """What each next step of a person would do, stage changes first, then by gain.

    Raises:
        NotFoundError: there is no such lead, or it has no stage.
    """
    return counterfactuals_of(runtime.running().engine, lead_id, at)


def ahead(lead_id: int, at: datetime) -> tuple[list[Counterfactual], Forecast]:
    """`counterfactuals` and `forecast` of one reading of the lead's events.

    Raises:
        NotFoundError: there is no such lead, or it has no stage.
    """
    return ahead_of(runtime.running().engine, lead_id, at)


def forecast(lead_id: int, at: datetime) -> Forecast:
    """On which days grade and stage change if nothing happens.

    Raises:
        NotFoundError: there is no such lead, or it has no stage.
    """
    return forecast_of(runtime.running().engine, lead_id, at)


def history(lead_id: int) -> list[HistoryPoint]:
    """Every stored score of a lead, oldest first."""
    return replay.history(runtime.running().engine, lead_id)


def ruleset() -> Ruleset:
    """The ruleset in force."""
    return runtime.running().engine.ruleset


def timeline_page(lead_id: int, wanted: Wanted) -> list[TimelineEntry]:
    """Some of a lead's events, newest first."""
    return timelines.timeline_page(runtime.running().engine, lead_id, wanted)


def journey(lead_id: int) -> list[JourneyStep]:
    """A lead's visits, conversions and stage moves, oldest first."""
    return lead_journey.journey(runtime.running().engine, lead_id)


def timeline(lead_id: int, limit: int = 100) -> list[TimelineEntry]:
    """The latest events of a lead, newest first."""
    return explaining.timeline(runtime.running().engine, lead_id, limit)
