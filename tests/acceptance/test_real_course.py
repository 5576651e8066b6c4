"""95,626 real events of a course platform are stored and say something true about their people.

Bound: one minute.
"""

from pathlib import Path

import pytest
from tests.acceptance.moodle_correlation import COURSE, measure


@pytest.mark.skipif(not COURSE.is_dir(), reason=f"the course's events are not at {COURSE}")
def test_engagement_ranks_the_people_of_a_real_course_as_their_grades_do(tmp_path: Path) -> None:
    found = measure(tmp_path / "data")
    print(f"\nSpearman's rho of engagement with final grade: {found.rho:.3f}, {found.people} people")  # noqa: T201
    assert found.stored == 95_626
    assert found.people >= 125
    assert found.rho > 0.5
