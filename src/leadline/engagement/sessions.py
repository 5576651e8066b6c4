"""Activity becomes sessions: visits of one lead, over all its devices and names.

A session is a pure function of the lead's activity, so that late and out-of-order events give what in-order ones give.
The event store computes the same with SQL; a property test holds the two equal.

A new session begins (as Google Analytics, Matomo and PostHog have it)

- after more than 30 minutes without activity;
- with an event of another campaign than the one before in the same run of activity; the first campaign of a run that
  began without one counts as another;
- more than 24 hours after the session began.

Midnight splits nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from leadline.engagement.attention import (
    MINUTE_MICROS,
    NO_CAMPAIGN,
    Activity,
    Campaign,
    engaged_ms,
    in_order,
    runs,
    split,
)

LONGEST_MICROS = 24 * 60 * MINUTE_MICROS


@dataclass(frozen=True, slots=True)
class Session:
    """One visit. Moments are microseconds since 1970.

    Attributes:
        run_started_micros: when the run of activity began that the session is a part of; runs are split by campaigns
            and by the length of a day.
        pages: page and screen views.
        engaged_ms: attention, from heartbeats where there are any, else from the gaps between events.
    """

    run_started_micros: int
    run_ended_micros: int
    started_micros: int
    ended_micros: int
    events: int
    pages: int
    engaged_ms: int
    campaign: Campaign


def sessions(activities: Iterable[Activity]) -> list[Session]:
    """The sessions of one lead, in order of time. The order of `activities` does not matter."""
    return [
        _session(run, visit)
        for run in runs(in_order(activities))
        for stretch in _by_campaign(run)
        for visit in _by_length(stretch)
    ]


def _by_campaign(run: Sequence[Activity]) -> Iterator[list[Activity]]:
    campaign = run[0].campaign

    def begins(_: Activity, after: Activity) -> bool:
        nonlocal campaign
        changed = after.campaign not in (NO_CAMPAIGN, campaign)
        campaign = after.campaign if changed else campaign
        return changed

    return split(run, begins)


def _by_length(stretch: Sequence[Activity]) -> Iterator[list[Activity]]:
    began = stretch[0].occurred_micros

    def begins(_: Activity, after: Activity) -> bool:
        nonlocal began
        is_over = after.occurred_micros - began > LONGEST_MICROS
        began = after.occurred_micros if is_over else began
        return is_over

    return split(stretch, begins)


def _session(run: Sequence[Activity], visit: Sequence[Activity]) -> Session:
    return Session(
        run_started_micros=run[0].occurred_micros,
        run_ended_micros=run[-1].occurred_micros,
        started_micros=visit[0].occurred_micros,
        ended_micros=visit[-1].occurred_micros,
        events=len(visit),
        pages=sum(one.kind in ("page", "screen") for one in visit),
        engaged_ms=engaged_ms(visit),
        campaign=_campaign_of(run, visit),
    )


def _campaign_of(run: Sequence[Activity], visit: Sequence[Activity]) -> Campaign:
    """The last campaign at the visit's first event; a run that goes on past its first day keeps its campaign."""
    begin = (visit[0].occurred_micros, visit[0].message_hash)
    known = [
        one.campaign for one in run if one.campaign != NO_CAMPAIGN and (one.occurred_micros, one.message_hash) <= begin
    ]
    return known[-1] if known else NO_CAMPAIGN
