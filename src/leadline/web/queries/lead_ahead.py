"""What would move a lead, what becomes of it, how its score moved: asked for after the page, as it takes longer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from leadline.kernel.errors import NotFoundError, TransientError
from leadline.pipeline import reading
from leadline.qualification.counterfactuals import Counterfactual
from leadline.qualification.forecasting import Forecast
from leadline.web.score_chart import ScoreChart, score_chart, span_named

FIRST = 3


@dataclass(frozen=True, slots=True)
class LeadAhead:
    """Next steps, the best first, and the forecast; or what kept them from being made."""

    steps: Sequence[Counterfactual] = ()
    forecast: Forecast | None = None
    trouble: str = ""

    @property
    def first(self) -> Sequence[Counterfactual]:
        """The best of them."""
        return self.steps[:FIRST]

    @property
    def others(self) -> Sequence[Counterfactual]:
        """The rest."""
        return self.steps[FIRST:]


@dataclass(frozen=True, slots=True)
class Moved:
    """The chart, or what kept it from being drawn."""

    chart: ScoreChart | None
    trouble: str = ""


def lead_ahead(number: int, now: datetime) -> LeadAhead:
    """What would move a lead, and what silence brings."""
    try:
        return LeadAhead(*reading.ahead(number, now))
    except (TransientError, NotFoundError) as error:
        return LeadAhead(trouble=str(error))


def score_moved(number: int, span: str, now: datetime, zone: tzinfo) -> Moved:
    """How a lead's total moved during a span."""
    try:
        return Moved(score_chart(reading.history(number), reading.ruleset(), span_named(span), now, zone))
    except TransientError as error:
        return Moved(None, str(error))
