"""What passes between Leadline and a CRM, the same for every connector. Pure data.

A local record is named for good by its `external_id`: derived from the keyed digest of the identity that the lead was
made with, so that a restored backup, or a lead's number that is given again, never meets somebody else's record.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

Value = str | int | bool | Decimal | date | datetime | None
"""What a field holds. Moments are aware UTC; a connector writes them in its vendor's way."""


class FieldType(StrEnum):
    """What a field of either side holds."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    MOMENT = "moment"
    CHOICE = "choice"
    LINK = "link"


class Withheld(StrEnum):
    """What a CRM is not told of somebody, because they refused it (withholding.py)."""

    NOTHING = ""
    SCORES = "scores"  # they refused profiling
    EVERYTHING = "everything"  # they refused sale or sharing, and the connection is for advertising


@dataclass(frozen=True, slots=True)
class LocalRecord:
    """One lead as Leadline knows it, before mapping.

    Attributes:
        fields: by the names of `local_fields.FIELDS`; one that is not known is None.
        wanted: whether the who-is-synced rule takes it now. One that was synced once is told what becomes of it.
        changed_at: when what is known of the lead last changed here: decides "newest".
        user_id: how events that come back name the person; `email` where there is none.
        withheld: what the CRM is not told of them.
    """

    lead: int
    external_id: str
    fields: Mapping[str, Value]
    wanted: bool
    changed_at: datetime
    user_id: str = ""
    email: str = ""
    withheld: Withheld = Withheld.NOTHING


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One record as it is sent.

    Attributes:
        remote_id: of a record that is linked already: it is written by this id, never created anew. Empty: upsert by
            `external_id`, in one call that can't make a duplicate when it is repeated.
        values: {remote field: value}; only what differs from what was last sent, all of it when nothing was.
        whole: all that the record should hold, for a destination that takes whole records only.
        may_go_back: fields whose value may be an earlier step than the one there (`regress: true`), where a CRM has an
            order of its own and needs to be told.
    """

    external_id: str
    values: Mapping[str, Value]
    remote_id: str = ""
    remote_type: str = ""
    whole: Mapping[str, Value] = field(default_factory=dict)
    may_go_back: frozenset[str] = frozenset()


class Outcome(StrEnum):
    """What became of one row."""

    CREATED = "created"
    UPDATED = "updated"
    GONE = "gone"  # deleted there: `remote_id` is of no use any more, and nothing is made anew
    MOVED = "moved"  # merged or converted into `Sent.remote_id` of `Sent.remote_type`; nothing was written yet
    LATER = "later"  # trying again can help
    REFUSED = "refused"  # it can't


@dataclass(frozen=True, slots=True)
class Sent:
    """What the CRM answered about one row, in the order of the rows.

    Attributes:
        message: the vendor's words. advice: what a person should do about it.
    """

    outcome: Outcome
    remote_id: str = ""
    remote_type: str = ""
    code: str = ""
    message: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True)
class RemoteDeal:
    """An opportunity, whatever the CRM calls it.

    Attributes:
        state: "open", "won" or "lost". changed_at: when it came to be so, as far as the CRM says.
    """

    id: str
    state: str
    changed_at: datetime
    opened_at: datetime | None = None
    amount: Decimal | None = None
    currency: str = ""
    lost_reason: str = ""
    stage: str = ""


@dataclass(frozen=True, slots=True)
class RemoteRecord:
    """A record as the CRM has it.

    Attributes:
        external_id: empty when nothing of ours stands there.
        values: the fields that were asked for. status: the CRM's own word for where the lead stands. owner: an e-mail
            address.
        gone: deleted (or archived, where that is how one deletes). merged_into: the record that took its place.
        merged_from: remote ids that this record took the place of.
        email: lower case, to recognise the survivor of a merge by where the CRM says nothing.
    """

    remote_id: str
    remote_type: str
    updated_at: datetime
    external_id: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)
    status: str = ""
    owner: str = ""
    email: str = ""
    deals: tuple[RemoteDeal, ...] = ()
    gone: bool = False
    merged_into: str = ""
    merged_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """Some of what changed in the CRM. `cursor` goes into the next call; `more` says that it should be made at once."""

    records: tuple[RemoteRecord, ...]
    cursor: str
    more: bool = False


@dataclass(frozen=True, slots=True)
class OutgoingEvent:
    """A conversion, to be kept where the CRM has a place for it (timeline, custom event, note).

    Attributes:
        key: a UUID that stays the same however often it is sent.
    """

    key: str
    name: str
    label: str
    occurred_at: datetime
    remote_id: str
    remote_type: str
    amount: Decimal | None = None
    currency: str = ""
    properties: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RemoteField:
    """A field of a remote object, as the CRM describes it, or as it should be made there.

    Attributes:
        choices: (value, label) of a choice. length: of a text, 0 when it has no limit that is known.
        ours: Leadline made it, or would.
    """

    name: str
    label: str
    type: FieldType
    choices: tuple[tuple[str, str], ...] = ()
    length: int = 0
    writable: bool = True
    required: bool = False
    unique: bool = False
    ours: bool = False


@dataclass(frozen=True, slots=True)
class About:
    """What a connection says of itself when it is tested."""

    product: str
    version: str
    account: str
    user: str
    notes: tuple[str, ...] = ()
