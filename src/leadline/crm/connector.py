"""The small interface that every CRM stands behind. docs/how-to/write-a-connector.md is its guide, and
`leadline.crm.testing.conformance` what each connector has to pass.

A connector knows one vendor's API and nothing else: no lead, no database, no clock of its own. It parses answers also
when they say 200, never looks for a record to decide whether to create one (but where the vendor has no upsert:
Pipedrive), and raises the errors of `errors.py` for a whole call, or answers a `Sent` for each row.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import httpx

from leadline.crm.limits import Limits
from leadline.crm.records import About, Outgoing, OutgoingEvent, Page, RemoteField, RemoteRecord, Sent
from leadline.kernel.clock import Clock


class Can(StrEnum):
    """What a CRM may or may not be able to do."""

    READ = "read"  # `read` and `changes`: status, owner and deals come back
    DESCRIBE = "describe"  # `fields`
    MAKE_FIELDS = "make_fields"
    EVENTS = "events"  # `tell`
    DEALS = "deals"


class Connector(Protocol):
    """One connection to a CRM."""

    def check(self) -> About:
        """Sign in and say who we are. Reads only.

        Raises:
            CRMError: it does not work; the advice says what to do.
        """

    def fields(self) -> Sequence[RemoteField]:
        """The fields of the object that leads are written to, `deal.*` ones not included."""

    def make_field(self, field: RemoteField) -> None:
        """Make a custom field, as `field` says; nothing when it is there already."""

    def send(self, rows: Sequence[Outgoing]) -> Sequence[Sent]:
        """Write up to `ConnectorKind.batch` rows. Answers one `Sent` a row, in order; repeated, it changes nothing.

        Raises:
            RejectedError: the CRM refused the call as a whole and kept nothing of it.
            CRMError: as `errors.py` says.
        """

    def read(self, remote_ids: Sequence[str], fields: Sequence[str]) -> Sequence[RemoteRecord]:
        """Records by id; those that are gone come with `gone`."""

    def changes(self, cursor: str, fields: Sequence[str]) -> Page:
        """What changed since `cursor` ("" : from now on, with nothing before), deleted and merged records included.

        The cursor overlaps: a record that changed in the same second as the last one seen is told again.
        """

    def tell(self, events: Sequence[OutgoingEvent]) -> Sequence[Sent]:
        """Write conversions down; a key that was told before answers UPDATED and adds nothing."""

    def address(self, remote_id: str, remote_type: str) -> str:
        """Where a person opens the record in a browser; empty when there is no such place."""

    def close(self) -> None:
        """Let connections go."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that a connection needs to know.

    Attributes:
        secret: sealed, and never shown again.
    """

    name: str
    label: str
    advice: str = ""
    secret: bool = False
    required: bool = True
    default: str = ""


FOR_ADVERTISING = "advertising"
ADVERTISING = Setting(
    FOR_ADVERTISING,
    "For advertising",
    "yes when what goes there is sold, shared or used for advertising: who refused that is not sent, and taken back.",
    required=False,
    default="no",
)
"""Of every connection, whatever its kind."""


@dataclass(frozen=True)
class Opening:
    """What a connector is opened with.

    Attributes:
        settings: those that are not secret. secrets: those that are, and tokens that `keep` put there.
        keep: stores changed secrets (a refreshed token) at once and atomically.
        transport: of tests; None in earnest.
    """

    settings: Mapping[str, str]
    secrets: Mapping[str, str]
    limits: Limits
    clock: Clock
    keep: Callable[[Mapping[str, str]], None] = lambda _: None
    transport: httpx.BaseTransport | None = None


@dataclass(frozen=True)
class ConnectorKind:
    """What there is to know about a CRM before anything is connected.

    Attributes:
        name: of its folder: "odoo". object_name: what leads are written to there: "crm.lead".
        batch: rows in one `send`, at most.
        mapping: the YAML document that a new connection begins with (mapping.py).
        rate: calls a second to begin with, and how many at once; the vendor's headers correct it.
        statuses: the CRM's own words for where a lead stands, when they are fixed.
        guide: its page in docs/how-to.
        every: seconds from one run to the next, unless a connection says otherwise; more where each call is dear.
    """

    name: str
    label: str
    object_name: str
    settings: tuple[Setting, ...]
    can: frozenset[Can]
    batch: int
    rate: tuple[float, int]
    mapping: str
    open: Callable[[Opening], Connector]
    guide: str
    statuses: tuple[str, ...] = ()
    every: int = 60

    @property
    def all_settings(self) -> tuple[Setting, ...]:
        """Those of the kind, and those that every connection has."""
        return (*self.settings, ADVERTISING)
