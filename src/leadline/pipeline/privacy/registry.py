"""Every kind of personal data that any stage registers. Importing this module has all of them known."""

from leadline.accounts import personal as accounts
from leadline.analytics import personal as analytics
from leadline.crm import personal as crm
from leadline.notifications import personal as notifications
from leadline.pipeline import personal as pipeline
from leadline.pipeline.privacy import event_tables, files
from leadline.privacy import personal as privacy
from leadline.privacy.kinds import DataKind, Whose, kinds
from leadline.qualification import personal as qualification
from leadline.scoring import personal as scoring
from leadline.tracking import personal as tracking

REGISTERING = (
    *(privacy, accounts, tracking, scoring, qualification, crm, notifications, analytics, pipeline),
    *(event_tables, files),
)
"""The modules whose import registers kinds."""


def kinds_of(whose: Whose) -> list[DataKind]:
    """The kinds about people of the platform, or about those who work with Leadline, by name."""
    return [kind for kind in kinds() if kind.whose is whose]


def all_kinds() -> list[DataKind]:
    """Every kind, by name."""
    return list(kinds())
