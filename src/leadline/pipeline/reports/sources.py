"""What a report is computed from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from leadline.analytics.channel_rules import read_rules
from leadline.analytics.channels import ChannelRules
from leadline.eventstore.database import Cursor
from leadline.scoring.ruleset import Ruleset


@dataclass(frozen=True)
class Sources:
    """A report's inputs. Its tables in the event store are up to date when it is called (`eventstore/projections.py`),
    and stand still until it is done (`moment.py`).

    Attributes:
        cursor: of the calling thread.
        ruleset: the one in force.
        now: the instant of `as_of`, aware UTC.
        currency: what money is told in.
        zone: of the days that a segment names.
        rates: currencies that can be converted, as they were last; for notes on what is missing.
    """

    cursor: Cursor
    ruleset: Ruleset
    now: datetime
    currency: str = "USD"
    zone: str = "UTC"
    rates: Mapping[str, Decimal] = field(default_factory=dict)


def channel_rules(sources: Sources) -> ChannelRules:
    """The rules of channels that hold."""
    return read_rules(sources.ruleset.domains.own)
