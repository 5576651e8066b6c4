"""The cast of the tracking tests: messages, segments on disk, a desk that takes them in, and what it stored."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from django.apps import apps

from leadline.kernel.clock import to_micros
from leadline.privacy.fields import lookup_hasher
from leadline.privacy.lookup import LookupHasher
from leadline.tracking.conditions import Condition
from leadline.tracking.conversions import ConversionRecipe
from leadline.tracking.intake import Intake, IntakeDesk
from leadline.tracking.models import Identity, IdentityEdge, Profile
from leadline.tracking.normalise import Draft, Normaliser, Rejection
from leadline.tracking.plan import SourcePolicy, TrackingPlan
from leadline.tracking.plan_document import load_plan
from leadline.tracking.profiles import AddressBook
from leadline.tracking.spool import SpoolRecord, SpoolWriter, encode_record
from leadline.tracking.wire import Envelope, unpack

KEY = b"k" * 32
SOURCE = 7
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOON_MICROS = to_micros(NOON)

PLAN = load_plan("""
name: test
events:
  Quote Requested:
    properties:
      quote_id: {type: string, required: true}
      amount: {type: number}
      seats: {type: integer}
      tier: {type: string, values: [small, large]}
      note: {type: string}
      owner_name: {type: string, personal: true}
      roles: {type: list}
      extra: {type: object}
      agreed: {type: boolean}
""")

RECIPES = (
    ConversionRecipe(
        name="quote_requested",
        event="Quote Requested",
        where=(),
        key="quote_id",
        amount="amount",
        currency="currency",
        unless=(),
        facts=("seats",),
    ),
    ConversionRecipe(
        name="strategy_call",
        event="Call Booked",
        where=(Condition("kind", ("strategy",)),),
        key="call_id",
        amount="",
        currency="",
        unless=("Call Cancelled",),
        facts=(),
    ),
)


def message(type_: str = "track", /, **fields: Any) -> dict[str, Any]:
    """A message of a visitor called v1, unless it says who it is from."""
    given = {"type": type_, **fields}
    if type_ == "track":
        given.setdefault("event", "Tool Used")
    if not {"userId", "anonymousId"} & set(given):
        given["anonymousId"] = "v1"
    return given


def at(minutes: float) -> str:
    """A timestamp so many minutes after noon."""
    return (NOON + timedelta(minutes=minutes)).isoformat()


QUOTE = {"quote_id": "q1", "amount": 100, "currency": "eur", "seats": 2}
STORY: tuple[Sequence[dict[str, Any]], ...] = (
    (
        message(anonymousId="v1", timestamp=at(-90), messageId="1"),
        message("identify", userId="u1", anonymousId="v1", timestamp=at(-80), messageId="2", traits={"title": "CEO"}),
        message(event="Quote Requested", userId="u1", timestamp=at(-70), messageId="3", properties=QUOTE),
        message(event="Call Cancelled", userId="u1", timestamp=at(-20), messageId="4", properties={"call_id": "c1"}),
    ),
    (
        message("identify", anonymousId="v2", timestamp=at(-60), messageId="5", traits={"email": "Jane@Acme.example"}),
        message("identify", anonymousId="v3", timestamp=at(-50), messageId="6", traits={"email": "jane@acme.example "}),
        message("identify", userId="u2", anonymousId="v1", timestamp=at(-85), messageId="7", traits={"title": "CTO"}),
        message("identify", userId="u1", timestamp=at(-75), messageId="8", traits={"title": "COO", "phone": "1"}),
    ),
    (
        message("identify", userId="u1", timestamp=at(-40), messageId="9", traits={"email": "jane@acme.example"}),
        message(event="Quote Requested", userId="u1", timestamp=at(-75), messageId="a",
                properties={**QUOTE, "seats": 3}),
        message(event="Call Booked", userId="u1", timestamp=at(-30), messageId="b",
                properties={"call_id": "c1", "kind": "strategy"}),
        message("alias", previousId="v9", userId="u2", timestamp=at(-10), messageId="c"),
        message("group", userId="u1", groupId="g1", timestamp=at(-5), messageId="d", traits={"name": "Acme"}),
    ),
)  # fmt: skip


def record(body: Any, route: str = "track", received: int = NOON_MICROS) -> SpoolRecord:
    """A spool record; `body` is JSON text as bytes, or becomes that."""
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return SpoolRecord(SOURCE, received, route, raw)


def batch(*messages: Any, received: int = NOON_MICROS, **envelope: Any) -> SpoolRecord:
    """A spool record of several messages."""
    return record({"batch": messages, **envelope}, "batch", received)


def envelopes(*records: SpoolRecord) -> list[Envelope]:
    """The messages of records as one segment numbers them."""
    found: list[Envelope] = []
    for each in records:
        found.extend(unpack(each, len(found)))
    return found


def normalised(
    *records: SpoolRecord,
    plan: TrackingPlan = PLAN,
    kept: Mapping[str, frozenset[str]] | None = None,
    policies: Mapping[int, SourcePolicy] | None = None,
) -> list[Draft | Rejection]:
    """What the door makes of the messages of some records."""
    normaliser = Normaliser(LookupHasher(b"h" * 32), plan, kept or {}, policies or {})
    return [normaliser.normalise(envelope) for envelope in envelopes(*records)]


def draft_of(body: Any, route: str = "track", received: int = NOON_MICROS) -> Draft:
    """The draft of one message that is well."""
    (result,) = normalised(record(body, route, received))
    assert isinstance(result, Draft), result
    return result


def rejection_of(body: Any, route: str = "track") -> Rejection:
    """The rejection of one message that is not."""
    (result,) = normalised(record(body, route))
    assert isinstance(result, Rejection), result
    return result


def write_segment(folder: Path, records: Iterable[SpoolRecord]) -> Path:
    """A closed segment that holds these records."""
    with SpoolWriter(folder, KEY) as writer:
        writer.append_all(encode_record(each) for each in records)
    (path,) = folder.glob("*.seg")
    return path


def new_desk(plan: TrackingPlan = PLAN) -> IntakeDesk:
    """A desk that remembers nothing yet, as after a restart."""
    return IntakeDesk(lookup_hasher(), plan, RECIPES, {}, AddressBook(own_domains=("leadline.example",)))


class Office:
    """A desk with a folder; takes messages in, each call as a segment of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.desk = new_desk()
        self.segments: list[Path] = []

    def take(self, *messages: Any, received: int = NOON_MICROS) -> Intake:
        """Take these messages in as one segment."""
        return self.take_records([batch(*messages, received=received)])

    def take_records(self, records: Sequence[SpoolRecord]) -> Intake:
        """Take these records in as one segment."""
        path = write_segment(self.folder / f"{len(self.segments):04d}", records)
        self.segments.append(path)
        return self.desk.take_in(path, [KEY])

    def again(self, path: Path) -> Intake:
        """Take a segment in again, by a desk that remembers nothing."""
        self.desk = new_desk()
        return self.desk.take_in(path, [KEY])


def tables() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every tracking table, opened."""
    return {
        model._meta.label: sorted(tuple(map(str, row)) for row in model._default_manager.values_list())
        for model in apps.get_app_config("tracking").get_models()
    }


def people() -> set[frozenset[tuple[str, str]]]:
    """The identities -> lead partition, by names instead of numbers."""
    groups: dict[int | None, set[tuple[str, str]]] = defaultdict(set)
    for kind, value, lead in Identity.objects.values_list("kind", "value", "lead_id"):
        groups[lead].add((kind, value))
    groups.pop(None, None)
    return {frozenset(group) for group in groups.values()}


def lead_of(kind: str, value: str) -> int | None:
    """The lead that a name belongs to."""
    return {(k, v): lead for k, v, lead in Identity.objects.values_list("kind", "value", "lead_id")}[kind, value]


def profiles() -> dict[tuple[str, str], Any]:
    """Name -> traits with their stamps."""
    rows = Profile.objects.select_related("identity")
    return {(row.identity.kind, row.identity.value): row.traits for row in rows}


def replayed_edges() -> dict[int, int]:
    """Identity -> lead, from the edges alone: the newest counts."""
    return dict(IdentityEdge.objects.order_by("pk").values_list("identity_id", "lead_id"))
