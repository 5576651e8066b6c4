"""How quickly the Scoring studio draws what a change of the rules would do.

    python -m tests.benchmarks.studio [--leads 10000] [--changes 50]

Leads with four events each, taken in as segments; then so many changes one after the other: of a weight, of what is
full, of a curve, and every tenth of a half-life, which measures that factor again. Each is timed from the edited
document to everything that is drawn, as the page asks for it.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FACTORS = ("tool_usage", "content_completion", "time_spent", "return_frequency")
AT = "dimensions.engagement.factors"


def measure(leads: int = 10_000, changes: int = 50) -> dict[str, Any]:
    """Milliseconds of the first drawing and of those after changes."""
    with tempfile.TemporaryDirectory(prefix="leadline-studio-") as folder:
        os.environ.update(LEADLINE_DATA=folder, DJANGO_SETTINGS_MODULE="leadline.project.settings")
        return _measured(Path(folder), leads, changes)


def _measured(data: Path, leads: int, changes: int) -> dict[str, Any]:
    from tests.benchmarks import beside

    beside._fill(leads)

    from leadline.cli.session import engine_of
    from leadline.scoring.document import bundled_ruleset

    text = bundled_ruleset("offshore-staffing").read_text(encoding="utf-8")
    with engine_of(data) as engine:
        first, looked_at = _drawn(engine, text, {})
        begun = time.process_time()
        timed = [(name, _drawn(engine, text, {path: value})[0]) for name, path, value in _changes(changes)]
        work = time.process_time() - begun
    each = sorted(seconds for _, seconds in timed)
    return {
        "leads": looked_at,
        "changes": len(each),
        "first_ms": round(first * 1000),
        "p50_ms": round(statistics.median(each) * 1000),
        "p95_ms": round(statistics.quantiles(each, n=20)[-1] * 1000),
        "slowest_ms": round(each[-1] * 1000),
        "mean_processor_ms": round(work / changes * 1000),
        "half_life_p50_ms": round(statistics.median([s for name, s in timed if name == "half_life_days"]) * 1000),
    }


def _changes(count: int) -> Iterator[tuple[str, str, str]]:
    """Field, path and value of each change; no two are alike."""
    for number in range(count):
        name = ("weight", "full_at", "weight", "curve", "full_at")[number % 5] if number % 10 else "half_life_days"
        value = {"curve": ("linear", "log")[number % 2]}.get(name, str(7 + number))
        yield name, f"{AT}.{FACTORS[number % len(FACTORS)]}.{name}", value


def _drawn(engine: Any, text: str, typed: dict[str, str]) -> tuple[float, int]:
    """Seconds, and how many leads were looked at: what the view does, without HTTP."""
    from leadline.kernel.clock import utc_now
    from leadline.pipeline.trying import try_rules
    from leadline.scoring.factor_rows import with_fields
    from leadline.web.redraw import grade_bins, named_movers, read_document, shapes, stage_bins

    begun = time.perf_counter()
    document = read_document(with_fields(text, typed, dict.fromkeys(typed, "")))
    if document.ruleset is None:
        raise ValueError(f"This is no change that can be drawn: {typed}")
    tried = try_rules(engine, document.ruleset, utc_now())
    grade_bins(document.ruleset, tried.grades), stage_bins(tried.stages)
    named_movers(tried.movers), shapes(document.ruleset, tried)
    return time.perf_counter() - begun, tried.leads


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=10_000)
    parser.add_argument("--changes", type=int, default=50)
    given = parser.parse_args()
    print(json.dumps(measure(given.leads, given.changes), indent=2))  # noqa: T201  # its purpose


if __name__ == "__main__":
    main()
