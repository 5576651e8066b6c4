"""What the owners of event sources decided, read once for a segment."""

from collections.abc import Mapping

from leadline.tracking.models import EventSource
from leadline.tracking.plan import SourcePolicy

__all__ = ["SourcePolicy", "policies"]


def policies() -> Mapping[int, SourcePolicy]:
    """The policy of each source by its number. One that is not there has the default: block, and no test."""
    rows = EventSource.objects.values_list("pk", "mode", "test")
    return {number: SourcePolicy(mode, test) for number, mode, test in rows}
