"""What a report is computed from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from leadline.eventstore.database import Cursor
from leadline.scoring.ruleset import Ruleset


@dataclass(frozen=True)
class Sources:
    """A report's inputs. Its tables in the event store are up to date when it is called: `eventstore/projections.py`.

    Attributes:
        cursor: of the calling thread.
        ruleset: the one in force.
        now: the instant of `as_of`, aware UTC.
        currency: what money is told in.
        rates: currencies that can be converted, as they were last; for notes on what is missing.
    """

    cursor: Cursor
    ruleset: Ruleset
    now: datetime
    currency: str = "USD"
    rates: Mapping[str, Decimal] = field(default_factory=dict)
