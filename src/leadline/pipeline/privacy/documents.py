"""The documents that a data protection officer signs, made from the registered kinds of data so that they stay true."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings

from leadline.crm.models import Connection
from leadline.notifications.models import Channel
from leadline.pipeline.privacy import dpia, visitors_notice
from leadline.pipeline.privacy.registry import all_kinds
from leadline.pipeline.privacy.retention import periods_now
from leadline.privacy.document_parts import Document, Grid, Heading, Paragraph
from leadline.privacy.kinds import DataKind, Store, Whose
from leadline.privacy.retention_rules import DEFAULTS, FOREVER_WORDS, RULES, WITH_THE_PERSON, Periods, kept
from leadline.tracking.models import EventSource

TO_FILL_IN = "[fill in]"
ENCRYPTION = {
    Store.RECORDS: "Personal fields AES-256-GCM; numbers, stages and moments in clear",
    Store.EVENTS: "The whole file AES-256-GCM; names and addresses are not in it",
    Store.SPOOL: "AES-256-GCM, a key for each segment",
    Store.FILES: "AES-256-GCM",
    Store.ELSEWHERE: "TLS on the way; there as the other system does",
}
MEASURES = (
    "personal fields, the event store and the spool are encrypted at rest (AES-256-GCM); names and addresses are found "
    "by keyed digests; roles with least rights, second factors, an append-only audit trail; pseudonymous event store"
)


@dataclass(frozen=True, slots=True)
class Responsible:
    """Whose documents they are.

    Attributes:
        controller: name and address of the controller.
        contact: where people turn to: an e-mail address or a page.
        officer: the data protection officer.
        crms, services: what is connected now: who else gets data.
        periods: how long things are kept.
        sources: the names of event sources by number.
    """

    controller: str = TO_FILL_IN
    contact: str = TO_FILL_IN
    officer: str = TO_FILL_IN
    crms: tuple[str, ...] = field(default=())
    services: tuple[str, ...] = field(default=())
    periods: Periods = DEFAULTS
    sources: Mapping[int, str] = field(default_factory=dict)


def responsible(controller: str = "", contact: str = "", officer: str = "") -> Responsible:
    """With what is connected to this installation now, and the periods in force."""
    crms = Connection.objects.order_by("name").values_list("name", "kind")
    services = Channel.objects.order_by("service").values_list("service", flat=True).distinct()
    return Responsible(
        controller.strip() or TO_FILL_IN,
        contact.strip() or TO_FILL_IN,
        officer.strip() or TO_FILL_IN,
        crms=tuple(f"{name} ({kind})" for name, kind in crms),
        services=tuple(services),
        periods=periods_now(),
        sources=dict(EventSource.objects.order_by("name").values_list("pk", "name")),
    )


def documents(who: Responsible, day: date) -> list[Document]:
    """All of them. They name no person and hold nobody's data."""
    kinds = all_kinds()
    return [
        record_of_processing(kinds, who, day),
        data_map(kinds, day),
        retention_table(kinds, who, day),
        dpia.assessment(kinds, who.controller, who.officer, day),
        visitors_notice.notice(
            kinds, who.controller, who.contact, _recipients(kinds, who), who.periods, day, form_address()
        ),
    ]


def form_address() -> str:
    """Where people ask about their data."""
    return f"{settings.PUBLIC_URL}/privacy-request"


def record_of_processing(kinds: Sequence[DataKind], who: Responsible, day: date) -> Document:
    """GDPR art. 30(1)."""
    rows = tuple(
        (
            *(kind.title, kind.whose.value, kind.purpose, kind.basis, kind.holds),
            *(_others(kind, who), kept(kind.retention, who.periods)),
        )
        for kind in kinds
    )
    columns = ("Activity", "About whom", "Purpose", "Legal basis", "Data", "Recipients", "Kept for")
    about = Grid(
        ("Point", "Answer"),
        (
            ("Controller", who.controller),
            ("Contact", who.contact),
            ("Data protection officer", who.officer),
            ("System", "Leadline: scoring and qualifying the leads of a product platform"),
            ("Transfers to third countries", _transfers(who)),
            ("Measures (art. 32)", MEASURES),
        ),
    )
    return Document(
        "record-of-processing",
        "Record of processing activities",
        "What is processed, why, on what basis, for how long and who gets it (GDPR art. 30).",
        (_dated(day), about, Heading("Activities"), Grid(columns, rows)),
    )


def data_map(kinds: Sequence[DataKind], day: date) -> Document:
    """Where each kind lies."""
    parts = [
        part
        for store in Store
        if (rows := tuple(_place(kind) for kind in kinds if kind.store is store))
        for part in (
            Heading(store.value.capitalize()),
            Paragraph(f"{ENCRYPTION[store]}."),
            Grid(("Kind", "What is in it", "Tables", "About whom"), rows),
        )
    ]
    about = "Where each kind of personal data lies, and how it is protected there."
    return Document("data-map", "Data map", about, (_dated(day), *parts))


def retention_table(kinds: Sequence[DataKind], who: Responsible, day: date) -> Document:
    """How long each kind is kept."""
    rules = tuple(row for name in RULES for row in _periods(kinds, who, name))
    rest = Paragraph(f"Everything else goes with its person, {WITH_THE_PERSON}: {_names(kinds, '')}.")
    note = Paragraph(
        "What is older goes every night: from the record store and from the event store, bytes included. Somebody who "
        "was seen by several event sources is kept for the longest of their periods. Erasing a person takes all of it "
        "at once; totals that name nobody stay."
    )
    columns = ("What", "At most", "Counted from", "Kinds")
    about = "How long each kind of personal data is kept."
    parts = (_dated(day), Grid(columns, rules), rest, note, Paragraph(_of_backups()))
    return Document("retention", "Retention table", about, parts)


def _of_backups() -> str:
    """How long backups hold what is gone here."""
    if not settings.BACKUPS:
        return "Leadline makes no backups by itself here: [fill in how long those are kept that are made otherwise]."
    return (
        f"A backup is made every night, encrypted, and the newest {settings.BACKUPS_KEPT} are kept: what goes here is "
        f"in backups for {settings.BACKUPS_KEPT} nights more. Before a restored backup is served, whoever was erased "
        "since it was made is erased in it."
    )


def _periods(kinds: Sequence[DataKind], who: Responsible, rule: str) -> list[tuple[str, ...]]:
    """A rule's row, and one for each event source with a period of its own."""
    of, own = RULES[rule], who.periods.own(rule)
    title, last = of.title, (of.since, _names(kinds, rule))
    named = [(f"{title}, from {who.sources[each]}", _days(own[each]), *last) for each in who.sources if each in own]
    return [(title, _days(who.periods.days(rule)), *last), *named]


def _days(days: int | None) -> str:
    return FOREVER_WORDS if days is None else f"{days} days"


def _place(kind: DataKind) -> tuple[str, ...]:
    return kind.title, kind.holds, ", ".join(kind.covers), kind.whose.value


def _names(kinds: Iterable[DataKind], rule: str) -> str:
    return ", ".join(kind.title for kind in kinds if kind.retention == rule)


def _others(kind: DataKind, who: Responsible) -> str:
    """Who gets a kind: what is connected now, where it is known."""
    if not kind.recipients:
        return "nobody"
    connected = who.crms if kind.name.startswith("crm.") else who.services
    return ", ".join(connected or ("nobody now",))


def _recipients(kinds: Iterable[DataKind], who: Responsible) -> tuple[str, ...]:
    """Systems that people's data go to now; none for kinds of users."""
    given = [kind for kind in kinds if kind.recipients and kind.whose is Whose.LEADS]
    named = [*who.crms, *who.services] if given else []
    return tuple(dict.fromkeys(named))


def _transfers(who: Responsible) -> str:
    systems = ", ".join((*who.crms, *who.services))
    return f"{TO_FILL_IN} for each of: {systems}" if systems else "none: no other system is connected"


def _dated(day: date) -> Paragraph:
    return Paragraph(f"Generated by Leadline on {day.isoformat()} from its registered kinds of data.")
