"""The dimension weights that a score was made with, by its ruleset's number. Published rulesets never change."""

from collections.abc import Mapping
from functools import lru_cache

from leadline.kernel.errors import NotFoundError
from leadline.scoring.document import load_ruleset
from leadline.scoring.models import PublishedRuleset


@lru_cache(maxsize=64)
def dimension_weights(number: int) -> Mapping[str, int]:
    """Dimension -> weight.

    Raises:
        NotFoundError: no ruleset has this number.
    """
    row = PublishedRuleset.objects.filter(pk=number).first()
    if row is None:
        raise NotFoundError(f"There is no ruleset {number}.", advice="Restore the record store from a backup.")
    return load_ruleset(row.document, row.pk).dimension_weights
