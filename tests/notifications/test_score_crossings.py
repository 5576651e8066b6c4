"""Scores that jump and drop: what is compared with what, and that each crossing is told once."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from notify_cast import DAY, MICRO, channel, person, rule
from pipeline_cast import Installation, track, user

from leadline.eventstore.database import Cursor
from leadline.eventstore.score_crossings import FALLS, RISES, crossings, crossings_by_day, settled
from leadline.notifications.models import Notice
from leadline.pipeline.notifying.looking import look
from leadline.pipeline.notifying.previewing import preview
from leadline.qualification.models import Standing

MIDNIGHT = datetime(2026, 5, 1, tzinfo=UTC)
POINTS, DAYS = 20, 3


@dataclass
class Life:
    """Evaluations of a few leads, as the pipeline writes them, and the same in memory."""

    cursor: Cursor
    seq: int = 0
    totals: dict[int, list[tuple[datetime, int]]] = field(default_factory=dict)
    evaluations: list[tuple[int, datetime, str, tuple[int, ...]]] = field(default_factory=list)

    def evaluate(self, at: datetime, kind: str, moved: dict[int, int]) -> None:
        """These leads have these totals from then on."""
        self.seq += 1
        moment = at.replace(tzinfo=None)
        self.cursor.execute(
            "INSERT INTO evaluations VALUES (?, ?, ?, ?, 0, 1, NULL, 0)", [self.seq, moment, kind, self.seq]
        )
        for lead, points in moved.items():
            row = [lead, moment, self.seq, points * MICRO]
            self.cursor.execute(
                "INSERT INTO scores VALUES ($1, $2, $3, 1, 0, 0, 0, $4, 'B', 'qualified', [], 0, 0, 0)", row
            )
            self.cursor.execute("DELETE FROM current_scores WHERE lead = ?", [lead])
            self.cursor.execute(
                "INSERT INTO current_scores VALUES ($1, $2, $3, 1, 0, 0, 0, $4, 'B', 'qualified', [], NULL, 0, 0, 0)",
                row,
            )
            self.totals.setdefault(lead, []).append((at, points))
        self.evaluations.append((self.seq, at, kind, tuple(moved)))

    def total(self, lead: int, until: datetime, *, before: bool = False) -> int:
        """The last total at, or before, an instant."""
        known = [points for at, points in self.totals[lead] if (at < until if before else at <= until)]
        return known[-1] if known else 0

    def crossed(self, since: int, until: int, sign: int) -> set[int]:
        """By brute force: who passed the limit between two looks."""
        rows = [row for row in self.evaluations if since < row[0] <= until and row[2] in ("load", "midnight")]
        found = set()
        for lead in {lead for row in rows for lead in row[3]}:
            last, now = self.totals[lead][-1]
            first = min(at for _, at, _, leads in rows if lead in leads)
            day = last.replace(hour=0, minute=0, second=0, microsecond=0)
            base = self.total(lead, day - DAYS * DAY)
            if sign * (now - base) >= POINTS and sign * (self.total(lead, first, before=True) - base) < POINTS:
                found.add(lead)
        return found


@pytest.fixture
def life(place: Installation) -> Iterator[Life]:
    with place.engine.store.cursor() as cursor:
        yield Life(cursor)


@pytest.mark.parametrize("seed", range(8))
def test_crossings_are_those_of_brute_force_however_often_one_looks(life: Life, seed: int) -> None:
    random, looked = Random(seed), 0  # noqa: S311  # no secret
    for step in range(80):
        at = MIDNIGHT + step * timedelta(hours=6)
        kind = "midnight" if step % 4 == 0 else random.choice(["load", "load", "publish"])
        moved = {lead: random.randrange(0, 60, 5) for lead in range(1, 6) if random.random() < 0.4}
        life.evaluate(at, kind, moved)
        if random.random() < 0.4:
            for sign in (RISES, FALLS):
                found = crossings(life.cursor, looked, life.seq, POINTS, DAYS, sign)
                assert {each.lead for each in found} == life.crossed(looked, life.seq, sign)
            looked = life.seq


def test_a_rise_is_news_once_and_not_by_the_passing_of_days(life: Life) -> None:
    life.evaluate(MIDNIGHT, "midnight", {1: 10})
    life.evaluate(MIDNIGHT + 4 * DAY, "load", {1: 35})
    (found,) = crossings(life.cursor, 1, 2, POINTS, DAYS, RISES)
    assert (found.total, found.base) == (35 * MICRO, 10 * MICRO)
    life.evaluate(MIDNIGHT + 5 * DAY, "midnight", {1: 34})
    assert crossings(life.cursor, 2, 3, POINTS, DAYS, RISES) == []


def test_what_a_new_ruleset_did_is_no_news(life: Life) -> None:
    life.evaluate(MIDNIGHT, "midnight", {1: 10})
    life.evaluate(MIDNIGHT + DAY, "publish", {1: 60})
    assert crossings(life.cursor, 1, 2, POINTS, DAYS, RISES) == []
    life.evaluate(MIDNIGHT + DAY + timedelta(hours=1), "load", {1: 61})
    assert crossings(life.cursor, 2, 3, POINTS, DAYS, RISES) == []


def test_an_evaluation_that_is_under_way_is_not_looked_at(life: Life) -> None:
    life.evaluate(MIDNIGHT, "midnight", {1: 10})
    life.evaluate(MIDNIGHT + DAY, "midnight", {})
    assert settled(life.cursor, 0, 0, MIDNIGHT) == 1
    assert settled(life.cursor, 0, 0, MIDNIGHT + DAY) == 2
    life.evaluate(MIDNIGHT + DAY, "load", {})
    assert settled(life.cursor, 0, 2, MIDNIGHT + DAY) == 2
    assert settled(life.cursor, 0, 3, MIDNIGHT + DAY) == 3


def test_over_the_past_days_are_compared_by_their_ends(life: Life) -> None:
    for day, points in enumerate((10, 10, 10, 10, 40, 41, 12)):
        life.evaluate(MIDNIGHT + day * DAY + timedelta(hours=9), "load", {1: points})
    rises = crossings_by_day(life.cursor, MIDNIGHT.date(), POINTS, DAYS, RISES)
    falls = crossings_by_day(life.cursor, MIDNIGHT.date(), POINTS, DAYS, FALLS)
    assert [each.at.day for each in rises] == [5]
    assert falls == []


def test_a_jump_of_a_real_lead_is_told_with_both_scores_and_not_again(place: Installation) -> None:
    at = datetime(2026, 5, 20, 9, tzinfo=UTC)
    place.receive(at - 9 * DAY, track(user("ana"), "Tool Used", at - 9 * DAY, tool="roi", completed=True))
    made = rule(channel(), trigger="jump", conditions={"points": 5, "days": 7})
    look(place.engine, at)
    assert not Notice.objects.exists(), "a rise of nine days ago is too old to be told"
    messages = [track(user("ana"), "Quote Requested", at, quote_id="q", seats=4, monthly_value=9600, currency="USD")]
    place.receive(at, *messages)
    assert look(place.engine, at) == 1
    row = Standing.objects.get()
    notice = Notice.objects.get()
    change = notice.subject.partition("score up ")[2].split()[0]
    assert int(change) == row.gain_week // MICRO
    assert f"to {row.total // MICRO}" in notice.body
    assert look(place.engine, at + timedelta(hours=1)) == 0
    told = preview(place.engine, made, at + DAY)
    assert notice.subject in [subject for _, subject in told.examples]
    today = preview(place.engine, made, at + timedelta(hours=1)).examples  # the day is not over
    assert [moment for moment, _ in today][:1] == [at + timedelta(hours=1)]


def test_a_preview_counts_what_quiet_hours_leave(place: Installation) -> None:
    from notify_cast import NOON, enters

    row = person()
    for hours in (0, 5, 30):
        enters(row, NOON + timedelta(hours=hours))
    made = rule(quiet_hours=24)
    assert preview(place.engine, made, NOON + 2 * DAY).count == 2
    made.quiet_hours = 0
    told = preview(place.engine, made, NOON + 2 * DAY)
    assert told.words == "Would have told 3 times in the last 30 days."
    assert told.examples[0] == (NOON + timedelta(hours=30), "Amelia Hart is Qualified")
    assert not Notice.objects.exists()
