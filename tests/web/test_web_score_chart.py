"""The chart of a lead's score: steps from the span's beginning to now."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import web_cast as cast

from leadline.scoring.document import bundled_ruleset, read_ruleset
from leadline.web.score_chart import HEIGHT, SPANS, WIDTH, ScoreChart, score_chart, span_named

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
RULESET = read_ruleset(bundled_ruleset("offshore-staffing"))


@dataclass(frozen=True)
class Stored:
    as_of: datetime
    total: int
    stage: str = "qualified"
    grade: str = "B"
    ruleset: int = 1
    load_seq: int = 1


def stored(days_ago: float, points: float, stage: str = "qualified") -> Stored:
    return Stored(NOW - timedelta(days=days_ago), round(points * cast.MICRO), stage)


def chart(*points: Stored, span: str = "30d") -> ScoreChart:
    return score_chart(points, RULESET, span_named(span), NOW, UTC)


def test_a_total_stands_until_the_next_one() -> None:
    assert chart(stored(15, 30), stored(7.5, 60)).line == "M300 50H450V0H600"


def test_the_line_begins_with_what_stood_before_the_span() -> None:
    drawn = chart(stored(90, 15), stored(45, 30), stored(15, 60))
    assert drawn.line == "M0 50H300V0H600"
    assert [point.total // cast.MICRO for point in drawn.points] == [60, 30]


def test_the_scale_ends_in_tens_and_never_low() -> None:
    assert [chart(stored(3, points)).top for points in (5, 61, 100)] == [60, 70, 100]


def test_bands_and_moves_are_inside_the_chart() -> None:
    drawn = chart(stored(20, 10, "initial_engagement"), stored(10, 40, "qualified"))
    assert [(band.grade, band.y) for band in drawn.bands] == [("A", 8.33), ("B", 50.0), ("C", 75.0)]
    assert [(move.stage, move.x) for move in drawn.moves] == [("qualified", 400.0)]
    assert all(0 <= band.y <= HEIGHT for band in drawn.bands)
    assert drawn.width == WIDTH


def test_nobody_without_a_score_has_a_line() -> None:
    assert chart().line == ""
    assert chart().newest is None


def test_another_word_means_ninety_days() -> None:
    assert [span_named(word).days for word in ("30d", "1y", "for ever")] == [30, 365, 90]
    assert [len(chart(stored(1, 5), span=span.key).ticks) for span in SPANS] == [4, 4, 4]
