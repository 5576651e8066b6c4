"""Leadline turns what people do on a platform into qualified leads, with every point explained.

The names of the Python interface are loaded when they are first used, so that the collector stays light.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leadline.pipeline.crm.public import CRMConnector
    from leadline.scoring.engine import LeadScoringEngine
    from leadline.scoring.history import UserData
    from leadline.scoring.score import LeadScore
    from leadline.scoring.scorer import LeadScorer
    from leadline.tracking.sdk.tracker import EventTracker

__all__ = ["CRMConnector", "EventTracker", "LeadScore", "LeadScorer", "LeadScoringEngine", "UserData"]

_HOMES = {
    "CRMConnector": "leadline.pipeline.crm.public",
    "EventTracker": "leadline.tracking.sdk.tracker",
    "LeadScore": "leadline.scoring.score",
    "LeadScorer": "leadline.scoring.scorer",
    "LeadScoringEngine": "leadline.scoring.engine",
    "UserData": "leadline.scoring.history",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
