"""The metric catalogue: what can be measured over a person's events and traits.

A metric yields daily cells (identity, UTC day) of whole thousandths; how days combine is the factor's business.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import cached_property
from typing import Any

from leadline.tracking.conditions import Condition as Condition
from leadline.tracking.conditions import Scalar as Scalar
from leadline.tracking.conditions import as_number as as_number
from leadline.tracking.conditions import is_number as is_number

SCALE = 1000
CELL_LIMIT = 9_000_000_000
"""Cells are clamped to plus or minus this many thousandths, so that cell times weight fits 64 bits."""


class MetricKind(StrEnum):
    """What one day's cell says."""

    COUNT = "count"  # how many events
    SUM = "sum"  # the sum of a numeric property
    MAX = "max"  # the greatest value of a numeric property
    MIN = "min"  # the smallest value of a numeric property
    LAST = "last"  # the latest value of a numeric property
    DISTINCT = "distinct"  # one cell for each value of a property
    DISTINCT_DAYS = "distinct_days"  # 1 on a day with one of the events
    ACTIVE_DAYS = "active_days"  # 1 on a day with any event
    ENGAGED_SECONDS = "engaged_seconds"  # engaged time, from heartbeats in milliseconds
    ACTIVE_SECONDS = "active_seconds"  # engaged time, from heartbeats where a visit has any, else from its gaps
    COMPLETENESS = "completeness"  # how many of the named traits are filled
    TRAIT = "trait"  # 1 while a trait has one of the named values
    TRAIT_VALUE = "trait_value"  # a trait's number


TRAIT_KINDS = frozenset({MetricKind.COMPLETENESS, MetricKind.TRAIT, MetricKind.TRAIT_VALUE})
ACTIVITY_KINDS = frozenset({MetricKind.ACTIVE_DAYS, MetricKind.ACTIVE_SECONDS})
"""Of all that a person did, whatever its name."""
DAY_KINDS = frozenset({MetricKind.ACTIVE_DAYS, MetricKind.DISTINCT_DAYS})
"""A day counts once, whatever happened on it."""
PROPERTY_KINDS = frozenset({MetricKind.SUM, MetricKind.MAX, MetricKind.MIN, MetricKind.LAST, MetricKind.DISTINCT})
ENGAGED_PROPERTY = "engaged_ms"
NOT_MEASURED = frozenset({"name", "because_of", "available_at"})
"""Fields of a metric that change no cell."""


@dataclass(frozen=True)
class Metric:
    """One measure.

    Attributes:
        name: its name in the ruleset.
        kind: what a cell says.
        events: the event names it reads; empty for traits and active days.
        property: the property it reads, where the kind has one.
        where: all of these must hold.
        unless: event names that cancel a key of a distinct metric when they carry the same key.
        traits: trait names of a completeness metric, or the one of a trait or trait value metric.
        values: the values a trait metric counts as 1.
        because_of: conversions that it is a consequence of: for predicting these it is a leak.
        available_at: "occurred" or "received": from which of an event's two times on a backtest may know it.
    """

    name: str
    kind: MetricKind
    events: tuple[str, ...] = ()
    property: str = ""
    where: tuple[Condition, ...] = ()
    unless: tuple[str, ...] = ()
    traits: tuple[str, ...] = ()
    values: tuple[str, ...] = field(default=())
    because_of: tuple[str, ...] = field(default=(), compare=False)
    available_at: str = field(default="occurred", compare=False)

    @cached_property
    def digest(self) -> str:
        """A hash of the definition without its name: cells are keyed by what they measure."""
        definition = {key: value for key, value in self.as_dict().items() if key not in NOT_MEASURED}
        return hashlib.sha256(json.dumps(definition, sort_keys=True).encode()).hexdigest()[:16]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        given = {each.name: getattr(self, each.name) for each in fields(self)}
        return given | {"where": [condition.as_dict() for condition in self.where]}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> "Metric":
        """What `as_dict` gave, also after JSON; fields that an older version did not write have their defaults."""
        read: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in given.items()
        }
        where = tuple(Condition.from_dict(condition) for condition in given["where"])
        return cls(**read | {"kind": MetricKind(given["kind"]), "where": where})

    @cached_property
    def properties_read(self) -> frozenset[str]:
        """Every property name it looks at."""
        own = {self.property} if self.property else set()
        return frozenset(own | {condition.property for condition in self.where})
