"""A forecast is what the midnights to come really do."""

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from explaining_cast import NOW, WHO, lived
from pipeline_cast import MONDAY, Installation, days, identify, track

from leadline.kernel.clock import midnight
from leadline.pipeline import sales
from leadline.pipeline.forecasts import ForecastKeeper, forecast_of
from leadline.qualification.models import Standing
from leadline.tracking.models import Lead

DAY = timedelta(days=1)
FAR = 25


def where(lead: int) -> tuple[str, str]:
    row = Standing.objects.get(pk=lead)
    return row.grade, row.stage


@pytest.mark.parametrize("seed", range(3))
def test_changes_come_on_the_days_that_were_foretold_and_on_no_other(place: Installation, seed: int) -> None:
    lead = lived(place, seed)
    changes = [each for each in forecast_of(place.engine, lead, NOW).changes if (each.on - NOW.date()).days < FAR]
    before = where(lead)
    for change in changes:
        place.tick(midnight(change.on) - timedelta(seconds=1))
        assert where(lead) == before == (change.from_grade, change.from_stage)
        place.tick(midnight(change.on))
        before = where(lead)
        assert before == (change.to_grade, change.to_stage)
        assert (place.total("browser-ada") or 0) == change.total_micro
    place.tick(midnight(NOW.date() + FAR * DAY) - timedelta(seconds=1))
    assert where(lead) == before
    assert _moves(place, lead) <= len(changes)


def _moves(place: Installation, lead: int) -> int:
    """How often grade or stage changed after NOW, by the scores that were kept."""
    with place.engine.store.cursor() as cursor:
        rows = cursor.execute("SELECT as_of, grade, stage FROM scores WHERE lead = ? ORDER BY as_of, load_seq", [lead])
        kept = [(as_of, (grade, stage)) for as_of, grade, stage in rows.fetchall()]
    return sum(old != new for (_, old), (at, new) in pairwise(kept) if at > NOW.replace(tzinfo=None))


def buyer(place: Installation) -> int:
    at = MONDAY
    quote = track(WHO, "Quote Requested", at, quote_id="q1", seats=4)
    place.receive(at, identify(WHO, at, email="ada@works.example"), quote)
    return place.lead("browser-ada").pk


def test_a_forecast_says_what_falls_and_when(place: Installation) -> None:
    told = forecast_of(place.engine, buyer(place), MONDAY)
    assert told.sentence == "Falls below grade B on 5 May if nothing happens."
    assert told.changes[-1].sentence.startswith("Falls back to initial engagement on ")


@pytest.mark.parametrize("ends", [MONDAY + timedelta(hours=5), MONDAY + timedelta(days=3, hours=6)])
def test_an_override_ends_on_the_day_that_was_foretold(
    place: Installation, monkeypatch: pytest.MonkeyPatch, ends: datetime
) -> None:
    lead, said = buyer(place), MONDAY + timedelta(hours=1)
    monkeypatch.setattr(sales, "utc_now", lambda: said)
    sales.lead_override(place.engine, str(lead), "profile_development", "not yet", ends.isoformat())
    changes = forecast_of(place.engine, lead, said).changes
    change = next(each for each in changes if each.from_stage is not each.to_stage)
    assert (change.on, change.from_stage, change.to_stage) == (ends.date(), "profile_development", "qualified")
    place.tick(ends - timedelta(seconds=1))
    assert where(lead)[1] == "profile_development"
    place.tick(ends)
    assert where(lead) == (change.to_grade, "qualified")
    assert place.total("browser-ada") == change.total_micro


def test_forecasts_of_qualified_leads_are_kept(place: Installation) -> None:
    lead, keeper = buyer(place), ForecastKeeper(place.engine)
    assert keeper.keep_up(MONDAY) == 1
    row = Standing.objects.get(pk=lead)
    first = forecast_of(place.engine, lead, MONDAY).changes[0]
    assert (row.forecast_on, row.forecast) == (first.on, first.brief)
    assert keeper.keep_up(MONDAY) == 0


def test_news_make_a_forecast_again(place: Installation) -> None:
    lead, keeper = buyer(place), ForecastKeeper(place.engine)
    keeper.keep_up(MONDAY)
    old = Standing.objects.get(pk=lead).forecast_on
    at = MONDAY + days(2)
    place.receive(at, track(WHO, "Strategy Call Booked", at, call_id="s1"))
    assert keeper.keep_up(at) == 1
    new = Standing.objects.get(pk=lead).forecast_on
    assert old is not None
    assert new is not None
    assert new > old


def test_an_event_that_leaves_the_row_as_it_is_makes_a_forecast_again_once(place: Installation) -> None:
    lead, keeper = buyer(place), ForecastKeeper(place.engine)
    keeper.keep_up(MONDAY)
    Lead.objects.filter(pk=lead).update(last_seen_at=MONDAY + timedelta(hours=1))
    assert [keeper.keep_up(MONDAY + timedelta(hours=2)) for _ in range(2)] == [1, 0]


def test_whoever_leaves_the_stages_has_no_forecast(place: Installation) -> None:
    lead, keeper = buyer(place), ForecastKeeper(place.engine)
    keeper.keep_up(MONDAY)
    Standing.objects.filter(pk=lead).update(stage="customer")
    keeper.keep_up(MONDAY)
    row = Standing.objects.get(pk=lead)
    assert (row.forecast_on, row.forecast, row.forecast_made_at) == (None, "", None)


def test_visitors_are_not_forecast(place: Installation) -> None:
    place.receive(MONDAY, track({"anonymousId": "browser-x"}, "Tool Used", MONDAY, completed=True))
    assert ForecastKeeper(place.engine).keep_up(MONDAY) == 0


def test_the_budget_ends_the_work_but_never_before_one(place: Installation) -> None:
    lead = buyer(place)
    assert ForecastKeeper(place.engine).keep_up(MONDAY, budget_seconds=0) == 1
    assert Standing.objects.get(pk=lead).forecast
