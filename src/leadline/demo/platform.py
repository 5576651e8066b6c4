"""The demonstration platform: everyone's messages between two moments, in the order they are received."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from math import ceil

from leadline.demo.journeys import live
from leadline.demo.lives import LONGEST_LIFE, Life
from leadline.demo.messages import LATEST_RECEIPT, Release, SimulatedRequest, moment_request, visit_requests
from leadline.demo.sales_team import Answer
from leadline.kernel.errors import ConfigurationError

DEMO_EPOCH = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday
_RELEASE_AT = 0.8  # the broken release goes live after this part of the first `days`
_RELEASE_LASTS = timedelta(hours=36)

_Episode = tuple[datetime, int, int, int, Life]  # when, person, 0 visit or 1 moment, which, whose


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform where `people` arrive in the first `days` after `origin` (aware UTC), and at that rate ever after."""

    seed: int
    origin: datetime
    people: int = 2000
    days: int = 120

    def __post_init__(self) -> None:
        if self.origin.utcoffset() is None or self.people < 1 or self.days < 1:
            raise ConfigurationError(
                "The demonstration needs an aware origin, and at least one person and one day.",
                advice="Pass a datetime with a time zone, people >= 1 and days >= 1.",
            )

    def arrival(self, number: int) -> datetime:
        """The n-th person comes at this moment or within the next four days."""
        return self.origin + number * timedelta(days=self.days) / self.people

    def arrived(self, before: datetime) -> int:
        """How many people's arrival lies before a moment."""
        return max(0, ceil((before - self.origin) / timedelta(days=self.days) * self.people))

    def lives(self, start: datetime, end: datetime) -> Iterator[Life]:
        """The people who can do anything within [start, end), in order of arrival."""
        first = self.arrived(start - LONGEST_LIFE - LATEST_RECEIPT)
        for number in range(max(0, first - 1), self.arrived(end)):
            yield live(self.seed, number, self.arrival(number))

    def release(self) -> Release:
        """The release that is planted to fail."""
        begins = self.origin + _RELEASE_AT * timedelta(days=self.days)
        return Release(begins, begins + _RELEASE_LASTS)

    def requests(self, start: datetime, end: datetime) -> Iterator[SimulatedRequest]:
        """The messages received within [start, end), by (received_at, messageId).

        Lives are planned when the first message is asked for (about a millisecond a person); messages are made one by
        one, so that a long period needs no more memory than a short one. To follow the present, ask for an hour ahead
        and deliver each message when its time has come, rather than ask every second.
        """
        waiting: list[tuple[datetime, str, SimulatedRequest]] = []
        for episode in sorted(self._episodes(start, end), key=lambda episode: episode[:4]):
            while waiting and waiting[0][0] < episode[0]:
                yield heappop(waiting)[2]
            for request in self._render(episode):
                if start <= request.received_at < end:
                    heappush(waiting, (request.received_at, request.message["messageId"], request))
        while waiting:
            yield heappop(waiting)[2]

    def answers(self, start: datetime, end: datetime) -> list[Answer]:
        """What salespeople say within [start, end), in order of time."""
        said = (each for life in self.lives(start, end) for each in life.answers if start <= each.at < end)
        return sorted(said, key=lambda each: (each.at, each.user_id))

    def _episodes(self, start: datetime, end: datetime) -> Iterator[_Episode]:
        earliest = start - LATEST_RECEIPT
        for life in self.lives(start, end):
            times = ([visit.at for visit in life.visits], [moment.at for moment in life.moments])
            for kind, begun in enumerate(times):
                for index, at in enumerate(begun):
                    if earliest <= at < end:
                        yield at, life.person.number, kind, index, life

    def _render(self, episode: _Episode) -> Iterator[SimulatedRequest]:
        _, _, kind, index, life = episode
        if kind == 0:
            yield from visit_requests(self.seed, life, index, self.release())
        else:
            yield moment_request(self.seed, life, index)


def simulate(
    seed: int, start: datetime, end: datetime, people: int = 2000, *, origin: datetime = DEMO_EPOCH, days: int = 120
) -> Iterator[SimulatedRequest]:
    """The messages of a platform that began at `origin`, received within [start, end)."""
    return Platform(seed, origin, people, days).requests(start, end)
