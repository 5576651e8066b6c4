"""The Python interface works without Django, and costs nothing until it is used."""

import subprocess
import sys


def modules_after(code: str) -> set[str]:
    script = f"{code}\nimport sys\nprint(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_importing_leadline_loads_nothing_else() -> None:
    assert not {"leadline.scoring", "msgspec", "yaml", "django"} & modules_after("import leadline")


def test_the_scorer_needs_no_django() -> None:
    loaded = modules_after("from leadline import LeadScorer, LeadScoringEngine; LeadScorer().score_lead({})")
    assert "leadline.scoring.scorer" in loaded
    assert not {"django", "duckdb", "ibis"} & loaded
