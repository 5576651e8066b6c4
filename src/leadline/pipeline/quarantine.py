"""Messages in quarantine: finding them, trying a repair out, and sending them through the pipeline again.

A replayed message goes into the spool with its original source and time of arrival and a message id that does not
change, so that it is stored once however often it is replayed, or wherever a replay was interrupted.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db.models import QuerySet

from leadline.kernel.clock import to_micros, utc_now
from leadline.kernel.errors import NotFoundError
from leadline.pipeline.engine import Engine
from leadline.pipeline.tick import tick
from leadline.tracking.contents import REPLAY
from leadline.tracking.models import EventSource, QuarantinedMessage
from leadline.tracking.normalise import Draft, Normaliser, Rejection
from leadline.tracking.quarantine import UNDECODABLE
from leadline.tracking.repair import RepairError, Step, apply, steps_of
from leadline.tracking.spool.record import SpoolRecord, encode_record
from leadline.tracking.wire import unpack

CHUNK = 500
MOST_TRIED = 5_000
"""So many messages are tried out for a preview, and replayed by one click."""
NO, YES, ANY = "no", "yes", "any"
VALID = "valid"
UNREPAIRABLE = "unrepairable"
MISFIT = "steps_do_not_fit"
REPLAYED = "replayed_otherwise"
Held = QuerySet[QuarantinedMessage]


@dataclass(frozen=True, slots=True)
class HeldFilter:
    """Which messages are meant. Empty fields mean any.

    Attributes:
        replayed: "no", "yes" or "any".
        days: received within so many days; 0: whenever.
        ids: just these.
    """

    reason: str = ""
    source: str = ""
    event: str = ""
    replayed: str = NO
    days: int = 0
    ids: tuple[int, ...] = ()

    def rows(self, now: datetime) -> Held:
        """The messages, without an order."""
        found: Held = QuarantinedMessage.objects.select_related("source")
        wanted = {"code": self.reason, "source__name": self.source, "name": self.event}
        found = found.filter(**{name: value for name, value in wanted.items() if value})
        if self.ids:
            found = found.filter(pk__in=self.ids)
        if self.days:
            found = found.filter(received_at__gte=now - timedelta(days=self.days))
        return found if self.replayed == ANY else found.filter(replayed_at__isnull=self.replayed == NO)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What would happen now to a message.

    Attributes:
        code: "valid"; or the reason why it goes back to quarantine; or why it can't be sent at all.
        reason: the same in a sentence.
        message: after the steps; None when they do not fit or there is nothing to repair.
        warnings: violations with which it would be stored.
    """

    code: str
    reason: str
    message: Mapping[str, Any] | None
    warnings: tuple[str, ...] = ()

    @property
    def is_valid(self) -> bool:
        """Whether it would be stored."""
        return self.code == VALID


@dataclass
class Trial:
    """What a repair would do to messages, or did: how many, by code; an example of each code."""

    messages: int = 0
    replayed: int = 0
    by_code: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    more: bool = False

    def note(self, verdict: Verdict) -> None:
        """Count one."""
        self.messages += 1
        self.by_code[verdict.code] += 1
        self.examples.setdefault(verdict.code, verdict.reason)

    @property
    def valid(self) -> int:
        """How many would be stored."""
        return self.by_code[VALID]

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        refused = {code: count for code, count in self.by_code.most_common() if code != VALID}
        examples = {code: text for code, text in self.examples.items() if code != VALID}
        counts = {"messages": self.messages, "valid": self.valid, "replayed": self.replayed}
        return {**counts, "refused": refused, "examples": examples, "more": self.more}


def unrepairable(row: QuarantinedMessage) -> str:
    """Why a message can be looked at and not repaired; empty when it can."""
    if row.source is None:
        return "Its source is not known, or was deleted: there is nobody to send it for."
    if not isinstance(row.body, dict):
        return "It is no JSON object, so there are no names in it to repair."
    if UNDECODABLE in row.body and "type" not in row.body:
        return "It can't be read as JSON: only its bytes are kept. Send it again from where it came."
    return ""


def verdict(normaliser: Normaliser, row: QuarantinedMessage, steps: Sequence[Step]) -> Verdict:
    """What would happen now to a message after these steps."""
    if why := unrepairable(row):
        return Verdict(UNREPAIRABLE, why, None)
    if row.replayed_at is not None and (row.repair or []) != [step.as_json() for step in steps]:
        return Verdict(REPLAYED, "It was replayed with other steps, and what is stored stays as it is.", None)
    try:
        message = apply(steps, row.body)
    except RepairError as error:
        return Verdict(MISFIT, str(error), None)
    (envelope,) = unpack(_record(row, message), 0)
    result = normaliser.normalise(envelope)
    if isinstance(result, Rejection):
        return Verdict(result.code, result.reason, message)
    return Verdict(VALID, _what_becomes(result), message, tuple(each.text for each in result.violations))


def try_out(engine: Engine, wanted: HeldFilter, steps: Sequence[Step], now: datetime) -> Trial:
    """What a repair would do to the messages that a filter means; nothing is written."""
    return _each(engine, wanted, steps, now, most=MOST_TRIED, sends=False)


def replay(engine: Engine, wanted: HeldFilter, steps: Sequence[Step], now: datetime, most: int | None = None) -> Trial:
    """Repair messages and send those that are valid now through the pipeline again; the others stay as they are.

    Args:
        most: look at no more than so many; None: at all.

    Raises:
        SpoolUnavailableError: the disk takes no more. Those that were sent before are marked.
    """
    return _each(engine, wanted, steps, now, most=most, sends=True)


def _each(
    engine: Engine, wanted: HeldFilter, steps: Sequence[Step], now: datetime, *, most: int | None, sends: bool
) -> Trial:
    trial, normaliser = Trial(), engine.desk.normaliser()
    trial.more = most is not None and wanted.rows(now).count() > most
    for rows in _chunks(wanted.rows(now), most):
        fit: list[tuple[QuarantinedMessage, Mapping[str, Any]]] = []
        for row in rows:
            found = verdict(normaliser, row, steps)
            trial.note(found)
            if found.is_valid and found.message is not None:
                fit.append((row, found.message))
        if sends and fit:
            _send(engine, fit, steps, now)
            trial.replayed += len(fit)
    return trial


def _chunks(rows: Held, most: int | None) -> Iterator[list[QuarantinedMessage]]:
    """The rows in the order in which they came to quarantine. What is marked meanwhile moves no other row."""
    last, left = 0, most
    while left is None or left > 0:
        size = CHUNK if left is None else min(CHUNK, left)
        chunk = list(rows.filter(pk__gt=last).order_by("pk")[:size])
        if not chunk:
            return
        yield chunk
        last = chunk[-1].pk
        left = None if left is None else left - len(chunk)


def _send(
    engine: Engine, fit: Sequence[tuple[QuarantinedMessage, Mapping[str, Any]]], steps: Sequence[Step], now: datetime
) -> None:
    """Into the spool first, then the mark: a crash between the two leaves it to be replayed, and stored once."""
    with engine.spool_writer() as writer:
        writer.append_all(encode_record(_record(row, message)) for row, message in fit)
    repair = [step.as_json() for step in steps]
    QuarantinedMessage.objects.filter(pk__in=[row.pk for row, _ in fit]).update(replayed_at=now, repair=repair)


def _record(row: QuarantinedMessage, message: Mapping[str, Any]) -> SpoolRecord:
    body = msgspec.json.encode({"batch": [_with_id(row, message)]})
    return SpoolRecord(row.source_id or 0, to_micros(row.received_at), REPLAY, body, row.headers or {})


def _with_id(row: QuarantinedMessage, message: Mapping[str, Any]) -> Mapping[str, Any]:
    given = message.get("messageId")
    if (isinstance(given, str) and given.strip()) or (isinstance(given, int) and not isinstance(given, bool)):
        return message
    return {**message, "messageId": f"replay:{row.segment}:{row.position}"}


def _what_becomes(draft: Draft) -> str:
    return f"It would be stored as {draft.name}." if draft.kind == "track" else f"It would be stored as a {draft.kind}."


def quarantine_list(engine: Engine, limit: int = 50, **wanted: Any) -> list[dict[str, Any]]:  # noqa: ARG001  # a command
    """The messages that a filter means, the latest first, without their bodies."""
    rows = _filter(wanted).rows(utc_now()).defer("body", "headers", "repair").order_by("-received_at", "-pk")[:limit]
    return [_as_json(row) for row in rows]


def quarantine_show(engine: Engine, number: int) -> dict[str, Any]:
    """One message, whole, and what would happen to it now.

    Raises:
        NotFoundError: there is none of that number.
    """
    row = held(number)
    now = verdict(engine.desk.normaliser(), row, steps_of(row.repair or ()))
    shown = {"body": row.body, "repair": row.repair or [], "now": {"code": now.code, "reason": now.reason}}
    return {**_as_json(row), "segment": row.segment, "position": row.position, **shown}


def quarantine_replay(
    engine: Engine, steps: Sequence[Mapping[str, Any]] = (), dry_run: bool = False, **wanted: Any
) -> dict[str, Any]:
    """Repair and replay what a filter means, and load it; a dry run only says what would happen."""
    now, meant, repair = utc_now(), _filter(wanted), steps_of(steps)
    if dry_run:
        return try_out(engine, meant, repair, now).as_json()
    done = replay(engine, meant, repair, now)
    if done.replayed:
        tick(engine, utc_now())
    return done.as_json()


def held(number: int) -> QuarantinedMessage:
    """One message.

    Raises:
        NotFoundError: there is none of that number.
    """
    row = QuarantinedMessage.objects.select_related("source").filter(pk=number).first()
    if row is None:
        raise NotFoundError(f"There is no message {number} in quarantine.", advice="See `leadline quarantine list`.")
    return row


def _filter(wanted: Mapping[str, Any]) -> HeldFilter:
    known = {each.name for each in fields(HeldFilter)}
    source = wanted.get("source")
    if source and not EventSource.objects.filter(name=source).exists():
        raise NotFoundError(f"There is no source {source!r}.", advice="See `leadline sources list`.")
    given = {name: value for name, value in wanted.items() if name in known}
    return HeldFilter(**{**given, "ids": tuple(given.get("ids", ()))})


def _as_json(row: QuarantinedMessage) -> dict[str, Any]:
    return {
        "id": row.pk,
        "code": row.code,
        "reason": row.reason,
        "source": row.source.name if row.source else None,
        "event": row.name,
        "received_at": row.received_at.isoformat(),
        "replayed_at": row.replayed_at.isoformat() if row.replayed_at else None,
    }
