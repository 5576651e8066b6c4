"""The public convenience: score people from Python, without a server or a database."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from leadline.scoring.document import bundled_ruleset, read_ruleset
from leadline.scoring.engine import LeadScoringEngine
from leadline.scoring.history import UserData
from leadline.scoring.ruleset import Ruleset
from leadline.scoring.score import LeadScore

DEFAULT_RULESET = "offshore-staffing"


class LeadScorer:
    """Scores leads under a ruleset: the default one, one that was loaded, or a YAML file.

    Raises:
        DocumentError: the file is not a valid ruleset.
    """

    def __init__(self, ruleset: Ruleset | Path | str | None = None) -> None:
        if not isinstance(ruleset, Ruleset):
            ruleset = read_ruleset(Path(ruleset) if ruleset else bundled_ruleset(DEFAULT_RULESET))
        self.ruleset = ruleset
        self._engine = LeadScoringEngine(ruleset)

    def score_lead(self, user_data: UserData | Mapping[str, object]) -> LeadScore:
        """The score of one lead; `user_data` as in `LeadScoringEngine.calculate_score`."""
        return self._engine.calculate_score(user_data)

    def score_leads(self, many: Iterable[UserData | Mapping[str, object]]) -> Iterator[LeadScore]:
        """The scores of many leads, one after the other, in order."""
        return map(self.score_lead, many)
