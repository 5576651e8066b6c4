"""What would move a lead, for pages, the command line and the API."""

from datetime import datetime
from typing import Any

from leadline.kernel.clock import utc_now
from leadline.pipeline.engine import Engine
from leadline.pipeline.finding import find_lead
from leadline.pipeline.leads_now import lead_now
from leadline.qualification.counterfactuals import Counterfactual, counterfactuals
from leadline.scoring.arithmetic import points


def counterfactuals_of(engine: Engine, lead: int, at: datetime) -> list[Counterfactual]:
    """What each next step of a person would do at `at`, stage changes first, then by gain.

    Raises:
        NotFoundError: there is no such lead, or it has no stage.
    """
    known = lead_now(engine, lead, at)
    return counterfactuals(known.ruleset, known.now)


def whatif(engine: Engine, lead: str) -> dict[str, Any]:
    """The same as plain data."""
    at = utc_now()
    known = lead_now(engine, find_lead(lead).pk, at)
    return {
        "lead": known.lead,
        "as_of": at.isoformat(),
        "ruleset": known.ruleset.number,
        "total": points(known.now.score.total_micro),
        "grade": known.now.score.grade,
        "stage": known.now.state.stage.value,
        "counterfactuals": [each.as_dict() for each in counterfactuals(known.ruleset, known.now)],
    }
