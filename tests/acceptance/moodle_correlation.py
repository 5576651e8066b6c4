"""How well the engagement score ranks the people of a real course: `python -m tests.acceptance.moodle_correlation`.

Imports `../shared/data/moodle-course/events.ndjson.gz` (95,626 events) into a temporary data folder under the ruleset
course-platform, scores everybody as of the course's last day, and prints Spearman's rank correlation of the engagement
score with the final grades, which no score has seen.
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scipy.stats import spearmanr

ROOT = Path(__file__).parents[2]
COURSE = ROOT.parent / "shared" / "data" / "moodle-course"
RULESET = ROOT / "rulesets" / "course-platform.yaml"
LAST_DAY = "2019-10-27"
LEADLINE = str(Path(sys.executable).with_name("leadline"))


@dataclass(frozen=True)
class Correlation:
    """Spearman's rho of engagement with final grades, over `people`; `probability` is that of no correlation."""

    rho: float
    probability: float
    people: int
    stored: int


def measure(data: Path, course: Path = COURSE) -> Correlation:
    """Import, score and compare, in a data folder of its own."""
    report = _leadline(data, "import", str(course / "events.ndjson.gz"), "--ruleset", str(RULESET))
    _leadline(data, "rescore", "--as-of", LAST_DAY)
    leads = _leadline(data, "leads", "--limit", "200")
    grades = _grades(course / "outcomes.csv")
    pairs = [(lead["engagement"], grades[lead["user_id"]]) for lead in leads if lead["user_id"] in grades]
    rho, probability = spearmanr(*zip(*pairs, strict=True))
    return Correlation(float(rho), float(probability), len(pairs), report["stored"])


def _grades(path: Path) -> dict[str, float]:
    with path.open(newline="") as file:
        rows = csv.reader(file)
        next(rows)
        return {user: float(grade) for user, grade, *_ in rows}


def _leadline(data: Path, *arguments: str) -> Any:
    done = subprocess.run(
        [LEADLINE, *arguments, "--json"],
        env={**os.environ, "LEADLINE_DATA": str(data)},
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(done.stdout)


def main() -> None:
    """Print the figure."""
    if not COURSE.is_dir():
        sys.exit(f"{COURSE} is missing.")
    with tempfile.TemporaryDirectory(prefix="leadline-course-") as data:
        found = measure(Path(data))
    sys.stdout.write(
        f"{found.stored:,} events, {found.people} people: Spearman's rho of engagement with final grade "
        f"{found.rho:.3f} (p = {found.probability:.1e})\n"
    )


if __name__ == "__main__":
    main()
